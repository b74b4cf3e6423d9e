/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A GbxEditorGroup: the variables for the application, and an entry for one more. */
GtkWidget *gbx_editor_variables_group_new (GbxEditorModel *model);

G_END_DECLS
