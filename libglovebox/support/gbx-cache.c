/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cache"
#include "config.h"

#include "gbx-cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gbx-cache-file.h"
#include "gbx-error.h"
#include "gbx-paths.h"

/* There are no locks between processes: if two miss the same entry, both create it as a
 * whole file.  If the stamp belongs to the other file, the digest still matches, because
 * the contents are the same. */

#define STAMP_SUFFIX ".stamp"
#define ID_LENGTH 16
/* A hypervisor may be about to open an entry that was used this recently. */
#define IN_USE_SECONDS 600

/* --------------------------------------------------------------- helpers -- */

static char *
entry_name (const GbxCacheEntry *entry)
{
  g_autofree char *id = g_compute_checksum_for_string (G_CHECKSUM_SHA256, entry->key, -1);

  return g_strdup_printf ("%s-%.*s", entry->kind, ID_LENGTH, id);
}

static char *
stamp_name (const char *data_name)
{
  return g_strconcat (data_name, STAMP_SUFFIX, NULL);
}

static void
close_directory (int *fd)
{
  if (*fd >= 0)
    close (*fd);
}

typedef int DirectoryFd;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DirectoryFd, close_directory)

static int
open_directory (const char *path)
{
  return open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Whether the files in the folder are the finished entry.  It reads the whole file each
 * time: a bad disk or bad memory does not change a file's times, and a kernel with a wrong
 * bit makes a guest hang, or worse.  If the stat data differs, the digest decides: a folder
 * restored from a backup, or two processes that finished at once, need no rebuild. */
static gboolean
is_usable (int directory_fd, const char *name, const GbxCacheEntry *entry)
{
  g_autofree char *stamp_file = stamp_name (name);
  g_autoptr (GbxCacheStamp) stamp = gbx_cache_stamp_load (directory_fd, stamp_file);
  g_autoptr (GbxCacheStamp) renewed = NULL;
  g_autoptr (GbxCacheFile) file = NULL;
  g_auto (DirectoryFd) fd = -1;
  g_autofree char *digest = NULL;
  guint64 sum = 0;
  struct stat st;

  if (stamp == NULL || strcmp (stamp->key, entry->key) != 0)
    return FALSE;
  fd = openat (directory_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0 || fstat (fd, &st) < 0 || !S_ISREG (st.st_mode)
      || stamp->size != (guint64)st.st_size || !gbx_cache_file_sum (fd, &sum) || sum != stamp->sum)
    return FALSE;
  if (gbx_cache_stamp_matches (stamp, &st))
    {
      /* The time of the last use, for pruning. */
      (void)utimensat (directory_fd, stamp_file, NULL, 0);
      return TRUE;
    }

  digest = gbx_cache_file_digest (fd, NULL, NULL);
  if (g_strcmp0 (digest, stamp->digest) != 0)
    return FALSE;
  renewed = gbx_cache_stamp_new (entry->key, entry->source, digest, sum, &st);

  file = gbx_cache_stamp_write (renewed, directory_fd, NULL);

  return file != NULL && gbx_cache_file_commit (file, stamp_file, NULL);
}

static gboolean
make_entry (int directory_fd, const char *name, const GbxCacheEntry *entry,
            GbxCacheProducer producer, gpointer user_data, GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GbxCacheFile) file = gbx_cache_file_new (directory_fd, error);
  g_autoptr (GbxCacheFile) mark = NULL;
  g_autoptr (GbxCacheStamp) stamp = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *stamp_file = stamp_name (name);
  guint64 sum = 0;
  struct stat st;

  if (file == NULL || !producer (file->fd, user_data, cancellable, error))
    return FALSE;
  digest = gbx_cache_file_digest (file->fd, cancellable, error);
  if (digest == NULL)
    return FALSE;
  if (!gbx_cache_file_sum (file->fd, &sum) || fstat (file->fd, &st) < 0)
    {
      gbx_cache_set_error (error, errno);
      return FALSE;
    }

  /* Both are written before either gets its name, so that a full disk leaves nothing.  The
   * data gets its name first, because a stamp must not describe a missing file. */
  stamp = gbx_cache_stamp_new (entry->key, entry->source, digest, sum, &st);
  mark = gbx_cache_stamp_write (stamp, directory_fd, error);
  return mark != NULL && gbx_cache_file_commit (file, name, error)
         && gbx_cache_file_commit (mark, stamp_file, error);
}

/* --------------------------------------------------------------- pruning -- */

typedef struct
{
  char *name; /* of the data file */
  gint64 used;
  gboolean obsolete;
} Found;

static void
found_free (Found *found)
{
  g_free (found->name);
  g_free (found);
}

static int
compare_used (gconstpointer a, gconstpointer b)
{
  const Found *first = *(const Found *const *)a;
  const Found *second = *(const Found *const *)b;

  return first->used < second->used ? 1 : first->used > second->used ? -1 : 0;
}

