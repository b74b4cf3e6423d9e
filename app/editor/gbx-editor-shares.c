/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-shares"

#include "config.h"

#include "gbx-editor-shares.h"

#include "gbx-editor-text.h"

#include "gbx-error.h"
#include "gbx-locks.h"
#include "gbx-paths.h"
#include "gbx-profile-keys.h"
#include "gbx-profile-place.h"

#include <glib/gi18n.h>
#include <string.h>

void
gbx_editor_share_free (GbxEditorShare *self)
{
  g_free (self->name);
  g_free (self->path);
  g_free (self->guest_path);
  g_free (self->access);
  g_free (self->presence);
  g_free (self->words);
  g_free (self);
}

static char *
make_group (const char *name)
{
  return g_strconcat ("Share ", name, NULL);
}

/* ------------------------------------------------------------------ list -- */

static GbxResolvedShare *
find_resolved (GbxResolution *resolution, const char *name)
{
  GPtrArray *shares = resolution ? gbx_resolution_get_shares (resolution) : NULL;

  for (guint i = 0; shares && i < shares->len; i++)
    if (g_str_equal (((GbxResolvedShare *)shares->pdata[i])->name, name))
      return shares->pdata[i];
  return NULL;
}

static void
set_source (GbxEditorModel *model, GbxEditorShare *share)
{
  g_autofree char *group = make_group (share->name);
  GbxProfileFile *layer
      = gbx_resolution_find_layer (gbx_editor_model_get_resolution (model), group, NULL);

  if (layer)
    share->source = gbx_editor_source_of_layer (model, layer, &share->words);
  share->is_here = gbx_editor_model_is_here (model, group, NULL);
  share->is_inherited
      = find_resolved (gbx_editor_model_get_inherited (model), share->name) != NULL;
}

static GbxEditorShare *
make_share (GbxEditorModel *model, GbxResolvedShare *from, const char *access)
{
  GbxEditorShare *share = g_new0 (GbxEditorShare, 1);

  share->name = g_strdup (from->name);
  share->path = g_strdup (from->path);
  share->guest_path = g_strdup (from->guest_path);
  share->access = g_strdup (access);
  share->presence = g_strdup (from->presence);
  set_source (model, share);
  return share;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(GbxEditorShare *const *)a)->name, (*(GbxEditorShare *const *)b)->name);
}

GPtrArray *
gbx_editor_shares_list (GbxEditorModel *model)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);
  GbxResolution *inherited = gbx_editor_model_get_inherited (model);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)gbx_editor_share_free);
  GPtrArray *shares;

  if (!resolution)
    return list;
  shares = gbx_resolution_get_shares (resolution);
  for (guint i = 0; i < shares->len; i++)
    {
      GbxResolvedShare *share = shares->pdata[i];

      g_ptr_array_add (list, make_share (model, share, share->access));
    }
  shares = gbx_resolution_get_shares (inherited);
  for (guint i = 0; i < shares->len; i++)
    if (!find_resolved (resolution, ((GbxResolvedShare *)shares->pdata[i])->name))
      g_ptr_array_add (list, make_share (model, shares->pdata[i], "none"));
  g_ptr_array_sort (list, compare);
  return list;
}

char *
gbx_editor_share_dup_place (const GbxEditorShare *self)
{
  return self->path ? gbx_profile_place_expand (self->path, "", NULL) : NULL;
}

/* ----------------------------------------------------------------- locks -- */

char *
gbx_editor_shares_dup_lock (GbxEditorModel *model, gboolean writable)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);
  const char *origin = NULL;
  const char *lock
      = resolution ? gbx_resolution_get_lock (resolution, GBX_LOCK_SHARES, &origin) : NULL;

  if (!lock || g_str_equal (lock, "rw") || (g_str_equal (lock, "ro") && !writable))
    return NULL;
  return g_strdup_printf (g_str_equal (lock, "ro")
                              ? _ ("The administrator allows no share for writing, in %s")
                              : _ ("The administrator has locked shares, in %s"),
                          origin);
}

