/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-sandbox"

#include "config.h"

#include "gbx-sandbox-private.h"

#include "gbx-enums.h"
#include "gbx-error.h"
#include "gbx-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LOG_LINES_MAX 1000

enum
{
  PROP_0,
  PROP_NAME,
  PROP_POLICY,
  PROP_STATE,
  PROP_REASON,
  PROP_ACTIVITY,
  PROP_FRACTION,
  PROP_ACCELERATOR,
  PROP_NOTICE,
  PROP_TITLE,
  PROP_DRAWN,
  PROP_SETTLED,
  N_PROPS,
};

enum
{
  SIGNAL_LOG,
  SIGNAL_LOGGED,
  SIGNAL_OUTPUT,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxSandbox, gbx_sandbox, G_TYPE_OBJECT)

/* ------------------------------------------------- for the session only -- */

void
gbx_sandbox_set_state (GbxSandbox *self, GbxSandboxState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
gbx_sandbox_set_activity (GbxSandbox *self, const char *activity, double fraction)
{
  g_free (self->activity);
  self->activity = g_strdup (activity);
  self->fraction = fraction;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ACTIVITY]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
}

void
gbx_sandbox_add_notice (GbxSandbox *self, const char *notice)
{
  g_autofree char *before = g_steal_pointer (&self->notice);

  self->notice = before ? g_strconcat (before, " ", notice, NULL) : g_strdup (notice);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NOTICE]);
}

void
gbx_sandbox_set_title (GbxSandbox *self, const char *title)
{
  g_free (self->title);
  self->title = *title ? g_strdup (title) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
}

void
gbx_sandbox_set_flag (GbxSandbox *self, const char *property, gboolean *flag)
{
  *flag = TRUE;
  g_object_notify (G_OBJECT (self), property);
}

void
gbx_sandbox_set_accelerator (GbxSandbox *self, GbxAccelerator accelerator)
{
  self->accelerator = accelerator;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ACCELERATOR]);
}

void
gbx_sandbox_keep_log (GbxSandbox *self, const char *text)
{
  if (self->log.length == LOG_LINES_MAX)
    g_free (g_queue_pop_head (&self->log));
  g_queue_push_tail (&self->log, g_strdup (text));
  self->log_count++;
  g_signal_emit (self, signals[SIGNAL_LOGGED], 0);
}

void
gbx_sandbox_add_log (GbxSandbox *self, GbxLogLevel level, const char *text)
{
  gbx_sandbox_keep_log (self, text);
  g_signal_emit (self, signals[SIGNAL_LOG], 0, (guint) level, text);
}

char *
gbx_sandbox_clean_text (const char *text)
{
  char *valid = g_utf8_make_valid (text, -1);

  for (char *at = valid; *at; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!gbx_text_is_plain (c))
        memset (at, c == '\n' ? '\n' : ' ', g_utf8_next_char (at) - at);
    }
  return valid;
}

/* Why the launch did not come to a running application. */
static GError *
make_launch_error (GbxSandbox *self)
{
  const char *command = gbx_policy_get_command (self->policy)[0];

  if (self->error)
    return g_error_copy (self->error);
  if (self->reason == GBX_END_TIMEOUT)
    return g_error_new_literal (GBX_ERROR, GBX_ERROR_TIMEOUT,
                                _ ("The time limit has passed before the application ran"));
  if (self->has_exit && self->exit.kind == GBX_EXIT_NOT_FOUND)
    return g_error_new (GBX_ERROR, GBX_ERROR_NOT_FOUND,
                        _ ("%s: there is no such command in the sandbox"), command);
  if (self->has_exit && self->exit.kind == GBX_EXIT_NOT_EXECUTABLE)
    return g_error_new (GBX_ERROR, GBX_ERROR_INVALID,
                        _ ("%s: it cannot be executed in the sandbox"), command);
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("The launch was cancelled"));
}

void
gbx_sandbox_return_launch (GbxSandbox *self, GError *error)
{
  g_autoptr (GTask) launch = g_steal_pointer (&self->launch);

  if (self->cancel_handler)
    g_cancellable_disconnect (g_task_get_cancellable (launch), self->cancel_handler);
  self->cancel_handler = 0;
  if (error)
    g_task_return_error (launch, error);
  else
    g_task_return_boolean (launch, TRUE);
}