static gboolean
is_of_kind (const char *name, const char *kind)
{
  gsize length = strlen (kind);

  return g_str_has_prefix (name, kind) && name[length] == '-'
         && strspn (name + length + 1, "0123456789abcdef") == ID_LENGTH
         && name[length + 1 + ID_LENGTH] == '\0';
}

static Found *
inspect (int directory_fd, const char *name)
{
  g_autofree char *stamp_file = stamp_name (name);
  g_autoptr (GbxCacheStamp) stamp = gbx_cache_stamp_load (directory_fd, stamp_file);
  Found *found = g_new0 (Found, 1);
  struct stat st;

  found->name = g_strdup (name);
  found->obsolete = stamp == NULL
                    || (stamp->source != NULL && !g_file_test (stamp->source, G_FILE_TEST_EXISTS));
  if (fstatat (directory_fd, stamp != NULL ? stamp_file : name, &st, AT_SYMLINK_NOFOLLOW) == 0)
    found->used = st.st_mtim.tv_sec;

  return found;
}

static GPtrArray *
list_kind (int directory_fd, const char *kind)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)found_free);
  int fd = openat (directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *item;

  if (directory == NULL)
    {
      close_directory (&fd);
      return all;
    }
  while ((item = readdir (directory)) != NULL)
    if (is_of_kind (item->d_name, kind))
      g_ptr_array_add (all, inspect (directory_fd, item->d_name));
  closedir (directory);

  return all;
}

static void
remove_entry (int directory_fd, const char *name)
{
  g_autofree char *stamp_file = stamp_name (name);

  (void)unlinkat (directory_fd, stamp_file, 0);
  (void)unlinkat (directory_fd, name, 0);
}

/* Makes space for one more entry of the kind. */
static void
prune (int directory_fd, const GbxCacheEntry *entry, const char *name)
{
  g_autoptr (GPtrArray) all = list_kind (directory_fd, entry->kind);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  guint kept = 0;

  g_ptr_array_sort (all, compare_used);
  for (guint i = 0; i < all->len; i++)
    {
      Found *found = g_ptr_array_index (all, i);

      if (strcmp (found->name, name) == 0)
        continue;
      if (!found->obsolete && kept + 1 < entry->keep)
        kept++;
      else if (found->used + IN_USE_SECONDS < now)
        remove_entry (directory_fd, found->name);
    }
  gbx_cache_file_sweep (directory_fd);
}

/* ---------------------------------------------------------------- public -- */

char *
gbx_cache_directory (GError **error)
{
  g_autofree char *path = gbx_path_cache ();
  struct stat st;

  if (g_mkdir_with_parents (path, 0700) < 0 || stat (path, &st) < 0)
    {
      gbx_cache_set_error (error, errno);
      return NULL;
    }

  /* Anybody who can write here can choose the kernels of the guests. */
  if (st.st_uid != geteuid ())
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("The folder “%s” belongs to another account: give it to this one with "
                      "“sudo chown -R %s '%s'”."),
                   path, g_get_user_name (), path);
      return NULL;
    }
  if ((st.st_mode & 077) != 0 && chmod (path, 0700) < 0)
    {
      gbx_cache_set_error (error, errno);
      return NULL;
    }

  return g_steal_pointer (&path);
}

char *
gbx_cache_obtain (const GbxCacheEntry *entry, GbxCacheProducer producer, gpointer user_data,
                  GCancellable *cancellable, GError **error)
{
  g_autofree char *directory = NULL;
  g_autofree char *name = entry_name (entry);
  g_auto (DirectoryFd) directory_fd = -1;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  directory = gbx_cache_directory (error);
  if (directory == NULL)
    return NULL;
  directory_fd = open_directory (directory);
  if (directory_fd < 0)
    {
      gbx_cache_set_error (error, errno);
      return NULL;
    }

  if (!is_usable (directory_fd, name, entry))
    {
      g_debug ("making %s", name);
      /* Remove old entries first: this may free the space that is needed. */
      prune (directory_fd, entry, name);
      if (!make_entry (directory_fd, name, entry, producer, user_data, cancellable, error))
        return NULL;
    }

  return g_build_filename (directory, name, NULL);
}

char *
gbx_cache_peek (const GbxCacheEntry *entry)
{
  g_autofree char *directory = gbx_path_cache ();
  g_autofree char *name = entry_name (entry);
  g_auto (DirectoryFd) directory_fd = open_directory (directory);

  if (directory_fd < 0 || !is_usable (directory_fd, name, entry))
    return NULL;

  return g_build_filename (directory, name, NULL);
}

char *
gbx_cache_describe_file (const char *path)
{
  struct stat st;

  if (stat (path, &st) < 0)
    return g_strdup ("-");

  return g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT ":%" G_GINT64_FORMAT
                          ":%" G_GINT64_FORMAT ".%09ld:%" G_GINT64_FORMAT ".%09ld",
                          (guint64)st.st_dev, (guint64)st.st_ino, (gint64)st.st_size,
                          (gint64)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (gint64)st.st_ctim.tv_sec,
                          st.st_ctim.tv_nsec);
}
