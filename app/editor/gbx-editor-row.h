/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-settings.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GBX_TYPE_EDITOR_ROW (gbx_editor_row_get_type ())
G_DECLARE_FINAL_TYPE (GbxEditorRow, gbx_editor_row, GBX, EDITOR_ROW, GtkBox)

/* A line of the editor: where the value is from, what it is called, its control, a button that
 * resets it; below that what it means, and what is wrong.  Signal: "reset". */
GtkWidget *gbx_editor_row_new (const char *title, const char *help);

/* What the label names, and what an assistive program tells of it.  @wide: the control has a line
 * of its own. */
void gbx_editor_row_set_control (GbxEditorRow *self, GtkWidget *control, GtkWidget *focus,
                                 gboolean wide);
/* Whether there is a button to reset it; there is one at first. */
void gbx_editor_row_set_resettable (GbxEditorRow *self, gboolean resettable);
void gbx_editor_row_set_title (GbxEditorRow *self, const char *title);
void gbx_editor_row_set_help (GbxEditorRow *self, const char *help);
/* A button at the end of the first line. */
void gbx_editor_row_add_button (GbxEditorRow *self, GtkWidget *button);
/* The letter of the title that leads to the control; 0 for none. */
void gbx_editor_row_set_mnemonic (GbxEditorRow *self, gunichar letter);

/* The keyboard goes to its control. */
void gbx_editor_row_grab_focus (GbxEditorRow *self);
void gbx_editor_row_set_source (GbxEditorRow *self, GbxEditorSource source, const char *words);
/* (nullable): why it cannot be changed. */
void gbx_editor_row_set_obstacle (GbxEditorRow *self, const char *reason);
/* (nullable): what is wrong with what was typed. */
void gbx_editor_row_set_error (GbxEditorRow *self, const char *reason);
/* (nullable): what may be a mistake. */
void gbx_editor_row_set_warning (GbxEditorRow *self, const char *reason);
/* Words that a search finds besides those that show. */
void gbx_editor_row_set_keywords (GbxEditorRow *self, const char *keywords);
gboolean gbx_editor_row_matches (GbxEditorRow *self, const char *const *words);
const char *gbx_editor_row_get_title (GbxEditorRow *self);

G_END_DECLS