void
gbx_sandbox_finish (GbxSandbox *self)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->waiters);

  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  g_clear_handle_id (&self->time_limit, g_source_remove);
  g_clear_handle_id (&self->watchdog, g_source_remove);
  gbx_session_log_error_line (self);
  self->ended = g_get_monotonic_time ();
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REASON]);
  gbx_sandbox_set_state (self, GBX_SANDBOX_ENDED);
  if (self->launch)
    gbx_sandbox_return_launch (self, make_launch_error (self));
  for (guint i = 0; i < waiters->len; i++)
    g_task_return_boolean (waiters->pdata[i], TRUE);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_sandbox_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GbxSandbox *self = GBX_SANDBOX (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, gbx_sandbox_get_name (self));
      break;
    case PROP_POLICY:
      g_value_set_boxed (value, self->policy);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_REASON:
      g_value_set_enum (value, self->reason);
      break;
    case PROP_ACTIVITY:
      g_value_set_string (value, self->activity);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_ACCELERATOR:
      g_value_set_enum (value, self->accelerator);
      break;
    case PROP_NOTICE:
      g_value_set_string (value, self->notice);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_DRAWN:
      g_value_set_boolean (value, self->drawn);
      break;
    case PROP_SETTLED:
      g_value_set_boolean (value, self->settled);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gbx_sandbox_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GbxSandbox *self = GBX_SANDBOX (object);

  g_assert (id == PROP_POLICY);
  self->policy = g_value_dup_boxed (value);
}

static void
gbx_sandbox_finalize (GObject *object)
{
  GbxSandbox *self = GBX_SANDBOX (object);

  /* Workers and waiters hold references: none is under way here. */
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_clear_handle_id (&self->time_limit, g_source_remove);
  g_clear_handle_id (&self->watchdog, g_source_remove);
  if (self->console)
    g_signal_handlers_disconnect_by_data (self->console, self);
  g_clear_object (&self->console);
  g_clear_object (&self->launcher);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->source);
  g_clear_object (&self->out);
  g_clear_object (&self->err_stream);
  g_clear_pointer (&self->keyboard, gbx_keyboard_free);
  g_clear_error (&self->error);
  g_queue_clear_full (&self->log, g_free);
  g_string_free (self->error_line, TRUE);
  g_ptr_array_unref (self->waiters);
  g_free (self->activity);
  g_free (self->notice);
  g_free (self->title);
  g_free (self->kvm_fault);
  g_clear_pointer (&self->policy, gbx_policy_unref);
  G_OBJECT_CLASS (gbx_sandbox_parent_class)->finalize (object);
}

