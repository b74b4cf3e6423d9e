/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-qemu"

#include "config.h"

#include "gbx-qemu-backend.h"

#include "gbx-accelerator.h"
#include "gbx-domain-xml.h"
#include "gbx-emulator-log.h"
#include "gbx-error.h"
#include "gbx-guest-request.h"
#include "gbx-jail.h"
#include "gbx-machine-plan.h"
#include "gbx-machine-scope.h"
#include "gbx-machine-tuning.h"
#include "gbx-machine.h"
#include "gbx-policy-private.h"
#include "gbx-process-usage.h"
#include "gbx-share-servers.h"
#include "gbx-sweep.h"
#include "gbx-virt-opening.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

/* With a working KVM the guest's hello comes in half a second; with a broken one it never
 * comes.  TCG takes three seconds on a slow computer, longer while others run. */
#define HELLO_SECONDS_KVM 8
#define HELLO_SECONDS_TCG 90
/* With a broken KVM the guest may also hang half-way, or be very slow; with a working one
 * it is set up in two seconds. */
#define SET_UP_SECONDS_KVM 25
#define SET_UP_SECONDS_TCG 180
/* For the guest to write its last changes; it is extended while the guest still sends
 * heartbeats. */
#define FAREWELL_SECONDS 10
/* From the guest's good-bye to the end of QEMU, which must free its memory. */
#define EXIT_MS 500

struct _GbxQemuBackend
{
  GbxBackend parent_instance;

  GbxPolicy *policy;
  GbxPreparation *preparation;
  GbxShareServers *servers; /* (nullable) */
  GArray *server_pids;      /* (nullable) (element-type pid_t): of these; for measuring */
  GbxMachine *machine; /* (nullable): from the end of the preparation to the end of the launch */
  GbxUserScope *scope; /* (nullable): from the start to the end of a guest */
  /* Protects machine, scope and the runtime folder, which "beside" functions use. */
  GMutex mutex;

  GbxAccelerator accelerator; /* AUTO: not chosen yet */
  gboolean has_started;
  gboolean wants_scope; /* of the last start: it began paused */
  GbxControllers controllers; /* that a scope should have then */
  char *kvm_fault;      /* (nullable): why the guest is started again without KVM */
  gboolean kvm_fault_is_sure;
  gboolean kvm_fault_is_kept;
  char *remark;          /* (nullable): for the end */
  GPtrArray *weaknesses; /* (element-type utf8), NULL-terminated */
};

G_DEFINE_FINAL_TYPE (GbxQemuBackend, gbx_qemu_backend, GBX_TYPE_BACKEND)

static GbxLaunchPlan *
plan_of (GbxQemuBackend *self)
{
  return gbx_preparation_get_plan (self->preparation);
}

/* ------------------------------------------------------------ weakness -- */

static void
add_weakness (GbxQemuBackend *self, const char *text)
{
  g_ptr_array_insert (self->weaknesses, self->weaknesses->len - 1, g_strdup (text));
}

static void
collect_weaknesses (GbxQemuBackend *self, const char *why_no_kvm)
{
  g_autofree char *text = NULL;

  if (plan_of (self)->weakness)
    add_weakness (self, plan_of (self)->weakness);
  if (plan_of (self)->by_root)
    add_weakness (self, _ ("Root started it, so the emulator is root too: an escape from the "
                           "virtual machine would reach the whole computer."));
  for (guint i = 0; i < plan_of (self)->unheld->len; i++)
    {
      g_autofree char *limit = gbx_unheld_describe (plan_of (self)->unheld->pdata[i]);

      add_weakness (self, limit);
    }
  if (self->accelerator != GBX_ACCELERATOR_TCG)
    return;
  text = g_strdup_printf (
      _ ("The processor is emulated (TCG), which is slower and isolates less: %s."), why_no_kvm);
  add_weakness (self, text);
}

/* ------------------------------------------------------------- prepare -- */

