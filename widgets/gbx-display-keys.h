/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* Converts the host's keys to QEMU's key numbers: those of a PC keyboard's first scan code
 * set, plus 0x80 for codes after 0xe0. 0: there is no such key. */
guint gbx_display_keys_find (GdkKeymap *keymap, guint keycode);
guint gbx_display_keys_find_keyval (GdkKeymap *keymap, guint keyval);

/* Without a keymap. old_numbers: the X server uses the numbers of the driver before evdev. */
guint gbx_display_keys_convert (guint keycode, gboolean old_numbers);

G_END_DECLS
