/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Gives the sandbox the host's look: theme, icons, fonts and cursor, as this process has
 * them on the widget's screen. */
void gbx_host_appearance_apply (GtkWidget *widget, GbxSandbox *sandbox);

G_END_DECLS
