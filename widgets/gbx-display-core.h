/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the two files of GbxDisplay: its fields, and what the one file has
 * for the other. */

#include "gbx-display-private.h"

typedef struct
{
  GbxSandbox *sandbox; /* (nullable) */
  GbxDisplayState state;
  GError *error; /* (nullable): of a failure */
  guint desktop_width, desktop_height;
  GbxDisplayCapabilities capabilities;
  gboolean grabbed;
  gboolean grab_keyboard;
  gboolean scaling;
  guint asked_width, asked_height; /* of the guest, last */
  guint resize_source;
  GList *waiting; /* (element-type GTask): screenshots before the first frame */
} GbxDisplayPrivate;

enum
{
  GBX_DISPLAY_PROP_STATE = 1,
  GBX_DISPLAY_PROP_DESKTOP_WIDTH,
  GBX_DISPLAY_PROP_DESKTOP_HEIGHT,
  GBX_DISPLAY_PROP_CAPABILITIES,
  GBX_DISPLAY_PROP_GRABBED,
  GBX_DISPLAY_PROP_GRAB_KEYBOARD,
  GBX_DISPLAY_PROP_SCALING,
  GBX_DISPLAY_N_PROPS
};
extern GParamSpec *gbx_display_props[GBX_DISPLAY_N_PROPS];
extern guint gbx_display_updated_signal;

GbxDisplayPrivate *gbx_display_get_private (GbxDisplay *self);

/* gbx-display-report.c */
void gbx_display_set_state (GbxDisplay *self, GbxDisplayState state);
void gbx_display_queue_follow (GbxDisplay *self);
void gbx_display_queue_follow_if_resized (GbxDisplay *self);
void gbx_display_answer_screenshot (GbxDisplay *self, GTask *task);
