/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-row.h"

G_BEGIN_DECLS

#define GBX_TYPE_EDITOR_GROUP (gbx_editor_group_get_type ())
G_DECLARE_FINAL_TYPE (GbxEditorGroup, gbx_editor_group, GBX, EDITOR_GROUP, GtkBox)

/* A heading, and rows in a frame. */
GtkWidget *gbx_editor_group_new (const char *title, const char *description);
void gbx_editor_group_add (GbxEditorGroup *self, GtkWidget *row);
/* (transfer container) (element-type GtkWidget): the rows */
GList *gbx_editor_group_get_rows (GbxEditorGroup *self);
/* Shows the rows that have all words, which are in lower case; all if the heading has them.
 * Returns whether there are any. */
gboolean gbx_editor_group_filter (GbxEditorGroup *self, const char *const *words);

/* The heading for settings of a group of the table, "network". (transfer full) */
char *gbx_editor_group_make_title (const char *group);

G_END_DECLS
