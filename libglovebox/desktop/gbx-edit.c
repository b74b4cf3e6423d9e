/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-edit"

#include "config.h"

#include "gbx-edit.h"

#include "gbx-error.h"
#include "gbx-opened-file.h"
#include "gbx-paths.h"
#include "gbx-save.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct _GbxEdit
{
  char *place;
  char *path; /* of the user's file, without links */
  char *copy; /* its path */
  mode_t mode;
  GbxVersion original; /* what was copied */
  GbxVersion seen;     /* what was found at the last look */
  GbxVersion made;     /* the copy as it was made */
  gboolean is_settled;
};

/* --------------------------------------------------------------- record -- */

static gboolean
write_record (GbxEdit *self, GError **error)
{
  g_autoptr (GKeyFile) record = g_key_file_new ();
  g_autofree char *path = g_build_filename (self->place, "record", NULL);

  gbx_save_put_name (record, "Path", self->path);
  g_key_file_set_integer (record, GBX_SAVE_GROUP, "Mode", self->mode);
  gbx_save_put_version (record, "Original", &self->original);
  gbx_save_put_version (record, "Made", &self->made);
  return g_key_file_save_to_file (record, path, error);
}

static void
set_places (GbxEdit *self, const char *place)
{
  g_autofree char *name = g_path_get_basename (self->path);

  self->place = g_strdup (place);
  self->copy = g_build_filename (place, "work", name, NULL);
}

GbxEdit *
gbx_edit_new_from_place (const char *place)
{
  g_autoptr (GKeyFile) record = g_key_file_new ();
  g_autofree char *file = g_build_filename (place, "record", NULL);
  g_autofree char *path = NULL;
  GbxEdit *self;

  if (!g_key_file_load_from_file (record, file, G_KEY_FILE_NONE, NULL))
    return NULL;
  path = gbx_save_get_name (record, "Path");
  if (!path || !g_path_is_absolute (path))
    return NULL;
  self = g_new0 (GbxEdit, 1);
  self->path = g_steal_pointer (&path);
  self->mode = g_key_file_get_integer (record, GBX_SAVE_GROUP, "Mode", NULL) & 0777;
  gbx_save_get_version (record, "Original", &self->original);
  gbx_save_get_version (record, "Made", &self->made);
  self->seen = self->original;
  set_places (self, place);
  return self;
}

/* ------------------------------------------------------------------ new -- */

static gboolean
make_copy (GbxEdit *self, int original)
{
  g_autofree char *work = g_path_get_dirname (self->copy);
  struct stat st;
  int fd, code = 0;

  if (g_mkdir (self->place, 0700) != 0 || g_mkdir (work, 0700) != 0)
    return FALSE;
  fd = open (self->copy, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  if (!gbx_save_copy (original, fd) || fchmod (fd, (self->mode & 0777) | 0600) != 0 ||
      fstat (fd, &st) != 0)
    code = errno;
  else
    gbx_version_set (&self->made, &st);
  if (close (fd) != 0 && !code)
    code = errno;
  errno = code;
  return code == 0;
}

static gboolean
copy_original (GbxEdit *self)
{
  struct stat st;
  int original = gbx_save_open_file (AT_FDCWD, self->path, &st);
  int code;

  if (original < 0)
    return FALSE;
  gbx_version_set (&self->original, &st);
  self->seen = self->original;
  self->mode = st.st_mode & 0777;
  code = make_copy (self, original) ? 0 : errno;
  close (original);
  errno = code;
  return code == 0;
}

GbxEdit *
gbx_edit_new (const char *path, const char *place, GError **error)
{
  g_autoptr (GbxEdit) self = g_new0 (GbxEdit, 1);
  g_autofree char *shown = gbx_path_show (path);

  self->path = realpath (path, NULL);
  if (self->path)
    set_places (self, place);
  if (self->path && copy_original (self))
    return write_record (self, error) ? g_steal_pointer (&self) : NULL;
  self->is_settled = TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot make a copy of “%s”: %s"), shown,
               g_strerror (errno));
  return NULL;
}

void
gbx_edit_free (GbxEdit *self)
{
  if (self->place && !gbx_edit_is_open (self))
    gbx_path_remove_tree (self->place);
  g_free (self->place);
  g_free (self->path);
  g_free (self->copy);
  g_free (self);
}

/* ----------------------------------------------------------------- look -- */

const char *
gbx_edit_get_path (GbxEdit *self)
{
  return self->path;
}

const char *
gbx_edit_get_copy (GbxEdit *self)
{
  return self->copy;
}

void
gbx_edit_get_figures (GbxEdit *self, gboolean of_copy, guint64 *size, gint64 *time)
{
  struct stat st;

  *size = 0;
  *time = 0;
  if (lstat (of_copy ? self->copy : self->path, &st) != 0)
    return;
  *size = st.st_size;
  *time = st.st_mtim.tv_sec;
}

static int
open_copy (GbxEdit *self, struct stat *st)
{
  return gbx_save_open_file (AT_FDCWD, self->copy, st);
}

gboolean
gbx_edit_is_open (GbxEdit *self)
{
  GbxVersion now;
  struct stat st;
  int copy = self->is_settled ? -1 : open_copy (self, &st);

  if (copy < 0)
    return FALSE;
  close (copy);
  gbx_version_set (&now, &st);
  return !gbx_version_equal (&now, &self->made);
}

