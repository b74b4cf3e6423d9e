/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-closing"
#include "config.h"

#include "gbx-closing.h"

/* How long the application may take for its next step before its user is told. */
#define PATIENCE_MS 10000
/* After the answer to a question: until the windows are gone, or another question comes. */
#define SETTLE_MS 2000

struct _GbxClosing
{
  GObject parent_instance;

  GbxSandbox *sandbox; /* (nullable): while it waits */
  GbxClosingState state;
  guint newest;    /* the highest number of a window that was asked */
  guint n_asked;   /* windows, the last time */
  guint n_windows; /* now */
  gboolean was_question;
  guint patience_source;
  guint settle_source;
};

enum
{
  PROP_STATE = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (GbxClosing, gbx_closing, G_TYPE_OBJECT)

typedef struct
{
  guint n;
  guint newest;
  gboolean all_close;
} Windows;

static void
look_at_windows (GbxSandbox *sandbox, Windows *windows)
{
  g_autoptr (GVariant) list = gbx_sandbox_dup_windows (sandbox);
  GVariantIter iter;
  guint number;
  gboolean closes;

  *windows = (Windows){ .all_close = TRUE };
  g_variant_iter_init (&iter, list);
  while (g_variant_iter_next (&iter, "(u&sbb)", &number, NULL, &closes, NULL))
    {
      windows->n++;
      windows->newest = MAX (windows->newest, number);
      windows->all_close = windows->all_close && closes;
    }
}

static void
set_state (GbxClosing *self, GbxClosingState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static gboolean
on_impatient (gpointer data)
{
  GbxClosing *self = data;

  self->patience_source = 0;
  set_state (self, GBX_CLOSING_OVERDUE);
  return G_SOURCE_REMOVE;
}

static void
wait (GbxClosing *self)
{
  g_clear_handle_id (&self->patience_source, g_source_remove);
  self->patience_source = g_timeout_add (PATIENCE_MS, on_impatient, self);
  set_state (self, GBX_CLOSING_WAITING);
}

static void
ask (GbxClosing *self, const Windows *windows)
{
  self->newest = windows->newest;
  self->n_asked = self->n_windows = windows->n;
  self->was_question = FALSE;
  gbx_sandbox_close_windows (self->sandbox);
  wait (self);
}

/* The question has been answered.  An application that asks for each of its documents does not
 * listen for the others meanwhile, so its other windows are asked again. */
static gboolean
on_settled (gpointer data)
{
  GbxClosing *self = data;
  Windows windows;

  self->settle_source = 0;
  look_at_windows (self->sandbox, &windows);
  if (windows.n > 0 && windows.n < self->n_asked && windows.all_close)
    ask (self, &windows);
  else if (windows.n > 0)
    gbx_closing_end (self);
  else
    wait (self);
  return G_SOURCE_REMOVE;
}

static void
on_windows (GbxClosing *self)
{
  Windows windows;

  look_at_windows (self->sandbox, &windows);
  g_clear_handle_id (&self->settle_source, g_source_remove);
  if (windows.newest > self->newest)
    {
      self->was_question = TRUE;
      g_clear_handle_id (&self->patience_source, g_source_remove);
      set_state (self, GBX_CLOSING_ASKING);
    }
  else if (self->was_question)
    self->settle_source = g_timeout_add (SETTLE_MS, on_settled, self);
  else if (windows.n < self->n_windows)
    wait (self);
  self->n_windows = windows.n;
}

static void
on_state (GbxClosing *self)
{
  if (gbx_sandbox_get_state (self->sandbox) != GBX_SANDBOX_RUNNING)
    gbx_closing_end (self);
}

/* -------------------------------------------------------------- object -- */

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_STATE)
    g_value_set_int (value, GBX_CLOSING (object)->state);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
gbx_closing_dispose (GObject *object)
{
  gbx_closing_end (GBX_CLOSING (object));
  G_OBJECT_CLASS (gbx_closing_parent_class)->dispose (object);
}

static void
gbx_closing_class_init (GbxClosingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = get_property;
  object_class->dispose = gbx_closing_dispose;
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, GBX_CLOSING_NOT, GBX_CLOSING_OVERDUE,
                                        GBX_CLOSING_NOT, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
gbx_closing_init (GbxClosing *self)
{
}

GbxClosing *
gbx_closing_new (void)
{
  return g_object_new (GBX_TYPE_CLOSING, NULL);
}

gboolean
gbx_closing_begin (GbxClosing *self, GbxSandbox *sandbox)
{
  Windows windows;

  look_at_windows (sandbox, &windows);
  if (gbx_sandbox_get_state (sandbox) != GBX_SANDBOX_RUNNING || windows.n == 0
      || !windows.all_close)
    return FALSE;
  gbx_closing_end (self);
  self->sandbox = g_object_ref (sandbox);
  g_object_connect (sandbox, "swapped-object-signal::notify::windows", on_windows, self,
                    "swapped-object-signal::notify::state", on_state, self, NULL);
  ask (self, &windows);
  return TRUE;
}

void
gbx_closing_end (GbxClosing *self)
{
  g_clear_handle_id (&self->patience_source, g_source_remove);
  g_clear_handle_id (&self->settle_source, g_source_remove);
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_clear_object (&self->sandbox);
  set_state (self, GBX_CLOSING_NOT);
}

GbxClosingState
gbx_closing_get_state (GbxClosing *self)
{
  return self->state;
}
