/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-session"

#include "config.h"

#include "gbx-sandbox-private.h"

#include "gbx-accelerator.h"
#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

/* One launch of a sandbox, from preparing to cleaned up:
 *
 *   begin → prepared → booted → hello → phases → started → exit → bye → end
 *
 * Whatever happens, gbx_session_end() is the one way out, and it runs once. */

/* For libvirt, which takes half a second to start a domain, to answer at all. */
#define START_SECONDS 30
#define CANCEL_SECONDS 5
#define ABANDON_SECONDS 30
/* From the start of the domain to the guest's hello.  A working KVM needs half
 * a second; a guest that hangs in a broken one never comes.  TCG takes three
 * seconds on a slow computer, longer while others run. */
#define HELLO_SECONDS_KVM 8
#define HELLO_SECONDS_TCG 90
/* From there to the start of the application.  A broken KVM may also let the guest
 * hang half-way, or crawl; with a working one this takes two seconds. */
#define SET_UP_SECONDS_KVM 25
/* The same for an emulated processor, on a computer that is busy with others. */
#define SET_UP_SECONDS_TCG 180
/* From the exit status to the end of the guest's clean-up. */
#define BYE_MS 10000
/* What a reader of the output gets after a failure or a stop. */
#define DRAIN_MS 2000

static void boot (GbxSandbox *self, GbxAccelerator accelerator);

/* ------------------------------------------------------------- deadline -- */

void
gbx_session_clear_deadline (GbxSandbox *self)
{
  g_clear_handle_id (&self->deadline, g_source_remove);
}

void
gbx_session_set_deadline (GbxSandbox *self, guint milliseconds, GSourceFunc passed)
{
  gbx_session_clear_deadline (self);
  self->deadline = g_timeout_add (milliseconds, passed, self);
}

/* ------------------------------------------------------------ watchdog -- */

/* A worker cannot be torn out of a call to libvirt.  So the sandbox ends without
 * it: the domain goes with our connection, the folder with the next sweep. */
static gboolean
on_abandon (gpointer user_data)
{
  GbxSandbox *self = user_data;

  self->watchdog = 0;
  if (!self->error)
    {
      self->reason = GBX_END_FAILED;
      self->error = g_error_new_literal (
          GBX_ERROR, GBX_ERROR_HYPERVISOR,
          _ ("libvirt does not answer, so the virtual machine may not have ended yet; end "
             "libvirt's daemon, as with “pkill libvirtd”, and see “glovebox doctor”"));
    }
  gbx_sandbox_finish (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_start_overdue (gpointer user_data)
{
  GbxSandbox *self = user_data;

  self->is_overdue = TRUE;
  gbx_launcher_interrupt_boot (self->launcher);
  self->watchdog = g_timeout_add_seconds (ABANDON_SECONDS, on_abandon, self);
  return G_SOURCE_REMOVE;
}

static void
watch (GbxSandbox *self, guint seconds, GSourceFunc passed)
{
  g_clear_handle_id (&self->watchdog, g_source_remove);
  self->watchdog = g_timeout_add_seconds (seconds, passed, self);
}

/* ----------------------------------------------------------------- end -- */

static void
drain_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxSandbox) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!gbx_console_drain_finish (GBX_CONSOLE (source), result, &error) &&
      self->reason == GBX_END_EXITED)
    {
      self->reason = GBX_END_FAILED;
      self->error = g_steal_pointer (&error);
    }
  gbx_session_clear_deadline (self);
  gbx_sandbox_finish (self);
}

static gboolean
on_drain_deadline (gpointer user_data)
{
  GbxSandbox *self = user_data;

  self->deadline = 0;
  gbx_console_discard_output (self->console);
  return G_SOURCE_REMOVE;
}

/* Whoever reads the application's last output may be slow, or have stopped. */
static void
limit_drain (GbxSandbox *self, guint milliseconds)
{
  if (!self->console)
    return;
  gbx_session_set_deadline (self, milliseconds, on_drain_deadline);
}

