/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-installed-application.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One application in the grid: its icon, which is loaded when it is first drawn, its name, and a
 * badge if the user has changed the profile. */
#define GBX_TYPE_APPLICATION_TILE (gbx_application_tile_get_type ())
G_DECLARE_FINAL_TYPE (GbxApplicationTile, gbx_application_tile, GBX, APPLICATION_TILE,
                      GtkFlowBoxChild)

GtkWidget *gbx_application_tile_new (GbxApplication *application);
/* The same application, read again. */
void gbx_application_tile_set_application (GbxApplicationTile *self, GbxApplication *application);
GbxApplication *gbx_application_tile_get_application (GbxApplicationTile *self);
/* The place in the order; G_MAXUINT: not shown. */
void gbx_application_tile_set_rank (GbxApplicationTile *self, guint rank);
guint gbx_application_tile_get_rank (GbxApplicationTile *self);
void gbx_application_tile_set_starting (GbxApplicationTile *self, gboolean is_starting);

G_END_DECLS
