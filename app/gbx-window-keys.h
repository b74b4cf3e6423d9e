/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The few keys that the window keeps for itself while the guest has the keyboard. */

/* Whether a key that is pressed belongs to an accelerator of the window. */
gboolean gbx_window_keys_is_own (GdkEventKey *event);
/* Whether it opens the menu, while the guest does not have the keyboard. */
gboolean gbx_window_keys_opens_menu (GdkEventKey *event);
/* Whether a key that is pressed makes Ctrl and Alt both held, and nothing else. */
gboolean gbx_window_keys_completes_release (GdkEventKey *event);

G_END_DECLS
