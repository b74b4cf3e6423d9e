/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-installed-application.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What can be done with the application that is selected: the actions "application.launch",
 * "launch-file", "edit", "toggle-menu" and "details", and the context menu of them.
 *
 * Signals: "launch" (GStrv of files, nullable); "details"; "menu-changed"; "trouble" (heading,
 * sentence). */
#define GBX_TYPE_APPLICATION_ACTIONS (gbx_application_actions_get_type ())
G_DECLARE_FINAL_TYPE (GbxApplicationActions, gbx_application_actions, GBX, APPLICATION_ACTIONS,
                      GObject)

/* owner: (unowned): the widget that gets the actions */
GbxApplicationActions *gbx_application_actions_new (GtkWidget *owner);
/* application: (nullable) */
void gbx_application_actions_set_application (GbxApplicationActions *self,
                                              GbxApplication *application);
/* event: (nullable): of the pointer */
void gbx_application_actions_pop_up (GbxApplicationActions *self, GtkWidget *tile,
                                     const GdkEvent *event);

G_END_DECLS
