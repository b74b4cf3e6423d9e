/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reports about the windows to init, and when the first one has contents. */

#include "gbx-util.h"
#include "gbx-x-client.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* An application may have only one colour. */
#define PLAIN_MS 2000
/* Rows that are read together. */
#define BAND_HEIGHT 64

static void
send_report (GbxXClient *self, const GbxWindowReport *message)
{
  uint8_t packet[GBX_TITLE_MAX + 16];
  GbxWriter writer;

  gbx_writer_init (&writer, packet, sizeof packet);
  gbx_write_u8 (&writer, GBX_MSG_WINDOW);
  gbx_window_encode (message, &writer);
  send (self->socket, packet, writer.length, MSG_NOSIGNAL);
}

static void
report (GbxXClient *self, GbxWindowEvent event, uint16_t width, uint16_t height)
{
  GbxWindowReport message = { .event = event, .width = width, .height = height };

  memcpy (message.title, self->title, sizeof message.title);
  send_report (self, &message);
}

/* --------------------------------------------------------------- contents -- */

static void
forget_damage (GbxXClient *self)
{
  if (self->damage)
    xcb_damage_destroy (self->connection, self->damage);
  self->damage = 0;
  self->watched = 0;
  self->first_damage_ms = 0;
}

static void
set_drawn (GbxXClient *self)
{
  xcb_get_geometry_reply_t *size = xcb_get_geometry_reply (
      self->connection, xcb_get_geometry (self->connection, self->watched), NULL);

  self->drawn = true;
  report (self, GBX_WINDOW_DRAWN, size ? size->width : 0, size ? size->height : 0);
  free (size);
  forget_damage (self);
}

/* Whether a pixel there differs from *first, which the first band sets. */
static bool
band_differs (GbxXClient *self, int x, int y, int width, int height, uint32_t *first, bool is_first)
{
  xcb_get_image_reply_t *image = xcb_get_image_reply (
      self->connection,
      xcb_get_image (self->connection, XCB_IMAGE_FORMAT_Z_PIXMAP, self->root, x, y, width, height,
                     ~0u), NULL);
  bool differs = false;

  if (image && xcb_get_image_data_length (image) >= 4)
    {
      const uint32_t *pixels = (const uint32_t *) xcb_get_image_data (image);
      size_t n = (size_t) xcb_get_image_data_length (image) / 4;

      if (is_first)
        *first = pixels[0];
      for (size_t i = 0; i < n && !differs; i++)
        differs = (pixels[i] ^ *first) & 0xffffff;
    }
  free (image);
  return differs;
}

/* The server fills a new window with its background: something is drawn when a changed part
 * has more than one colour.  It reads the root's picture, because a window's own lacks
 * children of another depth; and in bands, because a whole screen takes megabytes, and most
 * windows have something at the top. */
static bool
has_contents (GbxXClient *self, const xcb_damage_notify_event_t *event)
{
  xcb_translate_coordinates_reply_t *at = xcb_translate_coordinates_reply (
      self->connection,
      xcb_translate_coordinates (self->connection, event->drawable, self->root, event->area.x,
                                 event->area.y), NULL);
  bool found = false;
  uint32_t first = 0;

  for (int y = 0; at && y < event->area.height && !found; y += BAND_HEIGHT)
    {
      int left = event->area.height - y;

      found = band_differs (self, at->dst_x, at->dst_y + y, event->area.width,
                            left < BAND_HEIGHT ? left : BAND_HEIGHT, &first, y == 0);
    }
  free (at);
  return found;
}

static void
on_damage (GbxXClient *self, const xcb_damage_notify_event_t *event)
{
  if (self->drawn || event->drawable != self->watched)
    return;
  xcb_damage_subtract (self->connection, self->damage, XCB_NONE, XCB_NONE);
  if (self->first_damage_ms == 0)
    self->first_damage_ms = gbx_uptime_ms ();
  if (has_contents (self, event))
    set_drawn (self);
}

static void
watch_contents (GbxXClient *self, xcb_window_t window)
{
  self->watched = window;
  self->first_damage_ms = self->damage_event ? 0 : gbx_uptime_ms ();
  if (!self->damage_event)
    return;
  self->damage = xcb_generate_id (self->connection);
  xcb_damage_create (self->connection, self->damage, window,
                     XCB_DAMAGE_REPORT_LEVEL_DELTA_RECTANGLES);
}

/* ------------------------------------------------------------------------ */

void
gbx_x_report_start (GbxXClient *self)
{
  const xcb_query_extension_reply_t *extension =
      xcb_get_extension_data (self->connection, &xcb_damage_id);

  if (!extension || !extension->present)
    return;
  /* A client must announce its version before it may use the extension. */
  free (xcb_damage_query_version_reply (
      self->connection, xcb_damage_query_version (self->connection, 1, 1), NULL));
  self->damage_event = extension->first_event + XCB_DAMAGE_NOTIFY;
}

/* Unless a window already has contents or is watched. */
static void
watch (GbxXClient *self, const GbxXWindow *window)
{
  if (!self->drawn && !self->watched)
    watch_contents (self, window->window);
}

/* By its class a desktop finds the application that a window belongs to. */
static void
report_class (GbxXClient *self, xcb_window_t window)
{
  GbxWindowReport message = { .event = GBX_WINDOW_CLASS };

  gbx_x_read_class (self, window, message.title);
  if (!message.title[0] || strcmp (message.title, self->class) == 0)
    return;
  memcpy (self->class, message.title, sizeof self->class);
  send_report (self, &message);
}

void
gbx_x_report_mapped (GbxXClient *self, const GbxXWindow *window)
{
  report_class (self, window->window);
  if (self->mapped)
    return;
  self->mapped = true;
  report (self, GBX_WINDOW_MAPPED, window->place.width, window->place.height);
  watch (self, window);
}

static void
report_none (GbxXClient *self)
{
  if (!self->mapped)
    return;
  self->mapped = false;
  self->drawn = false; /* the next window is watched as the first one was */
  report (self, GBX_WINDOW_NONE, 0, 0);
}

void
gbx_x_report_left (GbxXClient *self)
{
  if (self->n_windows + self->n_unmanaged == 0)
    report_none (self);
  else
    watch (self, self->n_windows > 0 ? &self->windows[0] : &self->unmanaged[0]);
}

void
gbx_x_report_gone (GbxXClient *self, xcb_window_t window)
{
  /* If the window no longer exists, neither does its damage; the server's error is
   * harmless. */
  if (self->watched == window)
    forget_damage (self);
}

void
gbx_x_report_title (GbxXClient *self, const char *title)
{
  if (strcmp (title, self->title) == 0)
    return;
  memset (self->title, 0, sizeof self->title);
  memcpy (self->title, title, strlen (title));
  report (self, GBX_WINDOW_TITLE, 0, 0);
}

void
gbx_x_report_size (GbxXClient *self, uint16_t width, uint16_t height)
{
  report (self, GBX_WINDOW_SIZE, width, height);
}

void
gbx_x_report_event (GbxXClient *self, const xcb_generic_event_t *event)
{
  if (self->damage_event && (event->response_type & 0x7f) == self->damage_event)
    on_damage (self, (const xcb_damage_notify_event_t *) event);
}

int
gbx_x_report_timeout (const GbxXClient *self)
{
  return self->watched && self->first_damage_ms ? 100 : -1;
}

void
gbx_x_report_tick (GbxXClient *self)
{
  if (!self->drawn && self->watched && self->first_damage_ms &&
      gbx_uptime_ms () - self->first_damage_ms > PLAIN_MS)
    set_drawn (self);
}
