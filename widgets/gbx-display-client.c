/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-client.h"

#include "gbx-display-geometry.h"
#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

/* The delay after a turn in which nothing was drawn. */
#define IDLE_TURN_MS 8

struct _GbxDisplayClient
{
  GObject parent_instance;

  GbxDisplayProtocol protocol;
  GbxSandbox *sandbox;
  GCancellable *cancellable; /* of the pending requests for descriptors */
  GbxDisplayLink *link;      /* (nullable): NULL after the end */
  GbxDisplayPicture *picture;
  guint wanted;     /* bit n: the program has requested the descriptor of channel n */
  gboolean damaged; /* in this turn */
  gboolean has_cursor;
  GbxDisplayMessage cursor; /* the last one of this turn */
  guint turn_source;
  const char *weakness; /* (nullable) */
};

enum
{
  HELLO,
  ANSWERED,
  DAMAGED,
  CURSOR,
  TURN_DONE,
  CLOSED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxDisplayClient, gbx_display_client, G_TYPE_OBJECT)

static gboolean
is_vnc (GbxDisplayClient *self)
{
  return self->protocol == GBX_DISPLAY_PROTOCOL_VNC;
}

/* Takes the error. */
static void
finish (GbxDisplayClient *self, GError *error)
{
  g_autoptr (GError) reason = error;

  if (!self->link)
    return;
  gbx_display_client_close (self);
  g_signal_emit (self, signals[CLOSED], 0, reason);
}

/* ------------------------------------------------- what the program says -- */

/* The program's report about its confinement can be trusted: it was sent before the program
 * read anything from the guest. */
static const char *
describe_weakness (guint walls)
{
  if ((walls & GBX_DISPLAY_WALL_SECCOMP) == 0)
    return _ ("The program that decodes the sandbox's screen is not confined: the kernel has "
              "no seccomp filters. A bug in it would give the application access to this "
              "account.");
  if ((walls & (GBX_DISPLAY_WALL_LANDLOCK | GBX_DISPLAY_WALL_NAMESPACES)) == 0)
    return _ ("Only a seccomp filter confines the program that decodes the sandbox's screen: "
              "the kernel has neither Landlock nor namespaces for this account.");
  return NULL;
}

static void
handle_hello (GbxDisplayClient *self, guint walls)
{
  self->weakness = describe_weakness (walls);
  g_signal_emit (self, signals[HELLO], 0);
  if (!self->link)
    return;
  gbx_display_link_send (self->link, gbx_display_picture_get_cursor_fd (self->picture),
                         GBX_DISPLAY_CURSOR_MEMORY, 0);
  gbx_display_link_give_turn (self->link);
}

typedef struct
{
  GbxDisplayClient *client;
  guint channel;
} Opening;

static void
open_display_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Opening *opening = user_data;
  g_autoptr (GbxDisplayClient) self = opening->client;
  g_autoptr (GError) error = NULL;
  int fd = gbx_sandbox_open_display_finish (GBX_SANDBOX (object), result, &error);

  if (fd < 0)
    {
      finish (self, g_steal_pointer (&error));
      return;
    }
  if (self->link)
    gbx_display_link_send (self->link, fd, GBX_DISPLAY_FD, 1, opening->channel);
  close (fd);
}

static void
handle_want_fd (GbxDisplayClient *self, guint channel)
{
  Opening *opening;

  if (self->wanted & (1u << channel) || (is_vnc (self) && channel > 0))
    {
      gbx_display_link_refuse (self->link);
      return;
    }
  self->wanted |= 1u << channel;
  opening = g_new0 (Opening, 1);
  opening->client = g_object_ref (self);
  opening->channel = channel;
  gbx_sandbox_open_display_async (self->sandbox, self->cancellable, open_display_cb, opening);
}

static void
handle_size (GbxDisplayClient *self, guint width, guint height)
{
  g_autoptr (GError) error = NULL;
  guint32 serial;
  int fd;

  if (!gbx_geometry_is_acceptable ((int)width, (int)height))
    {
      finish (self,
              g_error_new (GBX_ERROR, GBX_ERROR_PROTOCOL,
                           _ ("The sandbox reports a screen of %d×%d pixels, but at most %d×%d "
                              "is allowed. The display was disconnected. Restart the sandbox."),
                           (int)width, (int)height, GBX_DISPLAY_LONGEST, GBX_DISPLAY_LONGEST));
      return;
    }
  fd = gbx_display_picture_prepare (self->picture, width, height, &serial, &error);
  if (fd < 0)
    {
      finish (self, g_steal_pointer (&error));
      return;
    }
  gbx_display_link_send (self->link, fd, GBX_DISPLAY_FRAME, 4, serial, width, height,
                         gbx_display_stride (width));
  close (fd);
}

