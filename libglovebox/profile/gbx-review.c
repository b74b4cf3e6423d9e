/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-review.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Characters of a text from the file that are shown. */
#define TEXT_MAX 500

struct _GbxReview
{
  GbxForeign foreign;
  char *path;
  char *fitting; /* the same with the name that fits the id: places of faults are in it */
  char *text;    /* of the profile that it would be */
  char *title;
  char *description; /* or NULL */
  char *installed;   /* or NULL */
  char *id;
  char *sentence; /* or NULL */
  GPtrArray *lines, *differences, *notes, *faults;
};

void
gbx_review_free (GbxReview *self)
{
  g_free (self->path);
  g_free (self->fitting);
  g_free (self->text);
  g_free (self->title);
  g_free (self->description);
  g_free (self->installed);
  g_free (self->id);
  g_free (self->sentence);
  g_ptr_array_unref (self->lines);
  g_ptr_array_unref (self->differences);
  g_ptr_array_unref (self->notes);
  g_ptr_array_unref (self->faults);
  g_free (self);
}

/* Takes the text. */
static char *
make_safe (GbxReview *self, char *text)
{
  g_autofree char *fitting = gbx_path_show (self->fitting);
  g_autofree char *actual = gbx_path_show (self->path);
  g_autofree char *shown = gbx_path_show (text);
  g_autoptr (GString) safe = g_string_new (shown);

  g_free (text);
  g_string_replace (safe, fitting, actual, 0);
  if (g_utf8_strlen (safe->str, -1) <= TEXT_MAX)
    return g_strdup (safe->str);
  g_string_truncate (safe, (gsize) (g_utf8_offset_to_pointer (safe->str, TEXT_MAX) - safe->str));
  return g_strconcat (safe->str, "…", NULL);
}

static void
replace (GbxReview *self, char **text)
{
  *text = *text ? make_safe (self, *text) : NULL;
}

static void
replace_all (GbxReview *self, GPtrArray *texts)
{
  for (guint i = 0; i < texts->len; i++)
    replace (self, (char **) &texts->pdata[i]);
}

static void
make_all_safe (GbxReview *self)
{
  replace (self, &self->title);
  replace (self, &self->description);
  replace_all (self, self->notes);
  replace_all (self, self->faults);
  for (guint i = 0; i < self->lines->len; i++)
    {
      replace (self, &((GbxSummaryLine *)self->lines->pdata[i])->text);
      replace (self, &((GbxSummaryLine *)self->lines->pdata[i])->detail);
    }
  for (guint i = 0; i < self->differences->len; i++)
    {
      replace (self, &((GbxDifference *)self->differences->pdata[i])->label);
      replace (self, &((GbxDifference *)self->differences->pdata[i])->from);
      replace (self, &((GbxDifference *)self->differences->pdata[i])->to);
    }
}

/* ---------------------------------------------------------------- names -- */

/* (transfer full) (nullable): the text with that id in it, where it has one. */
static char *
with_id (GbxReview *self, const char *id, GError **error)
{
  g_autofree char *shown = gbx_path_show (self->path);
  g_autoptr (GbxKeyText) text = gbx_key_text_parse (self->text, strlen (self->text), shown, error);

  if (!text)
    return NULL;
  if (gbx_key_text_lookup (text, "Profile", "Id"))
    gbx_key_text_set (text, "Profile", "Id", id);
  return gbx_key_text_to_string (text);
}

/* What the profile calls itself, else what its file is called. */
static char *
find_own_id (GbxReview *self, GbxKeyText *text)
{
  const char *id = text ? gbx_key_text_lookup (text, "Profile", "Id") : NULL;

  return id && gbx_profile_id_is_valid (id) ? g_strdup (id) : gbx_import_make_id (self->path);
}

static char *
find_free_id (GbxProfileStore *store, const char *id)
{
  for (guint i = 2;; i++)
    {
      g_autofree char *ending = g_strdup_printf ("-%u", i);
      char *other = g_strdup_printf ("%.*s%s", (int)(40 - strlen (ending)), id, ending);

      if (!gbx_profile_store_contains (store, other))
        return other;
      g_free (other);
    }
}

static void
find_names (GbxReview *self, GbxProfileStore *store)
{
  g_autoptr (GbxKeyText) text = gbx_key_text_parse (self->text, strlen (self->text), "", NULL);
  g_autofree char *own = find_own_id (self, text);
  const char *name = text ? gbx_key_text_lookup_locale (text, "Profile", "Name") : NULL;

  self->description
      = g_strdup (text ? gbx_key_text_lookup_locale (text, "Profile", "Description") : NULL);
  self->title = name && *name ? g_strdup (name) : g_path_get_basename (self->path);
  if (gbx_profile_store_contains (store, own))
    {
      self->id = find_free_id (store, own);
      self->installed = g_steal_pointer (&own);
    }
  else
    self->id = g_steal_pointer (&own);
}

