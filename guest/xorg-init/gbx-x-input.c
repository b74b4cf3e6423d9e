/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the user does on the host that comes neither by SPICE nor by VNC, and the state of
 * the pointer that VNC does not tell. */

#include "gbx-x-client.h"
#include "gbx-x-helper.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <xcb/xfixes.h>
#include <xcb/xkb.h>
#include <xcb/xtest.h>

/* Of the virtual card: Xorg draws a larger pointer itself, and switches off the card's. */
#define CARD_POINTER_LONGEST 64
#define NOT_REPORTED 255

static bool
is_present (GbxXClient *self, xcb_extension_t *extension)
{
  const xcb_query_extension_reply_t *reply = xcb_get_extension_data (self->connection, extension);

  return reply && reply->present;
}

void
gbx_x_input_start (GbxXClient *self)
{
  self->hidden = NOT_REPORTED;
  self->has_test = is_present (self, &xcb_test_id);
  if (is_present (self, &xcb_xkb_id))
    {
      xcb_xkb_use_extension_reply_t *reply = xcb_xkb_use_extension_reply (
          self->connection, xcb_xkb_use_extension (self->connection, 1, 0), NULL);

      self->has_xkb = reply && reply->supported;
      free (reply);
    }
}

/* ------------------------------------------------------------- the user -- */

void
gbx_x_input_group (GbxXClient *self, uint16_t group)
{
  if (self->has_xkb)
    xcb_xkb_latch_lock_state (self->connection, XCB_XKB_ID_USE_CORE_KBD, 0, 0, 1, (uint8_t) group, 0,
                              0, 0);
}

void
gbx_x_input_button (GbxXClient *self, uint16_t button, bool pressed)
{
  if (self->has_test)
    xcb_test_fake_input (self->connection, pressed ? XCB_BUTTON_PRESS : XCB_BUTTON_RELEASE,
                         (uint8_t) button, XCB_CURRENT_TIME, XCB_NONE, 0, 0, 0);
}

void
gbx_x_input_motion (GbxXClient *self, int16_t x, int16_t y)
{
  const uint8_t relative = 1;

  if (self->has_test)
    xcb_test_fake_input (self->connection, XCB_MOTION_NOTIFY, relative, XCB_CURRENT_TIME, XCB_NONE, x,
                         y, 0);
}

/* ---------------------------------------------------------- the pointer -- */

static bool
is_transparent (xcb_xfixes_get_cursor_image_reply_t *image)
{
  const uint32_t *pixels = xcb_xfixes_get_cursor_image_cursor_image (image);
  int n = xcb_xfixes_get_cursor_image_cursor_image_length (image);

  for (int i = 0; i < n; i++)
    if (pixels[i] >> 24)
      return false;
  return true;
}

static void
report_pointer (GbxXClient *self)
{
  xcb_xfixes_get_cursor_image_reply_t *image = xcb_xfixes_get_cursor_image_reply (
      self->connection, xcb_xfixes_get_cursor_image (self->connection), NULL);
  uint8_t report[] = { GBX_X_POINTER, 0 };

  report[1] = image && (image->width > CARD_POINTER_LONGEST ||
                            image->height > CARD_POINTER_LONGEST || is_transparent (image));
  free (image);
  if (report[1] == self->hidden)
    return;
  self->hidden = report[1];
  send (self->socket, report, sizeof report, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void
gbx_x_input_watch_pointer (GbxXClient *self)
{
  const xcb_query_extension_reply_t *fixes;

  /* Another one begins to listen, who must be told too. */
  self->hidden = NOT_REPORTED;
  if (!self->watches_pointer && is_present (self, &xcb_xfixes_id))
    {
      fixes = xcb_get_extension_data (self->connection, &xcb_xfixes_id);
      free (xcb_xfixes_query_version_reply (
          self->connection, xcb_xfixes_query_version (self->connection, 2, 0), NULL));
      xcb_xfixes_select_cursor_input (self->connection, self->root,
                                      XCB_XFIXES_CURSOR_NOTIFY_MASK_DISPLAY_CURSOR);
      self->fixes_event = fixes->first_event;
      self->watches_pointer = true;
    }
  if (self->watches_pointer)
    report_pointer (self);
}

void
gbx_x_input_event (GbxXClient *self, const xcb_generic_event_t *event)
{
  if (self->watches_pointer &&
      (event->response_type & 0x7f) == self->fixes_event + XCB_XFIXES_CURSOR_NOTIFY)
    report_pointer (self);
}
