/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GBX_TYPE_EDITOR_TOAST (gbx_editor_toast_get_type ())
G_DECLARE_FINAL_TYPE (GbxEditorToast, gbx_editor_toast, GBX, EDITOR_TOAST, GtkRevealer)

/* A sentence that comes over the window for some seconds. */
GtkWidget *gbx_editor_toast_new (void);
/* @action: (nullable): the name of an action for its button, as in "win.undo" */
void gbx_editor_toast_show (GbxEditorToast *self, const char *sentence, const char *label,
                            const char *action);
void gbx_editor_toast_hide (GbxEditorToast *self);

G_END_DECLS
