/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-files"

#include "config.h"

#include "gbx-files-relay.h"

#include "gbx-file-records.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the guest may be ahead of a reader. */
#define WINDOW (256u * 1024)

typedef struct
{
  GbxChannel *channel; /* (nullable): NULL once the guest has closed it */
  gboolean opened;
  int fd;
  GByteArray *to_guest; /* at most one frame */
  GByteArray *to_client; /* at most WINDOW */
  guint reading, writing; /* sources */
} Relay;

static void update (Relay *self);

static void
free_relay (Relay *self)
{
  g_clear_handle_id (&self->reading, g_source_remove);
  g_clear_handle_id (&self->writing, g_source_remove);
  if (self->channel)
    gbx_channel_close (self->channel);
  close (self->fd);
  g_byte_array_unref (self->to_guest);
  g_byte_array_unref (self->to_client);
  g_free (self);
}

/* ------------------------------------------------------------- to guest -- */

static void
flush_to_guest (Relay *self)
{
  gsize n = self->to_guest->len;

  if (!self->channel || !self->opened)
    return;
  /* Less than the credit goes as well. */
  while (n > 0 && !gbx_channel_send (self->channel, self->to_guest->data, n))
    n /= 2;
  if (n > 0)
    g_byte_array_remove_range (self->to_guest, 0, n);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Relay *self = user_data;
  guint8 piece[GBX_DATA_MAX];
  gssize n = recv (fd, piece, sizeof piece, MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  self->reading = 0;
  if (n <= 0) /* the client has what it wanted */
    {
      free_relay (self);
      return G_SOURCE_REMOVE;
    }
  g_byte_array_append (self->to_guest, piece, n);
  flush_to_guest (self);
  update (self);
  return G_SOURCE_REMOVE;
}

/* ------------------------------------------------------------ to client -- */

/* FALSE if the client is gone. */
static gboolean
flush_to_client (Relay *self)
{
  while (self->to_client->len > 0)
    {
      gssize n = send (self->fd, self->to_client->data, self->to_client->len,
                       MSG_DONTWAIT | MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == EAGAIN;
      g_byte_array_remove_range (self->to_client, 0, n);
      if (self->channel)
        gbx_channel_grant (self->channel, n);
    }
  return TRUE;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  Relay *self = user_data;

  self->writing = 0;
  if (!flush_to_client (self))
    free_relay (self);
  else
    update (self);
  return G_SOURCE_REMOVE;
}

/* Waits for what can happen next; ends when nothing can. */
static void
update (Relay *self)
{
  if (!self->channel && self->to_client->len == 0)
    {
      free_relay (self);
      return;
    }
  /* Also to notice that the client has gone. */
  if (!self->reading && self->to_guest->len == 0 && self->channel)
    self->reading = g_unix_fd_add (self->fd, G_IO_IN | G_IO_HUP, on_readable, self);
  if (!self->writing && self->to_client->len > 0)
    self->writing = g_unix_fd_add (self->fd, G_IO_OUT, on_writable, self);
}

/* -------------------------------------------------------------- channel -- */

static void
on_ready (GbxChannel *channel, gpointer user_data)
{
  Relay *self = user_data;

  self->opened = TRUE;
  flush_to_guest (self);
  update (self);
}

static const char *
on_data (GbxChannel *channel, const guint8 *data, gsize length, gpointer user_data)
{
  Relay *self = user_data;

  g_byte_array_append (self->to_client, data, length);
  /* The source frees it if the client is gone: the caller still holds the channel. */
  if (!self->writing)
    self->writing = g_unix_fd_add (self->fd, G_IO_OUT, on_writable, self);
  return NULL;
}

static void
on_closed (GbxChannel *channel, gpointer user_data)
{
  Relay *self = user_data;

  self->channel = NULL;
  g_clear_handle_id (&self->reading, g_source_remove);
  update (self);
}

static void
on_refused (GbxChannel *channel, const char *reason, gpointer user_data)
{
  g_debug ("the guest gives no files: %s", reason);
  on_closed (channel, user_data);
}

static const GbxChannelHandler handler = {
  .opened = on_ready,
  .refused = on_refused,
  .data = on_data,
  .writable = on_ready,
  .closed = on_closed,
};

int
gbx_files_relay_open (GbxConsole *console, const char *name)
{
  Relay *self;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return -1;
  self = g_new0 (Relay, 1);
  self->fd = ends[0];
  self->to_guest = g_byte_array_new ();
  self->to_client = g_byte_array_new ();
  self->channel = gbx_console_open_channel (console, GBX_PROCESS_GUEST, name, WINDOW, &handler,
                                            self);
  if (self->channel)
    {
      update (self);
      return ends[1];
    }
  free_relay (self);
  close (ends[1]);
  return -1;
}