static gboolean
choose_accelerator (GbxQemuBackend *self, GError **error)
{
  g_autofree char *why = NULL;

  self->accelerator
      = gbx_accelerator_choose (gbx_policy_get_accelerator (self->policy), &why, error);
  if (self->accelerator == GBX_ACCELERATOR_AUTO)
    return FALSE;
  plan_of (self)->accelerator = self->accelerator;
  collect_weaknesses (self, why);
  return TRUE;
}

static gboolean
plan (GbxQemuBackend *self, GCancellable *cancellable, GError **error)
{
  return gbx_machine_plan_make (self->preparation, cancellable, error)
         && choose_accelerator (self, error);
}

static void
make_preparation (GbxQemuBackend *self)
{
  self->preparation
      = gbx_preparation_new (self->policy, gbx_backend_get_keyboard (GBX_BACKEND (self)),
                             gbx_backend_get_appearance (GBX_BACKEND (self)));
}

/* A server serves one QEMU and ends with it. */
static gboolean
renew_servers (GbxQemuBackend *self, GError **error)
{
  GbxLaunchPlan *plan = plan_of (self);

  if (self->servers && !plan->has_share_servers && !gbx_jail_renew (plan, error))
    return FALSE;
  g_clear_pointer (&self->servers, gbx_share_servers_stop);
  if (plan->has_share_servers)
    self->servers = gbx_share_servers_start (plan, error);
  return self->servers || !plan->has_share_servers;
}

/* Connecting to libvirt takes a tenth of a second, or three seconds if it has to start and
 * probe QEMU. Meanwhile the rest is prepared. */
static gboolean
prepare (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);
  g_autoptr (GbxVirtOpening) opening = NULL;
  GbxVirt *connection;

  gbx_sweep_before_launch (cancellable);
  opening = gbx_virt_opening_begin (GBX_VIRT_URI);
  make_preparation (self);
  if (!plan (self, cancellable, error) || !renew_servers (self, error)
      || !gbx_preparation_complete (self->preparation, cancellable, error))
    return FALSE;
  connection = gbx_virt_opening_end (g_steal_pointer (&opening), cancellable, error);
  if (!connection)
    return FALSE;
  g_mutex_lock (&self->mutex);
  self->machine = gbx_machine_new (connection, plan_of (self));
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static char *
describe (GbxBackend *backend, GError **error)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);
  g_autoptr (GVirConfigDomain) config = NULL;

  make_preparation (self);
  gbx_preparation_only_describe (self->preparation);
  if (!plan (self, NULL, error))
    return NULL;
  config = gbx_domain_new (plan_of (self), error);
  return config ? gbx_domain_print (config) : NULL;
}

/* --------------------------------------------------------------- start -- */

/* A worker stores the faults of KVM, because that writes a file. */
static void
remember_certain_fault (GbxQemuBackend *self)
{
  if (!self->kvm_fault || !self->kvm_fault_is_sure || self->kvm_fault_is_kept)
    return;
  self->kvm_fault_is_kept = TRUE;
  gbx_accelerator_remember_broken (self->kvm_fault);
}

static void
end_scope (GbxQemuBackend *self)
{
  GbxUserScope *scope;

  g_mutex_lock (&self->mutex);
  scope = g_steal_pointer (&self->scope);
  g_mutex_unlock (&self->mutex);
  if (!scope)
    return;
  gbx_user_scope_end (scope);
  gbx_user_scope_free (scope);
}

static gboolean
end_first_start (GbxQemuBackend *self, GError **error)
{
  if (!self->has_started)
    {
      self->has_started = TRUE;
      return TRUE;
    }
  if (!gbx_machine_end (self->machine, error))
    return FALSE;
  end_scope (self);
  return renew_servers (self, error) && gbx_preparation_renew_network (self->preparation, error);
}

/* (element-type pid_t) */
static GArray *
list_helpers (GbxQemuBackend *self)
{
  GArray *pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  gbx_preparation_add_pids (self->preparation, pids);
  if (self->servers)
    gbx_share_servers_add_pids (self->servers, pids);
  return pids;
}

