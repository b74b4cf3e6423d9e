/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-api"

#include "config.h"

#include "gbx-running-private.h"

#include "gbx-runtime.h"

/* A wrapper around GbxControlClient with types that every language has. */
struct _GbxRunningSandbox
{
  GObject parent_instance;

  GbxControlClient *client;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_TITLE,
  PROP_PROFILE,
  PROP_SUMMARY,
  PROP_CONDITION,
  PROP_HAS_WINDOW,
  PROP_PAUSED,
  PROP_STARTED_AT,
  PROP_CLOSED,
  N_PROPS,
};

enum
{
  SIGNAL_ENDED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxRunningSandbox, gbx_running_sandbox, G_TYPE_OBJECT)

static void
gbx_running_sandbox_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GbxRunningSandbox *self = GBX_RUNNING_SANDBOX (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, gbx_running_sandbox_get_name (self));
      break;
    case PROP_TITLE:
      g_value_take_string (value, gbx_running_sandbox_dup_title (self));
      break;
    case PROP_PROFILE:
      g_value_take_string (value, gbx_running_sandbox_dup_profile (self));
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, gbx_running_sandbox_dup_summary (self));
      break;
    case PROP_CONDITION:
      g_value_take_string (value, gbx_running_sandbox_dup_condition (self));
      break;
    case PROP_HAS_WINDOW:
      g_value_set_boolean (value, gbx_running_sandbox_get_has_window (self));
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, gbx_running_sandbox_get_paused (self));
      break;
    case PROP_STARTED_AT:
      g_value_set_int64 (value, gbx_running_sandbox_get_started_at (self));
      break;
    case PROP_CLOSED:
      g_value_set_boolean (value, gbx_running_sandbox_get_closed (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
gbx_running_sandbox_dispose (GObject *object)
{
  GbxRunningSandbox *self = GBX_RUNNING_SANDBOX (object);

  if (self->client)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (gbx_running_sandbox_parent_class)->dispose (object);
}

#define FLAGS (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static void
install_texts (void)
{
  /**
   * GbxRunningSandbox:name: (getter get_name)
   *
   * The name, as `glovebox list` shows it.
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, FLAGS);
  /**
   * GbxRunningSandbox:title:
   *
   * What the application is called.
   */
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, FLAGS);
  /**
   * GbxRunningSandbox:profile:
   *
   * The id of the profile; may be empty.
   */
  props[PROP_PROFILE] = g_param_spec_string ("profile", NULL, NULL, NULL, FLAGS);
  /**
   * GbxRunningSandbox:summary:
   *
   * What the sandbox may do, in one or more translated sentences.
   */
  props[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL, FLAGS);
  /**
   * GbxRunningSandbox:condition:
   *
   * How it is: `starting`, `running`, `silent` (it does not answer), `impaired` (for example
   * without its network), `paused` or `stopping`.
   */
  props[PROP_CONDITION] = g_param_spec_string ("condition", NULL, NULL, NULL, FLAGS);
}

static void
install_properties (GObjectClass *klass)
{
  install_texts ();
  /**
   * GbxRunningSandbox:has-window: (getter get_has_window)
   *
   * Whether a window of Glovebox shows it.
   */
  props[PROP_HAS_WINDOW] = g_param_spec_boolean ("has-window", NULL, NULL, FALSE, FLAGS);
  /**
   * GbxRunningSandbox:paused: (getter get_paused)
   *
   * Whether its processors stand still.
   */
  props[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE, FLAGS);
  /**
   * GbxRunningSandbox:started-at: (getter get_started_at)
   *
   * When it was launched, in seconds since 1970.
   */
  props[PROP_STARTED_AT] =
      g_param_spec_int64 ("started-at", NULL, NULL, 0, G_MAXINT64, 0, FLAGS);
  /**
   * GbxRunningSandbox:closed: (getter get_closed)
   *
   * Whether the sandbox has ended, or its process.  It stays so.
   */
  props[PROP_CLOSED] = g_param_spec_boolean ("closed", NULL, NULL, FALSE, FLAGS);
  g_object_class_install_properties (klass, N_PROPS, props);
}

static void
gbx_running_sandbox_class_init (GbxRunningSandboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gbx_running_sandbox_get_property;
  object_class->dispose = gbx_running_sandbox_dispose;
  install_properties (object_class);
  /**
   * GbxRunningSandbox::ended:
   * @self: the sandbox
   * @process: what gbx_running_sandbox_run_finish() has returned
   * @status: as a shell has it, 0 to 255; 125 if the sandbox has ended before it
   * @by_sandbox: whether the end of the sandbox has ended it
   *
   * A command of gbx_running_sandbox_run_async() has ended.  All its output is written.
   */
  signals[SIGNAL_ENDED] =
      g_signal_new ("ended", GBX_TYPE_RUNNING_SANDBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_INT, G_TYPE_BOOLEAN);
}

static void
gbx_running_sandbox_init (GbxRunningSandbox *self)
{
}

static void
on_changed (GbxRunningSandbox *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CONDITION]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAUSED]);
}

