/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The keyboard of the user's session: its layouts, and which of them is in use.  The sandbox
 * follows both, also when the user changes them in another window.  Only an X server tells
 * them. */
typedef struct _GbxHostKeyboard GbxHostKeyboard;

GbxHostKeyboard *gbx_host_keyboard_new (GtkWindow *window);
void gbx_host_keyboard_free (GbxHostKeyboard *self);
/* The sandbox has not been launched. */
void gbx_host_keyboard_set_sandbox (GbxHostKeyboard *self, GbxSandbox *sandbox);

G_END_DECLS
