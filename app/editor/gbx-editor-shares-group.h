/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A GbxEditorGroup: the shares, and buttons to add some. */
GtkWidget *gbx_editor_shares_group_new (GbxEditorModel *model);

G_END_DECLS
