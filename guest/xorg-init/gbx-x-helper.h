/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* A process beside init that is a client of Xorg, under Xorg's own account: it sets the
 * size of the screen, manages the windows and reports them.  Init itself does not talk to
 * any program of the guest.  The two exchange whole packets: GbxXRequest to the helper; from
 * it a byte that is GBX_MSG_WINDOW or GBX_MSG_WINDOWS, and the payload of that message, or
 * one that is GBX_X_POINTER, and one that tells whether the pointer is hidden. */

#define GBX_X_POINTER 0

#define GBX_X_PACKET_MAX (2 + GBX_WINDOWS_MAX * (9 + GBX_TITLE_MAX))

typedef enum
{
  GBX_X_RESIZE,        /* the screen has to have this size */
  GBX_X_FIT,           /* the same, but the first window may choose another */
  GBX_X_CLOSE_WINDOWS, /* asks all windows to close */
  GBX_X_USE_WINDOW,    /* activates the window with that number */
  GBX_X_GROUP,         /* of the keymap: number */
  GBX_X_BUTTON,        /* of the pointer: number, pressed */
  GBX_X_MOTION,        /* x, y: from where the pointer is */
  GBX_X_WATCH_POINTER, /* report whether it is hidden, now and when that changes */
} GbxXRequestKind;

typedef struct
{
  GbxXRequestKind kind;
  uint16_t width, height;
  uint32_t window;
  uint8_t number;
  bool pressed;
  int16_t x, y;
} GbxXRequest;

void gbx_x_helper_ask (GbxInit *self, const GbxXRequest *request);
/* Reads what the helper reports. */
void gbx_x_helper_dispatch (GbxInit *self);

/* In the child: does not return. */
_Noreturn void gbx_x_helper_run (int socket);
