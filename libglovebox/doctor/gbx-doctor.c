/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-doctor"
#include "config.h"

#include "gbx-doctor.h"

#include <glib/gi18n-lib.h>

#include "gbx-doctor-private.h"
#include "gbx-sweep.h"

/* A check that hangs is reported as such: a stuck libvirtd must not block the others. */
#define DEADLINE_MS 60000

struct _GbxDoctor
{
  GObject parent_instance;

  const GbxCheckup *checkups; /* static */
  gsize n_checkups;
  guint deadline_ms;
  GPtrArray *checks; /* of GbxCheck */
};

enum
{
  SIGNAL_CHECKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxDoctor, gbx_doctor, G_TYPE_OBJECT)
G_DEFINE_BOXED_TYPE (GbxCheck, gbx_check, gbx_check_copy, gbx_check_free)

/* In the order in which a launch needs them. */
static const GbxCheckup all_checkups[] = {
  { "libvirt", N_ ("libvirt"), gbx_check_libvirt },
  { "qemu", N_ ("QEMU"), gbx_check_qemu },
  { "devices", N_ ("QEMU’s devices"), gbx_check_devices },
  { "storage", N_ ("Storage"), gbx_check_storage },
  { "confinement", N_ ("Confinement"), gbx_check_confinement },
  { "kernel", N_ ("Kernel"), gbx_check_kernel },
  { "modules", N_ ("Kernel modules"), gbx_check_modules },
  { "xorg", N_ ("Xorg"), gbx_check_xorg },
  { "kvm", N_ ("KVM"), gbx_check_kvm },
  { "network", N_ ("Network"), gbx_check_network },
  { "memory", N_ ("Memory"), gbx_check_memory },
  { "limits", N_ ("Limits"), gbx_check_limits },
  { "homes", N_ ("Kept homes"), gbx_check_homes },
  { "containers", N_ ("Containers"), gbx_check_containers },
  { "leftovers", N_ ("Leftovers"), gbx_check_leftovers },
  { "trial", N_ ("A sandbox"), gbx_check_trial },
};

/* Those that only look, and start neither a daemon nor a guest. */
static const GbxCheckup quick_checkups[] = {
  { "libvirt", N_ ("libvirt"), gbx_check_libvirt_installed },
  { "qemu", N_ ("QEMU"), gbx_check_qemu },
  { "storage", N_ ("Storage"), gbx_check_storage },
  { "confinement", N_ ("Confinement"), gbx_check_confinement },
  { "xorg", N_ ("Xorg"), gbx_check_xorg },
  { "network", N_ ("Network"), gbx_check_network },
  { "memory", N_ ("Memory"), gbx_check_memory },
};

/* ----------------------------------------------------------------- check -- */

static GbxCheck *
check_new (const GbxCheckup *checkup)
{
  GbxCheck *self = g_new0 (GbxCheck, 1);

  self->id = g_strdup (checkup->id);
  self->title = g_strdup (_ (checkup->title));

  return self;
}

/**
 * gbx_check_copy:
 * @self: a check
 *
 * Copies a check.
 *
 * Returns: (transfer full): the copy
 */
GbxCheck *
gbx_check_copy (GbxCheck *self)
{
  GbxCheck *copy = g_new0 (GbxCheck, 1);

  copy->id = g_strdup (self->id);
  copy->title = g_strdup (self->title);
  copy->result = self->result;
  copy->explanation = g_strdup (self->explanation);
  copy->command = g_strdup (self->command);

  return copy;
}

/**
 * gbx_check_free:
 * @self: (transfer full): a check
 *
 * Frees a check.
 */
void
gbx_check_free (GbxCheck *self)
{
  g_free (self->id);
  g_free (self->title);
  g_free (self->explanation);
  g_free (self->command);
  g_free (self);
}

