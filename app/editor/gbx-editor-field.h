/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-setting.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GBX_TYPE_EDITOR_FIELD (gbx_editor_field_get_type ())
G_DECLARE_FINAL_TYPE (GbxEditorField, gbx_editor_field, GBX, EDITOR_FIELD, GtkBox)

/* The control for one kind of values.  Signal "edited": the user gave it another value, with its
 * text; an empty one is none. */
GtkWidget *gbx_editor_field_new (const GbxSetting *setting);

/* What the keyboard goes to. */
GtkWidget *gbx_editor_field_get_focus (GbxEditorField *self);
/* Whether it needs a line of its own. */
gboolean gbx_editor_field_is_wide (GbxEditorField *self);

/* @text: (nullable): as it is written; %NULL: nothing is set
 * @value: what holds.  What the user is typing stays, unless the text is another than before. */
void gbx_editor_field_show (GbxEditorField *self, const char *text, GVariant *value);
/* Which of the choices can be chosen. */
void gbx_editor_field_set_allowed (GbxEditorField *self, guint index, gboolean allowed);

G_END_DECLS
