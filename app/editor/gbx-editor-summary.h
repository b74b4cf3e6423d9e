/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GBX_TYPE_EDITOR_SUMMARY (gbx_editor_summary_get_type ())
G_DECLARE_FINAL_TYPE (GbxEditorSummary, gbx_editor_summary, GBX, EDITOR_SUMMARY, GtkBox)

/* What the profile allows, in words, and as a command line.  It follows the model. */
GtkWidget *gbx_editor_summary_new (GbxEditorModel *model);
/* (transfer full): the command line. */
char *gbx_editor_summary_make_command (GbxEditorModel *model);

/* Shows where each value is from. */
void gbx_editor_summary_show_resolved (GtkWindow *parent, GbxEditorModel *model);

G_END_DECLS
