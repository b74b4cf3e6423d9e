/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-model.h"

#include "gbx-setting.h"

G_BEGIN_DECLS

/* Where a value is from. */
typedef enum
{
  GBX_SOURCE_DEFAULT, /* nobody says anything */
  GBX_SOURCE_PARENT,  /* a parent, or the profile as it is installed */
  GBX_SOURCE_ADMINISTRATOR,
  GBX_SOURCE_HERE, /* the user's layer of this profile */
} GbxEditorSource;

/* @words: (out) (transfer full): the same in a sentence. */
GbxEditorSource gbx_editor_setting_get_source (GbxEditorModel *model, const GbxSetting *setting,
                                               char **words);
/* (transfer full) (nullable): who locked it, and where. */
char *gbx_editor_setting_dup_lock (GbxEditorModel *model, const GbxSetting *setting);
/* Finds out which limits can be held here, in a thread; then the model has changed. */
void gbx_editor_settings_look_at_host (GbxEditorModel *model);
/* (transfer full) (nullable): why it cannot be changed at all. */
char *gbx_editor_setting_dup_obstacle (GbxEditorModel *model, const GbxSetting *setting);
/* (transfer full) (nullable): what its value means that the user may not expect, or why one of its
 * choices is not possible on this computer. */
char *gbx_editor_setting_dup_warning (GbxEditorModel *model, const GbxSetting *setting);
/* Whether a choice is possible, as to the locks and this computer. */
gboolean gbx_editor_setting_allows (GbxEditorModel *model, const GbxSetting *setting,
                                    guint index);

/* (transfer full): the value that holds. */
GVariant *gbx_editor_setting_dup_value (GbxEditorModel *model, const GbxSetting *setting);
/* (transfer full) (nullable): as it is written; %NULL where nothing is set. */
char *gbx_editor_setting_dup_text (GbxEditorModel *model, const GbxSetting *setting);

/* An error is a sentence that begins with the label. */
gboolean gbx_editor_setting_set (GbxEditorModel *model, const GbxSetting *setting,
                                 const char *text, GError **error);
void gbx_editor_setting_reset (GbxEditorModel *model, const GbxSetting *setting);

/* (transfer full): where a layer is from, as in “Web browser”. */
GbxEditorSource gbx_editor_source_of_layer (GbxEditorModel *model, GbxProfileFile *layer,
                                            char **words);
/* (transfer full): "Web browser" of “web-browser”. */
char *gbx_editor_profile_dup_name (GbxProfileStore *store, const char *id);

G_END_DECLS
