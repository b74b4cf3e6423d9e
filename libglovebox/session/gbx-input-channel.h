/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-console.h"
#include "gbx-input-records.h"
#include "gbx-keyboard.h"

G_BEGIN_DECLS

/* The channel "input": what the user does that SPICE and VNC cannot carry.  Records that the
 * guest does not take wait here, up to a limit. */
typedef struct _GbxInputChannel GbxInputChannel;

GbxInputChannel *gbx_input_channel_new (GbxConsole *console);
void gbx_input_channel_free (GbxInputChannel *self);
/* Compiles the layout in a thread, and then sends it. */
void gbx_input_channel_set_keyboard (GbxInputChannel *self, const GbxKeyboard *keyboard);
void gbx_input_channel_send (GbxInputChannel *self, const GbxInputRecord *record);

/* The channel "pointer": calls func whenever the guest hides or shows its pointer, until the
 * console is closed. */
typedef void (*GbxPointerFunc) (gboolean hidden, gpointer user_data);
void gbx_pointer_watch (GbxConsole *console, GbxPointerFunc func, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxInputChannel, gbx_input_channel_free)

G_END_DECLS
