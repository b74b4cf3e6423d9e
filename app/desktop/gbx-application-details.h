/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-installed-application.h"

#include <handy.h>

G_BEGIN_DECLS

/* One application: what can be done with it, and what it may touch in a sandbox.  Its buttons have
 * the actions of gbx-application-actions.h. */
#define GBX_TYPE_APPLICATION_DETAILS (gbx_application_details_get_type ())
G_DECLARE_FINAL_TYPE (GbxApplicationDetails, gbx_application_details, GBX, APPLICATION_DETAILS,
                      GtkBox)

GtkWidget *gbx_application_details_new (void);
/* application: (nullable); is_passing: the next key of a search may select another one, so that it
 * waits a moment: to lay all this out takes longer than a frame */
void gbx_application_details_show (GbxApplicationDetails *self, GbxApplication *application,
                                   gboolean is_passing);
void gbx_application_details_set_starting (GbxApplicationDetails *self, gboolean is_starting);
void gbx_application_details_set_in_menu (GbxApplicationDetails *self, gboolean is_in_menu);
/* Whether there is a way back to the grid. */
void gbx_application_details_set_can_go_back (GbxApplicationDetails *self, gboolean can);
void gbx_application_details_focus (GbxApplicationDetails *self);

G_END_DECLS
