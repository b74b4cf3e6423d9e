/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-screen.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

struct _GbxDisplayScreen
{
  GObject parent_instance;

  GbxDisplayProtocol protocol;
  GbxSandbox *sandbox;      /* (nullable) */
  GbxDisplayClient *client; /* (nullable): its picture outlives its connection */
  GbxDisplayState state;
  GError *error;        /* (nullable): of a failure */
  const char *weakness; /* (nullable) */
  gboolean strict;
  guint width, height; /* of the guest's screen, last */
  GList *waiting;      /* (element-type GTask): pictures before the first frame */
  cairo_surface_t *still; /* (nullable): a copy that is shown while it is frozen */
};

enum
{
  PROP_STATE = 1,
  PROP_WEAKNESS,
  PROP_DESKTOP_WIDTH,
  PROP_DESKTOP_HEIGHT,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum
{
  DAMAGED,
  CURSOR,
  TURN_DONE,
  BEGUN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxDisplayScreen, gbx_display_screen, G_TYPE_OBJECT)

/* ------------------------------------------------------------ pictures -- */

static void
answer (GbxDisplayScreen *self, GTask *task)
{
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->state == GBX_DISPLAY_READY && self->client)
    pixbuf = gbx_display_picture_copy (gbx_display_client_get_picture (self->client));
  if (pixbuf)
    g_task_return_pointer (task, g_steal_pointer (&pixbuf), g_object_unref);
  else if (self->state == GBX_DISPLAY_READY)
    g_task_return_new_error (task, GBX_ERROR, GBX_ERROR_DISPLAY,
                             _ ("The sandbox shows no picture, so there is no screenshot."));
  else if (self->error)
    g_task_return_error (task, g_error_copy (self->error));
  else
    g_task_return_new_error (task, GBX_ERROR, GBX_ERROR_DISPLAY,
                             _ ("The sandbox's display closed before it showed anything."));
}

void
gbx_display_screen_take_picture (GbxDisplayScreen *self, GTask *task)
{
  if (self->state == GBX_DISPLAY_READY || self->state == GBX_DISPLAY_FAILED)
    answer (self, task);
  else
    self->waiting = g_list_append (self->waiting, g_object_ref (task));
}

static void
answer_waiting (GbxDisplayScreen *self)
{
  GList *waiting = g_steal_pointer (&self->waiting);

  for (GList *l = waiting; l; l = l->next)
    answer (self, l->data);
  g_list_free_full (waiting, g_object_unref);
}

/* --------------------------------------------------------------- state -- */

static void
set_state (GbxDisplayScreen *self, GbxDisplayState state)
{
  if (self->state == state)
    return;
  self->state = state;
  if (state != GBX_DISPLAY_CONNECTING && state != GBX_DISPLAY_CONNECTED)
    answer_waiting (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
set_weakness (GbxDisplayScreen *self, const char *weakness)
{
  if (self->weakness == weakness)
    return;
  self->weakness = weakness;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WEAKNESS]);
}

static void
set_size (GbxDisplayScreen *self, guint width, guint height)
{
  if (self->width == width && self->height == height)
    return;
  self->width = width;
  self->height = height;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DESKTOP_WIDTH]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DESKTOP_HEIGHT]);
}

/* Takes the error. */
static void
fail (GbxDisplayScreen *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  set_state (self, GBX_DISPLAY_FAILED);
}

/* ---------------------------------------------------------- the client -- */

static void
on_hello (GbxDisplayScreen *self)
{
  const char *weakness = gbx_display_client_get_weakness (self->client);

  set_weakness (self, weakness);
  if (!weakness || !self->strict || !self->client)
    return;
  gbx_display_client_close (self->client);
  fail (self, g_error_new (GBX_ERROR, GBX_ERROR_ISOLATION,
                           _ ("Not shown, because the isolation would be weaker than required: "
                              "%s"),
                           weakness));
}

static void
on_answered (GbxDisplayScreen *self)
{
  if (self->state == GBX_DISPLAY_CONNECTING)
    set_state (self, GBX_DISPLAY_CONNECTED);
}

