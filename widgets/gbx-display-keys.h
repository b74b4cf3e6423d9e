/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* The keys of the host by the numbers that QEMU has for keys: those of a PC keyboard's
 * first scan code set, with 0x80 for what comes after 0xe0.  0: there is no such key. */
guint gbx_display_keys_find (GdkKeymap *keymap, guint keycode);
guint gbx_display_keys_find_keyval (GdkKeymap *keymap, guint keyval);

/* Without a keymap: by whether the X server has the numbers of the driver before evdev. */
guint gbx_display_keys_convert (guint keycode, gboolean old_numbers);

G_END_DECLS