static void
remember_servers (GbxQemuBackend *self)
{
  GArray *pids = g_array_new (FALSE, FALSE, sizeof (pid_t));

  if (self->servers)
    gbx_share_servers_add_pids (self->servers, pids);
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->server_pids, g_array_unref);
  self->server_pids = pids;
  g_mutex_unlock (&self->mutex);
}

static void
tune_helpers (GbxQemuBackend *self)
{
  g_autoptr (GArray) helpers = list_helpers (self);

  gbx_machine_tuning_apply (self->policy, helpers);
}

/* The root is written in parallel.  If both fail, perhaps because the disk is full, its
 * error is the useful one. */
static gboolean
start_machine (GbxQemuBackend *self, GError **error)
{
  g_autoptr (GError) of_machine = NULL;
  gboolean started;

  /* Memory that a process has got before it is in a scope is not counted there. */
  tune_helpers (self);
  remember_servers (self);
  self->wants_scope = gbx_machine_scope_is_possible (&self->controllers);
  started = gbx_machine_start (self->machine, self->wants_scope, &of_machine);
  if (!gbx_preparation_join_root (self->preparation, error))
    return FALSE;
  if (!started)
    g_propagate_error (error, g_steal_pointer (&of_machine));
  return started;
}

static gboolean
start (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);

  remember_certain_fault (self);
  plan_of (self)->accelerator = self->accelerator;
  if (!gbx_runtime_write_state (gbx_preparation_get_runtime (self->preparation),
                                gbx_policy_get_title (self->policy), plan_of (self)->uuid,
                                self->accelerator == GBX_ACCELERATOR_KVM ? "kvm" : "tcg", error)
      || !end_first_start (self, error))
    return FALSE;
  return start_machine (self, error);
}

static void
enter_scope (GbxQemuBackend *self)
{
  g_autoptr (GArray) pids = list_helpers (self);
  pid_t qemu = gbx_machine_get_pid (self->machine);
  g_autofree char *weakness = NULL;
  GbxUserScope *scope;

  g_array_append_val (pids, qemu);
  scope = gbx_machine_scope_start (plan_of (self), pids, self->controllers, &weakness);
  if (weakness)
    add_weakness (self, weakness);
  g_mutex_lock (&self->mutex);
  self->scope = scope;
  g_mutex_unlock (&self->mutex);
}

static int
accept_console (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);
  int fd = gbx_machine_accept_console (self->machine, error);

  if (fd < 0 || !self->wants_scope)
    return fd;
  enter_scope (self);
  if (gbx_machine_set_paused (self->machine, FALSE, error))
    return fd;
  close (fd);
  return -1;
}

static void
confirm (GbxBackend *backend)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);

  /* TCG worked where KVM did not, so it was KVM's fault. */
  self->kvm_fault_is_sure = TRUE;
  remember_certain_fault (self);
}

/* -------------------------------------------------------------- beside -- */

/* (nullable) (transfer full): "end" may run meanwhile. */
static GbxMachine *
take_machine (GbxQemuBackend *self)
{
  GbxMachine *machine;

  g_mutex_lock (&self->mutex);
  machine = self->machine ? gbx_machine_ref (self->machine) : NULL;
  g_mutex_unlock (&self->mutex);
  return machine;
}

static void
interrupt (GbxBackend *backend)
{
  g_autoptr (GbxMachine) machine = take_machine (GBX_QEMU_BACKEND (backend));

  if (machine)
    gbx_machine_interrupt (machine);
}

static gboolean
set_gone_error (GError **error)
{
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND, _ ("The virtual machine is gone"));
  return FALSE;
}

static gboolean
set_paused (GbxBackend *backend, gboolean paused, GError **error)
{
  g_autoptr (GbxMachine) machine = take_machine (GBX_QEMU_BACKEND (backend));

  return machine ? gbx_machine_set_paused (machine, paused, error) : set_gone_error (error);
}