static void
set_result (GbxCheck *self, GbxCheckResult result, char *explanation, char *command)
{
  g_free (self->explanation);
  g_free (self->command);
  self->result = result;
  self->explanation = explanation;
  self->command = command;
}

void
gbx_check_set_ok (GbxCheck *self, char *explanation)
{
  set_result (self, GBX_CHECK_OK, explanation, NULL);
}

void
gbx_check_set_warning (GbxCheck *self, char *explanation, char *command)
{
  set_result (self, GBX_CHECK_WARNING, explanation, command);
}

void
gbx_check_set_problem (GbxCheck *self, char *explanation, char *command)
{
  set_result (self, GBX_CHECK_PROBLEM, explanation, command);
}

/* --------------------------------------------------------------- one run -- */

typedef struct
{
  gsize next; /* the checkup under way */
  GCancellable *current;
  guint deadline; /* source */
  gulong chained; /* to the caller's cancellable */
} Run;

static void
run_free (Run *run)
{
  g_clear_object (&run->current);
  g_free (run);
}

static void start_next (GTask *task);

static void
check_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const GbxCheckup *checkup = task_data;
  g_autoptr (GbxCheck) check = check_new (checkup);

  checkup->run (check, cancellable);
  g_task_return_pointer (task, g_steal_pointer (&check), (GDestroyNotify)gbx_check_free);
}

static gboolean
on_deadline (gpointer user_data)
{
  Run *run = user_data;

  run->deadline = 0;
  g_cancellable_cancel (run->current);

  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer current)
{
  g_cancellable_cancel (current);
}

static void
end_check (GTask *task, Run *run)
{
  g_cancellable_disconnect (g_task_get_cancellable (task), run->chained);
  run->chained = 0;
  g_clear_handle_id (&run->deadline, g_source_remove);
  g_clear_object (&run->current);
}

static void
check_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GbxDoctor *self = GBX_DOCTOR (source);
  Run *run = g_task_get_task_data (task);
  GbxCheck *check = g_task_propagate_pointer (G_TASK (result), NULL);

  end_check (task, run);
  if (g_task_return_error_if_cancelled (task))
    {
      g_clear_pointer (&check, gbx_check_free);
      return;
    }

  if (check == NULL)
    {
      check = check_new (&self->checkups[run->next]);
      gbx_check_set_problem (check,
                             g_strdup_printf (_ ("It did not answer within %u seconds."),
                                              (self->deadline_ms + 999) / 1000),
                             NULL);
    }
  g_ptr_array_add (self->checks, check);
  g_signal_emit (self, signals[SIGNAL_CHECKED], 0, check);

  run->next++;
  start_next (task);
}

static void
start_next (GTask *task)
{
  GbxDoctor *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr (GTask) check = NULL;

  if (run->next == self->n_checkups)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  run->current = g_cancellable_new ();
  check = g_task_new (self, run->current, check_cb, g_object_ref (task));
  g_task_set_task_data (check, (gpointer)&self->checkups[run->next], NULL);
  /* The thread of a hanging check is abandoned; its result is dropped. */
  g_task_set_return_on_cancel (check, TRUE);
  run->deadline = g_timeout_add (self->deadline_ms, on_deadline, run);
  g_task_run_in_thread (check, check_thread);
  if (g_task_get_cancellable (task) != NULL)
    run->chained = g_cancellable_connect (g_task_get_cancellable (task), G_CALLBACK (on_cancelled),
                                          g_object_ref (run->current), g_object_unref);
}

/* --------------------------------------------------------------- GObject -- */

static void
gbx_doctor_finalize (GObject *object)
{
  GbxDoctor *self = GBX_DOCTOR (object);

  g_ptr_array_unref (self->checks);

  G_OBJECT_CLASS (gbx_doctor_parent_class)->finalize (object);
}

