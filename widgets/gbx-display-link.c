/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-link.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <gdk/gdk.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROGRAM "glovebox-display"
/* Lower priority than events and drawing. */
#define PRIORITY (GDK_PRIORITY_REDRAW + 10)
/* The limit for a program that does not read; the socket itself holds about as much. */
#define WAITING_MAX 512
/* Half a minute: a computer may be busy. */
#define QUESTIONS_MAX 6

guint gbx_display_link_question_ms = 5000;

typedef struct
{
  GbxDisplayMessage message;
  int fd; /* or -1 */
} Packet;

struct _GbxDisplayLink
{
  gatomicrefcount references; /* one of the owner, and one of a running callback */
  const GbxLinkEvents *events;
  gpointer user_data;
  gboolean is_dead;

  int socket;
  GSubprocess *program; /* (nullable): NULL in tests */
  guint in_source, out_source;
  GQueue waiting; /* (element-type Packet) */

  gboolean said_hello;
  gboolean has_turn; /* the program */
  guint said;        /* messages in this turn */
  guint question_source;
  guint unanswered; /* ARE_YOU_ALIVE messages; the hello is the answer to the first */
};

static void
packet_free (Packet *packet)
{
  if (packet->fd >= 0)
    close (packet->fd);
  g_free (packet);
}

static void
close_link (GbxDisplayLink *self)
{
  self->is_dead = TRUE;
  g_clear_handle_id (&self->in_source, g_source_remove);
  g_clear_handle_id (&self->out_source, g_source_remove);
  g_clear_handle_id (&self->question_source, g_source_remove);
  g_queue_clear_full (&self->waiting, (GDestroyNotify)packet_free);
  if (self->program)
    g_subprocess_force_exit (self->program);
  g_clear_object (&self->program);
  if (self->socket >= 0)
    close (self->socket);
  self->socket = -1;
}

static void
unref (GbxDisplayLink *self)
{
  if (g_atomic_ref_count_dec (&self->references))
    g_free (self);
}

static void
report_loss (GbxDisplayLink *self, GbxLinkLoss loss)
{
  if (self->is_dead)
    return;
  close_link (self);
  self->events->lost (loss, self->user_data);
}

/* ------------------------------------------------------------- reading -- */

/* Whether the program may send this now. */
static gboolean
is_in_turn (GbxDisplayLink *self, const GbxDisplayMessage *message)
{
  if (message->type == GBX_DISPLAY_HELLO)
    {
      gboolean first = !self->said_hello;

      self->said_hello = TRUE;
      self->unanswered = 0;
      return first && message->args[0] == GBX_DISPLAY_PROTOCOL_VERSION;
    }
  if (message->type == GBX_DISPLAY_ALIVE)
    {
      gboolean asked = self->said_hello && self->unanswered > 0;

      self->unanswered = 0;
      return asked;
    }
  if (!self->said_hello || !self->has_turn || ++self->said > GBX_DISPLAY_TURN_MAX)
    return FALSE;
  if (message->type == GBX_DISPLAY_TURN_DONE)
    self->has_turn = FALSE;
  return TRUE;
}