/* The end of the launch waits, so that scope and helper stay. */
static gboolean
change_beside (GbxQemuBackend *self, const GbxSetting *setting, GVariant *value, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (GbxScopeLimits) limits = gbx_scope_limits_new ();

  if (!self->machine)
    return set_gone_error (error);
  if (setting->holds[plan_of (self)->platform].need != GBX_NEED_SCOPE)
    return gbx_preparation_change_network (self->preparation, setting->key, value, error);
  gbx_scope_limits_set (limits, setting->key, gbx_machine_scope_get_amount (setting, value));
  if (self->scope)
    return gbx_user_scope_change (self->scope, limits, error);
  g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
               _ ("%s cannot be changed: the sandbox was started where systemd could not hold it"),
               setting->key);
  return FALSE;
}

static gboolean
change (GbxBackend *backend, const GbxSetting *setting, GVariant *value, GError **error)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);
  g_autoptr (GbxMachine) machine = take_machine (self);

  if (!machine)
    return set_gone_error (error);
  if (!gbx_launch_plan_can_hold (plan_of (self), setting, error))
    return FALSE;
  if (setting->holds[plan_of (self)->platform].need == GBX_NEED_SCOPE ||
      g_str_has_prefix (setting->key, "network."))
    return change_beside (self, setting, value, error);
  return gbx_machine_change (machine, setting->key, value, error);
}

/* They read and write the shared folders for the guest. */
static void
measure_servers (GbxQemuBackend *self, GbxUsage *usage)
{
  g_autoptr (GArray) pids = NULL;

  g_mutex_lock (&self->mutex);
  pids = self->server_pids ? g_array_ref (self->server_pids) : NULL;
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; pids && i < pids->len; i++)
    gbx_process_usage_add_disk (g_array_index (pids, pid_t, i), usage);
}

static gboolean
measure (GbxBackend *backend, GbxUsage *usage, GError **error)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);
  g_autoptr (GbxMachine) machine = take_machine (self);

  if (!machine)
    return set_gone_error (error);
  gbx_preparation_measure_network (self->preparation, usage);
  if (!gbx_machine_measure (machine, usage, error))
    return FALSE;
  measure_servers (self, usage);
  return TRUE;
}

static int
open_display (GbxBackend *backend, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxMachine) machine = take_machine (GBX_QEMU_BACKEND (backend));

  if (machine)
    return gbx_machine_open_display (machine, error);
  set_gone_error (error);
  return -1;
}

static char *
dup_log (GbxBackend *backend)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);
  GbxLaunchPlan *plan = self->preparation ? plan_of (self) : NULL;

  return plan && plan->name ? gbx_emulator_log_read (plan->name, plan->by_root) : NULL;
}

static void
publish (GbxBackend *backend, const char *condition)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);
  GbxRuntime *runtime;

  g_mutex_lock (&self->mutex);
  runtime = self->machine ? gbx_preparation_get_runtime (self->preparation) : NULL;
  if (runtime)
    gbx_runtime_write_condition (runtime, condition);
  g_mutex_unlock (&self->mutex);
}

/* ----------------------------------------------------------------- end -- */

static gboolean
end_machine (GbxQemuBackend *self, gboolean powered_off, GError **error)
{
  if (!self->machine)
    return TRUE;
  /* While libvirt notices the end, files that are no longer used are removed. */
  if (powered_off && gbx_machine_has_exited (self->machine, EXIT_MS))
    gbx_preparation_remove_root (self->preparation);
  return gbx_machine_end (self->machine, error);
}

