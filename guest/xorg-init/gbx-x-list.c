/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The list of windows for the user of the host, and what this user asks of them. */

#include "gbx-x-client.h"
#include "gbx-x-helper.h"

#include <string.h>
#include <sys/socket.h>

/* A splash screen or a tooltip is nothing to switch to, and closes by itself. */
static bool
is_listed (const GbxXWindow *window)
{
  return window->hints.kind != GBX_X_FREE;
}

static bool
blocks_parent (GbxXClient *self, const GbxXWindow *window)
{
  return window->modal && gbx_x_window_find (self, window->hints.parent);
}

static void
fill_entry (GbxXClient *self, const GbxXWindow *window, GbxWindowEntry *entry)
{
  entry->number = window->number;
  entry->flags = (window->hints.deletes ? GBX_WINDOW_CLOSES : 0) |
                 (blocks_parent (self, window) ? GBX_WINDOW_MODAL : 0);
  memcpy (entry->title, window->title, sizeof entry->title);
}

void
gbx_x_list_report (GbxXClient *self)
{
  static GbxWindowList list, last;
  static uint8_t packet[GBX_X_PACKET_MAX];
  GbxWriter writer;

  memset (&list, 0, sizeof list);
  for (size_t i = 0; i < self->n_windows && list.n < GBX_WINDOWS_MAX; i++)
    if (is_listed (&self->windows[i]))
      fill_entry (self, &self->windows[i], &list.entries[list.n++]);
  if (memcmp (&list, &last, sizeof list) == 0)
    return;
  last = list;
  gbx_writer_init (&writer, packet, sizeof packet);
  gbx_write_u8 (&writer, GBX_MSG_WINDOWS);
  gbx_windows_encode (&list, &writer);
  send (self->socket, packet, writer.length, MSG_NOSIGNAL);
}

void
gbx_x_list_close (GbxXClient *self)
{
  for (size_t i = 0; i < self->n_windows; i++)
    if (is_listed (&self->windows[i]) && self->windows[i].hints.deletes)
      gbx_x_send_protocol (self, &self->windows[i], GBX_ATOM_WM_DELETE_WINDOW);
}

/* Dialogs are above all main windows.  One that covers most of the screen would hide the main
 * window that the user has just chosen. */
static void
lower_dialogs (GbxXClient *self)
{
  uint32_t half = (uint32_t) self->width * self->height / 2;

  for (size_t i = 0; i < self->n_windows; i++)
    {
      GbxXWindow *window = &self->windows[i];

      if (window->hints.kind == GBX_X_DIALOG && !blocks_parent (self, window) &&
          (uint32_t) gbx_x_outer_width (window) * gbx_x_outer_height (window) > half)
        window->lowered = true;
    }
}

void
gbx_x_list_use (GbxXClient *self, uint32_t number)
{
  GbxXWindow *window = NULL;
  xcb_window_t id;

  for (size_t i = 0; i < self->n_windows && !window; i++)
    if (self->windows[i].number == number && is_listed (&self->windows[i]))
      window = &self->windows[i];
  if (!window)
    return;
  id = window->window;
  if (window->hints.kind == GBX_X_MAIN)
    lower_dialogs (self);
  gbx_x_window_use (self, window);
  /* What blocks the window comes with it, and has to be answered first. */
  for (size_t i = 0; i < self->n_windows; i++)
    if (self->windows[i].modal && self->windows[i].hints.parent == id)
      {
        gbx_x_window_use (self, &self->windows[i]);
        break;
      }
}
