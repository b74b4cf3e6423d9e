/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-file-copy"

#include "config.h"

#include "gbx-file-copy.h"

#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-paths.h"
#include "gbx-save.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct _GbxFileCopy
{
  char *path;    /* of the shared file */
  char *sandbox; /* its name */
  int folder;    /* that the shared file is in */
  char *target;  /* the name in it of the file to write */
  GbxVersion version; /* of the target */
  mode_t mode;
  gboolean has_diverged; /* the target is another file than the shared one */
  int failure;           /* errno of the last attempt, or 0 */

  char *place; /* (nullable) */
  char *work;  /* (nullable): the folder in it that the sandbox gets */
  guint64 limit;
  GbxVersion saved; /* of the copy: what was written back */
  int original;     /* without a place: the shared file; else -1 */
};

/* A version by the time that the guest cannot set. */
static void
set_saved (GbxFileCopy *self, const struct stat *st)
{
  gbx_version_set (&self->saved, st);
  self->saved.seconds = st->st_ctim.tv_sec;
  self->saved.nanoseconds = st->st_ctim.tv_nsec;
}

/* -------------------------------------------------------------- record -- */

/* For the case that this process is killed. */
static gboolean
write_record (GbxFileCopy *self, GError **error)
{
  g_autoptr (GKeyFile) record = g_key_file_new ();
  g_autofree char *path = NULL;

  if (!self->place)
    return TRUE;
  path = g_build_filename (self->place, "record", NULL);
  gbx_save_put_name (record, "Path", self->path);
  gbx_save_put_name (record, "Target", self->target);
  g_key_file_set_string (record, GBX_SAVE_GROUP, "Sandbox", self->sandbox);
  g_key_file_set_integer (record, GBX_SAVE_GROUP, "Mode", self->mode);
  g_key_file_set_uint64 (record, GBX_SAVE_GROUP, "Limit", self->limit);
  gbx_save_put_version (record, "Version", &self->version);
  gbx_save_put_version (record, "Saved", &self->saved);
  return g_key_file_save_to_file (record, path, error);
}

/* ----------------------------------------------------------------- new -- */

static gboolean
make_copy (GbxFileCopy *self, int original, mode_t mode)
{
  g_autofree char *path = g_build_filename (self->work, GBX_EXPORT_FILE_NAME, NULL);
  struct stat st;
  int fd, code = 0;

  if (g_mkdir (self->place, 0700) != 0 || g_mkdir (self->work, 0700) != 0)
    return FALSE;
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  if (!gbx_save_copy (original, fd) || fchmod (fd, (mode & 0777) | 0600) != 0 ||
      fstat (fd, &st) != 0)
    code = errno;
  else
    set_saved (self, &st);
  if (close (fd) != 0 && !code)
    code = errno;
  errno = code;
  return code == 0;
}

/* Takes the descriptor. */
static gboolean
take_original (GbxFileCopy *self, int original, const struct stat *st)
{
  int code;

  gbx_version_set (&self->version, st);
  self->mode = st->st_mode & 0777;
  if (!self->place)
    {
      self->original = original;
      return TRUE;
    }
  code = make_copy (self, original, st->st_mode) ? 0 : errno;
  close (original);
  errno = code;
  return code == 0;
}

static void
set_place (GbxFileCopy *self, const char *place)
{
  self->place = g_strdup (place);
  self->work = place ? g_build_filename (place, "work", NULL) : NULL;
}

static GbxFileCopy *
copy_new (char *path, char *target, char *sandbox)
{
  GbxFileCopy *self = g_new0 (GbxFileCopy, 1);

  self->path = path;
  self->target = target;
  self->sandbox = sandbox;
  self->folder = gbx_save_open_folder_of (path);
  self->original = -1;
  return self;
}

GbxFileCopy *
gbx_file_copy_new (GbxShare *share, const char *sandbox, const char *place, guint64 limit,
                   GError **error)
{
  const char *path = gbx_share_get_path (share);
  g_autofree char *shown = gbx_path_show (path);
  g_autoptr (GbxFileCopy) self =
      copy_new (g_strdup (path), g_path_get_basename (path), g_strdup (sandbox));
  struct stat st;
  int original = self->folder >= 0 ? gbx_save_open_file (self->folder, self->target, &st) : -1;

  self->limit = limit;
  set_place (self, place);
  if (original >= 0 && take_original (self, original, &st))
    return write_record (self, error) ? g_steal_pointer (&self) : NULL;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
               _ ("Cannot make a copy of “%s” for the sandbox: %s"), shown, g_strerror (errno));
  return NULL;
}