static gboolean
end (GbxBackend *backend, gboolean powered_off, GError **error)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);
  gboolean ended, saved;
  GbxMachine *machine;

  if (!self->preparation)
    return TRUE;
  gbx_preparation_join_root (self->preparation, NULL);
  ended = end_machine (self, powered_off, error);
  if (ended && plan_of (self)->name)
    gbx_emulator_log_remove (plan_of (self)->name, plan_of (self)->by_root);
  g_mutex_lock (&self->mutex);
  machine = g_steal_pointer (&self->machine);
  g_mutex_unlock (&self->mutex);
  saved = gbx_preparation_finish_files (self->preparation, &self->remark, ended ? error : NULL);
  /* The folder stays if the domain could not be ended, because the next sweep finds the
   * domain in it. */
  g_clear_pointer (&self->servers, gbx_share_servers_stop);
  gbx_preparation_undo (self->preparation, !ended);
  end_scope (self);
  g_clear_pointer (&machine, gbx_machine_unref);
  return ended && saved;
}

/* ---------------------------------------------------------- in between -- */

static const char *
get_name (GbxBackend *backend)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);

  return self->preparation ? plan_of (self)->name : NULL;
}

static GbxAccelerator
get_accelerator (GbxBackend *backend)
{
  return GBX_QEMU_BACKEND (backend)->accelerator;
}

static const char *const *
get_weaknesses (GbxBackend *backend)
{
  return (const char *const *)GBX_QEMU_BACKEND (backend)->weaknesses->pdata;
}

static char *
describe_fault (GbxFault fault, const GError *cause)
{
  switch (fault)
    {
    case GBX_FAULT_START:
      return g_strdup (cause->message);
    case GBX_FAULT_DIED:
      return g_strdup (_ ("QEMU ended before the guest had started"));
    case GBX_FAULT_SILENT:
      return g_strdup (_ ("the guest hangs while it starts"));
    default:
      return g_strdup (_ ("the guest hangs or is very slow while it sets itself up"));
    }
}

/* The next start is without them. */
static gboolean
drop_failed_servers (GbxQemuBackend *self)
{
  if (!self->servers || !gbx_share_servers_have_failed (self->servers))
    return FALSE;
  g_debug ("a server of a share has failed; QEMU serves them instead");
  gbx_launch_plan_drop_share_servers (plan_of (self));
  return TRUE;
}

/* KVM exists and did not run the guest.  TCG runs it, slower, and the QEMU project does not
 * regard it as a security boundary: the user must know.
 *
 * If the guest never sends its hello, that is KVM's fault, which is remembered.  If QEMU
 * ends, or the guest hangs later, the cause is unknown; it is KVM's fault if TCG works. */
static gboolean
fall_back (GbxBackend *backend, GbxFault fault, const GError *cause, GError **error)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);
  g_autofree char *notice = NULL;

  /* QEMU's own server is slower, but no weaker: nothing to tell. */
  if ((fault == GBX_FAULT_START || fault == GBX_FAULT_DIED) && drop_failed_servers (self))
    return TRUE;
  if (self->accelerator != GBX_ACCELERATOR_KVM)
    return FALSE;
  g_free (self->kvm_fault);
  self->kvm_fault = describe_fault (fault, cause);
  self->kvm_fault_is_sure = fault == GBX_FAULT_SILENT;
  if (gbx_policy_get_accelerator (self->policy) == GBX_ACCELERATOR_KVM)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_ACCELERATOR,
                   _ ("KVM does not work here: %s; let Glovebox choose the accelerator to use "
                      "emulation instead"),
                   self->kvm_fault);
      return FALSE;
    }
  self->accelerator = GBX_ACCELERATOR_TCG;
  notice = g_strdup_printf (_ ("The processor is emulated (TCG), which is slower and isolates "
                               "less, because KVM does not work here: %s. “glovebox doctor” "
                               "shows details."),
                            self->kvm_fault);
  add_weakness (self, notice);
  return TRUE;
}

static guint
get_patience (GbxBackend *backend, GbxWait wait)
{
  gboolean kvm = GBX_QEMU_BACKEND (backend)->accelerator == GBX_ACCELERATOR_KVM;

  switch (wait)
    {
    case GBX_WAIT_HELLO:
      return 1000 * (kvm ? HELLO_SECONDS_KVM : HELLO_SECONDS_TCG);
    case GBX_WAIT_SET_UP:
      return 1000 * (kvm ? SET_UP_SECONDS_KVM : SET_UP_SECONDS_TCG);
    default:
      return 1000 * FAREWELL_SECONDS;
    }
}

