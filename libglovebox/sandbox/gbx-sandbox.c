/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-sandbox"

#include "config.h"

#include "gbx-sandbox-private.h"

#include "gbx-enums.h"
#include "gbx-error.h"
#include "gbx-settings.h"
#include "gbx-journal.h"
#include "gbx-backends.h"
#include "gbx-runtime.h"
#include "gbx-surroundings.h"

#include <glib/gi18n-lib.h>

/* The public interface of a session: properties, signals and methods.  All decisions are in
 * gbx-session.c. */
struct _GbxSandbox
{
  GObject parent_instance;

  GbxPolicy *policy;
  GbxBackend *backend;
  GbxSession *session; /* (nullable): from the launch on */
  GTask *launch;       /* (nullable): until the application runs */
  gulong cancel_handler;
  GPtrArray *waiters; /* (element-type GTask) */

  /* for the launch */
  GbxStreams streams; /* (owned) */
  guint width, height; /* 0: the policy's */
  guint group;         /* of the keyboard's layouts */
  gboolean holds;
  guint time_divisor;
};

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
  PROP_TROUBLE,
  PROP_TITLE,
  PROP_WINDOWS,
  PROP_DRAWN,
  PROP_SETTLED,
  PROP_HAS_WINDOW,
  PROP_WINDOW_CLASS,
  PROP_POINTER_HIDDEN,
  PROP_PAUSED,
  PROP_CONDITION,
  PROP_FIGURES,
  PROP_HOLDING,
  N_PROPS,
};

enum
{
  SIGNAL_LOG,
  SIGNAL_LOGGED,
  SIGNAL_OUTPUT,
  SIGNAL_SIZE_WANTED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxSandbox, gbx_sandbox, G_TYPE_OBJECT)

static GbxProgress *
progress_of (GbxSandbox *self)
{
  return self->session ? gbx_session_get_progress (self->session) : NULL;
}

static GbxGuest *
guest_of (GbxSandbox *self)
{
  return self->session ? gbx_session_get_guest (self->session) : NULL;
}

static const GbxExitReport *
exit_of (GbxSandbox *self)
{
  GbxGuest *guest = guest_of (self);

  return guest ? gbx_guest_get_exit (guest) : NULL;
}

/* -------------------------------------------------------------- session -- */

/* Why the launch did not start the application. */
static GError *
make_launch_error (GbxSandbox *self)
{
  const char *command = gbx_policy_get_command (self->policy)[0];
  const GError *error = gbx_session_get_error (self->session);
  const GbxExitReport *exit = exit_of (self);

  if (error)
    return g_error_copy (error);
  if (gbx_session_get_reason (self->session) == GBX_END_TIMEOUT)
    return g_error_new_literal (GBX_ERROR, GBX_ERROR_TIMEOUT,
                                _ ("The time limit passed before the application ran"));
  if (exit && exit->kind == GBX_EXIT_NOT_FOUND)
    return g_error_new (GBX_ERROR, GBX_ERROR_NOT_FOUND,
                        _ ("%s: there is no such command in the sandbox"), command);
  if (exit && exit->kind == GBX_EXIT_NOT_EXECUTABLE)
    {
      g_autofree char *reason = gbx_journal_clean (exit->text);

      return g_error_new (GBX_ERROR, GBX_ERROR_INVALID,
                          _ ("%s: it cannot be executed in the sandbox (%s)"), command, reason);
    }
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("The launch was cancelled"));
}

/* Takes the error, if any. */
static void
return_launch (GbxSandbox *self, GError *error)
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

static void
on_launched (GbxSession *session, gpointer user_data)
{
  GbxSandbox *self = user_data;

  if (self->launch)
    return_launch (self, NULL);
}

static void
on_ended (GbxSession *session, gpointer user_data)
{
  GbxSandbox *self = user_data;
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->waiters);

  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  if (self->launch)
    return_launch (self, make_launch_error (self));
  for (guint i = 0; i < waiters->len; i++)
    g_task_return_boolean (waiters->pdata[i], TRUE);
  g_object_unref (self); /* of the launch */
}

static void
on_changed (GbxProgress *progress, const char *property, gpointer user_data)
{
  g_object_notify (user_data, property);
}

static void
on_log (GbxProgress *progress, guint level, const char *text, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_LOG], 0, level, text);
}

static void
on_logged (GbxProgress *progress, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_LOGGED], 0);
}

static void
on_output (GbxSession *session, gboolean is_stderr, GBytes *data, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_OUTPUT], 0, is_stderr, data);
}

static void
on_size (GbxSession *session, guint width, guint height, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_SIZE_WANTED], 0, width, height);
}

