/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A keyboard as XKB names it.  The guest gets scancodes, so what they mean is said
 * there once more. */
typedef struct
{
  char *model, *layout, *variant, *options; /* "" for the default */
} GbxKeyboard;

/* Each is cut to what the guest protocol has room for. */
GbxKeyboard *gbx_keyboard_new (const char *model, const char *layout, const char *variant,
                               const char *options);
/* The one that the system was set up with; all defaults where that is not known. */
GbxKeyboard *gbx_keyboard_new_for_host (void);
GbxKeyboard *gbx_keyboard_copy (GbxKeyboard *self);
void gbx_keyboard_free (GbxKeyboard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxKeyboard, gbx_keyboard_free)

/* Writes its keymap as Xorg reads it, compiled.  An Xorg that has to run xkbcomp by
 * itself takes a quarter of a second longer to start without KVM; so a failure costs
 * no more than that.  Blocking. */
gboolean gbx_keyboard_compile (GbxKeyboard *self, const char *path, GError **error);

G_END_DECLS