static GbxGuestRequest *
create_request (GbxBackend *backend, GError **error)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);

  return gbx_guest_request_new (plan_of (self), gbx_preparation_get_identity (self->preparation),
                                gbx_preparation_get_keyboard (self->preparation),
                                gbx_backend_get_appearance (backend),
                                gbx_backend_get_scale (backend), error);
}

static void
power_off (GbxBackend *backend)
{
  gbx_machine_power_off (GBX_QEMU_BACKEND (backend)->machine);
}

static gboolean
has_lost_share (GbxBackend *backend)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (backend);

  return self->servers && gbx_share_servers_have_failed (self->servers);
}

static char *
describe_share_trouble (GbxBackend *backend)
{
  if (!has_lost_share (backend))
    return NULL;
  return g_strdup (_ ("The sandbox has lost a shared folder: the program that serves it has "
                      "ended. Restart the sandbox."));
}

static char *
describe_trouble (GbxBackend *backend)
{
  return gbx_preparation_join_sentences (
      gbx_preparation_describe_trouble (GBX_QEMU_BACKEND (backend)->preparation),
      describe_share_trouble (backend));
}

static char *
dup_remark (GbxBackend *backend)
{
  return g_strdup (GBX_QEMU_BACKEND (backend)->remark);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_qemu_backend_finalize (GObject *object)
{
  GbxQemuBackend *self = GBX_QEMU_BACKEND (object);

  if (self->preparation)
    gbx_preparation_join_root (self->preparation, NULL);
  /* First end the domain, by closing its connection, because it may write in the folder. */
  g_clear_pointer (&self->machine, gbx_machine_unref);
  g_clear_pointer (&self->scope, gbx_user_scope_free);
  g_clear_pointer (&self->servers, gbx_share_servers_stop);
  g_clear_pointer (&self->preparation, gbx_preparation_free);
  g_clear_pointer (&self->server_pids, g_array_unref);
  g_mutex_clear (&self->mutex);
  g_free (self->kvm_fault);
  g_free (self->remark);
  g_ptr_array_unref (self->weaknesses);
  gbx_policy_unref (self->policy);
  G_OBJECT_CLASS (gbx_qemu_backend_parent_class)->finalize (object);
}

static void
gbx_qemu_backend_class_init (GbxQemuBackendClass *klass)
{
  GbxBackendClass *backend_class = GBX_BACKEND_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gbx_qemu_backend_finalize;
  backend_class->prepare = prepare;
  backend_class->start = start;
  backend_class->accept_console = accept_console;
  backend_class->end = end;
  backend_class->describe = describe;
  backend_class->interrupt = interrupt;
  backend_class->set_paused = set_paused;
  backend_class->open_display = open_display;
  backend_class->change = change;
  backend_class->measure = measure;
  backend_class->dup_log = dup_log;
  backend_class->publish = publish;
  backend_class->confirm = confirm;
  backend_class->get_name = get_name;
  backend_class->get_accelerator = get_accelerator;
  backend_class->get_weaknesses = get_weaknesses;
  backend_class->fall_back = fall_back;
  backend_class->get_patience = get_patience;
  backend_class->create_request = create_request;
  backend_class->power_off = power_off;
  backend_class->describe_trouble = describe_trouble;
  backend_class->dup_remark = dup_remark;
  backend_class->has_lost_share = has_lost_share;
}

static void
gbx_qemu_backend_init (GbxQemuBackend *self)
{
  g_mutex_init (&self->mutex);
  self->weaknesses = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->weaknesses, NULL);
}

GbxBackend *
gbx_qemu_backend_new (GbxPolicy *policy)
{
  GbxQemuBackend *self = g_object_new (GBX_TYPE_QEMU_BACKEND, NULL);

  self->policy = gbx_policy_ref (policy);
  return GBX_BACKEND (self);
}
