/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks before a running application is ended: GTK_RESPONSE_ACCEPT ends it. */
#define GBX_TYPE_STOP_DIALOG (gbx_stop_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GbxStopDialog, gbx_stop_dialog, GBX, STOP_DIALOG, GtkMessageDialog)

/* @asks: the user will be asked about the files in the sandbox's home. */
GtkWidget *gbx_stop_dialog_new (GtkWindow *parent, const char *title, gboolean restart,
                                gboolean asks);

G_END_DECLS