#define FLAGS (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static void
gbx_sandbox_class_init (GbxSandboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gbx_sandbox_get_property;
  object_class->set_property = gbx_sandbox_set_property;
  object_class->finalize = gbx_sandbox_finalize;

  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, FLAGS);
  props[PROP_POLICY] =
      g_param_spec_boxed ("policy", NULL, NULL, GBX_TYPE_POLICY,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, GBX_TYPE_SANDBOX_STATE,
                                         GBX_SANDBOX_PREPARING, FLAGS);
  props[PROP_REASON] =
      g_param_spec_enum ("reason", NULL, NULL, GBX_TYPE_END_REASON, GBX_END_NONE, FLAGS);
  props[PROP_ACTIVITY] = g_param_spec_string ("activity", NULL, NULL, NULL, FLAGS);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, FLAGS);
  props[PROP_ACCELERATOR] = g_param_spec_enum ("accelerator", NULL, NULL, GBX_TYPE_ACCELERATOR,
                                               GBX_ACCELERATOR_AUTO, FLAGS);
  props[PROP_NOTICE] = g_param_spec_string ("notice", NULL, NULL, NULL, FLAGS);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, FLAGS);
  props[PROP_DRAWN] = g_param_spec_boolean ("drawn", NULL, NULL, FALSE, FLAGS);
  props[PROP_SETTLED] = g_param_spec_boolean ("settled", NULL, NULL, FALSE, FLAGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * GbxSandbox::log:
   * @self: the sandbox
   * @level: 0 error, 1 warning, 2 information, 3 debugging
   * @text: without control characters but line breaks
   *
   * A message came, from the guest or the launch.
   */
  signals[SIGNAL_LOG] = g_signal_new ("log", GBX_TYPE_SANDBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  /**
   * GbxSandbox::logged:
   * @self: the sandbox
   *
   * For whoever shows gbx_sandbox_dup_log_since(): a line was added, of any source, the
   * application's errors included.  They may come by the thousand: do no work here.
   */
  signals[SIGNAL_LOGGED] = g_signal_new ("logged", GBX_TYPE_SANDBOX, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
  /**
   * GbxSandbox::output:
   * @self: the sandbox
   * @is_stderr: which of the two
   * @data: (type GBytes): as the application wrote it
   *
   * The application wrote something.  Only for a stream without a sink.
   */
  signals[SIGNAL_OUTPUT] =
      g_signal_new ("output", GBX_TYPE_SANDBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    2, G_TYPE_BOOLEAN, G_TYPE_BYTES);
}

static void
gbx_sandbox_init (GbxSandbox *self)
{
  g_queue_init (&self->log);
  self->error_line = g_string_new (NULL);
  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->activity = g_strdup ("");
  self->scale = 1;
}

/**
 * gbx_sandbox_new:
 * @policy: (transfer none): what it may do
 *
 * Makes a sandbox; nothing is started.  It is for the thread that runs the default main context.
 *
 * Returns: (transfer full): a sandbox that has not been launched
 */
GbxSandbox *
gbx_sandbox_new (GbxPolicy *policy)
{
  return g_object_new (GBX_TYPE_SANDBOX, "policy", policy, NULL);
}

/* -------------------------------------------------------------- launch -- */

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GbxSandbox *self = user_data;

  gbx_session_end (self, GBX_END_CANCELLED, NULL);
}

static gboolean
on_cancelled_early (gpointer user_data)
{
  gbx_session_end (user_data, GBX_END_CANCELLED, NULL);
  return G_SOURCE_REMOVE;
}

/**
 * gbx_sandbox_launch_async:
 * @self: a sandbox that has not been launched
 * @cancellable: (nullable): to be cancelled in the thread of the main context
 * @callback: (scope async) (closure user_data): called when the application runs, or the launch
 *   failed and is undone
 * @user_data: for the callback
 *
 * Runs the sandbox up to %GBX_SANDBOX_RUNNING.  A failure, like the cancelling, ends it and cleans
 * up.  A sandbox is launched once.
 */
void
gbx_sandbox_launch_async (GbxSandbox *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (self->launcher == NULL);

  self->started = g_get_monotonic_time ();
  self->cancellable = g_cancellable_new ();
  self->launch = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (self->launch, FALSE);
  gbx_session_begin (self);
  if (!cancellable)
    return;
  if (g_cancellable_is_cancelled (cancellable))
    g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled_early, g_object_ref (self), g_object_unref);
  else
    self->cancel_handler =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL);
}

/**
 * gbx_sandbox_launch_finish:
 * @self: the sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError or a #GIOErrorEnum
 *
 * Finishes gbx_sandbox_launch_async().
 *
 * The errors are those of what a launch needs: %GBX_ERROR_NAME_IN_USE, %GBX_ERROR_HYPERVISOR,
 * %GBX_ERROR_ACCELERATOR, %GBX_ERROR_KERNEL, %GBX_ERROR_MODULE, %GBX_ERROR_SHARE,
 * %GBX_ERROR_STORAGE and %GBX_ERROR_NETWORK on the host, %GBX_ERROR_PROTOCOL and %GBX_ERROR_GUEST
 * in the guest, %GBX_ERROR_TIMEOUT when either took too long.  %GBX_ERROR_NOT_FOUND tells that the
 * command, or a part of Glovebox, does not exist, %GBX_ERROR_INVALID that the command cannot be
 * executed or a path is too long.  %G_IO_ERROR_CANCELLED follows from the
 * cancellable, from gbx_sandbox_stop() and from gbx_sandbox_kill().
 *
 * Returns: %TRUE once the application has been started, %FALSE with the error
 */
