/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-files.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-service-root.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 64
#define FILE_BYTES_MAX (16 * 1024 * 1024)

/* -------------------------------------------------------------- copying -- */

typedef struct
{
  GCancellable *cancellable;
  guint n_unreadable;
  char *first_unreadable;
} Copying;

static gboolean copy_entry (Copying *self, const char *from, const char *to, guint depth,
                            GError **error);

static void
note_unreadable (Copying *self, const char *path)
{
  if (self->n_unreadable++ == 0)
    self->first_unreadable = gbx_path_show (path);
}

static gboolean
copy_folder (Copying *self, const char *from, const char *to, guint mode, guint depth,
             GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  if (g_mkdir (to, 0700) != 0 && errno != EEXIST)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot make the folder %s: %s"), to,
                   g_strerror (errno));
      return FALSE;
    }
  if (!dir)
    note_unreadable (self, from);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *inner = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);

      if (!copy_entry (self, inner, target, depth + 1, error))
        return FALSE;
    }
  g_chmod (to, (int) ((mode & 0777) | 0700));
  return TRUE;
}

static gboolean
copy_link (const char *from, const char *to, GError **error)
{
  g_autofree char *target = g_file_read_link (from, error);

  if (!target)
    return FALSE;
  if (symlink (target, to) == 0 || errno == EEXIST)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot write %s: %s"), to,
               g_strerror (errno));
  return FALSE;
}

static gboolean
copy_file (Copying *self, const char *from, const char *to, guint mode, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_autoptr (GError) local = NULL;

  if (g_access (from, R_OK) != 0)
    {
      note_unreadable (self, from);
      return TRUE;
    }
  if (!g_file_copy (source, target,
                    G_FILE_COPY_NOFOLLOW_SYMLINKS | G_FILE_COPY_OVERWRITE
                        | G_FILE_COPY_TARGET_DEFAULT_PERMS,
                    self->cancellable, NULL, NULL, &local))
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error (error, g_steal_pointer (&local));
      else
        g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot copy %s: %s"), from,
                     local->message);
      return FALSE;
    }
  g_chmod (to, (int) ((mode & 0777) | 0600));
  return TRUE;
}

/* Sockets, pipes and devices are of what runs on the host. */
static gboolean
copy_entry (Copying *self, const char *from, const char *to, guint depth, GError **error)
{
  struct stat st;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (depth > DEPTH_MAX || lstat (from, &st) != 0)
    return TRUE;
  if (S_ISDIR (st.st_mode))
    return copy_folder (self, from, to, st.st_mode, depth, error);
  if (S_ISLNK (st.st_mode))
    return copy_link (from, to, error);
  return !S_ISREG (st.st_mode) || copy_file (self, from, to, st.st_mode, error);
}

gboolean
gbx_service_files_copy (const char *from, const char *to, GCancellable *cancellable,
                        GError **error)
{
  Copying copying = { .cancellable = cancellable };
  gboolean done = copy_entry (&copying, from, to, 0, error);
  g_autofree char *unreadable = copying.first_unreadable;

  /* A service may take the rights from its own files; a copy without them would not be one. */
  if (done && unreadable)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("Cannot copy %s: nobody may read it; change its mode, and try again"),
                 unreadable);
  return done && !unreadable;
}

/* The host's folders, as far as this account may read them. */
static gboolean
copy_places (GbxServiceFiles *self, GError **error)
{
  Copying copying = { .cancellable = self->cancellable };
  g_autofree char *first = NULL;
  gboolean done = TRUE;

  for (guint i = 0; i < self->places->len && done; i++)
    {
      GbxServicePlace *place = self->places->pdata[i];
      g_autofree char *parent = g_path_get_dirname (place->path);
      g_autofree char *to = g_build_filename (self->root, place->path, NULL);

      done = gbx_service_root_make_folder (self->root, parent, 0755, error)
             && copy_entry (&copying, place->path, to, 0, error);
    }
  first = copying.first_unreadable;
  if (done && copying.n_unreadable > 0)
    g_ptr_array_add (
        self->told,
        g_strdup_printf (ngettext ("%u file or folder was not copied, because your account may "
                                   "not read it: %s",
                                   "%u files or folders were not copied, because your account may "
                                   "not read them: %s and others",
                                   copying.n_unreadable),
                         copying.n_unreadable, first));
  return done;
}

/* ------------------------------------------------------------- packages -- */