static gboolean
check_lock (GbxEditorModel *model, gboolean writable, GError **error)
{
  g_autofree char *lock = gbx_editor_shares_dup_lock (model, writable);

  if (lock)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_SHARE, lock);
  return !lock;
}

/* ---------------------------------------------------------------- checks -- */

static GbxEditorShare *
find_share (GbxEditorModel *model, const char *name)
{
  g_autoptr (GPtrArray) list = gbx_editor_shares_list (model);

  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (((GbxEditorShare *)list->pdata[i])->name, name))
      {
        g_ptr_array_set_free_func (list, NULL);
        for (guint j = 0; j < list->len; j++)
          if (j != i)
            gbx_editor_share_free (list->pdata[j]);
        return list->pdata[i];
      }
  return NULL;
}

/* The same checks as at the launch, as far as the disk is there. */
static gboolean
check_share (const GbxEditorShare *share, GError **error)
{
  g_autofree char *place
      = share->path ? gbx_profile_place_expand (share->path, _ ("The path"), error) : NULL;
  g_autoptr (GbxShare) made = NULL;

  if (!place)
    return !share->path;
  if (!g_file_test (place, G_FILE_TEST_EXISTS) && g_str_equal (share->presence, "optional"))
    return TRUE;
  made = gbx_share_new (place, share->guest_path, g_str_equal (share->access, "rw"), error);
  return made != NULL;
}

static char **
get_field (GbxEditorShare *share, const char *key)
{
  if (g_str_equal (key, "share.path"))
    return &share->path;
  if (g_str_equal (key, "share.guest-path"))
    return &share->guest_path;
  return g_str_equal (key, "share.access") ? &share->access : &share->presence;
}

/* What the parent says need not be said again. */
static gboolean
is_inherited (GbxEditorModel *model, const char *name, const GbxSetting *setting,
              const char *text)
{
  GbxResolvedShare *parent = find_resolved (gbx_editor_model_get_inherited (model), name);
  GbxEditorShare fields = { 0 };

  if (!parent)
    return (g_str_equal (setting->key, "share.access") && g_str_equal (text, "ro"))
           || (g_str_equal (setting->key, "share.presence") && g_str_equal (text, "required"))
           || (g_str_equal (setting->key, "share.guest-path") && !*text);
  fields.path = parent->path;
  fields.guest_path = parent->guest_path;
  fields.access = parent->access;
  fields.presence = parent->presence;
  return g_strcmp0 (*get_field (&fields, setting->key), *text ? text : NULL) == 0;
}

gboolean
gbx_editor_shares_set (GbxEditorModel *model, const char *name, const GbxSetting *setting,
                       const char *text, GError **error)
{
  g_autoptr (GbxEditorShare) share = find_share (model, name);
  g_autofree char *group = make_group (name);
  g_autofree char *key = gbx_profile_key_name (setting);
  g_autofree char *plain = g_strstrip (g_strdup (text));
  char **field = share ? get_field (share, setting->key) : NULL;
  g_autoptr (GVariant) value = NULL;

  if (!share)
    return FALSE;
  if (*plain)
    value = gbx_setting_parse (setting, plain, TRUE, _ (setting->label), error);
  if (*plain && !value)
    return FALSE;
  g_free (*field);
  *field = *plain ? g_strdup (plain) : NULL;
  if (!check_lock (model, g_str_equal (share->access, "rw"), error)
      || (!g_str_equal (share->access, "none") && !check_share (share, error)))
    return FALSE;
  return gbx_editor_model_set (model, group, key,
                               is_inherited (model, name, setting, plain) ? NULL
                               : *plain                                   ? plain
                                                                          : "default",
                               name, error);
}

/* ------------------------------------------------------- adding, removing -- */