static void
on_closed (GbxRunningSandbox *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CLOSED]);
}

static void
on_ended (GbxControlClient *client, guint process, int status, gboolean by_sandbox,
          gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_ENDED], 0, process, status, by_sandbox);
}

GbxControlClient *
gbx_running_sandbox_get_client (GbxRunningSandbox *self)
{
  return self->client;
}

/* ------------------------------------------------------------------ open -- */

/**
 * gbx_running_sandbox_list:
 *
 * Lists the running sandboxes of this account, in all processes, from the moment when a sandbox
 * has its name.
 *
 * Returns: (transfer full) (array zero-terminated=1): their names
 */
char **
gbx_running_sandbox_list (void)
{
  return gbx_running_list_names ();
}

static void
open_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GbxControlClient) client = gbx_control_client_open_finish (result, &error);
  GbxRunningSandbox *self;

  if (!client)
    {
      g_task_return_error (task, error);
      return;
    }
  self = g_object_new (GBX_TYPE_RUNNING_SANDBOX, NULL);
  self->client = g_steal_pointer (&client);
  g_signal_connect_swapped (self->client, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->client, "closed", G_CALLBACK (on_closed), self);
  g_signal_connect (self->client, "ended", G_CALLBACK (on_ended), self);
  g_task_return_pointer (task, self, g_object_unref);
}

/**
 * gbx_running_sandbox_open_async:
 * @name: of a running sandbox
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when it is connected
 * @user_data: for the callback
 *
 * Connects to a running sandbox.
 */
void
gbx_running_sandbox_open_async (const char *name, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_open_async (name, cancellable, open_cb,
                                 g_task_new (NULL, cancellable, callback, user_data));
}

/**
 * gbx_running_sandbox_open_finish:
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_running_sandbox_open_async().
 *
 * Returns: (transfer full): the sandbox; %NULL with %GBX_ERROR_NOT_FOUND if none of that name
 *   runs, or %GBX_ERROR_TIMEOUT if its process does not answer
 */
GbxRunningSandbox *
gbx_running_sandbox_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ------------------------------------------------------------ properties -- */

/**
 * gbx_running_sandbox_get_name:
 * @self: a running sandbox
 *
 * Gets the name, as `glovebox list` shows it.
 *
 * Returns: (transfer none): the name
 */
const char *
gbx_running_sandbox_get_name (GbxRunningSandbox *self)
{
  return gbx_control_client_get_name (self->client);
}

/**
 * gbx_running_sandbox_dup_title:
 * @self: a running sandbox
 *
 * Gets what the application is called.
 *
 * Returns: (transfer full): the title; may be empty
 */
char *
gbx_running_sandbox_dup_title (GbxRunningSandbox *self)
{
  return gbx_control_client_dup_text (self->client, "Title");
}

