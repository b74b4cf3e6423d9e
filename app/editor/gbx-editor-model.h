/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-resolution.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define GBX_TYPE_EDITOR_MODEL (gbx_editor_model_get_type ())
G_DECLARE_FINAL_TYPE (GbxEditorModel, gbx_editor_model, GBX, EDITOR_MODEL, GObject)

/* How the user's layer and its file are to each other. */
typedef enum
{
  GBX_EDITOR_SAVED,    /* the same */
  GBX_EDITOR_UNSAVED,  /* will be saved in a moment */
  GBX_EDITOR_SAVING,
  GBX_EDITOR_FAILED,   /* could not be saved */
  GBX_EDITOR_CONFLICT, /* both were changed */
  GBX_EDITOR_GONE,     /* the profile was removed by somebody else */
  GBX_EDITOR_DAMAGED,  /* the file, or that of a parent, cannot be used */
} GbxEditorCondition;

/* After the last change, in milliseconds. */
#define GBX_EDITOR_SAVE_DELAY 500

/* The user's layer of a profile.  What is in it is always valid, and never holds more than the
 * differences from what it inherits.  Signals:
 * "changed": values may be others; "condition-changed"; "adopted": a change from outside came in; "told": what the user has just
 * done, and may want to undo, in a sentence. */
GbxEditorModel *gbx_editor_model_new (const char *id);
/* The profile of that application alone; without one the first change makes it. */
GbxEditorModel *gbx_editor_model_new_for_application (const char *desktop_id);

const char *gbx_editor_model_get_id (GbxEditorModel *self);
const char *gbx_editor_model_get_path (GbxEditorModel *self);
GbxProfileStore *gbx_editor_model_get_store (GbxEditorModel *self);
/* (nullable): that it was opened for. */
const char *gbx_editor_model_get_desktop_id (GbxEditorModel *self);
/* Whether that application is not installed any more. */
gboolean gbx_editor_model_has_lost_application (GbxEditorModel *self);
/* Whether the system has no layer of it. */
gboolean gbx_editor_model_is_own (GbxEditorModel *self);
/* Whether there is a file of the profile, or it exists anyway. */
gboolean gbx_editor_model_exists (GbxEditorModel *self);
/* The text of the user's layer. */
const char *gbx_editor_model_get_text (GbxEditorModel *self);
/* (nullable): what it comes to, and what it came to without the user's layer.  %NULL while it is
 * damaged. */
GbxResolution *gbx_editor_model_get_resolution (GbxEditorModel *self);
GbxResolution *gbx_editor_model_get_inherited (GbxEditorModel *self);

GbxEditorCondition gbx_editor_model_get_condition (GbxEditorModel *self);
/* (nullable): what is wrong, in a sentence. */
const char *gbx_editor_model_get_message (GbxEditorModel *self);

/* Exchanges the text; on an error, and where the profile would not hold together, nothing has
 * changed.
 * @what: for the user, as in "Memory"
 * @key: (nullable): changes of the same key in a short time are one step of undo */
gboolean gbx_editor_model_apply (GbxEditorModel *self, const char *text, const char *what,
                                 const char *key, GError **error);
/* Changes one key; %NULL removes it. */
gboolean gbx_editor_model_set (GbxEditorModel *self, const char *group, const char *key,
                               const char *value, const char *what, GError **error);
/* Whether the user's layer says something of it; without a key: of the group. */
gboolean gbx_editor_model_is_here (GbxEditorModel *self, const char *group, const char *key);
gboolean gbx_editor_model_has_changes (GbxEditorModel *self);
void gbx_editor_model_reset_all (GbxEditorModel *self);

/* Emits "told". */
void gbx_editor_model_tell (GbxEditorModel *self, const char *sentence);

/* (nullable): what would be undone. */
const char *gbx_editor_model_get_undo (GbxEditorModel *self);
const char *gbx_editor_model_get_redo (GbxEditorModel *self);
void gbx_editor_model_undo (GbxEditorModel *self);
void gbx_editor_model_redo (GbxEditorModel *self);

/* Saves now what is not saved; also the second attempt after a failure. */
void gbx_editor_model_save (GbxEditorModel *self);
/* The same, and waits for it: for the end of the program. */
void gbx_editor_model_flush (GbxEditorModel *self);
/* The user's choice in a conflict, or after a removal. */
void gbx_editor_model_keep_mine (GbxEditorModel *self);
void gbx_editor_model_take_theirs (GbxEditorModel *self);
/* Of a damaged file: whether it can be put aside, for what was there before; or whether its parent
 * is gone, and it can inherit from the default profile instead. */
gboolean gbx_editor_model_can_restore (GbxEditorModel *self);
gboolean gbx_editor_model_has_lost_parent (GbxEditorModel *self);
gboolean gbx_editor_model_restore (GbxEditorModel *self, GError **error);

G_END_DECLS
