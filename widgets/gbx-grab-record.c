/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-grab-watch"
#include "config.h"

#include "gbx-grab-watch.h"

#ifdef GDK_WINDOWING_X11
#include <gdk/gdkx.h>
#include <glib-unix.h>
#include <string.h>
#include <xcb/record.h>
#include <xcb/screensaver.h>
#include <xcb/xcb.h>
#include <xcb/xcbext.h>

/* XIGrabDevice of the input extension, which toolkits use. */
#define XI_EXTENSION "XInputExtension"
#define XI_GRAB_DEVICE 51
/* The category of a recorded request. */
#define FROM_CLIENT 1

struct _GbxGrabRecord
{
  GbxGrabWatchFunc wanted;
  gpointer user_data;
  xcb_connection_t *connection; /* of its own: the server sends the records on it for ever */
  unsigned int sequence;        /* of the request that they answer */
  guint32 own_base;             /* of the IDs of the program's own connection */
  guint8 saver_event;           /* 0: the server has no such extension */
  guint source;
};

/* --------------------------------------------------------------- events -- */

static gboolean
is_foreign (GbxGrabRecord *self, const xcb_record_enable_context_reply_t *reply)
{
  return reply->category == FROM_CLIENT && reply->xid_base != self->own_base;
}

static gboolean
take_records (GbxGrabRecord *self)
{
  gboolean wanted = FALSE;
  void *reply = NULL;
  xcb_generic_error_t *error = NULL;

  while (xcb_poll_for_reply (self->connection, self->sequence, &reply, &error))
    {
      if (!reply)
        break;
      wanted = wanted || is_foreign (self, reply);
      free (reply);
      reply = NULL;
    }
  free (error);
  return wanted;
}

static gboolean
take_events (GbxGrabRecord *self)
{
  gboolean wanted = FALSE;
  xcb_generic_event_t *event;

  while ((event = xcb_poll_for_event (self->connection)))
    {
      const xcb_screensaver_notify_event_t *notify = (xcb_screensaver_notify_event_t *)event;

      if (self->saver_event && (event->response_type & 0x7f) == self->saver_event)
        wanted = wanted || notify->state == XCB_SCREENSAVER_STATE_ON;
      free (event);
    }
  return wanted;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  GbxGrabRecord *self = data;
  gboolean by_record = take_records (self);
  gboolean by_event = take_events (self);

  if (by_record || by_event)
    self->wanted (self->user_data);
  if (!xcb_connection_has_error (self->connection))
    return G_SOURCE_CONTINUE;
  self->source = 0;
  return G_SOURCE_REMOVE;
}

/* ------------------------------------------------------- begin and end -- */

static guint8
get_opcode (xcb_connection_t *connection, const char *name)
{
  xcb_query_extension_reply_t *reply = xcb_query_extension_reply (
      connection, xcb_query_extension (connection, (uint16_t)strlen (name), name), NULL);
  guint8 opcode = reply && reply->present ? reply->major_opcode : 0;

  free (reply);
  return opcode;
}

static void
select_saver (GbxGrabRecord *self)
{
  const xcb_query_extension_reply_t *saver
      = xcb_get_extension_data (self->connection, &xcb_screensaver_id);
  xcb_window_t root = xcb_setup_roots_iterator (xcb_get_setup (self->connection)).data->root;

  if (!saver || !saver->present)
    return;
  self->saver_event = saver->first_event;
  xcb_screensaver_select_input (self->connection, root, XCB_SCREENSAVER_EVENT_NOTIFY_MASK);
}

/* The contents of the requests are not needed, but there is no way to leave them out. */
static void
begin_records (GbxGrabRecord *self)
{
  guint8 input = get_opcode (self->connection, XI_EXTENSION);
  xcb_record_client_spec_t everybody = XCB_RECORD_CS_ALL_CLIENTS;
  xcb_record_range_t ranges[2] = { 0 };
  xcb_record_context_t context = xcb_generate_id (self->connection);

  ranges[0].core_requests = (xcb_record_range_8_t){ XCB_GRAB_KEYBOARD, XCB_GRAB_KEYBOARD };
  ranges[1].ext_requests.major = (xcb_record_range_8_t){ input, input };
  ranges[1].ext_requests.minor = (xcb_record_range_16_t){ XI_GRAB_DEVICE, XI_GRAB_DEVICE };
  xcb_record_create_context (self->connection, context, 0, 1, input ? 2 : 1, &everybody, ranges);
  self->sequence = xcb_record_enable_context (self->connection, context).sequence;
}

GbxGrabRecord *
gbx_grab_record_new (GdkWindow *window, GbxGrabWatchFunc wanted, gpointer user_data)
{
  GbxGrabRecord *self;
  const xcb_query_extension_reply_t *record;
  xcb_connection_t *connection;

  if (!GDK_IS_X11_WINDOW (window))
    return NULL;
  connection = xcb_connect (gdk_display_get_name (gdk_window_get_display (window)), NULL);
  record = xcb_connection_has_error (connection)
               ? NULL
               : xcb_get_extension_data (connection, &xcb_record_id);
  if (!record || !record->present)
    {
      g_debug ("the X server does not tell who wants to grab the keyboard");
      xcb_disconnect (connection);
      return NULL;
    }
  self = g_new0 (GbxGrabRecord, 1);
  self->wanted = wanted;
  self->user_data = user_data;
  self->connection = connection;
  /* To ask for the number of a window makes it the server's own, and GDK would draw it no more:
   * the window around it is that already. */
  self->own_base = (guint32)GDK_WINDOW_XID (gdk_window_get_toplevel (window))
                   & ~xcb_get_setup (connection)->resource_id_mask;
  select_saver (self);
  begin_records (self);
  xcb_flush (connection);
  self->source = g_unix_fd_add (xcb_get_file_descriptor (connection), G_IO_IN, on_readable, self);
  return self;
}

void
gbx_grab_record_free (GbxGrabRecord *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  xcb_disconnect (self->connection);
  g_free (self);
}
#else
GbxGrabRecord *
gbx_grab_record_new (GdkWindow *window, GbxGrabWatchFunc wanted, gpointer user_data)
{
  return NULL;
}

void
gbx_grab_record_free (GbxGrabRecord *self)
{
}
#endif