/* The machine has gone; what it wrote may still be on its way to a slow reader.
 * The output of a command that ended by itself is waited for as long as it takes. */
static void
drain (GbxSandbox *self)
{
  if (!self->console)
    {
      gbx_sandbox_finish (self);
      return;
    }
  if (self->reason != GBX_END_EXITED && self->deadline == 0)
    limit_drain (self, DRAIN_MS);
  gbx_console_drain_async (self->console, drain_cb, g_object_ref (self));
}

static void
clean_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxSandbox) self = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->watchdog, g_source_remove);
  if (self->state == GBX_SANDBOX_ENDED) /* it was not waited for */
    return;
  if (!gbx_launcher_clean_up_finish (GBX_LAUNCHER (source), result, &error))
    {
      gbx_sandbox_add_log (self, GBX_LOG_ERROR, error->message);
      if (!self->error)
        {
          self->reason = GBX_END_FAILED;
          self->error = g_steal_pointer (&error);
        }
    }
  drain (self);
}

static void
clean_up (GbxSandbox *self)
{
  if (self->cleaning)
    return;
  if (self->state == GBX_SANDBOX_ENDED) /* it has been given up already */
    g_clear_handle_id (&self->watchdog, g_source_remove);
  else if (self->booting && self->booted)
    watch (self, CANCEL_SECONDS, on_start_overdue);
  else
    watch (self, ABANDON_SECONDS, on_abandon);
  if (self->booting)
    return; /* the worker's callback comes back to here */
  self->cleaning = TRUE;
  gbx_launcher_clean_up_async (self->launcher, self->said_bye, clean_up_cb, g_object_ref (self));
}

void
gbx_session_end (GbxSandbox *self, GbxEndReason reason, GError *error)
{
  g_autoptr (GError) owned = error;

  if (self->state == GBX_SANDBOX_ENDED)
    return;
  if (self->cleaning) /* somebody insists */
    {
      limit_drain (self, 0);
      return;
    }
  if (self->reason == GBX_END_NONE)
    {
      self->reason = reason;
      self->error = g_steal_pointer (&owned);
    }
  gbx_session_clear_deadline (self);
  g_cancellable_cancel (self->cancellable);
  if (self->console)
    {
      g_signal_handlers_disconnect_by_data (self->console, self);
      gbx_console_close (self->console);
    }
  gbx_sandbox_set_activity (self, _ ("Cleaning up"), 1.0);
  gbx_sandbox_set_state (self, GBX_SANDBOX_STOPPING);
  clean_up (self);
}

static gboolean
on_bye_deadline (gpointer user_data)
{
  GbxSandbox *self = user_data;

  self->deadline = 0;
  gbx_session_end (self, self->has_exit ? GBX_END_EXITED : GBX_END_STOPPED, NULL);
  return G_SOURCE_REMOVE;
}

void
gbx_session_await_bye (GbxSandbox *self, guint grace_ms)
{
  gbx_session_set_deadline (self, grace_ms + BYE_MS, on_bye_deadline);
}

void
gbx_session_stop (GbxSandbox *self, guint grace_ms, GbxEndReason reason)
{
  if (self->cleaning && self->state != GBX_SANDBOX_ENDED)
    limit_drain (self, grace_ms);
  if (self->state >= GBX_SANDBOX_STOPPING)
    return;
  if (self->state != GBX_SANDBOX_RUNNING)
    {
      gbx_session_end (self, reason == GBX_END_TIMEOUT ? reason : GBX_END_CANCELLED, NULL);
      return;
    }
  self->reason = reason;
  gbx_sandbox_set_state (self, GBX_SANDBOX_STOPPING);
  gbx_sandbox_set_activity (self, _ ("Asking the application to close"), 1.0);
  gbx_console_send_u32 (self->console, GBX_MSG_STOP, grace_ms);
  gbx_session_await_bye (self, grace_ms);
}

/* ------------------------------------------------------------ fallback -- */

