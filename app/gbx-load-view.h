/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-load.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a sandbox uses, in words and with small graphs: processor, memory, disk, network and
 * processes. */
#define GBX_TYPE_LOAD_VIEW (gbx_load_view_get_type ())
G_DECLARE_FINAL_TYPE (GbxLoadView, gbx_load_view, GBX, LOAD_VIEW, GtkFlowBox)

GtkWidget *gbx_load_view_new (void);
void gbx_load_view_show (GbxLoadView *self, GbxLoad *load);

G_END_DECLS