/**
 * gbx_running_sandbox_dup_profile:
 * @self: a running sandbox
 *
 * Gets the profile that it was launched with.
 *
 * Returns: (transfer full): its id; may be empty
 */
char *
gbx_running_sandbox_dup_profile (GbxRunningSandbox *self)
{
  return gbx_control_client_dup_text (self->client, "Profile");
}

/**
 * gbx_running_sandbox_dup_summary:
 * @self: a running sandbox
 *
 * Gets what the sandbox may do.
 *
 * Returns: (transfer full): one or more translated sentences
 */
char *
gbx_running_sandbox_dup_summary (GbxRunningSandbox *self)
{
  return gbx_control_client_dup_text (self->client, "Summary");
}

/**
 * gbx_running_sandbox_dup_condition:
 * @self: a running sandbox
 *
 * Gets how the sandbox is: see [property@Glovebox.RunningSandbox:condition].
 *
 * Returns: (transfer full): one of the words
 */
char *
gbx_running_sandbox_dup_condition (GbxRunningSandbox *self)
{
  return gbx_control_client_dup_text (self->client, "Condition");
}

/**
 * gbx_running_sandbox_get_has_window:
 * @self: a running sandbox
 *
 * Tells whether a window of Glovebox shows the sandbox; then gbx_running_sandbox_present_async()
 * can work.
 *
 * Returns: whether it has one
 */
gboolean
gbx_running_sandbox_get_has_window (GbxRunningSandbox *self)
{
  return gbx_control_client_get_has_window (self->client);
}

/**
 * gbx_running_sandbox_get_paused:
 * @self: a running sandbox
 *
 * Tells whether the sandbox is paused.
 *
 * Returns: whether its processors stand still
 */
gboolean
gbx_running_sandbox_get_paused (GbxRunningSandbox *self)
{
  return gbx_control_client_get_paused (self->client);
}

/**
 * gbx_running_sandbox_get_started_at:
 * @self: a running sandbox
 *
 * Gets when the sandbox was launched.
 *
 * Returns: seconds since 1970
 */
gint64
gbx_running_sandbox_get_started_at (GbxRunningSandbox *self)
{
  return gbx_control_client_get_started_at (self->client);
}

/**
 * gbx_running_sandbox_get_closed:
 * @self: a running sandbox
 *
 * Tells whether it is still there.
 *
 * Returns: whether the sandbox has ended, or its process
 */
gboolean
gbx_running_sandbox_get_closed (GbxRunningSandbox *self)
{
  return gbx_control_client_is_closed (self->client);
}

/* --------------------------------------------------------------- figures -- */

/* Whoever reads the figures has them measured from then on. */
#define FIRST_LOOKS 12
#define LOOK_MS 150

static void figures_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static gboolean
look_again (gpointer user_data)
{
  GTask *task = user_data;
  GbxRunningSandbox *self = g_task_get_source_object (task);

  gbx_control_client_get_property_async (self->client, "Figures", g_task_get_cancellable (task),
                                         figures_cb, task);
  return G_SOURCE_REMOVE;
}

/* (transfer full): the dictionary, which may be empty. */
static GVariant *
unpack_figures (GVariant *answer)
{
  g_autoptr (GVariant) figures = NULL;

  if (g_variant_is_of_type (answer, G_VARIANT_TYPE ("(v)")))
    g_variant_get (answer, "(v)", &figures);
  if (figures && g_variant_is_of_type (figures, G_VARIANT_TYPE_VARDICT))
    return g_steal_pointer (&figures);
  return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
}

