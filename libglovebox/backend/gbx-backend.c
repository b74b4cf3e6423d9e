/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-backend"

#include "config.h"

#include "gbx-backend.h"

#include "gbx-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <unistd.h>

typedef struct
{
  GbxKeyboard *keyboard; /* (nullable) */
  GbxAppearance *appearance; /* (nullable) */
  guint scale;
  GMutex publishing;
  const char *condition; /* a constant: to be published */
} GbxBackendPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GbxBackend, gbx_backend, G_TYPE_OBJECT)

#define PRIVATE(self) ((GbxBackendPrivate *) gbx_backend_get_instance_private (self))
#define CLASS(self) GBX_BACKEND_GET_CLASS (self)

static void
gbx_backend_finalize (GObject *object)
{
  g_clear_pointer (&PRIVATE (GBX_BACKEND (object))->keyboard, gbx_keyboard_free);
  g_clear_pointer (&PRIVATE (GBX_BACKEND (object))->appearance, gbx_appearance_unref);
  g_mutex_clear (&PRIVATE (GBX_BACKEND (object))->publishing);
  G_OBJECT_CLASS (gbx_backend_parent_class)->finalize (object);
}

static gboolean
gbx_backend_real_change (GbxBackend *self, const GbxSetting *setting, GVariant *value,
                         GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("%s cannot be changed while the sandbox runs: it holds from the next start on "
                  "if it is in the profile"),
               setting->key);
  return FALSE;
}

static gboolean
gbx_backend_real_measure (GbxBackend *self, GbxUsage *usage, GError **error)
{
  return TRUE;
}

static void
gbx_backend_class_init (GbxBackendClass *klass)
{
  klass->change = gbx_backend_real_change;
  klass->measure = gbx_backend_real_measure;
  G_OBJECT_CLASS (klass)->finalize = gbx_backend_finalize;
}

static void
gbx_backend_init (GbxBackend *self)
{
  PRIVATE (self)->scale = 1;
  g_mutex_init (&PRIVATE (self)->publishing);
}

void
gbx_backend_set_keyboard (GbxBackend *self, GbxKeyboard *keyboard)
{
  g_clear_pointer (&PRIVATE (self)->keyboard, gbx_keyboard_free);
  PRIVATE (self)->keyboard = keyboard ? gbx_keyboard_copy (keyboard) : NULL;
}

GbxKeyboard *
gbx_backend_get_keyboard (GbxBackend *self)
{
  return PRIVATE (self)->keyboard;
}

void
gbx_backend_set_appearance (GbxBackend *self, GbxAppearance *appearance)
{
  g_clear_pointer (&PRIVATE (self)->appearance, gbx_appearance_unref);
  PRIVATE (self)->appearance = appearance ? gbx_appearance_ref (appearance) : NULL;
}

GbxAppearance *
gbx_backend_get_appearance (GbxBackend *self)
{
  return PRIVATE (self)->appearance;
}

void
gbx_backend_set_scale (GbxBackend *self, guint scale)
{
  PRIVATE (self)->scale = scale;
}

guint
gbx_backend_get_scale (GbxBackend *self)
{
  return PRIVATE (self)->scale;
}

/* ------------------------------------------------------------- workers -- */

