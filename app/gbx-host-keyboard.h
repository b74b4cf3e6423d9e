/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Gives the sandbox the keyboard layout of the user's session, where that tells it. */
void gbx_host_keyboard_apply (GtkWidget *widget, GbxSandbox *sandbox);

G_END_DECLS