static void
figures_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  guint looks = GPOINTER_TO_UINT (g_task_get_task_data (task)) + 1;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) figures = NULL;
  GError *error = NULL;

  if (!gbx_control_client_call_finish (GBX_CONTROL_CLIENT (source), result, &answer, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  figures = unpack_figures (answer);
  g_task_set_task_data (task, GUINT_TO_POINTER (looks), NULL);
  if (looks < FIRST_LOOKS && !g_variant_lookup (figures, "measured-at", "x", NULL))
    g_timeout_add (LOOK_MS, look_again, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_steal_pointer (&figures), (GDestroyNotify) g_variant_unref);
}

/**
 * gbx_running_sandbox_read_figures_async:
 * @self: a running sandbox
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called with the figures
 * @user_data: for the callback
 *
 * Reads what the sandbox uses at the moment.  It is measured once a second while somebody reads, so
 * the first reading may take a second or two.
 */
void
gbx_running_sandbox_read_figures_async (GbxRunningSandbox *self, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_get_property_async (self->client, "Figures", cancellable, figures_cb,
                                         g_task_new (self, cancellable, callback, user_data));
}

/**
 * gbx_running_sandbox_read_figures_finish:
 * @self: the running sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_running_sandbox_read_figures_async().
 *
 * The dictionary has the type `a{sv}`, and the entries that gbx_sandbox_dup_figures() has.  What is
 * not known is not in it.  To read the figures is to look: the sandbox is measured from then on for
 * three seconds, so the first answer may have nothing measured.  The guest may lie in those whose
 * names begin with `guest-`.
 *
 * Returns: (transfer full): the figures; %NULL with %GBX_ERROR_NOT_FOUND if the sandbox has
 *   ended, or %GBX_ERROR_TIMEOUT if its process does not answer
 */
GVariant *
gbx_running_sandbox_read_figures_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                         GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ----------------------------------------------------------------- calls -- */

static void
call_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gbx_control_client_call_finish (GBX_CONTROL_CLIENT (source), result, NULL, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * gbx_running_sandbox_set_async:
 * @self: a running sandbox
 * @key: of a setting that can change at run time, as `resources.cpu-quota`
 * @text: the new value, as on the command line
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when the new value holds
 * @user_data: for the callback
 *
 * Changes a limit of a running sandbox, as `glovebox set` does.
 */
void
gbx_running_sandbox_set_async (GbxRunningSandbox *self, const char *key, const char *text,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  gbx_control_client_call_async (self->client, "Set", g_variant_new ("(ss)", key, text), NULL, -1,
                                 cancellable, call_cb,
                                 g_task_new (self, cancellable, callback, user_data));
}

/**
 * gbx_running_sandbox_set_finish:
 * @self: the running sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_running_sandbox_set_async().
 *
 * Returns: whether the new value holds; %FALSE with %GBX_ERROR_INVALID if the setting cannot change
 *   at run time, the value is not possible, or it cannot be made to hold here
 */
gboolean
gbx_running_sandbox_set_finish (GbxRunningSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gbx_running_sandbox_set_paused_async:
 * @self: a running sandbox
 * @paused: whether it is to be paused
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for the callback
 *
 * Stops the sandbox's processors, or lets them go on.  It is no error if it is so already.
 */
void
gbx_running_sandbox_set_paused_async (GbxRunningSandbox *self, gboolean paused,
                                      GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  gbx_control_client_call_async (self->client, paused ? "Pause" : "Resume", NULL, NULL, -1,
                                 cancellable, call_cb,
                                 g_task_new (self, cancellable, callback, user_data));
}

/**
 * gbx_running_sandbox_set_paused_finish:
 * @self: the running sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_running_sandbox_set_paused_async().
 *
 * Returns: whether it is done; %FALSE with a #GbxError, for example if the application does not
 *   run
 */
gboolean
gbx_running_sandbox_set_paused_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                       GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gbx_running_sandbox_present_async:
 * @self: a running sandbox
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for the callback
 *
 * Shows the sandbox's window.
 */
void
gbx_running_sandbox_present_async (GbxRunningSandbox *self, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_call_async (self->client, "Present", NULL, NULL, -1, cancellable, call_cb,
                                 g_task_new (self, cancellable, callback, user_data));
}

/**
 * gbx_running_sandbox_present_finish:
 * @self: the running sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_running_sandbox_present_async().
 *
 * Returns: whether the window is shown; %FALSE with a #GbxError if there is none
 */
gboolean
gbx_running_sandbox_present_finish (GbxRunningSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * gbx_running_sandbox_stop_async:
 * @self: a running sandbox
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when the sandbox has been asked to stop
 * @user_data: for the callback
 *
 * Asks the sandbox to stop, as closing its window does.  It may take a while, or the user may
 * decide against it: [property@Glovebox.RunningSandbox:closed] tells when it has ended.
 */
void
gbx_running_sandbox_stop_async (GbxRunningSandbox *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  gbx_control_client_call_async (self->client, "Stop", NULL, NULL, -1, cancellable, call_cb,
                                 g_task_new (self, cancellable, callback, user_data));
}

/**
 * gbx_running_sandbox_stop_finish:
 * @self: the running sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_running_sandbox_stop_async().
 *
 * Returns: whether it was asked; %FALSE with a #GbxError
 */
gboolean
gbx_running_sandbox_stop_finish (GbxRunningSandbox *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -------------------------------------------------------------- commands -- */

static void
run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  guint process = gbx_control_client_run_finish (GBX_CONTROL_CLIENT (source), result, &error);

  if (process)
    g_task_return_int (task, process);
  else
    g_task_return_error (task, error);
}

/**
 * gbx_running_sandbox_run_async:
 * @self: a running sandbox
 * @argv: (array zero-terminated=1) (element-type filename): the command and its arguments
 * @options: (nullable): a dictionary of the type `a{sv}`, as docs/control.md has it:
 *   `environment` (aay), `directory` (ay), `terminal` ((uub)) and `keeps` (b)
 * @input: a descriptor for the command to read from; -1 for none
 * @output: a descriptor for the command's output; -1 for the sandbox's log
 * @errors: a descriptor for the command's errors; -1 for the sandbox's log
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when the command has been executed
 * @user_data: for the callback
 *
 * Runs a command in the sandbox, beside the application.  Either all three descriptors are given
 * or none.  They stay the caller's; the process of the sandbox has its own from now on.
 */
void
gbx_running_sandbox_run_async (GbxRunningSandbox *self, const char *const *argv, GVariant *options,
                               int input, int output, int errors, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  const int streams[] = { input, output, errors };
  gboolean has_streams = input >= 0 && output >= 0 && errors >= 0;

  g_return_if_fail (has_streams || (input < 0 && output < 0 && errors < 0));
  gbx_control_client_run_async (self->client, argv, options, has_streams ? streams : NULL,
                                cancellable, run_cb,
                                g_task_new (self, cancellable, callback, user_data));
}

/**
 * gbx_running_sandbox_run_finish:
 * @self: the running sandbox
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_running_sandbox_run_async().  [signal@Glovebox.RunningSandbox::ended] tells of the
 * command's end.
 *
 * Returns: the number of the command, for the signal; 0 with %GBX_ERROR_NOT_FOUND if there is no
 *   such command in the sandbox, %GBX_ERROR_INVALID if it cannot be executed, or
 *   %GBX_ERROR_GUEST if nothing can be started now
 */
guint
gbx_running_sandbox_run_finish (GbxRunningSandbox *self, GAsyncResult *result, GError **error)
{
  gssize process = g_task_propagate_int (G_TASK (result), error);

  return process > 0 ? (guint) process : 0;
}

/**
 * gbx_running_sandbox_send_signal:
 * @self: a running sandbox
 * @process: what gbx_running_sandbox_run_finish() has returned
 * @signal_number: 1 to 64, as signal(7) has it
 *
 * Sends a signal to the command's process group, without an answer.
 */
void
gbx_running_sandbox_send_signal (GbxRunningSandbox *self, guint process, int signal_number)
{
  gbx_control_client_signal (self->client, process, signal_number);
}