gboolean
gbx_sandbox_launch_finish (GbxSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gbx_sandbox_wait_async:
 * @self: a sandbox
 * @callback: (scope async) (closure user_data): called when the sandbox has ended
 * @user_data: for the callback
 *
 * Waits until the sandbox is %GBX_SANDBOX_ENDED and cleaned up, which is at once if it is already.
 * gbx_sandbox_get_reason() tells why it ended.
 */
void
gbx_sandbox_wait_async (GbxSandbox *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->state == GBX_SANDBOX_ENDED)
    g_task_return_boolean (task, TRUE);
  else
    g_ptr_array_add (self->waiters, g_steal_pointer (&task));
}

/**
 * gbx_sandbox_wait_finish:
 * @self: the sandbox
 * @result: what the callback got
 * @error: return location for an error; none is ever set
 *
 * Finishes gbx_sandbox_wait_async().
 *
 * Returns: %TRUE
 */
gboolean
gbx_sandbox_wait_finish (GbxSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gbx_sandbox_stop:
 * @self: a sandbox
 * @grace_ms: milliseconds between SIGTERM and SIGKILL for the application
 *
 * Asks the application to end, and ends it after the grace time.  Before the application runs this
 * cancels the launch; while the sandbox cleans up already, slow readers of the output get that time
 * and no more; on one that is not launched, or has ended, it does nothing.
 */
void
gbx_sandbox_stop (GbxSandbox *self, guint grace_ms)
{
  if (self->launcher)
    gbx_session_stop (self, grace_ms, GBX_END_STOPPED);
}

/**
 * gbx_sandbox_kill:
 * @self: a sandbox
 *
 * Destroys the domain at once; the application is not asked.  While the sandbox cleans up already,
 * this ends the waiting for slow readers of the output.  Before the launch and after the end it
 * does nothing.
 */
void
gbx_sandbox_kill (GbxSandbox *self)
{
  if (self->launcher)
    gbx_session_end (self, GBX_END_STOPPED, NULL);
}

/* ------------------------------------------------------------- getters -- */

/**
 * gbx_sandbox_get_name:
 * @self: a sandbox
 *
 * Gets the name that no other running sandbox of the account has.  Until the launch has claimed
 * one, it is the policy's, to which the launch may add a number.
 *
 * Returns: (transfer none): the name, valid until it is notified
 */
const char *
gbx_sandbox_get_name (GbxSandbox *self)
{
  const char *claimed = self->launcher ? gbx_launcher_get_plan (self->launcher)->name : NULL;

  return claimed ? claimed : gbx_policy_get_name (self->policy);
}

/**
 * gbx_sandbox_get_policy:
 * @self: a sandbox
 *
 * Gets what it may do.
 *
 * Returns: (transfer none): the policy it was made with
 */
GbxPolicy *
gbx_sandbox_get_policy (GbxSandbox *self)
{
  return self->policy;
}

/**
 * gbx_sandbox_get_state:
 * @self: a sandbox
 *
 * Gets how far it is in its life.
 *
 * Returns: the state; %GBX_SANDBOX_PREPARING before the launch
 */
GbxSandboxState
gbx_sandbox_get_state (GbxSandbox *self)
{
  return self->state;
}

/**
 * gbx_sandbox_get_reason:
 * @self: a sandbox
 *
 * Gets why it ended, or is being ended.
 *
 * Returns: the reason; %GBX_END_NONE as long as nothing ends it
 */
GbxEndReason
gbx_sandbox_get_reason (GbxSandbox *self)
{
  return self->reason;
}

/**
 * gbx_sandbox_get_error:
 * @self: a sandbox
 *
 * Gets what went wrong.  The codes are those of gbx_sandbox_launch_finish(), and after the launch
 * %GBX_ERROR_GUEST, %GBX_ERROR_PROTOCOL, %GBX_ERROR_HYPERVISOR and %GBX_ERROR_STORAGE.
 *
 * Returns: (transfer none) (nullable): the error; %NULL unless the reason is %GBX_END_FAILED
 */
const GError *
gbx_sandbox_get_error (GbxSandbox *self)
{
  return self->error;
}

/**
 * gbx_sandbox_get_activity:
 * @self: a sandbox
 *
 * Gets what it is doing now, translated, for people: "Starting the virtual machine".
 *
 * Returns: (transfer none): the text, valid until it is notified; empty before the launch
 */
const char *
gbx_sandbox_get_activity (GbxSandbox *self)
{
  return self->activity;
}

/**
 * gbx_sandbox_get_fraction:
 * @self: a sandbox
 *
 * Gets how far the launch is.  Each step has a fixed figure, an estimate of its part of the time.
 *
 * Returns: 0 to 1
 */
double
gbx_sandbox_get_fraction (GbxSandbox *self)
{
  return self->fraction;
}

/**
 * gbx_sandbox_get_accelerator:
 * @self: a sandbox
 *
 * Gets what runs the guest's code.
 *
 * Returns: KVM or TCG once the domain is being started, %GBX_ACCELERATOR_AUTO before; it changes
 *   where KVM fails and TCG takes over
 */
GbxAccelerator
gbx_sandbox_get_accelerator (GbxSandbox *self)
{
  return self->accelerator;
}

/**
 * gbx_sandbox_get_notice:
 * @self: a sandbox
 *
 * Gets a warning that the user has to see, translated: the fallback to TCG, or another weakness of
 * the isolation.
 *
 * Returns: (transfer none) (nullable): plain text of one sentence or more, valid until it is
 *   notified; %NULL when there is none
 */
const char *
gbx_sandbox_get_notice (GbxSandbox *self)
{
  return self->notice;
}

/**
 * gbx_sandbox_get_title:
 * @self: a sandbox
 *
 * Gets the title of the guest's active window.  The application writes it, so it is not to be
 * trusted, but it is valid UTF-8 without control characters: 256 bytes at most as it came, to which
 * the repair of what was no UTF-8 may add.
 *
 * Returns: (transfer none) (nullable): the title, valid until it is notified; %NULL when there is
 *   none
 */
const char *
gbx_sandbox_get_title (GbxSandbox *self)
{
  return self->title;
}

/**
 * gbx_sandbox_get_drawn:
 * @self: a sandbox
 *
 * Tells whether there is something to see.
 *
 * Returns: whether the application's first window has contents; %FALSE for a command
 */
gboolean
gbx_sandbox_get_drawn (GbxSandbox *self)
{
  return self->drawn;
}

/**
 * gbx_sandbox_get_settled:
 * @self: a sandbox
 *
 * Tells whether the application has finished starting.  The guest reports once a second how busy
 * its processors are; it counts as idle below a quarter, and after twenty reports in any case.
 *
 * Returns: whether its window has been drawn and the guest is idle, or nearly; %FALSE for a command
 */
gboolean
gbx_sandbox_get_settled (GbxSandbox *self)
{
  return self->settled;
}

/**
 * gbx_sandbox_get_elapsed:
 * @self: a sandbox
 *
 * Gets the time since the launch began, by the monotonic clock; it stops at the end.
 *
 * Returns: microseconds; 0 before the launch
 */
gint64
gbx_sandbox_get_elapsed (GbxSandbox *self)
{
  if (!self->started)
    return 0;
  return (self->ended ? self->ended : g_get_monotonic_time ()) - self->started;
}

/**
 * gbx_sandbox_get_exit_status:
 * @self: a sandbox that has ended
 *
 * Gets the status as a shell would give it, which is what glovebox-exec(1) exits with.
 *
 * Returns: 0 to 255: the application's status, 128 + the signal's number where a signal ended it,
 *   127 when it was not found, 126 when it cannot be executed, 124 after a time-out, 125 for any
 *   failure of Glovebox's own, and before the end
 */
int
gbx_sandbox_get_exit_status (GbxSandbox *self)
{
  if (self->reason == GBX_END_TIMEOUT)
    return 124;
  if (self->reason == GBX_END_FAILED || self->reason == GBX_END_CANCELLED || !self->has_exit)
    return 125;
  switch (self->exit.kind)
    {
    case GBX_EXIT_STATUS:
      return self->exit.value;
    case GBX_EXIT_SIGNAL:
      return 128 + self->exit.value;
    case GBX_EXIT_NOT_FOUND:
      return 127;
    case GBX_EXIT_NOT_EXECUTABLE:
      return 126;
    default:
      return 125;
    }
}

/**
 * gbx_sandbox_get_started:
 * @self: a sandbox
 *
 * Tells whether the application itself was started, whatever became of it.
 *
 * Returns: whether it was: a status of 126 or 127 is then its own
 */
gboolean
gbx_sandbox_get_started (GbxSandbox *self)
{
  return self->has_started;
}

/**
 * gbx_sandbox_describe:
 * @policy: (transfer none): what it may do
 * @error: return location for a #GbxError
 *
 * Describes the domain that a launch would start, and starts nothing.  It prepares kernel and
 * initrd in the cache, and holds the policy's name meanwhile.  Blocking, for a worker thread.
 *
 * Returns: (transfer full): the domain's XML, in libvirt's format
 *   (https://libvirt.org/formatdomain.html); %NULL with %GBX_ERROR_HYPERVISOR, %GBX_ERROR_KERNEL,
 *   %GBX_ERROR_MODULE, %GBX_ERROR_NAME_IN_USE, %GBX_ERROR_NOT_FOUND, %GBX_ERROR_INVALID,
 *   %GBX_ERROR_SHARE or %GBX_ERROR_STORAGE
 */
char *
gbx_sandbox_describe (GbxPolicy *policy, GError **error)
{
  return gbx_launcher_describe (policy, error);
}

/**
 * gbx_sandbox_dup_log:
 * @self: a sandbox
 *
 * Gets the last log lines, 1000 at most: those of the launch, of the guest and, from an application
 * with a window, of its standard error.
 *
 * Returns: (transfer full): the lines, oldest first, each with a line break at its end; valid
 *   UTF-8 without other control characters
 */
char *
gbx_sandbox_dup_log (GbxSandbox *self)
{
  guint64 position = 0;

  return gbx_sandbox_dup_log_since (self, &position);
}

/**
 * gbx_sandbox_dup_log_since:
 * @self: a sandbox
 * @position: (inout): 0, or as the last call left it: the count of lines ever logged
 *
 * Gets the lines that came since the last call, of those that are kept.
 *
 * Returns: (transfer full): the lines, as gbx_sandbox_dup_log() gives them
 */
char *
gbx_sandbox_dup_log_since (GbxSandbox *self, guint64 *position)
{
  guint64 oldest = self->log_count - self->log.length;
  guint known = *position > oldest ? (guint) (*position - oldest) : 0;
  GString *text = g_string_new (NULL);

  for (GList *at = g_queue_peek_nth_link (&self->log, known); at; at = at->next)
    {
      g_string_append (text, at->data);
      g_string_append_c (text, '\n');
    }
  *position = self->log_count;
  return g_string_free (text, FALSE);
}

/* -------------------------------------------------------------- display -- */

static void
open_display_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  int fd = gbx_launcher_open_graphics_finish (GBX_LAUNCHER (source), result, &error);

  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

/**
 * gbx_sandbox_open_display_async:
 * @self: a sandbox whose domain runs
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called with the connection, or the error
 * @user_data: for the callback
 *
 * Opens one more connection to the domain's display, which speaks the policy's display protocol.
 * Each channel of SPICE needs one of its own.
 */
void
gbx_sandbox_open_display_async (GbxSandbox *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  if (!self->console || self->state >= GBX_SANDBOX_STOPPING)
    g_task_return_new_error (task, GBX_ERROR, GBX_ERROR_DISPLAY,
                             _ ("The sandbox has no display now"));
  else
    gbx_launcher_open_graphics_async (self->launcher, cancellable, open_display_cb,
                                      g_steal_pointer (&task));
}

/**
 * gbx_sandbox_open_display_finish:
 * @self: the sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_sandbox_open_display_async().
 *
 * Returns: a connected descriptor that is the caller's to close; -1 with %GBX_ERROR_DISPLAY when
 *   there is no display now or it refuses, with %GBX_ERROR_NOT_FOUND when the domain has gone, with
 *   %GBX_ERROR_HYPERVISOR when libvirt does not answer
 */
int
gbx_sandbox_open_display_finish (GbxSandbox *self, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

/* ------------------------------------------------------------- streams -- */

/**
 * gbx_sandbox_set_terminal_size:
 * @self: a sandbox
 * @rows: of the terminal, 1 to 65535
 * @columns: of the terminal, 1 to 65535
 *
 * Tells the command that its terminal has got another size; anything out of the range is ignored.
 * Before the guest has come up this does nothing: the terminal begins with the policy's size.
 */
void
gbx_sandbox_set_terminal_size (GbxSandbox *self, guint rows, guint columns)
{
  if (self->console && self->said_hello)
    gbx_console_send_pair (self->console, GBX_MSG_WINSIZE, rows, columns);
}

/**
 * gbx_sandbox_set_display_size:
 * @self: a sandbox
 * @width: pixels; brought into %GBX_DISPLAY_MIN to %GBX_DISPLAY_MAX
 * @height: pixels, likewise
 *
 * Gives the guest's display another size.  Before the application runs it is kept until then.
 */
void
gbx_sandbox_set_display_size (GbxSandbox *self, guint width, guint height)
{
  self->pending_width = CLAMP (width, GBX_DISPLAY_MIN, GBX_DISPLAY_MAX);
  self->pending_height = CLAMP (height, GBX_DISPLAY_MIN, GBX_DISPLAY_MAX);
  if (self->console && self->state == GBX_SANDBOX_RUNNING)
    gbx_console_send_pair (self->console, GBX_MSG_DISPLAY, self->pending_width,
                           self->pending_height);
}

/**
 * gbx_sandbox_set_scale:
 * @self: a sandbox that has not been launched
 * @scale: device pixels for each of the application's, in either direction; brought into 1 to 4
 *
 * Sets how large an application with a display draws, through `GDK_SCALE` and `QT_SCALE_FACTOR` in
 * its environment; 1 by default.
 */
void
gbx_sandbox_set_scale (GbxSandbox *self, guint scale)
{
  self->scale = CLAMP (scale, 1, 4);
}

/**
 * gbx_sandbox_set_keyboard:
 * @self: a sandbox that has not been launched
 * @model: (nullable): XKB's name of the keyboard, as `pc105`; %NULL for the default
 * @layout: (nullable): one or more layouts, as `de,us`
 * @variant: (nullable): their variants, as `nodeadkeys,`
 * @options: (nullable): as `caps:escape,compose:ralt`
 *
 * The guest gets the keys that were pressed, and gives them their meaning by itself.
 * Without this it does so as the host's system was set up (`/etc/default/keyboard`).
 * A name longer than 64 bytes, or options longer than 128, count as %NULL.
 */
void
gbx_sandbox_set_keyboard (GbxSandbox *self, const char *model, const char *layout,
                          const char *variant, const char *options)
{
  g_clear_pointer (&self->keyboard, gbx_keyboard_free);
  self->keyboard = gbx_keyboard_new (model, layout, variant, options);
}

/**
 * gbx_sandbox_send_signal:
 * @self: a sandbox
 * @signal_number: 1 to 64, as signal(7) has it for the host's architecture; others are ignored
 *
 * Sends a signal to the command's process group.  Unless the application runs this does nothing.
 */
void
gbx_sandbox_send_signal (GbxSandbox *self, int signal_number)
{
  if (self->console && self->state == GBX_SANDBOX_RUNNING)
    gbx_console_send_u32 (self->console, GBX_MSG_SIGNAL, signal_number);
}

/**
 * gbx_sandbox_set_source:
 * @self: a sandbox that has not been launched
 * @source: (transfer none) (nullable): what the application reads from its standard input; %NULL,
 *   the default, for an empty one
 *
 * Sets where the application's standard input comes from.
 */
void
gbx_sandbox_set_source (GbxSandbox *self, GInputStream *source)
{
  g_set_object (&self->source, source);
}

/**
 * gbx_sandbox_set_sink:
 * @self: a sandbox that has not been launched
 * @is_stderr: %TRUE for the standard error, %FALSE for the standard output
 * @sink: (transfer none) (nullable): where the stream's bytes go; %NULL, the default, emits
 *   #GbxSandbox::output instead
 *
 * Sets where what the application writes goes.  It comes under flow control: the application waits
 * for a slow sink.  The end of the stream closes the sink.
 */
void
gbx_sandbox_set_sink (GbxSandbox *self, gboolean is_stderr, GOutputStream *sink)
{
  if (is_stderr)
    g_set_object (&self->err_stream, sink);
  else
    g_set_object (&self->out, sink);
}