static void
handle_damage (GbxDisplayClient *self, const uint32_t *args)
{
  GdkRectangle part = { (int)args[1], (int)args[2], (int)args[3], (int)args[4] };

  if (!gbx_display_picture_damage (self->picture, args[0], &part))
    {
      gbx_display_link_refuse (self->link);
      return;
    }
  self->damaged = TRUE;
  g_signal_emit (self, signals[DAMAGED], 0, &part);
}

static void
show_cursor (GbxDisplayClient *self)
{
  const uint32_t *args = self->cursor.args;
  g_autoptr (GdkPixbuf) shape = NULL;

  if (args[0] == GBX_CURSOR_SHAPE)
    shape = gbx_display_picture_copy_cursor (self->picture, args[1], args[2]);
  g_signal_emit (self, signals[CURSOR], 0, args[0], shape, (int)args[3], (int)args[4]);
}

static const char *
describe_fault (GbxDisplayClient *self, GbxDisplayFault fault)
{
  switch (fault)
    {
    case GBX_DISPLAY_FAULT_PASSWORD:
      return is_vnc (self)
                 ? _ ("The sandbox's VNC display asks for a password, and none was set. "
                      "Restart the sandbox.")
                 : _ ("The sandbox's SPICE display asks for a password, and none was set. "
                      "Restart the sandbox.");
    case GBX_DISPLAY_FAULT_FORMAT:
      return _ ("The sandbox's screen has a pixel format that cannot be shown. Restart the "
                "sandbox.");
    case GBX_DISPLAY_FAULT_MEMORY:
      return _ ("There is not enough memory to decode the sandbox's screen. Close other programs, "
                "then connect again.");
    case GBX_DISPLAY_FAULT_BROKEN:
    default:
      return is_vnc (self)
                 ? _ ("The VNC connection to the sandbox's display broke. Restart the sandbox.")
                 : _ ("The SPICE connection to the sandbox's display broke. Restart the sandbox.");
    }
}

static gboolean
on_idle_turn (gpointer data)
{
  GbxDisplayClient *self = data;

  self->turn_source = 0;
  gbx_display_client_give_turn (self);
  return G_SOURCE_REMOVE;
}

static void
handle_turn_done (GbxDisplayClient *self)
{
  gboolean damaged = self->damaged;

  if (self->has_cursor)
    show_cursor (self);
  self->has_cursor = self->damaged = FALSE;
  if (!self->link)
    return;
  if (!damaged)
    self->turn_source = g_timeout_add (IDLE_TURN_MS, on_idle_turn, self);
  g_signal_emit (self, signals[TURN_DONE], 0, damaged);
}

static void
on_message (const GbxDisplayMessage *message, gpointer data)
{
  g_autoptr (GbxDisplayClient) self = g_object_ref (data);
  const uint32_t *args = message->args;

  switch (message->type)
    {
    case GBX_DISPLAY_HELLO:
      handle_hello (self, args[1]);
      break;
    case GBX_DISPLAY_WANT_FD:
      handle_want_fd (self, args[0]);
      break;
    case GBX_DISPLAY_ANSWERED:
      g_signal_emit (self, signals[ANSWERED], 0);
      break;
    case GBX_DISPLAY_SIZE:
      handle_size (self, args[0], args[1]);
      break;
    case GBX_DISPLAY_DAMAGE:
      handle_damage (self, args);
      break;
    case GBX_DISPLAY_CURSOR:
      self->cursor = *message;
      self->has_cursor = TRUE;
      break;
    case GBX_DISPLAY_FAILURE:
      finish (self,
              g_error_new_literal (GBX_ERROR, GBX_ERROR_DISPLAY, describe_fault (self, args[0])));
      break;
    case GBX_DISPLAY_CLOSED:
      finish (self, NULL);
      break;
    case GBX_DISPLAY_TURN_DONE:
      handle_turn_done (self);
      break;
    default:
      break;
    }
}

static void
on_lost (GbxLinkLoss loss, gpointer data)
{
  g_autoptr (GbxDisplayClient) self = g_object_ref (data);
  GError *error;

  if (loss == GBX_LINK_NONSENSE)
    error
        = g_error_new_literal (GBX_ERROR, GBX_ERROR_PROTOCOL,
                               _ ("The program that decodes the sandbox's screen broke the "
                                  "display protocol, which may be an attack, and was ended. "
                                  "Restart the sandbox."));
  else if (loss == GBX_LINK_STUCK)
    error = g_error_new_literal (GBX_ERROR, GBX_ERROR_DISPLAY,
                                 _ ("The program that decodes the sandbox's screen stopped "
                                    "answering, and was ended. Connect again."));
  else
    error = g_error_new_literal (GBX_ERROR, GBX_ERROR_DISPLAY,
                                 _ ("The program that decodes the sandbox's screen ended "
                                    "unexpectedly. Connect again."));
  finish (self, error);
}