GbxFileCopy *
gbx_file_copy_new_from_place (const char *place)
{
  g_autoptr (GKeyFile) record = g_key_file_new ();
  g_autofree char *file = g_build_filename (place, "record", NULL);
  g_autofree char *path = NULL, *target = NULL, *sandbox = NULL;
  GbxFileCopy *self;

  if (!g_key_file_load_from_file (record, file, G_KEY_FILE_NONE, NULL))
    return NULL;
  path = gbx_save_get_name (record, "Path");
  target = gbx_save_get_name (record, "Target");
  sandbox = g_key_file_get_string (record, GBX_SAVE_GROUP, "Sandbox", NULL);
  if (!path || !g_path_is_absolute (path) || !target || strchr (target, '/') || !sandbox)
    return NULL;
  self = copy_new (g_steal_pointer (&path), g_steal_pointer (&target), g_steal_pointer (&sandbox));
  self->mode = g_key_file_get_integer (record, GBX_SAVE_GROUP, "Mode", NULL) & 0777;
  self->limit = g_key_file_get_uint64 (record, GBX_SAVE_GROUP, "Limit", NULL);
  gbx_save_get_version (record, "Version", &self->version);
  gbx_save_get_version (record, "Saved", &self->saved);
  set_place (self, place);
  return self;
}

void
gbx_file_copy_free (GbxFileCopy *self)
{
  if (self->place && !self->failure)
    gbx_path_remove_tree (self->place);
  if (self->folder >= 0)
    close (self->folder);
  if (self->original >= 0)
    close (self->original);
  g_free (self->path);
  g_free (self->sandbox);
  g_free (self->target);
  g_free (self->place);
  g_free (self->work);
  g_free (self);
}

/* ---------------------------------------------------------------- save -- */

static void
save_beside (GbxFileCopy *self, int source)
{
  g_autofree char *name = g_path_get_basename (self->path);
  char *beside =
      gbx_save_beside (self->folder, name, self->sandbox, self->mode, source, &self->version);

  if (!beside)
    {
      self->failure = errno ? errno : EIO;
      return;
    }
  g_free (self->target);
  self->target = beside;
  self->has_diverged = TRUE;
}

static void
save_from (GbxFileCopy *self, int source)
{
  self->failure = 0;
  if (self->folder < 0)
    {
      self->failure = ENOENT;
      return;
    }
  switch (gbx_save_replace (self->folder, self->target, source, &self->version))
    {
    case GBX_SAVE_DONE:
      break;
    case GBX_SAVE_CONFLICT:
      save_beside (self, source);
      break;
    default:
      self->failure = errno ? errno : EIO;
      break;
    }
}

static gboolean
is_saved (GbxFileCopy *self, const struct stat *st)
{
  GbxVersion former = self->saved;
  gboolean same;

  set_saved (self, st);
  same = gbx_version_equal (&former, &self->saved);
  self->saved = former;
  return same;
}

/* What the sandbox has made of the copy may be anything; only a file counts.  If it has
 * removed the copy, the shared file stays as it is. */
static void
save_copy (GbxFileCopy *self)
{
  g_autofree char *path = g_build_filename (self->work, GBX_EXPORT_FILE_NAME, NULL);
  struct stat st;
  int fd = gbx_save_open_file (AT_FDCWD, path, &st);

  if (fd < 0)
    return;
  if (!is_saved (self, &st) || self->failure)
    {
      if ((guint64) st.st_size > self->limit)
        self->failure = EFBIG;
      else
        save_from (self, fd);
      if (!self->failure)
        set_saved (self, &st);
      write_record (self, NULL);
    }
  close (fd);
}

/* The sandbox has written in the file itself, which may have lost its name. */
static void
save_original (GbxFileCopy *self)
{
  struct stat st, named;
  GbxVersion now;

  if (fstat (self->original, &st) != 0)
    return;
  gbx_version_set (&now, &st);
  if (gbx_version_equal (&now, &self->version))
    return;
  if (fstatat (self->folder, self->target, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
      named.st_dev == st.st_dev && named.st_ino == st.st_ino)
    return;
  save_beside (self, self->original);
}

void
gbx_file_copy_save (GbxFileCopy *self, gboolean at_end)
{
  if (self->place)
    save_copy (self);
  else if (at_end)
    save_original (self);
}

/* ------------------------------------------------------------- getters -- */

const char *
gbx_file_copy_get_folder (GbxFileCopy *self)
{
  return self->work;
}

gboolean
gbx_file_copy_has_failed (GbxFileCopy *self)
{
  return self->failure != 0;
}

static char *
describe_failure (GbxFileCopy *self, const char *shown)
{
  g_autofree char *kept = NULL;

  if (!self->place)
    return g_strdup_printf (_ ("What the sandbox wrote to “%s” is lost, because another file took "
                               "its place and no copy could be saved: %s."),
                            shown, g_strerror (self->failure));
  kept = g_build_filename (self->work, GBX_EXPORT_FILE_NAME, NULL);
  return g_strdup_printf (_ ("What the sandbox wrote to “%s” could not be saved there: %s. It is "
                             "kept in “%s”, and will be saved by a later start of Glovebox if "
                             "that is possible then."),
                          shown, g_strerror (self->failure), kept);
}

char *
gbx_file_copy_describe (GbxFileCopy *self)
{
  g_autofree char *shown = gbx_path_show (self->path);
  g_autofree char *beside = gbx_path_show (self->target);

  if (self->failure)
    return describe_failure (self, shown);
  if (!self->has_diverged)
    return NULL;
  return g_strdup_printf (_ ("“%s” was changed or replaced outside of the sandbox while it was "
                             "shared, so what the sandbox wrote is saved beside it, as “%s”."),
                          shown, beside);
}