/* Isolation gets weaker than it could be: never silently, and a strict run ends. */
static gboolean
notice_weakness (GbxSandbox *self, const char *notice)
{
  if (gbx_policy_get_strict (self->policy))
    {
      gbx_session_end (self, GBX_END_FAILED,
                       g_error_new (GBX_ERROR, GBX_ERROR_ACCELERATOR,
                                    _ ("Not run, since --strict was given: %s"), notice));
      return FALSE;
    }
  gbx_sandbox_add_notice (self, notice);
  return TRUE;
}

static gboolean
weaken (GbxSandbox *self, const char *notice)
{
  if (!notice_weakness (self, notice))
    return FALSE;
  gbx_sandbox_add_log (self, GBX_LOG_WARNING, notice);
  return TRUE;
}

/* KVM was there and did not run the guest.  TCG runs it, slower, and is no
 * security boundary by QEMU's own word: the user has to know. */
static void
fall_back (GbxSandbox *self, const char *why)
{
  g_autofree char *notice =
      g_strdup_printf (_ ("The processor is emulated (TCG), which is slower and isolates less, since "
                          "KVM does not work here: %s. “glovebox doctor” tells more."),
                       why);

  if (weaken (self, notice))
    boot (self, GBX_ACCELERATOR_TCG);
}

/* A guest that hangs in silence is KVM's fault, and worth remembering.  An end of
 * QEMU, or a guest that hangs under way, may be anything's: then it is KVM's if
 * TCG does better, and remembered once the application has been started. */
static void
kvm_failed (GbxSandbox *self, const char *why, gboolean remember)
{
  if (remember)
    gbx_accelerator_remember_broken (why);
  else
    {
      g_free (self->kvm_fault);
      self->kvm_fault = g_strdup (why);
    }
  if (self->may_fall_back)
    fall_back (self, why);
  else
    gbx_session_end (self, GBX_END_FAILED,
                     g_error_new (GBX_ERROR, GBX_ERROR_ACCELERATOR,
                                  _ ("KVM does not work here: %s; without --accel kvm the "
                                     "processor is emulated instead"),
                                  why));
}

static void
drop_console (GbxSandbox *self)
{
  gbx_session_clear_deadline (self); /* the next console has its own */
  g_signal_handlers_disconnect_by_data (self->console, self);
  gbx_console_close (self->console);
  g_clear_object (&self->console);
}

static void
guest_died (GbxSandbox *self)
{
  g_autofree char *log = NULL;
  g_autofree char *text = NULL;

  if (self->has_exit) /* QEMU has ended, as it should */
    {
      gbx_session_conclude (self);
      return;
    }
  log = gbx_launcher_dup_emulator_log (self->launcher);
  text = gbx_sandbox_clean_text (log ? log : "");
  gbx_sandbox_add_log (self, GBX_LOG_INFO, text);
  gbx_session_end (self, GBX_END_FAILED,
                   g_error_new_literal (GBX_ERROR, GBX_ERROR_GUEST,
                                        _ ("The virtual machine ended unexpectedly: it crashed, "
                                           "was killed, or ran out of memory; --verbose shows "
                                           "the emulator's last words")));
}

static void
on_console_closed (GbxConsole *console, GError *error, gpointer user_data)
{
  GbxSandbox *self = user_data;

  if (error && !self->has_exit)
    gbx_session_end (self, GBX_END_FAILED, g_error_copy (error));
  else if (self->reason != GBX_END_NONE) /* it was asked to stop, and did */
    gbx_session_end (self, self->reason, NULL);
  else if (!self->said_hello && self->accelerator == GBX_ACCELERATOR_KVM)
    {
      drop_console (self);
      kvm_failed (self, _ ("QEMU ended before the guest came up"), FALSE);
    }
  else
    guest_died (self);
}