static char *
make_fitting_path (GbxReview *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *base = g_strconcat (self->id, GBX_PROFILE_SUFFIX, NULL);

  return g_build_filename (folder, base, NULL);
}

/* ------------------------------------------------------- what it comes to -- */

/* The profile as it would be under its new name. */
static GbxResolution *
resolve (GbxReview *self, GbxProfileStore *store, GError **error)
{
  g_autofree char *text = with_id (self, self->id, error);
  g_autoptr (GbxProfileFile) file =
      text ? gbx_profile_file_new (self->fitting, text, error) : NULL;
  GbxResolution *resolution;

  if (!file)
    return NULL;
  gbx_profile_store_set_user_layer (store, gbx_profile_file_get_id (file), file);
  resolution = gbx_resolution_new (store, self->id, TRUE, error);
  gbx_profile_store_set_user_layer (store, NULL, NULL);
  return resolution;
}

static void
compare (GbxReview *self, GbxProfileStore *store, GbxResolution *resolution)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxResolution) present
      = self->installed ? gbx_resolution_new (store, self->installed, TRUE, &error) : NULL;
  GPtrArray *list = present ? gbx_difference_list (present, resolution) : NULL;

  if (error)
    g_ptr_array_add (self->notes, g_strdup (error->message));
  if (!list)
    return;
  g_ptr_array_unref (self->differences);
  self->differences = list;
}

static void
describe (GbxReview *self, GbxProfileStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxResolution) resolution = resolve (self, store, &error);

  if (!resolution)
    {
      g_ptr_array_add (self->faults, g_strdup (error->message));
      return;
    }
  self->sentence = gbx_summary_sentence (resolution);
  g_ptr_array_unref (self->lines);
  self->lines = gbx_summary_lines (resolution);
  g_ptr_array_extend (self->notes, gbx_resolution_get_warnings (resolution), (GCopyFunc)g_strdup,
                      NULL);
  compare (self, store, resolution);
}

static void
find_faults (GbxReview *self)
{
  g_autofree char *text = with_id (self, self->id, NULL);
  const char *checked = text ? text : self->text;

  g_ptr_array_unref (self->faults);
  self->faults = gbx_profile_file_find_faults (self->fitting, checked, strlen (checked));
}

GbxReview *
gbx_review_new (const char *path, GError **error)
{
  g_autoptr (GbxReview) self = g_new0 (GbxReview, 1);
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();

  self->path = g_strdup (path);
  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->faults = g_ptr_array_new_with_free_func (g_free);
  self->lines = g_ptr_array_new ();
  self->differences = g_ptr_array_new ();
  self->text = gbx_import_read (path, self->notes, &self->foreign, error);
  if (!self->text)
    return NULL;
  find_names (self, store);
  self->fitting = make_fitting_path (self);
  find_faults (self);
  if (self->faults->len == 0)
    describe (self, store);
  make_all_safe (self);
  return g_steal_pointer (&self);
}

/* --------------------------------------------------------------- import -- */

char *
gbx_review_check_id (GbxReview *self, const char *id)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autofree char *shown = gbx_path_show (id);

  if (!gbx_profile_id_is_valid (id))
    return g_strdup (_ ("Use 1 to 40 of the characters a–z, 0–9, dot, dash and underscore, "
                        "beginning with a letter or digit"));
  if (gbx_profile_store_contains (store, id))
    return g_strdup_printf (_ ("There is a profile “%s” already; choose another name"), shown);
  return NULL;
}

gboolean
gbx_review_import (GbxReview *self, const char *id, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autofree char *path = gbx_profile_store_get_user_path (store, id);
  g_autofree char *reason = gbx_review_check_id (self, id);
  g_autofree char *text = NULL;
  g_autoptr (GbxProfileFile) file = NULL;

  if (reason)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID, reason);
      return FALSE;
    }
  text = with_id (self, id, error);
  file = text ? gbx_profile_file_new (path, text, error) : NULL;
  return file && gbx_profile_file_save (file, error);
}

/* -------------------------------------------------------------- getters -- */

const char *
gbx_review_get_title (GbxReview *self)
{
  return self->title;
}

const char *
gbx_review_get_description (GbxReview *self)
{
  return self->description;
}

GbxForeign
gbx_review_get_foreign (GbxReview *self)
{
  return self->foreign;
}

const char *
gbx_review_get_installed (GbxReview *self)
{
  return self->installed;
}

const char *
gbx_review_get_id (GbxReview *self)
{
  return self->id;
}

const char *
gbx_review_get_sentence (GbxReview *self)
{
  return self->sentence;
}

GPtrArray *
gbx_review_get_lines (GbxReview *self)
{
  return self->lines;
}

GPtrArray *
gbx_review_get_differences (GbxReview *self)
{
  return self->differences;
}

GPtrArray *
gbx_review_get_notes (GbxReview *self)
{
  return self->notes;
}

GPtrArray *
gbx_review_get_faults (GbxReview *self)
{
  return self->faults;
}
