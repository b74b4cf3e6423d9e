/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for the name of a new kept home; it closes itself.
 *
 * Signal: chosen (const char *name): a name that no home has. */
#define GBX_TYPE_NAME_DIALOG (gbx_name_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GbxNameDialog, gbx_name_dialog, GBX, NAME_DIALOG, GtkDialog)

GtkWidget *gbx_name_dialog_new (GtkWindow *parent, const char *name);

G_END_DECLS
