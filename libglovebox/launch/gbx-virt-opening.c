/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-virt-opening"

#include "config.h"

#include "gbx-virt-opening.h"

#include "gbx-error.h"
#include "gbx-virt-containers.h"

#include <glib/gi18n-lib.h>

/* Starting a daemon takes three seconds. */
#define REACH_SECONDS 30
/* The longest delay of a cancellation. */
#define STEP_MS 100

/* Shared with the thread that connects. */
struct _GbxVirtOpening
{
  gatomicrefcount references;
  char *uri;
  GMutex mutex;
  GCond done;
  gboolean is_done;
  GbxVirt *connection;
  GError *error;
};

void
gbx_virt_opening_unref (GbxVirtOpening *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->done);
  g_clear_pointer (&self->connection, gbx_virt_unref);
  g_clear_error (&self->error);
  g_free (self->uri);
  g_free (self);
}

static gpointer
connect_thread (gpointer user_data)
{
  GbxVirtOpening *self = user_data;
  GError *error = NULL;
  GbxVirt *connection = gbx_virt_open (self->uri, &error);

  g_mutex_lock (&self->mutex);
  self->connection = connection;
  self->error = error;
  self->is_done = TRUE;
  g_cond_signal (&self->done);
  g_mutex_unlock (&self->mutex);
  gbx_virt_opening_unref (self);
  return NULL;
}

GbxVirtOpening *
gbx_virt_opening_begin (const char *uri)
{
  GbxVirtOpening *self = g_new0 (GbxVirtOpening, 1);

  g_atomic_ref_count_init (&self->references);
  g_atomic_ref_count_inc (&self->references);
  self->uri = g_strdup (uri);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->done);
  g_thread_unref (g_thread_new ("glovebox-connect", connect_thread, self));
  return self;
}

static void
await (GbxVirtOpening *self, GCancellable *cancellable)
{
  gint64 deadline = g_get_monotonic_time () + REACH_SECONDS * G_TIME_SPAN_SECOND;

  while (!self->is_done && g_get_monotonic_time () < deadline &&
         !g_cancellable_is_cancelled (cancellable))
    g_cond_wait_until (&self->done, &self->mutex,
                       g_get_monotonic_time () + STEP_MS * G_TIME_SPAN_MILLISECOND);
}

GbxVirt *
gbx_virt_opening_end (GbxVirtOpening *self, GCancellable *cancellable, GError **error)
{
  GbxVirt *connection;

  g_mutex_lock (&self->mutex);
  await (self, cancellable);
  connection = g_steal_pointer (&self->connection);
  if (self->error)
    g_propagate_error (error, g_steal_pointer (&self->error));
  else if (!connection && !g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
                 gbx_virt_uri_is_of_containers (self->uri)
                     ? _ ("libvirt at %s has not answered for %d seconds; start its daemon again "
                          "(systemctl restart libvirtd), and try again")
                     : _ ("libvirt at %s has not answered for %d seconds; end its daemon, as with "
                          "“pkill libvirtd”, and try again"),
                 self->uri, REACH_SECONDS);
  g_mutex_unlock (&self->mutex);
  gbx_virt_opening_unref (self);
  return connection;
}
