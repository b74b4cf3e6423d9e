/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-files"

#include "config.h"

#include "gbx-files-save.h"

#include "gbx-error.h"
#include "gbx-safe-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Named in one line. */
#define NAMED_MAX 3

typedef struct
{
  const GbxFilesTarget *target;
  GbxFilesSaved *saved;
  GbxFileSaver *saver;
  char *name;    /* of what was asked for: a safe path below the folder */
  char *root;    /* (nullable): the folder that was made for it */
  guint64 total; /* for the progress; 0 */
} Save;

static void
save_clear (Save *self)
{
  g_clear_pointer (&self->saver, gbx_file_saver_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->root, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Save, save_clear)

void
gbx_files_saved_clear (GbxFilesSaved *self)
{
  g_clear_pointer (&self->first, g_free);
}

/* ----------------------------------------------------------------- sink -- */

/* Where something goes, below the folder. */
static char *
place (const Save *self, const char *path)
{
  g_autofree char *safe = NULL;

  if (!*path)
    return g_strdup (self->name);
  safe = gbx_safe_path (path, TRUE);
  return g_build_filename (self->root, safe, NULL);
}

static void
note_first (Save *self, const char *path)
{
  if (!self->saved->first)
    self->saved->first = g_build_filename (self->target->folder, path, NULL);
}

static gboolean
on_folder (const char *path, gpointer user_data, GError **error)
{
  Save *self = user_data;
  g_autofree char *wanted = place (self, path);
  char *made = gbx_file_saver_make_folder (self->saver, wanted, !*path, self->target->mode, error);

  if (made && !*path)
    {
      note_first (self, made);
      self->root = made;
    }
  else
    g_free (made);
  return made != NULL;
}

static gboolean
on_begin (const char *path, guint64 size, gint64 time, gpointer user_data, GError **error)
{
  Save *self = user_data;
  g_autofree char *wanted = place (self, path);
  guint64 limit = self->target->limit;

  if (limit == 0 || (size <= limit && self->saved->bytes <= limit - size))
    return gbx_file_saver_begin (self->saver, wanted, size, time, error);
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
               _ ("“%s” is larger than anything that the sandbox can hold"), wanted);
  return FALSE;
}

static gboolean
on_data (const void *data, gsize length, gpointer user_data, GError **error)
{
  Save *self = user_data;

  if (!gbx_file_saver_write (self->saver, data, length, error))
    return FALSE;
  self->saved->bytes += length;
  if (self->target->progress)
    self->target->progress (self->saved->bytes, self->total, self->target->user_data);
  return TRUE;
}

static gboolean
on_finish (gpointer user_data, GError **error)
{
  Save *self = user_data;
  /* In a folder that is new, two names can have become the same. */
  g_autofree char *path = gbx_file_saver_finish (
      self->saver, self->root ? GBX_SAVER_NUMBER : self->target->mode, error);

  if (!path)
    return FALSE;
  self->saved->n_files++;
  note_first (self, path);
  return TRUE;
}

static const GbxFilesSink sink = { on_folder, on_begin, on_data, on_finish };

/* ----------------------------------------------------------------- save -- */

static gboolean
begin (Save *self, const GbxFilesTarget *target, GbxFilesSaved *saved, GError **error)
{
  *saved = (GbxFilesSaved) { 0 };
  self->target = target;
  self->saved = saved;
  self->saver = gbx_file_saver_new (target->folder, target->origin, error);
  return self->saver != NULL;
}

/* The last part of a path of the guest's, for the host. */
static char *
make_name (const char *path)
{
  g_autofree char *safe = gbx_safe_path (path, TRUE);
  g_autofree char *last = g_path_get_basename (*safe ? safe : "home");

  return gbx_safe_name (g_str_equal (last, "~") ? "home" : last, FALSE);
}

gboolean
gbx_files_save_path (GbxFilesClient *client, const char *path, gboolean folders,
                     const GbxFilesTarget *target, GbxFilesSaved *saved, GError **error)
{
  g_auto (Save) self = { 0 };

  if (!begin (&self, target, saved, error))
    return FALSE;
  self.name = target->name ? g_strdup (target->name) : make_name (path);
  return gbx_files_client_get (client, path, folders, &sink, &self, &saved->left_out, error)
         && gbx_file_saver_sync (self.saver, error);
}

/* How many bytes of the paths are folders that all have in common. */
static gsize
find_common (GPtrArray *files)
{
  const char *first = ((GbxChangedFile *) files->pdata[0])->path;
  const char *slash = strrchr (first, '/');
  gsize common = slash ? (gsize) (slash - first) + 1 : 0;

  for (guint i = 1; i < files->len; i++)
    while (common > 0
           && strncmp (first, ((GbxChangedFile *) files->pdata[i])->path, common) != 0)
      for (common--; common > 0 && first[common - 1] != '/'; common--)
        ;
  return common;
}

gboolean
gbx_files_save_changed (GbxFilesClient *client, GPtrArray *files, const GbxFilesTarget *target,
                        GbxFilesSaved *saved, GError **error)
{
  g_auto (Save) self = { 0 };
  gsize common = files->len > 0 ? find_common (files) : 0;
  gboolean left_out;

  if (!begin (&self, target, saved, error))
    return FALSE;
  self.total = gbx_files_get_size (files);
  for (guint i = 0; i < files->len; i++)
    {
      const GbxChangedFile *file = files->pdata[i];

      g_free (self.name);
      self.name = target->name && files->len == 1 ? g_strdup (target->name)
                                                  : gbx_safe_path (file->path + common, FALSE);
      if (!gbx_files_client_get (client, file->path, FALSE, &sink, &self, &left_out, error))
        return FALSE;
    }
  return gbx_file_saver_sync (self.saver, error);
}

/* ---------------------------------------------------------------- words -- */

guint64
gbx_files_get_size (GPtrArray *files)
{
  guint64 size = 0;

  for (guint i = 0; i < files->len; i++)
    {
      guint64 one = ((GbxChangedFile *) files->pdata[i])->size;

      size = one > G_MAXUINT64 - size ? G_MAXUINT64 : size + one;
    }
  return size;
}

char *
gbx_files_describe (GPtrArray *files, gboolean more)
{
  GString *names = g_string_new (NULL);
  g_autofree char *list = NULL;
  guint n = files->len;

  for (guint i = 0; i < n && i < NAMED_MAX; i++)
    {
      g_autofree char *name = gbx_safe_path (((GbxChangedFile *) files->pdata[i])->path, FALSE);

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", name);
    }
  if (n > NAMED_MAX || more)
    g_string_append (names, ", …");
  list = g_string_free (names, FALSE);
  /* Translators: %2$s is a list of names. */
  return more ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "More than %u file: %s",
                                              "More than %u files: %s", n),
                                 n, list)
              : g_strdup_printf (
                    g_dngettext (GETTEXT_PACKAGE, "%u file: %s", "%u files: %s", n), n, list);
}