static void
make_session (GbxSandbox *self)
{
  GbxProgress *progress;

  self->session = gbx_session_new (self->policy, self->backend, &self->streams);
  gbx_session_set_time_divisor (self->session, self->time_divisor);
  if (self->width)
    gbx_session_set_display_size (self->session, self->width, self->height);
  gbx_session_set_keyboard_group (self->session, self->group);
  gbx_session_set_holds (self->session, self->holds);
  progress = gbx_session_get_progress (self->session);
  g_signal_connect (self->session, "launched", G_CALLBACK (on_launched), self);
  g_signal_connect (self->session, "ended", G_CALLBACK (on_ended), self);
  g_signal_connect (self->session, "output", G_CALLBACK (on_output), self);
  g_signal_connect (self->session, "size", G_CALLBACK (on_size), self);
  g_signal_connect (progress, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (progress, "log", G_CALLBACK (on_log), self);
  g_signal_connect (progress, "logged", G_CALLBACK (on_logged), self);
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
      g_value_set_enum (value, gbx_sandbox_get_state (self));
      break;
    case PROP_REASON:
      g_value_set_enum (value, gbx_sandbox_get_reason (self));
      break;
    case PROP_ACTIVITY:
      g_value_set_string (value, gbx_sandbox_get_activity (self));
      break;
    case PROP_FRACTION:
      g_value_set_double (value, gbx_sandbox_get_fraction (self));
      break;
    case PROP_ACCELERATOR:
      g_value_set_enum (value, gbx_sandbox_get_accelerator (self));
      break;
    case PROP_NOTICE:
      g_value_set_string (value, gbx_sandbox_get_notice (self));
      break;
    case PROP_TROUBLE:
      g_value_set_string (value, gbx_sandbox_get_trouble (self));
      break;
    case PROP_TITLE:
      g_value_set_string (value, gbx_sandbox_get_title (self));
      break;
    case PROP_WINDOWS:
      g_value_take_variant (value, gbx_sandbox_dup_windows (self));
      break;
    case PROP_DRAWN:
      g_value_set_boolean (value, gbx_sandbox_get_drawn (self));
      break;
    case PROP_SETTLED:
      g_value_set_boolean (value, gbx_sandbox_get_settled (self));
      break;
    case PROP_HAS_WINDOW:
      g_value_set_boolean (value, gbx_sandbox_get_has_window (self));
      break;
    case PROP_WINDOW_CLASS:
      g_value_set_string (value, gbx_sandbox_get_window_class (self));
      break;
    case PROP_POINTER_HIDDEN:
      g_value_set_boolean (value, gbx_sandbox_get_pointer_hidden (self));
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, gbx_sandbox_get_paused (self));
      break;
    case PROP_CONDITION:
      g_value_set_string (value, gbx_sandbox_get_condition (self));
      break;
    case PROP_FIGURES:
      g_value_take_variant (value, gbx_sandbox_dup_figures (self));
      break;
    case PROP_HOLDING:
      g_value_set_boolean (value, gbx_sandbox_get_holding (self));
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
  self->backend = gbx_backend_new (self->policy);
}

static void
gbx_sandbox_finalize (GObject *object)
{
  GbxSandbox *self = GBX_SANDBOX (object);

  /* A launch holds a reference until its end: none is running here. */
  if (self->session)
    {
      g_signal_handlers_disconnect_by_data (progress_of (self), self);
      g_signal_handlers_disconnect_by_data (self->session, self);
    }
  g_clear_object (&self->session);
  g_clear_object (&self->backend);
  g_clear_object (&self->streams.source);
  g_clear_object (&self->streams.out);
  g_clear_object (&self->streams.err);
  g_ptr_array_unref (self->waiters);
  g_clear_pointer (&self->policy, gbx_policy_unref);
  G_OBJECT_CLASS (gbx_sandbox_parent_class)->finalize (object);
}