static const GbxLinkEvents link_events = { on_message, on_lost };

/* ------------------------------------------------------------- vfuncs -- */

static void
gbx_display_client_dispose (GObject *object)
{
  gbx_display_client_close (GBX_DISPLAY_CLIENT (object));
  G_OBJECT_CLASS (gbx_display_client_parent_class)->dispose (object);
}

static void
gbx_display_client_finalize (GObject *object)
{
  GbxDisplayClient *self = GBX_DISPLAY_CLIENT (object);

  g_clear_pointer (&self->picture, gbx_display_picture_free);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_display_client_parent_class)->finalize (object);
}

static void
gbx_display_client_class_init (GbxDisplayClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = gbx_display_client_dispose;
  object_class->finalize = gbx_display_client_finalize;
#define SIGNAL(name, ...)                                                                          \
  g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, __VA_ARGS__)
  signals[HELLO] = SIGNAL ("hello", 0);
  signals[ANSWERED] = SIGNAL ("answered", 0);
  signals[DAMAGED] = SIGNAL ("damaged", 1, GDK_TYPE_RECTANGLE);
  signals[CURSOR] = SIGNAL ("cursor", 4, G_TYPE_UINT, GDK_TYPE_PIXBUF, G_TYPE_INT, G_TYPE_INT);
  signals[TURN_DONE] = SIGNAL ("turn-done", 1, G_TYPE_BOOLEAN);
  signals[CLOSED] = SIGNAL ("closed", 1, G_TYPE_ERROR);
#undef SIGNAL
}

static void
gbx_display_client_init (GbxDisplayClient *self)
{
  self->cancellable = g_cancellable_new ();
}

/* ------------------------------------------------------------- public -- */

static GbxDisplayClient *
make_client (GbxDisplayProtocol protocol, GbxSandbox *sandbox, GError **error)
{
  g_autoptr (GbxDisplayClient) self = g_object_new (GBX_TYPE_DISPLAY_CLIENT, NULL);

  self->protocol = protocol;
  self->sandbox = g_object_ref (sandbox);
  self->picture = gbx_display_picture_new (error);
  return self->picture ? g_steal_pointer (&self) : NULL;
}

GbxDisplayClient *
gbx_display_client_new (GbxDisplayProtocol protocol, GbxSandbox *sandbox, GError **error)
{
  g_autoptr (GbxDisplayClient) self = make_client (protocol, sandbox, error);

  if (!self)
    return NULL;
  self->link = gbx_display_link_start (is_vnc (self) ? "vnc" : "spice", &link_events, self, error);
  return self->link ? g_steal_pointer (&self) : NULL;
}

GbxDisplayClient *
gbx_display_client_new_for_socket (GbxDisplayProtocol protocol, GbxSandbox *sandbox, int socket,
                                   GError **error)
{
  GbxDisplayClient *self = make_client (protocol, sandbox, error);

  if (self)
    self->link = gbx_display_link_new (socket, &link_events, self);
  else
    close (socket);
  return self;
}

void
gbx_display_client_close (GbxDisplayClient *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->turn_source, g_source_remove);
  g_clear_pointer (&self->link, gbx_display_link_free);
}

GbxDisplayPicture *
gbx_display_client_get_picture (GbxDisplayClient *self)
{
  return self->picture;
}

const char *
gbx_display_client_get_weakness (GbxDisplayClient *self)
{
  return self->weakness;
}

void
gbx_display_client_give_turn (GbxDisplayClient *self)
{
  if (self->link)
    gbx_display_link_give_turn (self->link);
}

void
gbx_display_client_send_key (GbxDisplayClient *self, guint number, gboolean pressed, guint keyval)
{
  if (self->link)
    gbx_display_link_send (self->link, -1, GBX_DISPLAY_KEY, 3, number, pressed ? 1 : 0, keyval);
}

void
gbx_display_client_move_pointer (GbxDisplayClient *self, guint x, guint y)
{
  if (self->link)
    gbx_display_link_send (self->link, -1, GBX_DISPLAY_POINTER, 2, x, y);
}

void
gbx_display_client_send_button (GbxDisplayClient *self, guint button, gboolean pressed)
{
  if (self->link)
    gbx_display_link_send (self->link, -1, GBX_DISPLAY_BUTTON, 2, button, pressed ? 1 : 0);
}

void
gbx_display_client_set_locks (GbxDisplayClient *self, GbxDisplayLocks locks)
{
  if (self->link)
    gbx_display_link_send (self->link, -1, GBX_DISPLAY_LOCKS, 1, locks);
}
