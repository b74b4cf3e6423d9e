/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-settings.h"

G_BEGIN_DECLS

/* The variables for the application; their names are those of the resolution. */
GbxEditorSource gbx_editor_variable_get_source (GbxEditorModel *model, const char *name,
                                                char **words);
/* (nullable) */
const char *gbx_editor_variable_get_value (GbxEditorModel *model, const char *name);
/* Whether a parent says it too. */
gboolean gbx_editor_variable_is_inherited (GbxEditorModel *model, const char *name);
/* @text: "NAME=value" */
gboolean gbx_editor_variable_add (GbxEditorModel *model, const char *text, GError **error);
gboolean gbx_editor_variable_set (GbxEditorModel *model, const char *name, const char *value,
                                  GError **error);
void gbx_editor_variable_reset (GbxEditorModel *model, const char *name);

G_END_DECLS
