/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-variables"

#include "config.h"

#include "gbx-editor-variables.h"

#include "gbx-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define GROUP "Environment"

GbxEditorSource
gbx_editor_variable_get_source (GbxEditorModel *model, const char *name, char **words)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);
  GbxProfileFile *layer = resolution ? gbx_resolution_find_layer (resolution, GROUP, name) : NULL;

  if (layer)
    return gbx_editor_source_of_layer (model, layer, words);
  *words = g_strdup ("");
  return GBX_SOURCE_DEFAULT;
}

const char *
gbx_editor_variable_get_value (GbxEditorModel *model, const char *name)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);

  return resolution ? gbx_resolution_get_variable (resolution, name, NULL) : NULL;
}

gboolean
gbx_editor_variable_is_inherited (GbxEditorModel *model, const char *name)
{
  GbxResolution *inherited = gbx_editor_model_get_inherited (model);

  return inherited && gbx_resolution_get_variable (inherited, name, NULL);
}

static gboolean
check_name (const char *name, GError **error)
{
  gboolean good = g_ascii_isalpha (*name) || *name == '_';

  for (const char *at = name; *at; at++)
    good = good && (g_ascii_isalnum (*at) || *at == '_');
  if (!good)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("“%s” cannot be the name of a variable: write NAME=value, with letters, digits "
                    "and “_” in the name"),
                 name);
  return good;
}

gboolean
gbx_editor_variable_add (GbxEditorModel *model, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  const char *name = parts[0] ? g_strstrip (parts[0]) : "";

  if (!check_name (name, error))
    return FALSE;
  if (parts[1])
    return gbx_editor_variable_set (model, name, parts[1], error);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("“%s” has no value: write %s=value"), name,
               name);
  return FALSE;
}

gboolean
gbx_editor_variable_set (GbxEditorModel *model, const char *name, const char *value,
                         GError **error)
{
  GbxResolution *inherited = gbx_editor_model_get_inherited (model);
  const char *other = inherited ? gbx_resolution_get_variable (inherited, name, NULL) : NULL;
  g_autofree char *plain = g_strstrip (g_strdup (value));

  return gbx_editor_model_set (model, GROUP, name, g_strcmp0 (other, plain) == 0 ? NULL : plain,
                               name, error);
}

void
gbx_editor_variable_reset (GbxEditorModel *model, const char *name)
{
  gbx_editor_model_set (model, GROUP, name, NULL, name, NULL);
}
