/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-store.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Not the name of a service: of a folder that is made, or removed. */
#define UNFINISHED ".new-"
#define GONE ".gone-"
#define KEYS_VERSION 1
/* A longer one would leave no room in the names of sockets. */
#define NAME_BYTES_MAX 40

/* --------------------------------------------------------------- places -- */

static char *
get_base (void)
{
  return g_build_filename (g_get_user_data_dir (), "glovebox", "services", NULL);
}

static void
set_error (GError **error, const char *path)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot write “%s”: %s"), path,
               g_strerror (errno));
}

char *
gbx_service_store_get_base (GError **error)
{
  g_autofree char *base = get_base ();

  if (g_mkdir_with_parents (base, 0700) == 0)
    return g_steal_pointer (&base);
  set_error (error, base);
  return NULL;
}

gboolean
gbx_service_store_check_name (const char *name, GError **error)
{
  if (gbx_text_is_name (name))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("“%s” cannot be the name of a service: use 1 to %d of the characters a–z, 0–9, "
                  "dot, dash and underscore, beginning with a letter or digit"),
               name, NAME_BYTES_MAX);
  return FALSE;
}

char *
gbx_service_store_get_folder (const char *name)
{
  g_autofree char *base = get_base ();

  return g_build_filename (base, name, NULL);
}

char *
gbx_service_store_get_file (const char *name, const char *file)
{
  g_autofree char *folder = gbx_service_store_get_folder (name);

  return g_build_filename (folder, file, NULL);
}

gboolean
gbx_service_store_exists (const char *name)
{
  g_autofree char *file = gbx_service_store_get_file (name, "service");

  return gbx_text_is_name (name) && g_file_test (file, G_FILE_TEST_IS_REGULAR);
}

/* Of a process that was killed: nobody holds its lock. */
static void
sweep (const char *base, const char *name)
{
  g_autofree char *path = g_build_filename (base, name, NULL);

  if (!gbx_service_store_is_locked (path))
    gbx_path_remove_tree (path);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
gbx_service_store_list (GError **error)
{
  g_autofree char *base = get_base ();
  g_autoptr (GDir) dir = g_dir_open (base, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_prefix (name, UNFINISHED) || g_str_has_prefix (name, GONE))
      sweep (base, name);
    else if (gbx_service_store_exists (name))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}

/* ---------------------------------------------------------------- locks -- */

static int
open_lock (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "lock", NULL);

  return open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Of the open file, so that a child that has it too keeps it no longer than we do.  To ask for it
 * does not take it, not even for a moment. */
static gboolean
take_lock (int fd)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  return fcntl (fd, F_OFD_SETLK, &lock) == 0;
}

int
gbx_service_store_lock (const char *folder, const char *name, GError **error)
{
  int fd = open_lock (folder);

  if (fd >= 0 && take_lock (fd))
    return fd;
  if (fd >= 0 && (errno == EAGAIN || errno == EACCES))
    g_set_error (error, GBX_ERROR, GBX_ERROR_NAME_IN_USE,
                 _ ("The service “%s” runs, or another command changes it; stop it with “glovebox "
                    "service stop %s”, and try again"),
                 name, name);
  else
    set_error (error, folder);
  if (fd >= 0)
    close (fd);
  return -1;
}

gboolean
gbx_service_store_is_locked (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  int fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  gboolean locked = fd >= 0 && fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

  if (fd >= 0)
    close (fd);
  return locked;
}

/* ------------------------------------------------------ making, removing -- */

char *
gbx_service_store_begin (int *lock, GError **error)
{
  g_autofree char *base = gbx_service_store_get_base (error);
  g_autofree char *folder = base ? g_build_filename (base, UNFINISHED "XXXXXX", NULL) : NULL;

  if (!folder)
    return NULL;
  if (!g_mkdtemp_full (folder, 0700))
    {
      set_error (error, folder);
      return NULL;
    }
  *lock = open_lock (folder);
  if (*lock >= 0 && take_lock (*lock))
    return g_steal_pointer (&folder);
  set_error (error, folder);
  if (*lock >= 0)
    close (*lock);
  gbx_path_remove_tree (folder);
  return NULL;
}

gboolean
gbx_service_store_publish (const char *folder, const char *name, GError **error)
{
  g_autofree char *target = gbx_service_store_get_folder (name);

  if (renameat2 (AT_FDCWD, folder, AT_FDCWD, target, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno == EEXIST || errno == ENOTEMPTY)
    g_set_error (error, GBX_ERROR, GBX_ERROR_NAME_IN_USE,
                 _ ("There is a service “%s” already; give another name, or delete that one with "
                    "“glovebox service delete %s”"),
                 name, name);
  else
    set_error (error, target);
  return FALSE;
}

void
gbx_service_store_remove (const char *folder)
{
  g_autofree char *base = g_path_get_dirname (folder);
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *name = g_strconcat (GONE, uuid, NULL);
  g_autofree char *gone = g_build_filename (base, name, NULL);

  gbx_path_remove_tree (g_rename (folder, gone) == 0 ? gone : folder);
}

/* ---------------------------------------------------------------- files -- */

gboolean
gbx_service_store_write (const char *folder, const char *file, GKeyFile *keys, GError **error)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize length;

  g_key_file_set_integer (keys, "Glovebox", "Version", KEYS_VERSION);
  text = g_key_file_to_data (keys, &length, NULL);
  if (g_file_set_contents_full (path, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                &local))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot write “%s”: %s"), path,
               local->message);
  return FALSE;
}

GKeyFile *
gbx_service_store_read (const char *folder, const char *file, GError **error)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GError) local = NULL;

  if (!g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, &local))
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("Cannot read “%s”: %s"), path,
                 local->message);
  else if (g_key_file_get_integer (keys, "Glovebox", "Version", NULL) != KEYS_VERSION)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("“%s” is of another version of Glovebox; use that one, or delete the service"),
                 path);
  else
    return g_steal_pointer (&keys);
  return NULL;
}

GHashTable *
gbx_service_store_read_originals (const char *folder)
{
  GHashTable *originals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *path = g_build_filename (folder, "originals", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return originals;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    if (strlen (lines[i]) > 34 && lines[i][32] == ' ')
      g_hash_table_insert (originals, g_strdup (lines[i] + 34), g_strndup (lines[i], 32));
  return originals;
}

static void
add_key (gpointer key, gpointer value, gpointer names)
{
  g_ptr_array_add (names, key);
}

/* As md5sum(1) has it. */
gboolean
gbx_service_store_write_originals (const char *folder, GHashTable *originals, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "originals", NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  g_hash_table_foreach (originals, add_key, names);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (text, "%s  %s\n",
                            (const char *) g_hash_table_lookup (originals, names->pdata[i]),
                            (const char *) names->pdata[i]);
  return g_file_set_contents_full (path, text->str, (gssize) text->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
