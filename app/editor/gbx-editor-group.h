/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-row.h"

G_BEGIN_DECLS

#define GBX_TYPE_EDITOR_GROUP (gbx_editor_group_get_type ())
G_DECLARE_FINAL_TYPE (GbxEditorGroup, gbx_editor_group, GBX, EDITOR_GROUP, GtkBox)

/* A heading, and rows in a frame. */
GtkWidget *gbx_editor_group_new (const char *title, const char *description);
void gbx_editor_group_add (GbxEditorGroup *self, GtkWidget *row);
/* One that few users need: it is shown when the user asks for more. */
void gbx_editor_group_add_advanced (GbxEditorGroup *self, GtkWidget *row);
/* Shows them. */
void gbx_editor_group_open (GbxEditorGroup *self);
/* (transfer container) (element-type GtkWidget): the rows */
GList *gbx_editor_group_get_rows (GbxEditorGroup *self);
/* Shows the rows that have all words, which are in lower case; all if the heading has them.
 * Returns whether there are any. */
gboolean gbx_editor_group_filter (GbxEditorGroup *self, const char *const *words);

/* The heading for settings of a group of the table, "network". (transfer full) */
char *gbx_editor_group_make_title (const char *group);
/* Which of two groups of the table comes first in the window; 0: as in the table. */
int gbx_editor_group_compare (const char *one, const char *other);

G_END_DECLS
