/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A GbxEditorGroup: the name of the profile, what it inherits from, what it is for. */
GtkWidget *gbx_editor_profile_group_new (GbxEditorModel *model);

G_END_DECLS
