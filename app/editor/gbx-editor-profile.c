/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-profile"

#include "config.h"

#include "gbx-editor-profile.h"

#include "gbx-editor-text.h"

#include "gbx-error.h"

#include <gio/gdesktopappinfo.h>
#include <glib/gi18n.h>
#include <string.h>

#define GROUP "Profile"

/* What the layers of the system say, the strongest first. */
static char *
dup_installed (GbxEditorModel *model, const char *key)
{
  g_autoptr (GPtrArray) layers = gbx_profile_store_load_readable (
      gbx_editor_model_get_store (model), gbx_editor_model_get_id (model));

  for (guint i = layers->len; i-- > 0;)
    {
      GbxKeyText *text = gbx_profile_file_get_text (layers->pdata[i]);
      const char *value = gbx_key_text_lookup_locale (text, GROUP, key);

      if (value && gbx_profile_file_is_system (layers->pdata[i]))
        return g_strdup (value);
    }
  return NULL;
}

char *
gbx_editor_profile_dup (GbxEditorModel *model, const char *key)
{
  const char *text = gbx_editor_model_get_text (model);
  g_autoptr (GbxKeyText) parsed = gbx_key_text_parse (text, strlen (text), "", NULL);
  const char *value = gbx_key_text_lookup_locale (parsed, GROUP, key);

  return value ? g_strdup (value) : dup_installed (model, key);
}

gboolean
gbx_editor_profile_set (GbxEditorModel *model, const char *key, const char *value,
                        const char *what, GError **error)
{
  g_autofree char *installed = dup_installed (model, key);
  g_autofree char *plain = g_strstrip (g_strdup (value));
  gboolean same = g_strcmp0 (installed ? installed : "", plain) == 0;

  return gbx_editor_model_set (model, GROUP, key, same ? NULL : plain, what, error);
}

char *
gbx_editor_profile_dup_parent (GbxEditorModel *model)
{
  g_autofree char *parent = gbx_editor_profile_dup (model, "Inherits");

  if (parent)
    return g_steal_pointer (&parent);
  return g_strdup (g_str_equal (gbx_editor_model_get_id (model), GBX_PROFILE_DEFAULT)
                       ? ""
                       : GBX_PROFILE_DEFAULT);
}

gboolean
gbx_editor_profile_set_parent (GbxEditorModel *model, const char *id, GError **error)
{
  g_autofree char *installed = dup_installed (model, "Inherits");
  const char *present = installed ? installed : GBX_PROFILE_DEFAULT;

  return gbx_editor_model_set (model, GROUP, "Inherits", g_str_equal (present, id) ? NULL : id,
                               _ ("Parent"), error);
}

char **
gbx_editor_profile_dup_applications (GbxEditorModel *model)
{
  g_autofree char *list = gbx_editor_profile_dup (model, "Applications");
  g_auto (GStrv) parts = g_strsplit (list ? list : "", ";", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; parts[i]; i++)
    if (*g_strstrip (parts[i]))
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}

static gboolean
is_installed (const char *desktop_id)
{
  g_autoptr (GDesktopAppInfo) info = desktop_id ? g_desktop_app_info_new (desktop_id) : NULL;

  return info != NULL;
}

char *
gbx_editor_profile_dup_installed (GbxEditorModel *model)
{
  const char *own = gbx_editor_model_get_desktop_id (model);
  g_auto (GStrv) ids = gbx_editor_profile_dup_applications (model);

  if (is_installed (own))
    return g_strdup (own);
  for (guint i = 0; ids[i]; i++)
    if (is_installed (ids[i]))
      return g_strdup (ids[i]);
  return NULL;
}

gboolean
gbx_editor_profile_set_applications (GbxEditorModel *model, const char *const *ids,
                                     GError **error)
{
  GString *list = g_string_new (NULL);
  g_autofree char *owned = NULL;

  for (guint i = 0; ids[i]; i++)
    {
      if (strchr (ids[i], ';'))
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("“%s” cannot be written into a profile: its name has a “;”"), ids[i]);
          g_string_free (list, TRUE);
          return FALSE;
        }
      g_string_append_printf (list, "%s;", ids[i]);
    }
  owned = g_string_free (list, FALSE);
  return gbx_editor_profile_set (model, "Applications", owned, _ ("Applications"), error);
}
