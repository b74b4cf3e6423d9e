/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-shares.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A GbxEditorRow for one share; what is rarely changed is below it, out of sight at first. */
GtkWidget *gbx_editor_share_row_new (GbxEditorModel *model, const char *name);
void gbx_editor_share_row_show (GtkWidget *row, const GbxEditorShare *share);

G_END_DECLS