static void
follow_size (GbxDisplayScreen *self)
{
  guint width, height;

  gbx_display_picture_get_size (gbx_display_client_get_picture (self->client), &width, &height);
  set_size (self, width, height);
}

static void
on_damaged (GbxDisplayScreen *self, const GdkRectangle *part)
{
  if (!self->still)
    follow_size (self);
  set_state (self, GBX_DISPLAY_READY);
  g_signal_emit (self, signals[DAMAGED], 0, part);
}

static void
on_cursor (GbxDisplayScreen *self, guint kind, GdkPixbuf *shape, int hot_x, int hot_y)
{
  g_signal_emit (self, signals[CURSOR], 0, kind, shape, hot_x, hot_y);
}

static void
on_turn_done (GbxDisplayScreen *self, gboolean damaged)
{
  g_signal_emit (self, signals[TURN_DONE], 0, damaged);
}

static void
on_closed (GbxDisplayScreen *self, const GError *error)
{
  if (error)
    fail (self, g_error_copy (error));
  else
    set_state (self, GBX_DISPLAY_DISCONNECTED);
}

static void
forget_client (GbxDisplayScreen *self)
{
  g_autoptr (GbxDisplayClient) client = g_steal_pointer (&self->client);

  if (!client)
    return;
  g_signal_handlers_disconnect_by_data (client, self);
  gbx_display_client_close (client);
  g_signal_emit (self, signals[BEGUN], 0);
}

void
gbx_display_screen_set_protocol (GbxDisplayScreen *self, GbxDisplayProtocol protocol)
{
  self->protocol = protocol;
}

void
gbx_display_screen_connect (GbxDisplayScreen *self, GbxSandbox *sandbox, int socket)
{
  g_autoptr (GError) error = NULL;
  GbxDisplayClient *client;

  g_object_ref (sandbox);
  gbx_display_screen_disconnect (self);
  self->sandbox = sandbox;
  g_clear_error (&self->error);
  set_weakness (self, NULL);
  set_state (self, GBX_DISPLAY_CONNECTING);
  client = socket < 0 ? gbx_display_client_new (self->protocol, sandbox, &error)
                      : gbx_display_client_new_for_socket (self->protocol, sandbox, socket, &error);
  if (!client)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  self->client = client;
  g_object_connect (
      client, "swapped-object-signal::hello", on_hello, self, "swapped-object-signal::answered",
      on_answered, self, "swapped-object-signal::damaged", on_damaged, self,
      "swapped-object-signal::cursor", on_cursor, self, "swapped-object-signal::turn-done",
      on_turn_done, self, "swapped-object-signal::closed", on_closed, self, NULL);
  g_signal_emit (self, signals[BEGUN], 0);
}

void
gbx_display_screen_disconnect (GbxDisplayScreen *self)
{
  forget_client (self);
  g_clear_object (&self->sandbox);
  set_state (self, GBX_DISPLAY_DISCONNECTED);
}

/* ------------------------------------------------------------- vfuncs -- */