/* Whether this account may replace it. */
static gboolean
can_be_replaced (GbxEdit *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  return access (self->path, W_OK) == 0 && access (folder, W_OK | X_OK) == 0;
}

GbxEditOriginal
gbx_edit_look (GbxEdit *self)
{
  g_autofree char *name = g_path_get_basename (self->path);
  int folder = gbx_save_open_folder_of (self->path);
  gboolean is_there;
  struct stat st;

  if (folder < 0)
    return GBX_EDIT_GONE;
  is_there = fstatat (folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
  close (folder);
  if (!is_there)
    return GBX_EDIT_GONE;
  if (!S_ISREG (st.st_mode))
    return GBX_EDIT_DIFFERENT;
  gbx_version_set (&self->seen, &st);
  if (!can_be_replaced (self))
    return GBX_EDIT_LOCKED;
  return gbx_version_equal (&self->seen, &self->original) ? GBX_EDIT_SAME : GBX_EDIT_CHANGED;
}

char *
gbx_edit_describe (GbxEdit *self, GbxEditOriginal original)
{
  g_autofree char *shown = gbx_opened_file_show_name (self->path);

  switch (original)
    {
    case GBX_EDIT_CHANGED:
      return g_strdup_printf (_ ("“%s” was also changed outside of the sandbox. Replacing it would "
                                 "undo that change."),
                              shown);
    case GBX_EDIT_GONE:
      return g_strdup_printf (_ ("“%s” is not there any more. The changed copy can be saved "
                                 "elsewhere."),
                              shown);
    case GBX_EDIT_DIFFERENT:
      return g_strdup_printf (_ ("“%s” is not an ordinary file any more. The changed copy can be "
                                 "saved elsewhere."),
                              shown);
    case GBX_EDIT_LOCKED:
      return g_strdup_printf (_ ("“%s” cannot be replaced: your account may not write there. The "
                                 "changed copy can be saved elsewhere."),
                              shown);
    case GBX_EDIT_SAME:
    default:
      return NULL;
    }
}

/* --------------------------------------------------------------- decide -- */

static gboolean
fail (GbxEdit *self, const char *path, int code, GError **error)
{
  g_autofree char *shown = gbx_path_show (path);
  g_autofree char *kept = gbx_path_show (self->copy);

  if (code == ESTALE)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("“%s” was not replaced: it has just been changed by somebody else. The changed "
                    "copy is kept in “%s”."),
                 shown, kept);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("“%s” could not be written: %s. The changed copy is kept in “%s”."), shown,
                 g_strerror (code ? code : EIO), kept);
  return FALSE;
}

/* 0, or what errno says. */
static int
replace_in (GbxEdit *self, int folder, int copy, char **backup)
{
  g_autofree char *name = g_path_get_basename (self->path);
  GbxVersion version = self->seen;
  int code;

  *backup = gbx_save_backup (folder, name, &self->seen);
  if (!*backup)
    return errno;
  switch (gbx_save_replace (folder, name, copy, &version))
    {
    case GBX_SAVE_DONE:
      return 0;
    case GBX_SAVE_CONFLICT:
      code = ESTALE;
      break;
    default:
      code = errno ? errno : EIO;
      break;
    }
  unlinkat (folder, *backup, 0);
  g_clear_pointer (backup, g_free);
  return code;
}

gboolean
gbx_edit_replace (GbxEdit *self, char **backup, GError **error)
{
  int folder = gbx_save_open_folder_of (self->path);
  struct stat st;
  int copy = folder >= 0 ? open_copy (self, &st) : -1;
  int code = copy >= 0 ? replace_in (self, folder, copy, backup) : errno;

  if (copy >= 0)
    close (copy);
  if (folder >= 0)
    close (folder);
  if (code)
    return fail (self, self->path, code, error);
  self->is_settled = TRUE;
  return TRUE;
}

gboolean
gbx_edit_save_as (GbxEdit *self, const char *path, GError **error)
{
  g_autofree char *folder_path = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  int folder = open (folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct stat st;
  int copy = folder >= 0 ? open_copy (self, &st) : -1;
  int code = copy >= 0 && gbx_save_as (folder, name, self->mode, copy) ? 0 : errno;

  if (copy >= 0)
    close (copy);
  if (folder >= 0)
    close (folder);
  if (code)
    return fail (self, path, code, error);
  self->is_settled = TRUE;
  return TRUE;
}

char *
gbx_edit_save_beside (GbxEdit *self, GError **error)
{
  g_autofree char *folder_path = g_path_get_dirname (self->path);
  g_autofree char *name = g_path_get_basename (self->path);
  int folder = gbx_save_open_folder_of (self->path);
  GbxVersion version;
  struct stat st;
  int copy = folder >= 0 ? open_copy (self, &st) : -1;
  g_autofree char *beside =
      copy >= 0 ? gbx_save_beside (folder, name, NULL, self->mode, copy, &version) : NULL;
  int code = errno;

  if (copy >= 0)
    close (copy);
  if (folder >= 0)
    close (folder);
  if (!beside)
    {
      fail (self, self->path, code, error);
      return NULL;
    }
  self->is_settled = TRUE;
  return g_build_filename (folder_path, beside, NULL);
}

void
gbx_edit_discard (GbxEdit *self)
{
  self->is_settled = TRUE;
}