static gboolean
is_in_places (GbxServiceFiles *self, const char *path)
{
  for (guint i = 0; i < self->places->len; i++)
    if (gbx_path_is_within (path, ((GbxServicePlace *) self->places->pdata[i])->path))
      return TRUE;
  return FALSE;
}

static guint
mode_of (const char *path, guint otherwise)
{
  struct stat st;

  return lstat (path, &st) == 0 ? st.st_mode & 0777 : otherwise;
}

/* A place that does not exist on the host is an empty folder. */
static gboolean
make_folders (GbxServiceFiles *self, GError **error)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      GbxServicePlace *place = self->places->pdata[i];

      if (!place->is_file
          && !gbx_service_root_make_folder (self->root, place->path, mode_of (place->path, 0755),
                                            error))
        return FALSE;
    }
  return TRUE;
}

/* What an administrator has changed is only better than nothing. */
static gboolean
take_changed (GbxServiceFiles *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("The file %s is needed, but your account may not read it, and its package "
                      "cannot be downloaded; run “sudo apt-get -d --reinstall install” for the "
                      "package, and try again"),
                   path);
      return FALSE;
    }
  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  g_ptr_array_add (self->told,
                   g_strdup_printf (_ ("%s was taken as it is on this computer, where it was "
                                       "changed, because the package's version cannot be had"),
                                    path));
  return gbx_service_root_write (self->root, path, bytes, mode_of (path, 0644) | 0600, error);
}

static gboolean
take_original (GbxServiceFiles *self, GbxServiceOriginals *originals, GbxServicePackage *package,
               const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) bytes
      = gbx_service_originals_get (originals, package, path, self->cancellable, &local);

  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!bytes)
    return take_changed (self, path, error);
  return gbx_service_root_write (self->root, path, bytes, mode_of (path, 0644) | 0600, error);
}

/* A link or file that a package has, but does not take for its configuration. */
static gboolean
take_plain (GbxServiceFiles *self, const char *path, GError **error)
{
  g_autofree char *target = g_file_read_link (path, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  if (target)
    return gbx_service_root_make_link (self->root, path, target, error);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return gbx_service_root_make_folder (self->root, path, mode_of (path, 0755), error);
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) || !g_file_get_contents (path, &text, &length, NULL))
    return TRUE;
  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  return gbx_service_root_write (self->root, path, bytes, mode_of (path, 0644) | 0600, error);
}

static gboolean
take_package (GbxServiceFiles *self, GbxServiceOriginals *originals, GbxServicePackage *package,
              gboolean only_missing, GError **error)
{
  for (guint i = 0; i < package->paths->len; i++)
    {
      const char *path = package->paths->pdata[i];
      const char *md5 = g_hash_table_lookup (package->conffiles, path);

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      if (!is_in_places (self, path))
        continue;
      if (md5)
        g_hash_table_replace (self->originals, g_strdup (path), g_strdup (md5));
      if (only_missing && gbx_service_root_exists (self->root, path))
        continue;
      if (md5 ? !take_original (self, originals, package, path, error)
              : !take_plain (self, path, error))
        return FALSE;
    }
  return TRUE;
}

/* Scripts of packages choose parts of a configuration by links, as in mods-enabled.  Those are
 * kept that lead to something which the service has too. */
