/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows in the box what the user has to know or decide, as a bar with buttons; nothing where all is
 * well. */
void gbx_editor_notice_show (GtkWidget *box, GbxEditorModel *model);
/* The folder of the user's layer, in the file manager. */
void gbx_editor_notice_open_folder (GtkWindow *window, GbxEditorModel *model);

G_END_DECLS