static gboolean
on_set_up_deadline (gpointer user_data)
{
  GbxSandbox *self = user_data;

  self->deadline = 0;
  if (self->accelerator == GBX_ACCELERATOR_KVM)
    {
      drop_console (self);
      kvm_failed (self, _ ("the guest hangs or crawls while it sets itself up"), FALSE);
    }
  else
    gbx_session_end (self, GBX_END_FAILED,
                     g_error_new (GBX_ERROR, GBX_ERROR_TIMEOUT,
                                  _ ("The guest did not start the application within %d seconds; "
                                     "--verbose shows how far it came"),
                                  SET_UP_SECONDS_TCG));
  return G_SOURCE_REMOVE;
}

void
gbx_session_await_start (GbxSandbox *self)
{
  gboolean kvm = self->accelerator == GBX_ACCELERATOR_KVM;

  gbx_session_set_deadline (self, 1000 * (kvm ? SET_UP_SECONDS_KVM : SET_UP_SECONDS_TCG),
                            on_set_up_deadline);
}

void
gbx_session_judge_kvm (GbxSandbox *self)
{
  gint64 elapsed = g_get_monotonic_time () - self->booted;

  if (self->kvm_fault && elapsed < SET_UP_SECONDS_KVM * G_USEC_PER_SEC)
    gbx_accelerator_remember_broken (self->kvm_fault);
}

static gboolean
on_hello_deadline (gpointer user_data)
{
  GbxSandbox *self = user_data;

  self->deadline = 0;
  drop_console (self);
  if (self->accelerator == GBX_ACCELERATOR_KVM)
    kvm_failed (self, _ ("the guest hangs before it comes up"), TRUE);
  else
    gbx_session_end (self, GBX_END_FAILED,
                     g_error_new (GBX_ERROR, GBX_ERROR_TIMEOUT,
                                  _ ("The guest did not come up within %d seconds; is the computer "
                                     "very busy, or the kernel unfit? “glovebox doctor” checks"),
                                  HELLO_SECONDS_TCG));
  return G_SOURCE_REMOVE;
}

/* ---------------------------------------------------------------- boot -- */

static void
take_console (GbxSandbox *self, int fd)
{
  gboolean kvm = self->accelerator == GBX_ACCELERATOR_KVM;

  self->console = gbx_console_new (fd);
  if (gbx_policy_get_mode (self->policy) == GBX_MODE_DESKTOP)
    gbx_console_yield_to_drawing (self->console);
  gbx_console_set_source (self->console, self->source);
  gbx_console_set_sink (self->console, GBX_STREAM_STDOUT, self->out);
  gbx_console_set_sink (self->console, GBX_STREAM_STDERR, self->err_stream);
  gbx_console_set_output_optional (self->console,
                                   gbx_policy_get_mode (self->policy) == GBX_MODE_DESKTOP);
  g_signal_connect (self->console, "frame", G_CALLBACK (gbx_session_handle_frame), self);
  g_signal_connect (self->console, "output", G_CALLBACK (gbx_session_handle_output), self);
  g_signal_connect (self->console, "closed", G_CALLBACK (on_console_closed), self);
  gbx_session_set_deadline (self, 1000 * (kvm ? HELLO_SECONDS_KVM : HELLO_SECONDS_TCG),
                            on_hello_deadline);
}

static void
boot_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxSandbox) self = user_data;
  GError *error = NULL;
  int fd = gbx_launcher_boot_finish (GBX_LAUNCHER (source), result, &error);

  self->booting = FALSE;
  g_clear_handle_id (&self->watchdog, g_source_remove);
  if (fd < 0 && self->is_overdue)
    {
      g_clear_error (&error);
      error = g_error_new (GBX_ERROR, GBX_ERROR_HYPERVISOR,
                           _ ("libvirt did not get the virtual machine started in %d seconds"),
                           START_SECONDS);
    }
  gbx_sandbox_add_log (self, GBX_LOG_DEBUG, fd >= 0 ? "libvirt has started the virtual machine"
                                                    : "libvirt has not started the machine");
  if (self->reason != GBX_END_NONE)
    {
      if (fd >= 0)
        close (fd);
      g_clear_error (&error);
      clean_up (self);
    }
  else if (fd >= 0)
    take_console (self, fd);
  else if (g_error_matches (error, GBX_ERROR, GBX_ERROR_ACCELERATOR))
    {
      kvm_failed (self, error->message, FALSE);
      g_error_free (error);
    }
  else
    gbx_session_end (self, GBX_END_FAILED, error);
}