static void
run (GbxBackend *self, GTaskThreadFunc func, gpointer data, GCancellable *cancellable,
     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  /* If the operation succeeds although it was cancelled, the caller must undo it. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, NULL);
  g_task_run_in_thread (task, func);
}

static void
return_boolean (GTask *task, gboolean done, GError *error)
{
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
return_fd (GTask *task, int fd, GError *error)
{
  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

static void
prepare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  gboolean prepared = CLASS (source)->prepare (source, cancellable, &error);

  return_boolean (task, prepared, error);
}

void
gbx_backend_prepare_async (GbxBackend *self, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data)
{
  run (self, prepare_thread, NULL, cancellable, callback, user_data);
}

gboolean
gbx_backend_prepare_finish (GbxBackend *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static int
start_and_accept (GbxBackend *self, GCancellable *cancellable, GError **error)
{
  if (!CLASS (self)->start (self, cancellable, error))
    return -1;
  return CLASS (self)->accept_console (self, cancellable, error);
}

static void
start_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  int fd = start_and_accept (source, cancellable, &error);

  return_fd (task, fd, error);
}

void
gbx_backend_start_async (GbxBackend *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  run (self, start_thread, NULL, cancellable, callback, user_data);
}

int
gbx_backend_start_finish (GbxBackend *self, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

static void
end_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  gboolean powered_off = GPOINTER_TO_INT (data), ended;
  GError *error = NULL;

  g_task_set_task_data (task, powered_off ? NULL : CLASS (source)->dup_log (source), g_free);
  ended = CLASS (source)->end (source, powered_off, &error);
  return_boolean (task, ended, error);
}

void
gbx_backend_end_async (GbxBackend *self, gboolean powered_off, GAsyncReadyCallback callback,
                       gpointer user_data)
{
  run (self, end_thread, GINT_TO_POINTER (powered_off), NULL, callback, user_data);
}

gboolean
gbx_backend_end_finish (GbxBackend *self, GAsyncResult *result, char **log, GError **error)
{
  *log = g_strdup (g_task_get_task_data (G_TASK (result)));
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
open_display_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  int fd = CLASS (source)->open_display (source, cancellable, &error);

  return_fd (task, fd, error);
}

void
gbx_backend_open_display_async (GbxBackend *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  run (self, open_display_thread, NULL, cancellable, callback, user_data);
}

int
gbx_backend_open_display_finish (GbxBackend *self, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

static void
set_paused_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  gboolean done = CLASS (source)->set_paused (source, GPOINTER_TO_INT (data), &error);

  return_boolean (task, done, error);
}

void
gbx_backend_set_paused_async (GbxBackend *self, gboolean paused, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  run (self, set_paused_thread, GINT_TO_POINTER (paused), NULL, callback, user_data);
}

gboolean
gbx_backend_set_paused_finish (GbxBackend *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  const GbxSetting *setting;
  GVariant *value;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_variant_unref (change->value);
  g_free (change);
}

static void
change_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Change *change = data;
  GError *error = NULL;
  gboolean done = CLASS (source)->change (source, change->setting, change->value, &error);

  return_boolean (task, done, error);
}

void
gbx_backend_change_async (GbxBackend *self, const GbxSetting *setting, GVariant *value,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Change *change = g_new0 (Change, 1);

  change->setting = setting;
  change->value = g_variant_ref_sink (value);
  g_task_set_task_data (task, change, change_free);
  g_task_run_in_thread (task, change_thread);
}

gboolean
gbx_backend_change_finish (GbxBackend *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
measure_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  gboolean done = CLASS (source)->measure (source, data, &error);

  ((GbxUsage *) data)->measured_at = g_get_monotonic_time ();
  return_boolean (task, done, error);
}

void
gbx_backend_measure_async (GbxBackend *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, g_new0 (GbxUsage, 1), g_free);
  g_task_run_in_thread (task, measure_thread);
}

gboolean
gbx_backend_measure_finish (GbxBackend *self, GAsyncResult *result, GbxUsage *usage,
                            GError **error)
{
  *usage = *(GbxUsage *) g_task_get_task_data (G_TASK (result));
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* A separate thread, because all worker threads of GTask may be waiting for libvirt. */
static gpointer
interrupt_thread (gpointer user_data)
{
  g_autoptr (GbxBackend) self = user_data;

  CLASS (self)->interrupt (self);
  return NULL;
}

void
gbx_backend_interrupt (GbxBackend *self)
{
  g_thread_unref (g_thread_new ("glovebox-interrupt", interrupt_thread, g_object_ref (self)));
}

static void
publish_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GbxBackendPrivate *private = PRIVATE (source);

  /* Two threads may come in any order: the latest condition counts. */
  g_mutex_lock (&private->publishing);
  CLASS (source)->publish (source, g_atomic_pointer_get (&private->condition));
  g_mutex_unlock (&private->publishing);
  g_task_return_boolean (task, TRUE);
}

