/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-input.h"

G_BEGIN_DECLS

/* A pointer that is captured for the guest: it is hidden, cannot leave the widget, and only
 * its motion counts.  Programs that move the pointer themselves, such as viewers of 3D
 * models, need this: a pointer with a place would jump back.  The caller has grabbed it. */
typedef struct
{
  GtkWidget *widget;      /* (unowned) */
  GbxDisplayInput *input; /* (unowned) */
  gboolean is_active;
  double last_x, last_y; /* on the host's screen */
} GbxDisplayCapture;

void gbx_display_capture_begin (GbxDisplayCapture *self);
void gbx_display_capture_end (GbxDisplayCapture *self);
void gbx_display_capture_motion (GbxDisplayCapture *self, const GdkEventMotion *event);

G_END_DECLS