static void
boot (GbxSandbox *self, GbxAccelerator accelerator)
{
  gbx_sandbox_set_accelerator (self, accelerator);
  gbx_sandbox_set_activity (self, _ ("Starting the virtual machine"), 0.25);
  gbx_sandbox_set_state (self, GBX_SANDBOX_BOOTING);
  self->booting = TRUE;
  self->is_overdue = FALSE;
  self->said_hello = FALSE;
  self->booted = g_get_monotonic_time ();
  watch (self, START_SECONDS, on_start_overdue);
  gbx_launcher_boot_async (self->launcher, accelerator, self->cancellable, boot_cb,
                           g_object_ref (self));
}

static void
choose_accelerator (GbxSandbox *self)
{
  GbxAccelerator wanted = gbx_policy_get_accelerator (self->policy);
  const char *weakness = gbx_launcher_get_plan (self->launcher)->weakness;
  g_autofree char *why = NULL;
  g_autofree char *notice = NULL;

  self->may_fall_back = wanted == GBX_ACCELERATOR_AUTO;
  if (weakness && !weaken (self, weakness))
    return;
  /* Whoever starts it as root has been warned already, where there is no window. */
  if (gbx_launcher_get_plan (self->launcher)->by_root &&
      !notice_weakness (self,
                        _ ("It was started by root, so the emulator is root too: an escape from "
                           "the virtual machine would be one to the whole computer.")))
    return;
  if (wanted == GBX_ACCELERATOR_KVM && !gbx_accelerator_kvm_present (&why))
    kvm_failed (self, why, FALSE);
  else if (wanted == GBX_ACCELERATOR_KVM ||
           (wanted == GBX_ACCELERATOR_AUTO && gbx_accelerator_kvm_usable (&why)))
    boot (self, GBX_ACCELERATOR_KVM);
  else
    {
      notice = g_strdup_printf (
          _ ("The processor is emulated (TCG), which is slower and isolates less: %s."),
          why ? why : _ ("--accel tcg was given"));
      if (weaken (self, notice))
        boot (self, GBX_ACCELERATOR_TCG);
    }
}

static void
prepare_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxSandbox) self = user_data;
  GError *error = NULL;
  gboolean prepared = gbx_launcher_prepare_finish (GBX_LAUNCHER (source), result, &error);

  self->booting = FALSE;
  g_clear_handle_id (&self->watchdog, g_source_remove);
  if (self->reason != GBX_END_NONE)
    {
      g_clear_error (&error);
      clean_up (self);
    }
  else if (prepared)
    {
      g_object_notify (G_OBJECT (self), "name");
      choose_accelerator (self);
    }
  else
    gbx_session_end (self, GBX_END_FAILED, error);
}

static gboolean
on_time_limit (gpointer user_data)
{
  GbxSandbox *self = user_data;

  self->time_limit = 0;
  gbx_session_stop (self, 2000, GBX_END_TIMEOUT);
  return G_SOURCE_REMOVE;
}

void
gbx_session_begin (GbxSandbox *self)
{
  guint timeout = gbx_policy_get_timeout (self->policy);

  self->launcher = gbx_launcher_new (self->policy);
  gbx_launcher_set_keyboard (self->launcher, self->keyboard);
  self->booting = TRUE;
  if (timeout > 0)
    self->time_limit = g_timeout_add_seconds (timeout, on_time_limit, self);
  gbx_sandbox_set_activity (self, _ ("Preparing kernel and file systems"), 0.05);
  gbx_launcher_prepare_async (self->launcher, self->cancellable, prepare_cb, g_object_ref (self));
}
