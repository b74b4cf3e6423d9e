/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-leftover"
#include "config.h"

#include "gbx-leftover.h"

#include "gbx-files-task.h"

#include <glib/gi18n.h>

struct _GbxLeftover
{
  GObject parent_instance;

  GbxSandbox *sandbox; /* (nullable) */
  gulong handler;
  GCancellable *search; /* (nullable): while it looks */
  gboolean attended;
  GPtrArray *files; /* (nullable) */
  gboolean more;
  GError *error; /* (nullable) */
};

enum
{
  FOUND,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxLeftover, gbx_leftover, G_TYPE_OBJECT)

static gboolean
is_on (GbxPolicy *policy, const char *key)
{
  g_autoptr (GVariant) value = gbx_policy_dup_value (policy, key);

  return g_variant_get_boolean (value);
}

gboolean
gbx_leftover_is_possible (GbxPolicy *policy)
{
  g_autoptr (GVariant) home = gbx_policy_dup_value (policy, "files.home");

  return !g_str_equal (g_variant_get_string (home, NULL), "private")
         && !is_on (policy, "lifecycle.discard");
}

/* ---------------------------------------------------------------- looking -- */

static void
forget (GbxLeftover *self)
{
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_error (&self->error);
  self->more = FALSE;
}

/* In one line, for whoever reads the output of a script. */
static void
tell_loss (GbxLeftover *self)
{
  g_autofree char *words = NULL;

  if (self->error)
    {
      g_printerr ("glovebox: %s: %s\n",
                  _ ("Files in the temporary home may have been lost"), self->error->message);
      return;
    }
  words = gbx_files_describe (self->files, self->more);
  /* Translators: %s is a number and names, as in “2 files: a.txt, b.odt”. */
  g_printerr (_ ("glovebox: the temporary home was thrown away with %s\n"), words);
}

static void
decide (GbxLeftover *self)
{
  if (self->files && self->files->len == 0 && !self->more)
    gbx_sandbox_release (self->sandbox);
  else if (self->attended)
    g_signal_emit (self, signals[FOUND], 0);
  else
    {
      tell_loss (self);
      gbx_sandbox_release (self->sandbox);
    }
}

static void
list_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxLeftover) self = data;
  g_autoptr (GError) error = NULL;
  gboolean more;
  g_autoptr (GPtrArray) files = gbx_files_list_finish (result, &more, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->search);
  if (!gbx_sandbox_get_holding (self->sandbox))
    return;
  self->files = g_steal_pointer (&files);
  self->more = more;
  self->error = g_steal_pointer (&error);
  decide (self);
}

static void
stop_search (GbxLeftover *self)
{
  if (self->search)
    g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
}

static void
search (GbxLeftover *self)
{
  int fd;

  forget (self);
  fd = gbx_sandbox_open_files (self->sandbox, FALSE, &self->error);
  if (fd < 0)
    {
      decide (self);
      return;
    }
  self->search = g_cancellable_new ();
  gbx_files_list_async (fd, self->search, list_cb, g_object_ref (self));
}

static void
on_holding (GbxLeftover *self)
{
  stop_search (self);
  if (gbx_sandbox_get_holding (self->sandbox))
    search (self);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_leftover_dispose (GObject *object)
{
  GbxLeftover *self = GBX_LEFTOVER (object);

  stop_search (self);
  g_clear_signal_handler (&self->handler, self->sandbox);
  g_clear_object (&self->sandbox);
  forget (self);
  G_OBJECT_CLASS (gbx_leftover_parent_class)->dispose (object);
}

static void
gbx_leftover_class_init (GbxLeftoverClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_leftover_dispose;
  signals[FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
gbx_leftover_init (GbxLeftover *self)
{
  self->attended = TRUE;
}

GbxLeftover *
gbx_leftover_new (void)
{
  return g_object_new (GBX_TYPE_LEFTOVER, NULL);
}

void
gbx_leftover_watch (GbxLeftover *self, GbxSandbox *sandbox)
{
  stop_search (self);
  forget (self);
  if (self->sandbox)
    g_clear_signal_handler (&self->handler, self->sandbox);
  g_set_object (&self->sandbox, sandbox);
  self->handler = g_signal_connect_swapped (sandbox, "notify::holding", G_CALLBACK (on_holding),
                                            self);
}

void
gbx_leftover_set_attended (GbxLeftover *self, gboolean attended)
{
  if (self->attended == attended)
    return;
  self->attended = attended;
  /* Somebody was asked who does not answer any more. */
  if (!attended && self->sandbox && gbx_sandbox_get_holding (self->sandbox) && !self->search)
    decide (self);
}

void
gbx_leftover_release (GbxLeftover *self)
{
  if (self->sandbox)
    gbx_sandbox_release (self->sandbox);
}

GPtrArray *
gbx_leftover_get_files (GbxLeftover *self, gboolean *more)
{
  *more = self->more;
  return self->files;
}

const GError *
gbx_leftover_get_error (GbxLeftover *self)
{
  return self->error;
}
