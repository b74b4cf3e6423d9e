/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-usr-links"

#include "config.h"

#include "gbx-usr-links.h"

#include "gbx-cache.h"
#include "gbx-paths.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 32
#define FOUND_MAX 10000

static const char *const folders[] = { "/usr", "/opt" };

/* Files that change with packages, for each family of distributions, and with manual
 * installations.  A link that is created deeper is noticed after the next change of a
 * package. */
static const char *const states[] = {
  "/var/lib/dpkg/status",
  "/var/lib/rpm/rpmdb.sqlite",
  "/usr/lib/sysimage/rpm/rpmdb.sqlite",
  "/usr/lib/sysimage/rpm/Packages.db",
  "/var/lib/rpm/Packages",
  "/var/lib/pacman/local",
  "/usr",
  "/usr/local",
  "/usr/local/bin",
  "/usr/local/lib",
  "/usr/local/share",
  "/opt",
};

/* ------------------------------------------------------------- looking -- */

typedef struct
{
  GHashTable *found;
  GCancellable *cancellable;
  guint depth;
} Walk;

/* No folder of the path is a link, so ".." is the parent folder. */
static void
note_link (Walk *self, int folder_fd, const char *folder, const char *name)
{
  char target[PATH_MAX];
  ssize_t length = readlinkat (folder_fd, name, target, sizeof target - 1);
  g_autofree char *path = NULL;

  if (length <= 0 || g_hash_table_size (self->found) >= FOUND_MAX)
    return;
  target[length] = '\0';
  path = g_canonicalize_filename (target, folder);
  if (gbx_path_is_within (path, "/etc") || gbx_path_is_within (path, "/var"))
    g_hash_table_add (self->found, g_steal_pointer (&path));
}

/* Some file systems do not report the type of an entry. */
static int
type_of (int folder_fd, const struct dirent *entry)
{
  struct stat st;

  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type;
  return fstatat (folder_fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? IFTODT (st.st_mode)
                                                                           : DT_UNKNOWN;
}

static void walk_folder (Walk *self, int parent, const char *name, const char *path);

static void
walk_entry (Walk *self, int folder_fd, const char *folder, const struct dirent *entry)
{
  int type = type_of (folder_fd, entry);

  if (type == DT_LNK)
    note_link (self, folder_fd, folder, entry->d_name);
  if (type == DT_DIR && strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
    {
      g_autofree char *path = g_build_filename (folder, entry->d_name, NULL);

      walk_folder (self, folder_fd, entry->d_name, path);
    }
}

static void
walk_folder (Walk *self, int parent, const char *name, const char *path)
{
  int fd = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *dir = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;

  if (!dir && fd >= 0)
    close (fd);
  if (!dir)
    return;
  self->depth++;
  while (self->depth < DEPTH_MAX && !g_cancellable_is_cancelled (self->cancellable)
         && (entry = readdir (dir)))
    walk_entry (self, fd, path, entry);
  self->depth--;
  closedir (dir);
}

GStrv
gbx_usr_links_find (const char *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Walk walk = { found, cancellable, 0 };
  GStrv paths;

  walk_folder (&walk, AT_FDCWD, folder, folder);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  paths = (GStrv)g_hash_table_get_keys_as_array (found, NULL);
  g_hash_table_steal_all (found);
  return paths;
}

/* ------------------------------------------------------------- keeping -- */

static char *
make_key (void)
{
  GString *key = g_string_new ("1");

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autofree char *state = gbx_cache_describe_file (states[i]);

      g_string_append_printf (key, ";%s", state);
    }
  return g_string_free (key, FALSE);
}

/* A name may contain any byte but NUL. */
static gboolean
produce (int fd, gpointer user_data, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_auto (GStrv) paths = gbx_usr_links_find (folders[i], cancellable, error);

      if (!paths)
        return FALSE;
      for (guint n = 0; paths[n]; n++)
        if (!gbx_cache_write (fd, paths[n], strlen (paths[n]) + 1, cancellable, error))
          return FALSE;
    }
  return TRUE;
}

GStrv
gbx_usr_links_obtain (GCancellable *cancellable, GError **error)
{
  g_autofree char *key = make_key ();
  const GbxCacheEntry entry = { .kind = "links", .key = key, .keep = 1 };
  g_autofree char *file = gbx_cache_obtain (&entry, produce, NULL, cancellable, error);
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  g_autofree char *data = NULL;
  gsize length;

  if (!file || !g_file_get_contents (file, &data, &length, error))
    return NULL;
  for (gsize at = 0; at < length; at += strlen (data + at) + 1)
    g_strv_builder_add (paths, data + at);
  return g_strv_builder_end (paths);
}
