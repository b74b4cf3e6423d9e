/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for a file and writes the text into it; a failure is told in a dialog.  @title: the
 * application's, for the suggested name. */
void gbx_log_save_run (GtkWindow *parent, const char *title, const char *text);

G_END_DECLS
