/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*GbxEditorApplicationChosen) (const char *id, gpointer object);

/* Lets the user choose an installed application.  Nothing is called if @object, a GObject, is gone
 * by then. */
void gbx_editor_applications_choose (GtkWindow *parent, const char *title,
                                     GbxEditorApplicationChosen chosen, gpointer object);

G_END_DECLS