/* There is no space for a descriptor, so the kernel drops it and reports that. */
static void
receive (GbxDisplayLink *self)
{
  GbxDisplayMessage message;
  guint8 packet[sizeof message + 1];
  struct iovec vector = { packet, sizeof packet };
  struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1 };
  ssize_t size = recvmsg (self->socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (size <= 0)
    report_loss (self, GBX_LINK_ENDED);
  else if ((header.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0
           || !gbx_display_message_decode (&message, GBX_DISPLAY_TO_WINDOW, packet, (gsize)size, 0)
           || !is_in_turn (self, &message))
    report_loss (self, GBX_LINK_NONSENSE);
  else if (message.type != GBX_DISPLAY_ALIVE)
    self->events->message (&message, self->user_data);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  GbxDisplayLink *self = data;

  g_atomic_ref_count_inc (&self->references);
  /* The few messages of one turn are read at once. */
  for (guint i = 0; i < GBX_DISPLAY_TURN_MAX && !self->is_dead; i++)
    receive (self);
  unref (self);
  return G_SOURCE_CONTINUE;
}

/* ------------------------------------------------------------- writing -- */

/* FALSE: it must wait. */
static gboolean
transmit (GbxDisplayLink *self, const Packet *packet)
{
  union
  {
    struct cmsghdr header;
    char space[CMSG_SPACE (sizeof (int))];
  } control = { .header = { .cmsg_len = CMSG_LEN (sizeof (int)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS } };
  struct iovec vector = { (gpointer)&packet->message, sizeof packet->message };
  struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1 };

  if (packet->fd >= 0)
    {
      memcpy (CMSG_DATA (&control.header), &packet->fd, sizeof packet->fd);
      header.msg_control = &control;
      header.msg_controllen = sizeof control;
    }
  /* Other errors are reported by the reading side. */
  return sendmsg (self->socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0
         || (errno != EAGAIN && errno != ENOBUFS);
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer data)
{
  GbxDisplayLink *self = data;

  while (!g_queue_is_empty (&self->waiting))
    {
      if (!transmit (self, g_queue_peek_head (&self->waiting)))
        return G_SOURCE_CONTINUE;
      packet_free (g_queue_pop_head (&self->waiting));
    }
  self->out_source = 0;
  return G_SOURCE_REMOVE;
}

/* The pointer's path does not matter, only its place. */
static gboolean
replace_last (GbxDisplayLink *self, const Packet *packet)
{
  Packet *last = g_queue_peek_tail (&self->waiting);

  if (!last || packet->message.type != GBX_DISPLAY_POINTER
      || last->message.type != GBX_DISPLAY_POINTER)
    return FALSE;
  last->message = packet->message;
  return TRUE;
}

static gboolean
on_stuck (gpointer data)
{
  GbxDisplayLink *self = data;

  self->out_source = 0;
  report_loss (self, GBX_LINK_STUCK);
  return G_SOURCE_REMOVE;
}

static void
post (GbxDisplayLink *self, const Packet *packet)
{
  Packet *kept;

  if (g_queue_is_empty (&self->waiting) && transmit (self, packet))
    return;
  if (replace_last (self, packet))
    return;
  if (g_queue_get_length (&self->waiting) >= WAITING_MAX)
    {
      /* The link must still exist when the caller continues. */
      g_clear_handle_id (&self->out_source, g_source_remove);
      self->out_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_stuck, self, NULL);
      return;
    }
  kept = g_memdup2 (packet, sizeof *packet);
  if (packet->fd >= 0)
    kept->fd = fcntl (packet->fd, F_DUPFD_CLOEXEC, 3);
  g_queue_push_tail (&self->waiting, kept);
  if (!self->out_source)
    self->out_source = g_unix_fd_add (self->socket, G_IO_OUT, on_writable, self);
}

void
gbx_display_link_send (GbxDisplayLink *self, int fd, GbxDisplayMessageType type, guint n_args, ...)
{
  Packet packet = { .message = { .type = type }, .fd = fd };
  va_list args;

  if (self->is_dead)
    return;
  va_start (args, n_args);
  for (guint i = 0; i < n_args && i < GBX_DISPLAY_ARGS; i++)
    packet.message.args[i] = va_arg (args, guint);
  va_end (args);
  post (self, &packet);
}

void
gbx_display_link_give_turn (GbxDisplayLink *self)
{
  if (self->has_turn)
    return;
  self->has_turn = TRUE;
  self->said = 0;
  gbx_display_link_send (self, -1, GBX_DISPLAY_TURN, 0);
}

void
gbx_display_link_refuse (GbxDisplayLink *self)
{
  report_loss (self, GBX_LINK_NONSENSE);
}

/* ------------------------------------------------------- begin and end -- */

/* Only one question is pending at a time: a surplus answer is invalid. */
static gboolean
on_question (gpointer data)
{
  GbxDisplayLink *self = data;

  if (self->unanswered == QUESTIONS_MAX)
    {
      self->question_source = 0;
      report_loss (self, GBX_LINK_STUCK);
      return G_SOURCE_REMOVE;
    }
  if (self->unanswered++ == 0 && self->said_hello)
    gbx_display_link_send (self, -1, GBX_DISPLAY_ARE_YOU_ALIVE, 0);
  return G_SOURCE_CONTINUE;
}

GbxDisplayLink *
gbx_display_link_new (int socket, const GbxLinkEvents *events, gpointer user_data)
{
  GbxDisplayLink *self = g_new0 (GbxDisplayLink, 1);

  g_atomic_ref_count_init (&self->references);
  self->events = events;
  self->user_data = user_data;
  self->socket = socket;
  g_queue_init (&self->waiting);
  self->in_source = g_unix_fd_add_full (PRIORITY, socket, G_IO_IN | G_IO_HUP | G_IO_ERR,
                                        on_readable, self, NULL);
  self->question_source = g_timeout_add (gbx_display_link_question_ms, on_question, self);
  return self;
}

/* The program inherits nothing from the window but the socket. */
static GSubprocess *
spawn (const char *path, const char *protocol, int socket, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  char *const nothing[] = { NULL };

  g_subprocess_launcher_set_environ (launcher, (char **)nothing);
  g_subprocess_launcher_set_cwd (launcher, "/");
  g_subprocess_launcher_take_stdin_fd (launcher, socket);
  return g_subprocess_launcher_spawn (launcher, error, path, protocol, NULL);
}

GbxDisplayLink *
gbx_display_link_start (const char *protocol, const GbxLinkEvents *events, gpointer user_data,
                        GError **error)
{
  g_autofree char *path = gbx_path_program (PROGRAM);
  g_autoptr (GError) fault = NULL;
  GSubprocess *program;
  GbxDisplayLink *self;
  int sockets[2];

  if (path && socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
    g_clear_pointer (&path, g_free);
  program = path ? spawn (path, protocol, sockets[1], &fault) : NULL;
  if (!program)
    {
      if (path)
        close (sockets[0]);
      g_set_error (error, GBX_ERROR, GBX_ERROR_DISPLAY,
                   _ ("The sandbox's screen cannot be shown: the program “%s” could not be "
                      "started (%s). Install Glovebox again."),
                   PROGRAM, fault ? fault->message : _ ("it was not found"));
      return NULL;
    }
  self = gbx_display_link_new (sockets[0], events, user_data);
  self->program = program;
  return self;
}

void
gbx_display_link_free (GbxDisplayLink *self)
{
  close_link (self);
  unref (self);
}