static void
gbx_display_screen_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GbxDisplayScreen *self = GBX_DISPLAY_SCREEN (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_WEAKNESS:
      g_value_set_static_string (value, self->weakness);
      break;
    case PROP_DESKTOP_WIDTH:
      g_value_set_uint (value, self->width);
      break;
    case PROP_DESKTOP_HEIGHT:
      g_value_set_uint (value, self->height);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gbx_display_screen_dispose (GObject *object)
{
  gbx_display_screen_disconnect (GBX_DISPLAY_SCREEN (object));
  answer_waiting (GBX_DISPLAY_SCREEN (object));
  G_OBJECT_CLASS (gbx_display_screen_parent_class)->dispose (object);
}

static void
gbx_display_screen_finalize (GObject *object)
{
  g_clear_error (&GBX_DISPLAY_SCREEN (object)->error);
  g_clear_pointer (&GBX_DISPLAY_SCREEN (object)->still, cairo_surface_destroy);
  G_OBJECT_CLASS (gbx_display_screen_parent_class)->finalize (object);
}

static void
gbx_display_screen_class_init (GbxDisplayScreenClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = gbx_display_screen_get_property;
  object_class->dispose = gbx_display_screen_dispose;
  object_class->finalize = gbx_display_screen_finalize;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, GBX_DISPLAY_FAILED, 0, flags);
  props[PROP_WEAKNESS] = g_param_spec_string ("weakness", NULL, NULL, NULL, flags);
  props[PROP_DESKTOP_WIDTH]
      = g_param_spec_uint ("desktop-width", NULL, NULL, 0, GBX_DISPLAY_LONGEST, 0, flags);
  props[PROP_DESKTOP_HEIGHT]
      = g_param_spec_uint ("desktop-height", NULL, NULL, 0, GBX_DISPLAY_LONGEST, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
#define SIGNAL(name, ...)                                                                          \
  g_signal_new (name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, __VA_ARGS__)
  signals[DAMAGED] = SIGNAL ("damaged", 1, GDK_TYPE_RECTANGLE);
  signals[CURSOR] = SIGNAL ("cursor", 4, G_TYPE_UINT, GDK_TYPE_PIXBUF, G_TYPE_INT, G_TYPE_INT);
  signals[TURN_DONE] = SIGNAL ("turn-done", 1, G_TYPE_BOOLEAN);
  signals[BEGUN] = SIGNAL ("begun", 0);
#undef SIGNAL
}

static void
gbx_display_screen_init (GbxDisplayScreen *self)
{
}

/* ------------------------------------------------------------- public -- */

GbxDisplayScreen *
gbx_display_screen_new (GbxDisplayProtocol protocol)
{
  GbxDisplayScreen *self = g_object_new (GBX_TYPE_DISPLAY_SCREEN, NULL);

  self->protocol = protocol;
  return self;
}

GbxDisplayState
gbx_display_screen_get_state (GbxDisplayScreen *self)
{
  return self->state;
}

const GError *
gbx_display_screen_get_error (GbxDisplayScreen *self)
{
  return self->error;
}

const char *
gbx_display_screen_get_weakness (GbxDisplayScreen *self)
{
  return self->weakness;
}

void
gbx_display_screen_set_strict (GbxDisplayScreen *self, gboolean strict)
{
  self->strict = strict;
}

void
gbx_display_screen_get_size (GbxDisplayScreen *self, guint *width, guint *height)
{
  *width = self->width;
  *height = self->height;
}

GbxSandbox *
gbx_display_screen_get_sandbox (GbxDisplayScreen *self)
{
  return self->sandbox;
}

GbxDisplayClient *
gbx_display_screen_get_client (GbxDisplayScreen *self)
{
  return self->client;
}

cairo_surface_t *
gbx_display_screen_get_surface (GbxDisplayScreen *self)
{
  if (self->still)
    return self->still;
  return self->client && self->state != GBX_DISPLAY_FAILED
             ? gbx_display_picture_get_surface (gbx_display_client_get_picture (self->client))
             : NULL;
}

static cairo_surface_t *
copy_surface (cairo_surface_t *surface, guint width, guint height)
{
  cairo_surface_t *copy = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)width, (int)height);
  cairo_t *cr = cairo_create (copy);

  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  return copy;
}

void
gbx_display_screen_set_frozen (GbxDisplayScreen *self, gboolean frozen)
{
  cairo_surface_t *surface = gbx_display_screen_get_surface (self);
  GdkRectangle all = { 0, 0, (int)self->width, (int)self->height };

  if (frozen == (self->still != NULL))
    return;
  if (frozen)
    {
      if (surface)
        self->still = copy_surface (surface, self->width, self->height);
      return;
    }
  g_clear_pointer (&self->still, cairo_surface_destroy);
  if (self->client)
    follow_size (self);
  all.width = (int)self->width;
  all.height = (int)self->height;
  g_signal_emit (self, signals[DAMAGED], 0, &all);
}