#define WINDOWS_TYPE G_VARIANT_TYPE ("a(usbb)")
#define FLAGS (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static void
gbx_sandbox_class_init (GbxSandboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gbx_sandbox_get_property;
  object_class->set_property = gbx_sandbox_set_property;
  object_class->finalize = gbx_sandbox_finalize;

  /**
   * GbxSandbox:name: (getter get_name)
   *
   * The name, unique among the running sandboxes of the account.  It may get a number at the
   * launch.
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, FLAGS);
  /**
   * GbxSandbox:policy: (getter get_policy)
   *
   * What it may do.
   */
  props[PROP_POLICY] =
      g_param_spec_boxed ("policy", NULL, NULL, GBX_TYPE_POLICY,
                          G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * GbxSandbox:state: (getter get_state)
   *
   * How far it is.
   */
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, GBX_TYPE_SANDBOX_STATE,
                                         GBX_SANDBOX_PREPARING, FLAGS);
  /**
   * GbxSandbox:reason: (getter get_reason)
   *
   * Why it has ended.
   */
  props[PROP_REASON] =
      g_param_spec_enum ("reason", NULL, NULL, GBX_TYPE_END_REASON, GBX_END_NONE, FLAGS);
  /**
   * GbxSandbox:activity: (getter get_activity)
   *
   * What it is doing now, translated: "Starting the kernel".
   */
  props[PROP_ACTIVITY] = g_param_spec_string ("activity", NULL, NULL, NULL, FLAGS);
  /**
   * GbxSandbox:fraction: (getter get_fraction)
   *
   * The progress of the launch, 0 to 1.
   */
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, FLAGS);
  /**
   * GbxSandbox:accelerator: (getter get_accelerator)
   *
   * What runs the code once the domain exists; %GBX_ACCELERATOR_AUTO before.
   */
  props[PROP_ACCELERATOR] = g_param_spec_enum ("accelerator", NULL, NULL, GBX_TYPE_ACCELERATOR,
                                               GBX_ACCELERATOR_AUTO, FLAGS);
  /**
   * GbxSandbox:notice: (getter get_notice)
   *
   * A warning that whoever shows the sandbox must show: the isolation is weaker than it could
   * be.  It only grows.
   */
  props[PROP_NOTICE] = g_param_spec_string ("notice", NULL, NULL, NULL, FLAGS);
  /**
   * GbxSandbox:trouble: (getter get_trouble)
   *
   * What does not work at the moment, translated: the guest does not answer, the network has
   * ended.
   */
  props[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, FLAGS);
  /**
   * GbxSandbox:title: (getter get_title)
   *
   * The title of the active window.  It is not to be trusted, but valid UTF-8 without control
   * characters.
   */
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, FLAGS);
  /**
   * GbxSandbox:windows:
   *
   * The windows of the application, of the type `a(usbb)`: see gbx_sandbox_dup_windows().
   */
  props[PROP_WINDOWS] = g_param_spec_variant ("windows", NULL, NULL, WINDOWS_TYPE, NULL, FLAGS);
  /**
   * GbxSandbox:drawn: (getter get_drawn)
   *
   * Whether the application's first window has contents.
   */
  props[PROP_DRAWN] = g_param_spec_boolean ("drawn", NULL, NULL, FALSE, FLAGS);
  /**
   * GbxSandbox:settled: (getter get_settled)
   *
   * Whether the window has been drawn, and the guest is idle or nearly so.
   */
  props[PROP_SETTLED] = g_param_spec_boolean ("settled", NULL, NULL, FALSE, FLAGS);
  /**
   * GbxSandbox:has-window: (getter get_has_window)
   *
   * Whether the application shows a window now.
   */
  props[PROP_HAS_WINDOW] = g_param_spec_boolean ("has-window", NULL, NULL, FALSE, FLAGS);
  /**
   * GbxSandbox:window-class: (getter get_window_class)
   *
   * The class of the latest window (WM_CLASS).  It is not to be trusted.
   */
  props[PROP_WINDOW_CLASS] = g_param_spec_string ("window-class", NULL, NULL, NULL, FLAGS);
  /**
   * GbxSandbox:pointer-hidden: (getter get_pointer_hidden)
   *
   * Whether the guest shows no pointer, or draws it on its screen.
   */
  props[PROP_POINTER_HIDDEN] =
      g_param_spec_boolean ("pointer-hidden", NULL, NULL, FALSE, FLAGS);
  /**
   * GbxSandbox:paused: (getter get_paused)
   *
   * Whether its processors stand still.
   */
  props[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, FLAGS);
  /**
   * GbxSandbox:figures:
   *
   * What it uses, of the type `a{sv}`: see gbx_sandbox_dup_figures().  Notified once a second.
   */
  props[PROP_FIGURES] =
      g_param_spec_variant ("figures", NULL, NULL, G_VARIANT_TYPE_VARDICT, NULL, FLAGS);
  /**
   * GbxSandbox:condition: (getter get_condition)
   *
   * How it is, in one word: see gbx_sandbox_get_condition().
   */
  props[PROP_CONDITION] = g_param_spec_string ("condition", NULL, NULL, NULL, FLAGS);
  /**
   * GbxSandbox:holding: (getter get_holding)
   *
   * Whether it waits for gbx_sandbox_release() at its end.
   */
  props[PROP_HOLDING] = g_param_spec_boolean ("holding", NULL, NULL, FALSE, FLAGS);
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
   * For users of gbx_sandbox_dup_log_since(): a line was added, from any source, including
   * the application's output.  There may be thousands: do not do much work here.
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
  /**
   * GbxSandbox::size-wanted:
   * @self: the sandbox
   * @width: pixels, %GBX_DISPLAY_MIN to %GBX_DISPLAY_MAX
   * @height: pixels, likewise
   *
   * A window of the application needs a display of that size: its first one, or a later one that
   * is larger than the display.  Only for a policy with gbx_policy_get_fits_display().
   */
  signals[SIGNAL_SIZE_WANTED] =
      g_signal_new ("size-wanted", GBX_TYPE_SANDBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
gbx_sandbox_init (GbxSandbox *self)
{
  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->time_divisor = 1;
}

/**
 * gbx_sandbox_new:
 * @policy: (transfer none): what it may do
 *
 * Creates a sandbox; nothing is started.  Use it in the thread that runs the default main
 * context.
 *
 * Returns: (transfer full): a sandbox that has not been launched
 */
GbxSandbox *
gbx_sandbox_new (GbxPolicy *policy)
{
  /* Before there are threads that could read the environment meanwhile. */
  gbx_surroundings_settle_sockets ();
  return g_object_new (GBX_TYPE_SANDBOX, "policy", policy, NULL);
}

GbxSandbox *
gbx_sandbox_new_with_backend (GbxPolicy *policy, GbxBackend *backend, guint time_divisor)
{
  GbxSandbox *self = gbx_sandbox_new (policy);

  g_set_object (&self->backend, backend);
  self->time_divisor = time_divisor;
  return self;
}

/* -------------------------------------------------------------- launch -- */

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  gbx_session_cancel (((GbxSandbox *) user_data)->session);
}

