/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-model.h"

#include <handy.h>

G_BEGIN_DECLS

#define GBX_TYPE_EDITOR (gbx_editor_get_type ())
G_DECLARE_FINAL_TYPE (GbxEditor, gbx_editor, GBX, EDITOR, HdyApplicationWindow)

/* The window that edits one profile. */
GtkWidget *gbx_editor_new (GtkApplication *application, const char *profile_id);
/* The profile of that application; without one, the first change makes it. */
GtkWidget *gbx_editor_new_for_application (GtkApplication *application, const char *desktop_id);

/* Shows the window of that profile: the one that is open, or a new one. */
void gbx_editor_present (GtkApplication *application, const char *profile_id);
void gbx_editor_present_for_application (GtkApplication *application, const char *desktop_id);

GbxEditorModel *gbx_editor_get_model (GbxEditor *self);

G_END_DECLS