static gboolean
is_taken (GbxEditorModel *model, const char *name)
{
  g_autofree char *group = make_group (name);

  return gbx_editor_model_is_here (model, group, NULL)
         || find_resolved (gbx_editor_model_get_resolution (model), name)
         || find_resolved (gbx_editor_model_get_inherited (model), name);
}

/* "My Files" → "my-files", and a number where that is taken. */
static char *
make_name (GbxEditorModel *model, const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *lower = g_ascii_strdown (base, -1);
  g_autofree char *first = NULL;
  char *name;

  for (char *at = lower; *at; at++)
    if (!g_ascii_isalnum (*at) && !strchr ("._-", *at))
      *at = '-';
  first = g_strndup (lower + strspn (lower, "._-"), 30);
  if (!*first)
    {
      g_free (first);
      first = g_strdup ("share");
    }
  name = g_strdup (first);
  for (guint i = 2; is_taken (model, name); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s-%u", first, i);
    }
  return name;
}

/* The text of a profile is UTF-8, and has one line for it without blanks at both ends. */
static gboolean
check_writable_text (const char *path, GError **error)
{
  g_autofree char *shown = gbx_path_show (path);
  g_autofree char *stripped = g_strstrip (g_strdup (path));

  if (g_utf8_validate (path, -1, NULL) && !strpbrk (path, "\n\r") && g_str_equal (stripped, path))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
               _ ("“%s” cannot be written into a profile: rename it, or share it when you launch "
                  "the application"),
               shown);
  return FALSE;
}

static gboolean
check_new (GbxEditorModel *model, const char *path, GError **error)
{
  g_autoptr (GPtrArray) list = gbx_editor_shares_list (model);

  for (guint i = 0; i < list->len; i++)
    {
      GbxEditorShare *share = list->pdata[i];
      g_autofree char *place = gbx_editor_share_dup_place (share);

      if (g_strcmp0 (place, path) != 0 || g_str_equal (share->access, "none"))
        continue;
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE, _ ("“%s” is shared already, as “%s”"), path,
                   share->name);
      return FALSE;
    }
  return TRUE;
}

/* In the home another account can use the profile too. */
static char *
shorten (const char *path)
{
  const char *home = g_get_home_dir ();
  gsize length = strlen (home);

  if (g_str_has_prefix (path, home) && path[length] == '/')
    return g_strconcat ("~", path + length, NULL);
  return g_strdup (path);
}

char *
gbx_editor_shares_add (GbxEditorModel *model, const char *path, GError **error)
{
  g_autoptr (GbxShare) made = NULL;
  g_autofree char *name = NULL;
  g_autofree char *group = NULL;
  g_autofree char *text = NULL;

  if (!check_lock (model, FALSE, error) || !check_writable_text (path, error)
      || !check_new (model, path, error))
    return NULL;
  made = gbx_share_new (path, NULL, FALSE, error);
  if (!made)
    return NULL;
  name = make_name (model, path);
  group = make_group (name);
  text = shorten (path);
  return gbx_editor_model_set (model, group, "Path", text, name, error) ? g_steal_pointer (&name)
                                                                        : NULL;
}

static void
remove_group (GbxEditorModel *model, const char *name)
{
  g_autofree char *group = make_group (name);
  g_autofree char *text
      = gbx_editor_text_remove_group (gbx_editor_model_get_text (model), group);

  gbx_editor_model_apply (model, text, name, NULL, NULL);
}

void
gbx_editor_shares_remove (GbxEditorModel *model, const char *name)
{
  g_autofree char *group = make_group (name);

  if (find_resolved (gbx_editor_model_get_inherited (model), name))
    gbx_editor_model_set (model, group, "Access", "none", name, NULL);
  else
    remove_group (model, name);
}

void
gbx_editor_shares_reset (GbxEditorModel *model, const char *name)
{
  remove_group (model, name);
}