static void
gbx_doctor_class_init (GbxDoctorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_doctor_finalize;

  /**
   * GbxDoctor::checked:
   * @self: the doctor
   * @check: what was found
   *
   * One more check has run.
   */
  signals[SIGNAL_CHECKED]
      = g_signal_new ("checked", GBX_TYPE_DOCTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, GBX_TYPE_CHECK | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
gbx_doctor_init (GbxDoctor *self)
{
  self->checks = g_ptr_array_new_with_free_func ((GDestroyNotify)gbx_check_free);
}

/* ---------------------------------------------------------------- public -- */

GbxDoctor *
gbx_doctor_new_with (const GbxCheckup *checkups, gsize n, guint deadline_ms)
{
  GbxDoctor *self = g_object_new (GBX_TYPE_DOCTOR, NULL);

  self->checkups = checkups;
  self->n_checkups = n;
  self->deadline_ms = deadline_ms;

  return self;
}

/**
 * gbx_doctor_new:
 * Creates a doctor that makes all checks, up to a trial launch.
 *
 * Returns: (transfer full): a doctor that has checked nothing yet
 */
GbxDoctor *
gbx_doctor_new (void)
{
  return gbx_doctor_new_with (all_checkups, G_N_ELEMENTS (all_checkups), DEADLINE_MS);
}

/**
 * gbx_doctor_new_quick:
 * Creates a doctor that checks in less than a second what is usually missing on a new computer.
 *
 * Returns: (transfer full): a doctor that has checked nothing yet
 */
GbxDoctor *
gbx_doctor_new_quick (void)
{
  return gbx_doctor_new_with (quick_checkups, G_N_ELEMENTS (quick_checkups), DEADLINE_MS);
}

/**
 * gbx_doctor_run_async:
 * @self: a doctor
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when all checks have run
 * @user_data: for the callback
 *
 * Makes the checks, each in a thread for at most a minute.  #GbxDoctor::checked tells of each.
 */
void
gbx_doctor_run_async (GbxDoctor *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task;

  g_return_if_fail (GBX_IS_DOCTOR (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_task_data (task, g_new0 (Run, 1), (GDestroyNotify)run_free);
  g_ptr_array_set_size (self->checks, 0);
  start_next (task);
  g_object_unref (task);
}

/**
 * gbx_doctor_run_finish:
 * @self: the doctor
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Finishes gbx_doctor_run_async().
 *
 * Returns: %TRUE when all checks have run, whatever they found: see gbx_doctor_can_launch(); %FALSE
 *   with %G_IO_ERROR_CANCELLED
 */
gboolean
gbx_doctor_run_finish (GbxDoctor *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gbx_doctor_can_launch:
 * @self: a doctor
 *
 * Tells whether no check has found a problem.
 *
 * Returns: whether a launch would work; %FALSE until all checks have run
 */
gboolean
gbx_doctor_can_launch (GbxDoctor *self)
{
  g_return_val_if_fail (GBX_IS_DOCTOR (self), FALSE);

  for (guint i = 0; i < self->checks->len; i++)
    if (((GbxCheck *)g_ptr_array_index (self->checks, i))->result == GBX_CHECK_PROBLEM)
      return FALSE;

  return self->checks->len == self->n_checkups;
}

/**
 * gbx_doctor_get_checks:
 * @self: a doctor
 *
 * Gets the results.
 *
 * Returns: (transfer none) (element-type GbxCheck): those so far
 */
GPtrArray *
gbx_doctor_get_checks (GbxDoctor *self)
{
  g_return_val_if_fail (GBX_IS_DOCTOR (self), NULL);
  return self->checks;
}

/**
 * gbx_doctor_clean:
 * @error: return location for a #GbxError
 *
 * Ends the domains of dead sandboxes and removes what they left, as every launch does.  Blocking,
 * for a worker thread.
 *
 * Returns: the number of these sandboxes; with %GBX_ERROR_HYPERVISOR or
 *   %GBX_ERROR_STORAGE, if something could not be removed
 */
guint
gbx_doctor_clean (GError **error)
{
  return gbx_sweep (NULL, error);
}
