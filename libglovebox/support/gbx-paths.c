/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-paths"

#include "config.h"

#include "gbx-paths.h"

#include "gbx-error.h"
#include "gbx-surroundings.h"
#include "gbx-text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STANDARD_FOLDERS "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static gboolean
is_program (const char *path)
{
  return g_access (path, X_OK) == 0 && g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

char *
gbx_path_program (const char *name)
{
  const char *search = g_getenv ("GLOVEBOX_PROGRAM_PATH");
  g_auto (GStrv) folders =
      g_strsplit (search ? search : GBX_LIBEXECDIR ":" GBX_BINDIR, ":", -1);

  for (guint i = 0; folders[i]; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], name, NULL);

      if (is_program (path))
        return g_canonicalize_filename (path, NULL);
    }
  return NULL;
}

/* Not resolved itself: passt, for one, looks at the name that it was started by. */
static char *
find_command (const char *search, const char *name)
{
  g_auto (GStrv) folders = g_strsplit (search, ":", -1);

  for (guint i = 0; folders[i]; i++)
    {
      g_autofree char *given = g_build_filename (folders[i], name, NULL);
      g_autofree char *folder = NULL;

      if (!g_path_is_absolute (given) || !is_program (given))
        continue;
      folder = realpath (folders[i], NULL);
      return folder ? g_build_filename (folder, name, NULL) : NULL;
    }
  return NULL;
}

char *
gbx_path_command (const char *name)
{
  const char *search = g_getenv ("PATH");
  char *path = search ? find_command (search, name) : NULL;

  return path ? path : find_command (STANDARD_FOLDERS, name);
}

/* So that a socket's path, of 107 bytes at most, has room for /glovebox/NAME/console with a
 * name of 40 bytes. */
#define RUNTIME_MAX 48

static gboolean
is_private_directory (const char *path)
{
  struct stat st;

  return lstat (path, &st) == 0 && S_ISDIR (st.st_mode) && st.st_uid == geteuid ();
}

char *
gbx_path_runtime_name (void)
{
  const char *base = gbx_surroundings_get_session_folder ();

  if (base && g_path_is_absolute (base) && strlen (base) <= RUNTIME_MAX &&
      is_private_directory (base))
    return g_build_filename (base, "glovebox", NULL);
  return g_strdup_printf ("/tmp/glovebox-%u", (guint) geteuid ());
}

void
gbx_path_set_runtime_error (GError **error, const char *path, int errsv)
{
  g_autofree char *folder = gbx_path_runtime_name ();

  if (errsv == ENOSPC || errsv == EDQUOT || errsv == EFBIG)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("There is no space left in the runtime folder “%s” (%s); free some space "
                    "there, 20 MB are enough, or set XDG_RUNTIME_DIR to a folder of yours on "
                    "another disk"),
                 folder, g_strerror (errsv));
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("Cannot write “%s” (%s); check that the runtime folder “%s” is writable"),
                 path, g_strerror (errsv), folder);
}

char *
gbx_path_cache (void)
{
  return g_build_filename (g_get_user_cache_dir (), "glovebox", NULL);
}

gboolean
gbx_path_is_within (const char *path, const char *folder)
{
  size_t n = strlen (folder);

  return g_str_has_prefix (path, folder) && (path[n] == '\0' || path[n] == '/' || n == 1);
}

char *
gbx_path_runtime (GError **error)
{
  g_autofree char *path = gbx_path_runtime_name ();

  if (g_mkdir (path, 0700) != 0 && errno != EEXIST)
    {
      gbx_path_set_runtime_error (error, path, errno);
      return NULL;
    }
  if (!is_private_directory (path) || g_chmod (path, 0700) != 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("The runtime folder %s belongs to another user; remove it, or set "
                      "XDG_RUNTIME_DIR to a folder of your own"),
                   path);
      return NULL;
    }
  return g_steal_pointer (&path);
}

char *
gbx_path_show (const char *path)
{
  GString *text = g_string_new (NULL);

  while (*path)
    {
      gunichar c = g_utf8_get_char_validated (path, -1);

      gboolean shown = (gint) c >= 0 && gbx_text_is_plain (c);

      if (shown)
        g_string_append_unichar (text, c);
      else
        g_string_append_printf (text, "\\x%02x", (guint8) *path);
      path += shown ? g_unichar_to_utf8 (c, NULL) : 1;
    }
  return g_string_free (text, FALSE);
}

static gboolean
write_all (int fd, const char *data, gsize length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      length -= n;
    }
  return TRUE;
}

gboolean
gbx_path_write_file (const char *path, const char *data, gsize length, guint mode)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  int code = 0;

  if (fd < 0)
    return FALSE;
  if (!write_all (fd, data, length) || fchmod (fd, mode) != 0)
    code = errno;
  if (close (fd) != 0 && !code)
    code = errno;
  errno = code;
  return code == 0;
}

/* Without write permission the folder's contents could not be removed. */
static int
open_folder (const char *path, const struct stat *st, int type, struct FTW *walk)
{
  if (type == FTW_D || type == FTW_DNR)
    chmod (path, 0700);
  return 0;
}

static int
remove_entry (const char *path, const struct stat *st, int type, struct FTW *walk)
{
  remove (path);
  return 0;
}

static void remove_contents (int fd, dev_t device);

static gboolean
is_folder (int fd, const struct dirent *entry)
{
  struct stat st;

  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type == DT_DIR;
  return fstatat (fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR (st.st_mode);
}

static void
remove_folder_in (int fd, const char *name, dev_t device)
{
  int child = openat (fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat st;

  if (child < 0)
    return;
  /* What is mounted there is not ours. */
  if (fstat (child, &st) == 0 && st.st_dev == device)
    remove_contents (child, device);
  else
    close (child);
  unlinkat (fd, name, AT_REMOVEDIR);
}

/* Takes the descriptor. */
static void
remove_contents (int fd, dev_t device)
{
  DIR *dir = fdopendir (fd);
  const struct dirent *entry;

  if (!dir)
    {
      close (fd);
      return;
    }
  while ((entry = readdir (dir)))
    {
      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, ".."))
        continue;
      if (is_folder (fd, entry))
        remove_folder_in (fd, entry->d_name, device);
      else
        unlinkat (fd, entry->d_name, 0);
    }
  closedir (dir);
}

/* One call for each entry does for nearly every tree; thousands of them are removed at the end of
 * each sandbox.  The thorough way is for what is left then. */
void
gbx_path_remove_tree (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat st;

  if (fd >= 0 && fstat (fd, &st) == 0)
    remove_contents (fd, st.st_dev);
  else if (fd >= 0)
    close (fd);
  if (remove (path) == 0 || errno == ENOENT)
    return;
  nftw (path, open_folder, 32, FTW_PHYS | FTW_MOUNT);
  nftw (path, remove_entry, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
