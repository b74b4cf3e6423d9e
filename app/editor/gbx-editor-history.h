/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The steps that can be undone: whole texts, so that comments come back too. */
typedef struct _GbxEditorHistory GbxEditorHistory;

GbxEditorHistory *gbx_editor_history_new (void);
void gbx_editor_history_free (GbxEditorHistory *self);

/* @key: (nullable): a change of the same key right after the last one belongs to that step, as
 * each letter of a word. */
void gbx_editor_history_add (GbxEditorHistory *self, const char *before, const char *after,
                             const char *what, const char *key);
void gbx_editor_history_clear (GbxEditorHistory *self);
/* (nullable): the text to go to. */
const char *gbx_editor_history_undo (GbxEditorHistory *self);
const char *gbx_editor_history_redo (GbxEditorHistory *self);
/* (nullable): what would be undone. */
const char *gbx_editor_history_get_undo (GbxEditorHistory *self);
const char *gbx_editor_history_get_redo (GbxEditorHistory *self);

G_END_DECLS