void
gbx_backend_publish (GbxBackend *self, const char *condition)
{
  g_atomic_pointer_set (&PRIVATE (self)->condition, condition);
  run (self, publish_thread, NULL, NULL, NULL, NULL);
}

static void
confirm_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  CLASS (source)->confirm (source);
  g_task_return_boolean (task, TRUE);
}

void
gbx_backend_confirm (GbxBackend *self)
{
  run (self, confirm_thread, NULL, NULL, NULL, NULL);
}

/* -------------------------------------------------------- main context -- */

const char *
gbx_backend_get_name (GbxBackend *self)
{
  return CLASS (self)->get_name (self);
}

GbxAccelerator
gbx_backend_get_accelerator (GbxBackend *self)
{
  return CLASS (self)->get_accelerator (self);
}

const char *const *
gbx_backend_get_weaknesses (GbxBackend *self)
{
  return CLASS (self)->get_weaknesses (self);
}

gboolean
gbx_backend_fall_back (GbxBackend *self, GbxFault fault, const GError *cause, GError **error)
{
  return CLASS (self)->fall_back (self, fault, cause, error);
}

guint
gbx_backend_get_patience (GbxBackend *self, GbxWait wait)
{
  return CLASS (self)->get_patience (self, wait);
}

GbxGuestRequest *
gbx_backend_create_request (GbxBackend *self, GError **error)
{
  return CLASS (self)->create_request (self, error);
}

void
gbx_backend_power_off (GbxBackend *self)
{
  CLASS (self)->power_off (self);
}

char *
gbx_backend_describe_trouble (GbxBackend *self)
{
  return CLASS (self)->describe_trouble (self);
}

char *
gbx_backend_dup_remark (GbxBackend *self)
{
  return CLASS (self)->dup_remark (self);
}

gboolean
gbx_backend_has_lost_share (GbxBackend *self)
{
  return CLASS (self)->has_lost_share && CLASS (self)->has_lost_share (self);
}

/* ------------------------------------------------------------ blocking -- */

char *
gbx_backend_describe (GbxBackend *self, GError **error)
{
  return CLASS (self)->describe (self, error);
}

/* Any byte from the guest counts; the session would check it. */
static gboolean
await_first_byte (GbxBackend *self, int console, GCancellable *cancellable, GError **error)
{
  struct pollfd fds[2] = { { console, POLLIN, 0 }, { -1, POLLIN, 0 } };
  int patience = gbx_backend_get_patience (self, GBX_WAIT_HELLO), ready;
  char byte;

  if (cancellable)
    fds[1].fd = g_cancellable_get_fd (cancellable);
  do
    ready = poll (fds, G_N_ELEMENTS (fds), patience);
  while (ready < 0 && errno == EINTR);
  if (cancellable)
    g_cancellable_release_fd (cancellable);
  if (fds[0].revents && read (console, &byte, 1) == 1)
    return TRUE;
  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_GUEST,
                         ready == 0 ? _ ("The guest does not answer; the kernel may be "
                                         "unsuitable")
                                    : _ ("The sandbox ended at once"));
  return FALSE;
}

gboolean
gbx_backend_try (GbxBackend *self, GCancellable *cancellable, GError **error)
{
  gboolean answered = FALSE;
  int console = -1;

  if (CLASS (self)->prepare (self, cancellable, error))
    console = start_and_accept (self, cancellable, error);
  if (console >= 0)
    {
      answered = await_first_byte (self, console, cancellable, error);
      close (console);
    }
  return CLASS (self)->end (self, FALSE, answered ? error : NULL) && answered;
}
