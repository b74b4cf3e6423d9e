/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One running sandbox: what it is, its figures, and what can be done with it. */
#define GBX_TYPE_RUNNING_ROW (gbx_running_row_get_type ())
G_DECLARE_FINAL_TYPE (GbxRunningRow, gbx_running_row, GBX, RUNNING_ROW, GtkListBoxRow)

GtkWidget *gbx_running_row_new (const char *name);
const char *gbx_running_row_get_name (GbxRunningRow *self);
/* Once a second while it is shown. */
void gbx_running_row_tick (GbxRunningRow *self);

G_END_DECLS