static gboolean
take_links (GbxServiceFiles *self, const char *folder, guint depth, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && depth < DEPTH_MAX && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);
      g_autofree char *full = target ? g_canonicalize_filename (target, folder) : NULL;

      if (full && gbx_service_root_exists (self->root, full)
          && gbx_service_root_exists (self->root, folder)
          && !gbx_service_root_make_link (self->root, path, target, error))
        return FALSE;
      if (!target && g_file_test (path, G_FILE_TEST_IS_DIR)
          && !take_links (self, path, depth + 1, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_all_links (GbxServiceFiles *self, GError **error)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      GbxServicePlace *place = self->places->pdata[i];

      if (!place->is_file && gbx_path_is_within (place->path, "/etc")
          && !take_links (self, place->path, 0, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
gbx_service_files_create (GbxServiceFiles *self, gboolean copy, GError **error)
{
  g_autoptr (GbxServiceOriginals) originals = gbx_service_originals_new ();

  if ((copy && !copy_places (self, error)) || !make_folders (self, error))
    return FALSE;
  for (guint i = 0; i < self->packages->len; i++)
    if (!take_package (self, originals, self->packages->pdata[i], copy, error))
      return FALSE;
  return copy || take_all_links (self, error);
}

/* -------------------------------------------------------------- upgrade -- */

static char *
digest_private (GbxServiceFiles *self, const char *path)
{
  g_autoptr (GBytes) bytes = gbx_service_root_read (self->root, path, FILE_BYTES_MAX);

  return bytes ? g_compute_checksum_for_bytes (G_CHECKSUM_MD5, bytes) : NULL;
}

static gboolean
put_beside (GbxServiceFiles *self, const char *path, GBytes *bytes, GError **error)
{
  g_autofree char *beside = g_strconcat (path, ".dpkg-dist", NULL);

  g_ptr_array_add (self->told,
                   g_strdup_printf (_ ("%s has been changed by you or by the service and stays; "
                                       "the package's new version is beside it, as %s"),
                                    path, beside));
  return gbx_service_root_write (self->root, beside, bytes, 0644, error);
}

static gboolean
upgrade_file (GbxServiceFiles *self, GbxServiceOriginals *originals, GbxServicePackage *package,
              const char *path, const char *fresh, GError **error)
{
  g_autofree char *former = g_strdup (g_hash_table_lookup (self->originals, path));
  g_autofree char *present = digest_private (self, path);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) local = NULL;

  if (g_strcmp0 (former, fresh) == 0 || g_strcmp0 (present, fresh) == 0)
    {
      g_hash_table_replace (self->originals, g_strdup (path), g_strdup (fresh));
      return TRUE;
    }
  /* As dpkg has it: what was removed stays removed. */
  if (former && !gbx_service_root_exists (self->root, path))
    return TRUE;
  bytes = gbx_service_originals_get (originals, package, path, self->cancellable, &local);
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (!bytes)
    {
      g_ptr_array_add (self->told, g_strdup_printf (_ ("the new version of %s cannot be had; the "
                                                       "former one stays"),
                                                    path));
      return TRUE;
    }
  g_hash_table_replace (self->originals, g_strdup (path), g_strdup (fresh));
  if (present && g_strcmp0 (present, former) != 0)
    return put_beside (self, path, bytes, error);
  g_ptr_array_add (self->told, g_strdup_printf (_ ("%s has the package's new version"), path));
  return gbx_service_root_write (self->root, path, bytes, mode_of (path, 0644) | 0600, error);
}

static gboolean
upgrade_package (GbxServiceFiles *self, GbxServiceOriginals *originals, GbxServicePackage *package,
                 GError **error)
{
  for (guint i = 0; i < package->paths->len; i++)
    {
      const char *path = package->paths->pdata[i];
      const char *md5 = g_hash_table_lookup (package->conffiles, path);

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      if (!is_in_places (self, path))
        continue;
      if (md5 ? !upgrade_file (self, originals, package, path, md5, error)
              : (!gbx_service_root_exists (self->root, path) && !take_plain (self, path, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_in_packages (GbxServiceFiles *self, const char *path)
{
  for (guint i = 0; i < self->packages->len; i++)
    if (g_hash_table_contains (((GbxServicePackage *) self->packages->pdata[i])->conffiles, path))
      return TRUE;
  return FALSE;
}

/* What the packages have no more, and nobody has changed. */
static void
remove_dropped (GbxServiceFiles *self)
{
  GHashTableIter iter;
  const char *path, *md5;

  g_hash_table_iter_init (&iter, self->originals);
  while (g_hash_table_iter_next (&iter, (gpointer *) &path, (gpointer *) &md5))
    {
      g_autofree char *present = NULL;

      if (is_in_packages (self, path))
        continue;
      present = digest_private (self, path);
      if (g_strcmp0 (present, md5) == 0)
        {
          gbx_service_root_remove (self->root, path);
          g_ptr_array_add (self->told,
                           g_strdup_printf (_ ("%s is no longer part of the package, and was "
                                               "removed"),
                                            path));
        }
      g_hash_table_iter_remove (&iter);
    }
}

gboolean
gbx_service_files_upgrade (GbxServiceFiles *self, GError **error)
{
  g_autoptr (GbxServiceOriginals) originals = gbx_service_originals_new ();

  if (!make_folders (self, error))
    return FALSE;
  for (guint i = 0; i < self->packages->len; i++)
    if (!upgrade_package (self, originals, self->packages->pdata[i], error))
      return FALSE;
  remove_dropped (self);
  return TRUE;
}
