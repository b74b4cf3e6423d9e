/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The X helper's process: connection, events, and what init asks for. */

#include "gbx-x-client.h"
#include "gbx-x-helper.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const atom_names[GBX_N_ATOMS] = {
#define GBX_X_ATOM_NAME(name) [GBX_ATOM_##name] = #name,
  GBX_X_ATOMS (GBX_X_ATOM_NAME)
#undef GBX_X_ATOM_NAME
};

static void
intern_atoms (GbxXClient *self)
{
  xcb_intern_atom_cookie_t cookies[GBX_N_ATOMS];

  for (int i = 0; i < GBX_N_ATOMS; i++)
    cookies[i] = xcb_intern_atom (self->connection, 0, strlen (atom_names[i]), atom_names[i]);
  for (int i = 0; i < GBX_N_ATOMS; i++)
    {
      xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply (self->connection, cookies[i], NULL);

      self->atoms[i] = reply ? reply->atom : XCB_ATOM_NONE;
      free (reply);
    }
}

static void
take_request (GbxXClient *self, const GbxXRequest *request)
{
  switch (request->kind)
    {
    case GBX_X_RESIZE:
    case GBX_X_FIT:
      self->fits = self->fits || request->kind == GBX_X_FIT;
      self->fitted = request->kind == GBX_X_RESIZE;
      self->asked_width = request->width;
      self->asked_height = request->height;
      /* The application may have changed the size since. */
      self->needed_width = 0;
      break;
    case GBX_X_CLOSE_WINDOWS:
      gbx_x_list_close (self);
      break;
    case GBX_X_USE_WINDOW:
      gbx_x_list_use (self, request->window);
      break;
    case GBX_X_GROUP:
      gbx_x_input_group (self, request->number);
      break;
    case GBX_X_BUTTON:
      gbx_x_input_button (self, request->number, request->pressed);
      break;
    case GBX_X_MOTION:
      gbx_x_input_motion (self, request->x, request->y);
      break;
    case GBX_X_WATCH_POINTER:
      gbx_x_input_watch_pointer (self);
      break;
    }
}

/* Only the last size matters: a window that is being resized sends one for every step.
 * False if init has closed the socket. */
static bool
read_requests (GbxXClient *self)
{
  GbxXRequest request;
  ssize_t n;

  while ((n = recv (self->socket, &request, sizeof request, MSG_DONTWAIT)) == sizeof request)
    take_request (self, &request);
  return n != 0;
}

static void
dispatch_events (GbxXClient *self)
{
  xcb_generic_event_t *event;

  while ((event = xcb_poll_for_event (self->connection)))
    {
      gbx_x_report_event (self, event);
      gbx_x_manager_event (self, event);
      gbx_x_input_event (self, event);
      free (event);
    }
}

void
gbx_x_helper_run (int socket)
{
  static GbxXClient self;

  self.socket = socket;
  self.connection = xcb_connect (NULL, NULL);
  if (xcb_connection_has_error (self.connection))
    _exit (1);
  self.screen = xcb_setup_roots_iterator (xcb_get_setup (self.connection)).data;
  self.root = self.screen->root;
  intern_atoms (&self);
  gbx_x_report_start (&self);
  gbx_x_input_start (&self);
  if (!gbx_x_manager_start (&self))
    _exit (1);

  for (;;)
    {
      struct pollfd fds[] = {
        { socket, POLLIN, 0 },
        { xcb_get_file_descriptor (self.connection), POLLIN, 0 },
        { gbx_x_title_get_fd (), POLLIN, 0 },
      };

      if (!read_requests (&self))
        _exit (0);
      gbx_x_fit_screen (&self);
      /* First the calls that wait for the server: events that arrive meanwhile are in xcb's
       * own queue, which poll() does not see. */
      gbx_x_report_tick (&self);
      dispatch_events (&self);
      gbx_x_fit_screen (&self);
      gbx_x_list_report (&self);
      gbx_x_title_tick (&self);
      fds[2].fd = gbx_x_title_get_fd ();
      xcb_flush (self.connection);
      if (xcb_connection_has_error (self.connection))
        _exit (1);
      poll (fds, 3, gbx_x_report_timeout (&self));
    }
}
