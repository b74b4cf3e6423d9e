/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A bar that tells what did not work, until it is closed.
 * again: (nullable): the label of a button that answers with GTK_RESPONSE_ACCEPT */
GtkWidget *gbx_launch_bar_new (const char *heading, const char *sentence, const char *again);

G_END_DECLS
