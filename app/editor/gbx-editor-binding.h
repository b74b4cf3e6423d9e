/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-row.h"

G_BEGIN_DECLS

/* How the rows for one kind of things read and write them.  @name: (nullable): which of several,
 * as of shares. */
typedef struct
{
  /* (transfer full) (nullable): as it is written; %NULL: nothing is set */
  char *(*dup_text) (GbxEditorModel *model, const GbxSetting *setting, const char *name);
  /* (transfer full): what holds; never called for texts, where it may be %NULL */
  GVariant *(*dup_value) (GbxEditorModel *model, const GbxSetting *setting, const char *name);
  gboolean (*set) (GbxEditorModel *model, const GbxSetting *setting, const char *name,
                   const char *text, GError **error);
  void (*reset) (GbxEditorModel *model, const GbxSetting *setting, const char *name);
  gboolean keeps_empty; /* an empty text is a value; otherwise it resets */
  /* (nullable): %NULL: there is nothing to tell */
  GbxEditorSource (*get_source) (GbxEditorModel *model, const GbxSetting *setting,
                                 const char *name, char **words);
  /* (nullable) */
  char *(*dup_obstacle) (GbxEditorModel *model, const GbxSetting *setting, const char *name);
  char *(*dup_warning) (GbxEditorModel *model, const GbxSetting *setting, const char *name);
  gboolean (*allows) (GbxEditorModel *model, const GbxSetting *setting, const char *name,
                      guint index);
} GbxEditorBinding;

/* The rows of the table of settings. */
extern const GbxEditorBinding gbx_editor_binding_settings;

/* A row that follows the model. */
GtkWidget *gbx_editor_binding_make_row (const GbxEditorBinding *binding, GbxEditorModel *model,
                                        const GbxSetting *setting, const char *name);

G_END_DECLS
