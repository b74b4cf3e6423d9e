/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A keyboard in XKB's names.  The guest gets scancodes, so it needs the layout too. */
typedef struct
{
  char *model, *layout, *variant, *options; /* "" for the default */
} GbxKeyboard;

/* A name that is too long for the guest protocol is ignored. */
GbxKeyboard *gbx_keyboard_new (const char *model, const char *layout, const char *variant,
                               const char *options);
/* The system's configured keyboard; the defaults if that is not known. */
GbxKeyboard *gbx_keyboard_new_for_host (void);
GbxKeyboard *gbx_keyboard_copy (const GbxKeyboard *self);
void gbx_keyboard_free (GbxKeyboard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxKeyboard, gbx_keyboard_free)

/* Compiles the keymap for Xorg, in xkbcomp's format.  Without it Xorg runs xkbcomp itself,
 * which takes a quarter of a second longer without KVM.  Blocking. */
GBytes *gbx_keyboard_compile (const GbxKeyboard *self, GError **error);
/* The user's own sequences of the Compose key: $XCOMPOSEFILE or ~/.XCompose, up to
 * GBX_COMPOSE_MAX.  NULL if there are none. */
GBytes *gbx_keyboard_read_compose (void);

G_END_DECLS
