/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launcher"

#include "config.h"

#include "gbx-launcher-private.h"

#include "gbx-policy-private.h"
#include "gbx-sweep.h"

#include <unistd.h>

G_DEFINE_FINAL_TYPE (GbxLauncher, gbx_launcher, G_TYPE_OBJECT)

/* ------------------------------------------------------------- workers -- */

static void
prepare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  /* What the dead have left must not be in the way, and is no reason to fail. */
  if (gbx_runtime_count_dead () > 0)
    gbx_sweep (cancellable, NULL);
  if (gbx_launch_prepare (source, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
boot_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GbxLauncher *self = source;
  GError *error = NULL;
  int fd;

  self->plan->accelerator = GPOINTER_TO_UINT (data);
  gbx_runtime_write_state (self->runtime, gbx_policy_get_title (self->policy), self->plan->uuid,
                           self->plan->accelerator == GBX_ACCELERATOR_KVM ? "kvm" : "tcg", NULL);
  fd = gbx_launch_boot (self, &error);
  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

typedef struct
{
  GbxVirt *connection;
  char *uuid;
} Interruption;

static gpointer
interrupt_thread (gpointer user_data)
{
  Interruption *interruption = user_data;

  gbx_virt_destroy (interruption->connection, interruption->uuid, NULL);
  gbx_virt_unref (interruption->connection);
  g_free (interruption->uuid);
  g_free (interruption);
  return NULL;
}

void
gbx_launcher_interrupt_boot (GbxLauncher *self)
{
  Interruption *interruption = g_new (Interruption, 1);

  interruption->connection = gbx_virt_ref (self->connection);
  interruption->uuid = g_strdup (self->plan->uuid);
  g_thread_unref (g_thread_new ("glovebox-interrupt", interrupt_thread, interruption));
}

static void
clean_up_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (gbx_launch_clean_up (source, GPOINTER_TO_INT (data), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ------------------------------------------------------------ graphics -- */

/* The clean-up may run meanwhile: this works on references of its own. */
static void
open_graphics_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GbxLauncher *self = source;
  GError *error = NULL;
  int fd = gbx_virt_open_graphics (data, self->plan->uuid, &error);

  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_launcher_finalize (GObject *object)
{
  GbxLauncher *self = GBX_LAUNCHER (object);

  gbx_launch_join_root (self, NULL);
  if (self->process >= 0)
    close (self->process);
  /* The domain first, which ends with its connection: it may write in the folder. */
  g_clear_pointer (&self->connection, gbx_virt_unref);
  g_clear_pointer (&self->network, gbx_network_helper_stop);
  g_clear_pointer (&self->runtime, gbx_runtime_free);
  g_clear_pointer (&self->identity, gbx_identity_free);
  g_clear_pointer (&self->keyboard, gbx_keyboard_free);
  g_clear_pointer (&self->plan, gbx_launch_plan_free);
  g_clear_object (&self->backend);
  g_clear_pointer (&self->policy, gbx_policy_unref);
  G_OBJECT_CLASS (gbx_launcher_parent_class)->finalize (object);
}

static void
gbx_launcher_class_init (GbxLauncherClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_launcher_finalize;
}

static void
gbx_launcher_init (GbxLauncher *self)
{
  self->process = -1;
}

GbxLauncher *
gbx_launcher_new (GbxPolicy *policy)
{
  GbxLauncher *self = g_object_new (GBX_TYPE_LAUNCHER, NULL);

  self->policy = gbx_policy_ref (policy);
  self->backend = gbx_backend_qemu_new ();
  self->plan = gbx_launch_plan_new (policy);
  self->keyboard = gbx_keyboard_new_for_host ();
  return self;
}

static void
run (GbxLauncher *self, GTaskThreadFunc func, gpointer data, GDestroyNotify free_data,
     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  /* A result that came despite the cancelling is the caller's to undo. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, free_data);
  g_task_run_in_thread (task, func);
}

void
gbx_launcher_prepare_async (GbxLauncher *self, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  run (self, prepare_thread, NULL, NULL, cancellable, callback, user_data);
}

gboolean
gbx_launcher_prepare_finish (GbxLauncher *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gbx_launcher_boot_async (GbxLauncher *self, GbxAccelerator accelerator, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  run (self, boot_thread, GUINT_TO_POINTER (accelerator), NULL, cancellable, callback, user_data);
}

int
gbx_launcher_boot_finish (GbxLauncher *self, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

void
gbx_launcher_clean_up_async (GbxLauncher *self, gboolean powered_off, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  run (self, clean_up_thread, GINT_TO_POINTER (powered_off), NULL, NULL, callback, user_data);
}

gboolean
gbx_launcher_clean_up_finish (GbxLauncher *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gbx_launcher_open_graphics_async (GbxLauncher *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  run (self, open_graphics_thread, gbx_virt_ref (self->connection),
       (GDestroyNotify) gbx_virt_unref, cancellable, callback, user_data);
}

int
gbx_launcher_open_graphics_finish (GbxLauncher *self, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

GbxLaunchPlan *
gbx_launcher_get_plan (GbxLauncher *self)
{
  return self->plan;
}

void
gbx_launcher_set_keyboard (GbxLauncher *self, GbxKeyboard *keyboard)
{
  if (!keyboard)
    return;
  gbx_keyboard_free (self->keyboard);
  self->keyboard = gbx_keyboard_copy (keyboard);
}

GbxKeyboard *
gbx_launcher_get_keyboard (GbxLauncher *self)
{
  return self->keyboard;
}

GbxIdentity *
gbx_launcher_get_identity (GbxLauncher *self)
{
  return self->identity;
}
