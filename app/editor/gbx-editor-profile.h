/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-settings.h"

G_BEGIN_DECLS

/* What a profile says of itself: "Name", "Description", "Icon", "Color", "Applications". */
/* (transfer full) (nullable) */
char *gbx_editor_profile_dup (GbxEditorModel *model, const char *key);
/* An empty value is as good as none. */
gboolean gbx_editor_profile_set (GbxEditorModel *model, const char *key, const char *value,
                                 const char *what, GError **error);
/* (transfer full): the id of the parent, "" for none. */
char *gbx_editor_profile_dup_parent (GbxEditorModel *model);
gboolean gbx_editor_profile_set_parent (GbxEditorModel *model, const char *id, GError **error);
/* (transfer full): the ids of the applications. */
char **gbx_editor_profile_dup_applications (GbxEditorModel *model);
/* (transfer full) (nullable): the first of them that is installed; of a profile that was opened for
 * an application, that one. */
char *gbx_editor_profile_dup_installed (GbxEditorModel *model);
gboolean gbx_editor_profile_set_applications (GbxEditorModel *model, const char *const *ids,
                                              GError **error);

G_END_DECLS
