/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds the actions of the application.  They can be called over D-Bus too
 * (org.freedesktop.Application). */
void gbx_desktop_actions_add (GtkApplication *application);

G_END_DECLS