static gboolean
on_cancelled_early (gpointer user_data)
{
  gbx_session_cancel (((GbxSandbox *) user_data)->session);
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
 * Runs the sandbox up to %GBX_SANDBOX_RUNNING. A failure or cancelling ends it and cleans
 * up.  A sandbox can be launched once.
 */
void
gbx_sandbox_launch_async (GbxSandbox *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (self->session == NULL);

  self->launch = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (self->launch, FALSE);
  make_session (self);
  g_object_ref (self); /* until it has ended */
  gbx_session_begin (self->session);
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
 * %GBX_ERROR_ACCELERATOR, %GBX_ERROR_ISOLATION, %GBX_ERROR_KERNEL, %GBX_ERROR_MODULE,
 * %GBX_ERROR_SHARE, %GBX_ERROR_STORAGE and %GBX_ERROR_NETWORK on the host, %GBX_ERROR_PROTOCOL and %GBX_ERROR_GUEST
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
 * Waits until the sandbox is %GBX_SANDBOX_ENDED and cleaned up; returns at once if it
 * already is. gbx_sandbox_get_reason() tells why it ended.
 */
void
gbx_sandbox_wait_async (GbxSandbox *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (gbx_sandbox_get_state (self) == GBX_SANDBOX_ENDED)
    g_task_return_boolean (task, TRUE);
  else
    g_ptr_array_add (self->waiters, g_steal_pointer (&task));
}

/**
 * gbx_sandbox_wait_finish:
 * @self: the sandbox
 * @result: what the callback got
 * @error: return location for a #GError; none is ever set
 *
 * Finishes gbx_sandbox_wait_async().  How it ended, with a #GError or without, is told by
 * gbx_sandbox_get_error(), gbx_sandbox_get_reason() and gbx_sandbox_get_exit_status().
 *
 * Returns: %TRUE
 */
gboolean
gbx_sandbox_wait_finish (GbxSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gbx_sandbox_add_weakness:
 * @self: a sandbox
 * @weakness: a translated sentence
 *
 * Tells that the isolation is weaker than it could be, for a reason that lies with the caller: that
 * the program which decodes the display is not confined, for one.  The sentence is added to the
 * notice, once.  A sandbox whose policy is strict ends with %GBX_ERROR_ISOLATION.
 */
void
gbx_sandbox_add_weakness (GbxSandbox *self, const char *weakness)
{
  if (self->session && gbx_sandbox_get_state (self) < GBX_SANDBOX_STOPPING)
    gbx_session_add_weakness (self->session, weakness);
}

/**
 * gbx_sandbox_stop:
 * @self: a sandbox
 * @grace_ms: milliseconds between SIGTERM and SIGKILL for the application
 *
 * Asks the application to end, and ends it after the grace time.  Before the application
 * runs this cancels the launch; while the sandbox cleans up already, slow readers of the
 * output get that time and no more; before the launch and after the end it does nothing.
 */
void
gbx_sandbox_stop (GbxSandbox *self, guint grace_ms)
{
  if (self->session)
    gbx_session_stop (self->session, grace_ms);
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
  if (self->session)
    gbx_session_kill (self->session);
}

/* ------------------------------------------------------------- commands -- */

GbxProcess *
gbx_sandbox_run (GbxSandbox *self, const GbxCommandSpec *spec, const GbxStreams *streams,
                 GError **error)
{
  if (self->session)
    return gbx_session_run (self->session, spec, streams, error);
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("Nothing can be started in the sandbox now: its application does not run"));
  return NULL;
}

/* --------------------------------------------------------------- pause -- */

static void
set_paused_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gbx_session_set_paused_finish (GBX_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * gbx_sandbox_set_paused_async:
 * @self: a sandbox whose application runs
 * @paused: whether its processors are to stand still
 * @callback: (scope async) (closure user_data) (nullable): called when that is done
 * @user_data: for the callback
 *
 * Pauses the sandbox, or lets it go on.  A paused sandbox keeps its memory and uses no processor
 * time; its time limit waits too.  gbx_sandbox_stop() lets it go on by itself.
 */
void
gbx_sandbox_set_paused_async (GbxSandbox *self, gboolean paused, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  if (self->session)
    gbx_session_set_paused_async (self->session, paused, set_paused_cb, g_steal_pointer (&task));
  else
    g_task_return_new_error (task, GBX_ERROR, GBX_ERROR_INVALID,
                             _ ("The sandbox cannot be paused now: its application does not run"));
}

/**
 * gbx_sandbox_set_paused_finish:
 * @self: the sandbox
 * @result: of gbx_sandbox_set_paused_async()
 * @error: return location for a #GError
 *
 * Finishes gbx_sandbox_set_paused_async().
 *
 * Returns: whether it is as it was asked to be; %FALSE with %GBX_ERROR_INVALID if the application
 *   does not run, or %GBX_ERROR_HYPERVISOR
 */
gboolean
gbx_sandbox_set_paused_finish (GbxSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
change_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gbx_session_change_finish (GBX_SESSION (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * gbx_sandbox_change_async:
 * @self: a sandbox whose application runs
 * @key: the key of a setting: `resources.cpu-weight`
 * @value: the new value, in the type of the setting
 * @callback: (scope async) (closure user_data) (nullable): called when that is done
 * @user_data: for the callback
 *
 * Changes a limit of a running sandbox, until it ends.  Not every setting can be changed then.
 */
void
gbx_sandbox_change_async (GbxSandbox *self, const char *key, GVariant *value,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  const GbxSetting *setting = gbx_settings_find (key);
  GError *error = NULL;

  if (!setting)
    error = g_error_new (GBX_ERROR, GBX_ERROR_INVALID, _ ("There is no setting “%s”"), key);
  else if (!self->session)
    error = g_error_new_literal (GBX_ERROR, GBX_ERROR_INVALID,
                                 _ ("Nothing can be changed now: the application of the sandbox "
                                    "does not run"));
  else
    gbx_setting_check (setting, owned,
                       gbx_policy_get_mode (self->policy) == GBX_MODE_DESKTOP, key, &error);
  if (error)
    g_task_return_error (task, error);
  else
    gbx_session_change_async (self->session, setting, owned, change_cb, g_steal_pointer (&task));
}

/**
 * gbx_sandbox_change_finish:
 * @self: the sandbox
 * @result: of gbx_sandbox_change_async()
 * @error: return location for a #GError
 *
 * Finishes gbx_sandbox_change_async().
 *
 * Returns: whether the new value holds; %FALSE with %GBX_ERROR_INVALID if there is no such setting,
 *   the value is impossible, it cannot be changed now or cannot be held here, or with
 *   %GBX_ERROR_HYPERVISOR
 */
gboolean
gbx_sandbox_change_finish (GbxSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gbx_sandbox_get_paused:
 * @self: the sandbox
 *
 * Gets whether it is paused.
 *
 * Returns: whether its processors stand still
 */
gboolean
gbx_sandbox_get_paused (GbxSandbox *self)
{
  return self->session && gbx_session_get_paused (self->session);
}

/* --------------------------------------------------------------- files -- */

/**
 * gbx_sandbox_set_holds:
 * @self: a sandbox that has not been launched
 * @holds: whether it is to wait at its end
 *
 * Lets the sandbox wait when its application has ended, so that files of a temporary home can be
 * saved: `holding` tells of it, and gbx_sandbox_release() lets it go on.  It does not wait if it
 * is killed, or its time limit passes.
 */
void
gbx_sandbox_set_holds (GbxSandbox *self, gboolean holds)
{
  self->holds = holds;
}

/**
 * gbx_sandbox_get_holding:
 * @self: a sandbox
 *
 * Gets whether the application has ended and the sandbox waits; see gbx_sandbox_set_holds().
 * The state is %GBX_SANDBOX_STOPPING then.
 *
 * Returns: whether it waits
 */
gboolean
gbx_sandbox_get_holding (GbxSandbox *self)
{
  return self->session && gbx_session_get_state (self->session) == GBX_SESSION_HOLDING;
}

/**
 * gbx_sandbox_release:
 * @self: a sandbox
 *
 * Ends the waiting; see gbx_sandbox_set_holds().
 */
void
gbx_sandbox_release (GbxSandbox *self)
{
  if (self->session)
    gbx_session_release (self->session);
}

/**
 * gbx_sandbox_open_files:
 * @self: a sandbox whose application runs, or which waits at its end
 * @put: whether files are to be put in; otherwise they can be listed and got
 * @error: return location for a #GError
 *
 * Opens a connection to the user's files in the sandbox.  It is a socket on which the records of
 * the guest protocol's channel `files` or `put` are spoken.  The guest is not trusted.
 *
 * Returns: a descriptor that the caller closes; -1 with %GBX_ERROR_GUEST if the sandbox
 *   cannot have it now, or its policy forbids it
 */
int
gbx_sandbox_open_files (GbxSandbox *self, gboolean put, GError **error)
{
  if (self->session)
    return gbx_session_open_files (self->session, put, error);
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_GUEST,
                       _ ("The sandbox cannot hand over files: its application does not run"));
  return -1;
}

/* ------------------------------------------------------------- getters -- */

/**
 * gbx_sandbox_get_condition:
 * @self: the sandbox
 *
 * Gets what `glovebox list` shows in other processes.
 *
 * Returns: `starting`, `running`, `silent`, `impaired`, `paused` or `stopping`
 */
const char *
gbx_sandbox_get_condition (GbxSandbox *self)
{
  return self->session ? gbx_session_get_condition (self->session) : GBX_CONDITION_STARTING;
}

static void
add_guest_figures (GbxSandbox *self, GVariantDict *dict)
{
  GbxGuest *guest = guest_of (self);
  GbxFigures figures;

  if (!guest || !gbx_guest_get_figures (guest, &figures))
    return;
  g_variant_dict_insert (dict, "guest-busy", "u", figures.busy_permille);
  g_variant_dict_insert (dict, "guest-memory", "t", (guint64) figures.memory_total_kib * 1024);
  g_variant_dict_insert (dict, "guest-available", "t",
                         (guint64) figures.memory_available_kib * 1024);
  g_variant_dict_insert (dict, "guest-processes", "t", (guint64) figures.n_processes);
}

static void
add_measured_figures (GbxSandbox *self, GVariantDict *dict)
{
  static const char *const names[GBX_N_USAGES] = {
    [GBX_USAGE_CPU_TIME] = "cpu-time",
    [GBX_USAGE_MEMORY] = "memory",
    [GBX_USAGE_MEMORY_LIMIT] = "memory-limit",
    [GBX_USAGE_DISK_READ] = "disk-read",
    [GBX_USAGE_DISK_WRITTEN] = "disk-written",
    [GBX_USAGE_NETWORK_RECEIVED] = "received",
    [GBX_USAGE_NETWORK_SENT] = "sent",
    [GBX_USAGE_PROCESSES] = "processes",
  };
  GbxUsage usage;

  if (!self->session || !gbx_session_get_usage (self->session, &usage))
    return;
  if (!usage.known[GBX_USAGE_MEMORY_LIMIT])
    gbx_usage_set (&usage, GBX_USAGE_MEMORY_LIMIT, gbx_policy_get_memory (self->policy));
  g_variant_dict_insert (dict, "measured-at", "x", usage.measured_at);
  for (guint i = 0; i < GBX_N_USAGES; i++)
    if (usage.known[i])
      g_variant_dict_insert (dict, names[i], "t", usage.values[i]);
}

/**
 * gbx_sandbox_dup_figures:
 * @self: the sandbox
 *
 * Gets what the sandbox uses.  The host measures it while somebody looks: see
 * gbx_sandbox_look().  What is not known is missing.
 *
 * Measured by the host: `measured-at` (x), microseconds of the monotonic clock; `cpu-time` (t), of
 * all processors together since the start, in nanoseconds; `memory` and `memory-limit` (t), of the
 * host's memory, in bytes; `disk-read` and `disk-written` (t), and `received` and `sent` (t) over
 * the network, in bytes since the start; `processes` (t).
 *
 * Told by the guest once a second, which may lie: `guest-busy` (u), the use of all its processors
 * together in the last second, in thousandths; `guest-memory` and `guest-available` (t), in bytes;
 * `guest-processes` (t), the number of the user's processes.
 *
 * Returns: (transfer full): a dictionary
 */
GVariant *
gbx_sandbox_dup_figures (GbxSandbox *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_measured_figures (self, &dict);
  add_guest_figures (self, &dict);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/**
 * gbx_sandbox_look:
 * @self: the sandbox
 *
 * Says that somebody looks at the figures: for the next three seconds they are measured, once a
 * second, and `figures` is notified.
 */
void
gbx_sandbox_look (GbxSandbox *self)
{
  if (self->session)
    gbx_session_look (self->session);
}

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
  return self->session ? gbx_progress_get_name (progress_of (self))
                       : gbx_policy_get_name (self->policy);
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
 * Gets its state.
 *
 * Returns: the state; %GBX_SANDBOX_PREPARING before the launch
 */
GbxSandboxState
gbx_sandbox_get_state (GbxSandbox *self)
{
  static const GbxSandboxState states[] = {
    [GBX_SESSION_NEW] = GBX_SANDBOX_PREPARING,
    [GBX_SESSION_PREPARING] = GBX_SANDBOX_PREPARING,
    [GBX_SESSION_LAUNCHING] = GBX_SANDBOX_BOOTING,
    [GBX_SESSION_CANCELLING] = GBX_SANDBOX_STOPPING,
    [GBX_SESSION_WITHDRAWING] = GBX_SANDBOX_STOPPING,
    [GBX_SESSION_INTERRUPTING] = GBX_SANDBOX_STOPPING,
    [GBX_SESSION_BOOTING] = GBX_SANDBOX_BOOTING,
    [GBX_SESSION_SETTING_UP] = GBX_SANDBOX_STARTING,
    [GBX_SESSION_RUNNING] = GBX_SANDBOX_RUNNING,
    [GBX_SESSION_STOPPING] = GBX_SANDBOX_STOPPING,
    [GBX_SESSION_HOLDING] = GBX_SANDBOX_STOPPING,
    [GBX_SESSION_LEAVING] = GBX_SANDBOX_STOPPING,
    [GBX_SESSION_POWERING_OFF] = GBX_SANDBOX_STOPPING,
    [GBX_SESSION_CLEANING_UP] = GBX_SANDBOX_STOPPING,
    [GBX_SESSION_DRAINING] = GBX_SANDBOX_STOPPING,
    [GBX_SESSION_ENDED] = GBX_SANDBOX_ENDED,
  };

  return self->session ? states[gbx_session_get_state (self->session)] : GBX_SANDBOX_PREPARING;
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
  return self->session ? gbx_session_get_reason (self->session) : GBX_END_NONE;
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
  return self->session ? gbx_session_get_error (self->session) : NULL;
}

/**
 * gbx_sandbox_get_activity:
 * @self: a sandbox
 *
 * Gets what it is doing now, translated: "Starting the sandbox".
 *
 * Returns: (transfer none): the text, valid until it is notified; empty before the launch
 */
const char *
gbx_sandbox_get_activity (GbxSandbox *self)
{
  return self->session ? gbx_progress_get_activity (progress_of (self)) : "";
}

/**
 * gbx_sandbox_get_fraction:
 * @self: a sandbox
 *
 * Gets the progress of the launch.  Each step has a fixed value, an estimate of its part of
 * the time.
 *
 * Returns: 0 to 1
 */
double
gbx_sandbox_get_fraction (GbxSandbox *self)
{
  return self->session ? gbx_progress_get_fraction (progress_of (self)) : 0;
}

/**
 * gbx_sandbox_get_accelerator:
 * @self: a sandbox
 *
 * Gets what runs the guest's code.
 *
 * Returns: KVM or TCG once the domain is being started, %GBX_ACCELERATOR_AUTO before; it changes
 *   where KVM fails and TCG takes over; %GBX_ACCELERATOR_NONE of a container
 */
GbxAccelerator
gbx_sandbox_get_accelerator (GbxSandbox *self)
{
  return self->session ? gbx_session_get_accelerator (self->session) : GBX_ACCELERATOR_AUTO;
}

/**
 * gbx_sandbox_get_display_protocol:
 * @self: a sandbox
 *
 * Gets how to talk to the guest's display.  A virtual machine has the one that the policy names, a
 * container only VNC.
 *
 * Returns: the protocol, once the sandbox runs
 */
GbxDisplayProtocol
gbx_sandbox_get_display_protocol (GbxSandbox *self)
{
  return gbx_sandbox_get_accelerator (self) == GBX_ACCELERATOR_NONE
             ? GBX_DISPLAY_PROTOCOL_VNC
             : gbx_policy_get_display_protocol (self->policy);
}

/**
 * gbx_sandbox_get_notice:
 * @self: a sandbox
 *
 * Gets a warning that the user has to see, translated: the fallback to TCG, or another weakness of
 * the isolation.
 *
 * Returns: (transfer none) (nullable): plain text, a line for each weakness, valid until it
 *   is notified; %NULL when there is none
 */
const char *
gbx_sandbox_get_notice (GbxSandbox *self)
{
  return self->session ? gbx_progress_get_notice (progress_of (self)) : NULL;
}

/**
 * gbx_sandbox_get_trouble:
 * @self: a sandbox
 *
 * Gets what does not work at the moment, translated: the guest does not answer, or the network has
 * ended.  It may pass.
 *
 * Returns: (transfer none) (nullable): plain text of one sentence or more, valid until it is
 *   notified; %NULL when all is well
 */
const char *
gbx_sandbox_get_trouble (GbxSandbox *self)
{
  return self->session ? gbx_progress_get_trouble (progress_of (self)) : NULL;
}

/**
 * gbx_sandbox_get_title:
 * @self: a sandbox
 *
 * Gets the title of the guest's active window.  The application writes it, so it is not to
 * be trusted, but it is one line of valid UTF-8 without control characters, of at most 200
 * letters.
 *
 * Returns: (transfer none) (nullable): the title, valid until it is notified; %NULL when there is
 *   none
 */
const char *
gbx_sandbox_get_title (GbxSandbox *self)
{
  GbxGuest *guest = guest_of (self);

  return guest ? gbx_guest_get_title (guest) : NULL;
}

/**
 * gbx_sandbox_dup_windows:
 * @self: a sandbox
 *
 * Gets the application's windows, without menus, tooltips and splash screens: at most the 32 that
 * were used last.  Each has a number, which is higher than those of older windows; its title, or
 * an empty text, which is as untrusted as that of gbx_sandbox_get_title(); whether it can be asked to close; and
 * whether it is a dialog that has to be answered before another of the windows can be used.
 *
 * Returns: (transfer full): an array of type `a(usbb)`, the active window first
 */
GVariant *
gbx_sandbox_dup_windows (GbxSandbox *self)
{
  GbxGuest *guest = guest_of (self);

  return guest ? g_variant_ref (gbx_guest_get_windows (guest))
               : g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(usbb)"), NULL, 0));
}

/**
 * gbx_sandbox_close_windows:
 * @self: a sandbox
 *
 * Asks all windows of the application to close, as their own buttons do.  So the application can
 * ask about unsaved work, and decides itself whether it ends.  Unless the application runs this
 * does nothing.
 */
void
gbx_sandbox_close_windows (GbxSandbox *self)
{
  if (self->session)
    gbx_session_close_windows (self->session);
}

/**
 * gbx_sandbox_use_window:
 * @self: a sandbox
 * @number: of the window, as in gbx_sandbox_dup_windows()
 *
 * Brings a window to the front and gives it the keyboard.  A number that no window has is ignored.
 */
void
gbx_sandbox_use_window (GbxSandbox *self, guint number)
{
  if (self->session)
    gbx_session_use_window (self->session, number);
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
  GbxGuest *guest = guest_of (self);

  return guest && gbx_guest_get_drawn (guest);
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
  GbxGuest *guest = guest_of (self);

  return guest && gbx_guest_get_settled (guest);
}

/**
 * gbx_sandbox_get_has_window:
 * @self: a sandbox
 *
 * Tells whether the application shows a window now.  While it loads, has only an icon for a panel,
 * or quits, it shows none.
 *
 * Returns: whether a window with contents is on the guest's screen; %FALSE for a command
 */
gboolean
gbx_sandbox_get_has_window (GbxSandbox *self)
{
  GbxGuest *guest = guest_of (self);

  return guest && gbx_guest_get_has_window (guest);
}

/**
 * gbx_sandbox_get_window_class:
 * @self: a sandbox
 *
 * Gets the class of the guest's latest window (WM_CLASS), by which a desktop finds the application
 * that a window belongs to.  The application writes it, so it is not to be trusted, but it is one
 * line of valid UTF-8 without control characters.
 *
 * Returns: (transfer none) (nullable): the class, valid until it is notified; %NULL when there is
 *   none
 */
const char *
gbx_sandbox_get_window_class (GbxSandbox *self)
{
  GbxGuest *guest = guest_of (self);

  return guest ? gbx_guest_get_window_class (guest) : NULL;
}

/**
 * gbx_sandbox_get_pointer_hidden:
 * @self: a sandbox
 *
 * Tells what VNC does not tell: whether the pointer that the display shows belongs on the screen.
 *
 * Returns: whether the application hides the pointer, or the guest draws it on its screen because
 *   it is larger than 64 × 64 pixels; %FALSE for a command
 */
gboolean
gbx_sandbox_get_pointer_hidden (GbxSandbox *self)
{
  GbxGuest *guest = guest_of (self);

  return guest && gbx_guest_get_pointer_hidden (guest);
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
  return self->session ? gbx_progress_get_elapsed (progress_of (self)) : 0;
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
  const GbxExitReport *exit = exit_of (self);
  GbxEndReason reason = gbx_sandbox_get_reason (self);

  if (reason == GBX_END_TIMEOUT)
    return 124;
  if (reason == GBX_END_FAILED || reason == GBX_END_CANCELLED || !exit)
    return 125;
  switch (exit->kind)
    {
    case GBX_EXIT_STATUS:
      return exit->value;
    case GBX_EXIT_SIGNAL:
      return 128 + exit->value;
    case GBX_EXIT_NOT_FOUND:
      return 127;
    case GBX_EXIT_NOT_EXECUTABLE:
      return 126;
    default:
      return 125;
    }
}

/**
 * gbx_sandbox_get_ran_out_of_memory:
 * @self: a sandbox that has ended
 *
 * Tells whether the sandbox had too little memory: its kernel has killed a process of the
 * application, if not the application itself.
 *
 * Returns: whether it did; more memory helps, see `resources.memory`
 */
gboolean
gbx_sandbox_get_ran_out_of_memory (GbxSandbox *self)
{
  const GbxExitReport *exit = exit_of (self);

  return exit && exit->out_of_memory;
}

/**
 * gbx_sandbox_get_started:
 * @self: a sandbox
 *
 * Tells whether the application itself was started.
 *
 * Returns: whether it was: a status of 126 or 127 is then its own
 */
gboolean
gbx_sandbox_get_started (GbxSandbox *self)
{
  GbxGuest *guest = guest_of (self);

  return guest && gbx_guest_has_started (guest);
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
 *   (https://libvirt.org/formatdomain.html); %NULL with %GBX_ERROR_HYPERVISOR, %GBX_ERROR_ACCELERATOR,
 *   %GBX_ERROR_KERNEL, %GBX_ERROR_MODULE, %GBX_ERROR_NAME_IN_USE, %GBX_ERROR_NOT_FOUND, %GBX_ERROR_INVALID,
 *   %GBX_ERROR_SHARE or %GBX_ERROR_STORAGE
 */
char *
gbx_sandbox_describe (GbxPolicy *policy, GError **error)
{
  g_autoptr (GbxBackend) backend = gbx_backend_new (policy);

  return gbx_backend_describe (backend, error);
}

/**
 * gbx_sandbox_dup_log:
 * @self: a sandbox
 *
 * Gets the last log lines, 1000 at most: those of the launch, of the guest and, from an application
 * with a window, of its output and errors.
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
  if (self->session)
    return gbx_progress_dup_log_since (progress_of (self), position);
  *position = 0;
  return g_strdup ("");
}

/**
 * gbx_sandbox_dup_output_since:
 * @self: a sandbox
 * @position: (inout): 0, or as the last call left it: the count of lines ever written
 *
 * Gets the lines that an application with a window wrote to its output and errors since the last
 * call, in the order in which they came; the last 1000 are kept.
 *
 * Returns: (transfer full): the lines, as gbx_sandbox_dup_log() gives them
 */
char *
gbx_sandbox_dup_output_since (GbxSandbox *self, guint64 *position)
{
  if (self->session)
    return gbx_progress_dup_output_since (progress_of (self), position);
  *position = 0;
  return g_strdup ("");
}

/* -------------------------------------------------------------- display -- */

static void
open_display_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  int fd = gbx_session_open_display_finish (GBX_SESSION (source), result, &error);

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
  if (!self->session)
    g_task_return_new_error (task, GBX_ERROR, GBX_ERROR_DISPLAY,
                             _ ("The sandbox has no display now"));
  else
    gbx_session_open_display_async (self->session, cancellable, open_display_cb,
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
 * Sends the command a new terminal size; values out of range are ignored.  Before the
 * guest's hello this does nothing: the terminal begins with the policy's size.
 */
void
gbx_sandbox_set_terminal_size (GbxSandbox *self, guint rows, guint columns)
{
  if (self->session)
    gbx_session_set_terminal_size (self->session, rows, columns);
}

/**
 * gbx_sandbox_set_display_size:
 * @self: a sandbox
 * @width: pixels; brought into %GBX_DISPLAY_MIN to %GBX_DISPLAY_MAX
 * @height: pixels, likewise
 *
 * Gives the guest's display another size.  If the application does not run yet, the size is
 * stored until then.
 */
void
gbx_sandbox_set_display_size (GbxSandbox *self, guint width, guint height)
{
  self->width = CLAMP (width, GBX_DISPLAY_MIN, GBX_DISPLAY_MAX);
  self->height = CLAMP (height, GBX_DISPLAY_MIN, GBX_DISPLAY_MAX);
  if (self->session)
    gbx_session_set_display_size (self->session, self->width, self->height);
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
  gbx_backend_set_scale (self->backend, CLAMP (scale, 1, 4));
}

/**
 * gbx_sandbox_set_appearance:
 * @self: a sandbox that has not been launched
 * @settings: a dictionary of the type `a{sv}`
 *
 * Sets what applications look like; by default they look as their toolkits decide.  The
 * strings `gtk-theme`, `icon-theme`, `font-name`, `monospace-font-name`, `cursor-theme`,
 * `hint-style` and `rgba`, the booleans `dark`, `antialias` and `hinting`, and the integers
 * `cursor-size`, `dpi` (in 1024ths) and `scale` have the values that #GtkSettings has for them.  Other
 * keys and values out of range are ignored.
 */
void
gbx_sandbox_set_appearance (GbxSandbox *self, GVariant *settings)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (settings);
  g_autoptr (GbxAppearance) appearance = NULL;

  g_return_if_fail (g_variant_is_of_type (sunk, G_VARIANT_TYPE_VARDICT));
  appearance = gbx_appearance_new (sunk);
  gbx_backend_set_appearance (self->backend, appearance);
}

/**
 * gbx_sandbox_set_keyboard:
 * @self: a sandbox
 * @model: (nullable): XKB's name of the keyboard, as `pc105`; %NULL for the default
 * @layout: (nullable): one or more layouts, as `de,us`
 * @variant: (nullable): their variants, as `nodeadkeys,`
 * @options: (nullable): as `caps:escape,compose:ralt`
 *
 * The guest gets the numbers of the pressed keys, and needs the keyboard layout.  By
 * default it is that of the host's system (`/etc/default/keyboard`).  A name longer than 64
 * bytes, or options longer than 128, count as %NULL.  It can change while the application runs; a
 * layout that the host does not know is then ignored.
 */
void
gbx_sandbox_set_keyboard (GbxSandbox *self, const char *model, const char *layout,
                          const char *variant, const char *options)
{
  g_autoptr (GbxKeyboard) keyboard = gbx_keyboard_new (model, layout, variant, options);

  if (self->session)
    gbx_session_set_keyboard (self->session, keyboard);
  else
    gbx_backend_set_keyboard (self->backend, keyboard);
}

/**
 * gbx_sandbox_set_keyboard_group:
 * @self: a sandbox
 * @group: an index into the layouts of gbx_sandbox_set_keyboard(), below 4; others are ignored
 *
 * Chooses one of several layouts, when the user has chosen it elsewhere.
 */
void
gbx_sandbox_set_keyboard_group (GbxSandbox *self, guint group)
{
  if (group >= GBX_INPUT_GROUPS)
    return;
  self->group = group;
  if (self->session)
    gbx_session_set_keyboard_group (self->session, group);
}

static void
send_input (GbxSandbox *self, const GbxInputRecord *record)
{
  if (self->session)
    gbx_session_send_input (self->session, record);
}

/**
 * gbx_sandbox_send_button:
 * @self: a sandbox
 * @button: of the pointer, as X has it: 6 and 7 scroll sideways, 8 and 9 are at the side; others
 *   are ignored
 * @pressed: whether it is pressed, otherwise released
 *
 * Presses a button that does not come with the display.
 */
void
gbx_sandbox_send_button (GbxSandbox *self, guint button, gboolean pressed)
{
  GbxInputRecord record = { .kind = GBX_INPUT_BUTTON, .button = (guint8) button, .pressed = pressed };

  if (button >= GBX_INPUT_BUTTON_FIRST && button <= GBX_INPUT_BUTTON_LAST)
    send_input (self, &record);
}

/**
 * gbx_sandbox_send_motion:
 * @self: a sandbox
 * @x: pixels to the right
 * @y: pixels downwards
 *
 * Moves the pointer from where it is.
 */
void
gbx_sandbox_send_motion (GbxSandbox *self, int x, int y)
{
  GbxInputRecord record = { .kind = GBX_INPUT_MOTION,
                            .x = (gint16) CLAMP (x, G_MININT16, G_MAXINT16),
                            .y = (gint16) CLAMP (y, G_MININT16, G_MAXINT16) };

  send_input (self, &record);
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
  if (self->session)
    gbx_session_send_signal (self->session, signal_number);
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
  g_set_object (&self->streams.source, source);
}

/**
 * gbx_sandbox_set_sink:
 * @self: a sandbox that has not been launched
 * @is_stderr: %TRUE for the standard error, %FALSE for the standard output
 * @sink: (transfer none) (nullable): where the stream's bytes go; %NULL, the default, emits
 *   #GbxSandbox::output instead
 *
 * Sets where the application's output goes.  Flow control makes the application wait for a
 * slow sink.  The end of the stream closes the sink.
 */
void
gbx_sandbox_set_sink (GbxSandbox *self, gboolean is_stderr, GOutputStream *sink)
{
  if (is_stderr)
    g_set_object (&self->streams.err, sink);
  else
    g_set_object (&self->streams.out, sink);
}
