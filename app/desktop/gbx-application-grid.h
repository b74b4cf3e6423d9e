/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-installed-application.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The tiles of the applications, in two parts: those that were used last, and all.  The first part
 * is left out while something is searched for.
 *
 * Signals: "selected" when another one is, or none; "activated" (GbxApplication);
 * "menu" (GtkWidget tile, GdkEvent, nullable). */
#define GBX_TYPE_APPLICATION_GRID (gbx_application_grid_get_type ())
G_DECLARE_FINAL_TYPE (GbxApplicationGrid, gbx_application_grid, GBX, APPLICATION_GRID,
                      GtkScrolledWindow)

GtkWidget *gbx_application_grid_new (void);
/* applications: (element-type GbxApplication): sorted; those that are new are added in idle time */
void gbx_application_grid_set_applications (GbxApplicationGrid *self, GPtrArray *applications);
void gbx_application_grid_set_recent (GbxApplicationGrid *self, const char *const *ids);
/* words: (nullable): of a search; categories: 0: all; heading: of the second part.
 * Returns: whether there is anything to show */
gboolean gbx_application_grid_filter (GbxApplicationGrid *self, const char *const *words,
                                      guint categories, const char *heading);
/* One application is selected by a click; a double click activates it.  If it is not split, there
 * is no place beside the grid, and a click activates. */
void gbx_application_grid_set_single_click (GbxApplicationGrid *self, gboolean is_single);
/* (nullable) (transfer none) */
GbxApplication *gbx_application_grid_get_selected (GbxApplicationGrid *self);
void gbx_application_grid_select (GbxApplicationGrid *self, const char *desktop_id);
void gbx_application_grid_select_first (GbxApplicationGrid *self);
/* Moves the keyboard's focus to the tile that is selected, else to the first. */
void gbx_application_grid_focus (GbxApplicationGrid *self);
void gbx_application_grid_set_starting (GbxApplicationGrid *self, const char *desktop_id,
                                        gboolean is_starting);
/* Whether all tiles are there. */
gboolean gbx_application_grid_is_complete (GbxApplicationGrid *self);

G_END_DECLS
