/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-runner"
#include "config.h"

#include "gbx-runner.h"

#include "gbx-auto-screenshot.h"
#include "gbx-end-text.h"
#include "gbx-plain-converter.h"

#include <gio/gunixoutputstream.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATUS_FAILURE 125
/* How long an application may take to quit; its user can shorten it. */
#define GRACE_MS 15000
/* The same when no user waits at the window. */
#define QUIT_GRACE_MS 3000

struct _GbxRunner
{
  GObject parent_instance;

  GbxPolicy *policy;
  GbxSandboxMaker maker; /* (nullable) */
  gpointer maker_data;
  GbxSandbox *sandbox;  /* (nullable): of the latest launch */
  GCancellable *launch; /* (nullable): cancels the launch */

  GbxDisplay *display; /* (nullable): for the screenshot */
  char *screenshot;    /* (nullable): still to be made */
  gboolean exit_after_screenshot;
  gboolean screenshot_done;
  gboolean screenshot_failed;

  GbxClosing *closing;
  GbxLeftover *leftover;
  gboolean interactive; /* a user is there to read why it ended */
  GbxThen then;
  guint end_limit; /* source: the policy's time limit, after the end */
  gboolean finished;
};

enum
{
  BEGUN,
  ENDED,
  FINISHED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxRunner, gbx_runner, G_TYPE_OBJECT)

/* ---------------------------------------------------------------- end -- */

static int
get_status (GbxRunner *self)
{
  if (!self->sandbox || (self->exit_after_screenshot && self->screenshot_done))
    return 0;
  if (self->screenshot_failed)
    return STATUS_FAILURE;
  return gbx_sandbox_get_exit_status (self->sandbox);
}

static void
finish (GbxRunner *self)
{
  g_clear_handle_id (&self->end_limit, g_source_remove);
  if (self->finished)
    return;
  self->finished = TRUE;
  g_signal_emit (self, signals[FINISHED], 0, get_status (self));
}

static gboolean
on_end_limit (gpointer data)
{
  GbxRunner *self = data;

  self->end_limit = 0;
  finish (self);
  return G_SOURCE_REMOVE;
}

/* Who set a time limit, perhaps a script, also waits no longer for the window. Until
 * then the user can read why the application failed. */
static void
limit_end (GbxRunner *self)
{
  gint64 limit = gbx_policy_get_timeout (self->policy);
  gint64 passed = gbx_sandbox_get_elapsed (self->sandbox) / G_USEC_PER_SEC;

  if (limit > 0)
    self->end_limit = g_timeout_add_seconds ((guint)MAX (limit - passed, 1), on_end_limit, self);
}

/* Whether somebody reads what the application writes: on a terminal, or in a script. */
static gboolean
has_reader (void)
{
  struct stat st;

  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (isatty (fd) || (fd != STDIN_FILENO && fstat (fd, &st) == 0 && S_ISFIFO (st.st_mode)))
      return TRUE;
  return FALSE;
}

/* It quit without an error.  A user of a menu who has seen no window is told of that. */
static gboolean
is_done (GbxRunner *self)
{
  return gbx_sandbox_get_drawn (self->sandbox) || has_reader ();
}

static gboolean
finishes_by_itself (GbxRunner *self)
{
  GbxEndReason reason = gbx_sandbox_get_reason (self->sandbox);
  int status = gbx_sandbox_get_exit_status (self->sandbox);

  return self->then == GBX_THEN_CLOSE || !self->interactive || reason == GBX_END_CANCELLED
         || reason == GBX_END_TIMEOUT || (reason == GBX_END_EXITED && status == 0 && is_done (self));
}

/* On stderr, even if the window says it too: nobody may be looking at the window. */
static void
report_end (GbxRunner *self)
{
  g_autofree char *line = NULL;
  GbxEnd end;

  if (get_status (self) == 0)
    return;
  gbx_end_read (&end, self->sandbox);
  line = gbx_end_text_line (&end);
  g_printerr ("glovebox: %s\n", g_strdelimit (line, "\r\n", ' '));
}

static void
on_ended (GbxRunner *self)
{
  gboolean restarts = self->then == GBX_THEN_RESTART;
  gboolean stays = !restarts && !finishes_by_itself (self);

  if (!restarts)
    report_end (self);
  g_signal_emit (self, signals[ENDED], 0, stays);
  if (restarts)
    gbx_runner_start (self);
  else if (stays)
    limit_end (self);
  else
    finish (self);
}

/* The application goes on.  If it ends later, that is not what its user asked for. */
static void
on_closing (GbxRunner *self)
{
  if (gbx_closing_get_state (self->closing) == GBX_CLOSING_NOT
      && gbx_runner_get_state (self) == GBX_SANDBOX_RUNNING)
    self->then = GBX_THEN_DECIDE;
}

static void
wait_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxRunner) self = data;

  gbx_sandbox_wait_finish (GBX_SANDBOX (object), result, NULL);
  if (self->sandbox == GBX_SANDBOX (object) && !self->finished)
    on_ended (self);
}

/* -------------------------------------------------------------- launch -- */

static void
launch_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxRunner) self = data;
  g_autoptr (GError) error = NULL;

  /* wait_cb() is told of the end and its reason. */
  if (!gbx_sandbox_launch_finish (GBX_SANDBOX (object), result, &error))
    g_debug ("The launch failed: %s", error->message);
}

static void
auto_screenshot_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxRunner) self = data;
  g_autoptr (GError) error = NULL;

  self->screenshot_done = gbx_auto_screenshot_finish (result, &error);
  self->screenshot_failed = !self->screenshot_done;
  if (error)
    g_printerr ("glovebox: %s\n", error->message);
  if (self->exit_after_screenshot && gbx_runner_get_state (self) < GBX_SANDBOX_STOPPING)
    {
      self->then = GBX_THEN_CLOSE;
      gbx_sandbox_stop (self->sandbox, QUIT_GRACE_MS);
    }
}

static void
begin_screenshot (GbxRunner *self)
{
  if (self->screenshot)
    gbx_auto_screenshot_async (self->sandbox, self->display, self->screenshot, NULL,
                               auto_screenshot_cb, g_object_ref (self));
  g_clear_pointer (&self->screenshot, g_free);
  g_clear_object (&self->display);
}

/* The application of a window must not control the terminal that the window was started
 * from: a terminal gets its plain text alone.  A pipe or a file gets every byte. */
static void
set_sink (GbxSandbox *sandbox, gboolean is_stderr)
{
  int fd = is_stderr ? STDERR_FILENO : STDOUT_FILENO;
  g_autoptr (GOutputStream) stream = g_unix_output_stream_new (fd, FALSE);

  if (isatty (fd))
    {
      g_autoptr (GConverter) plain = gbx_plain_converter_new ();
      g_autoptr (GOutputStream) raw = g_steal_pointer (&stream);

      stream = g_converter_output_stream_new (raw, plain);
    }
  gbx_sandbox_set_sink (sandbox, is_stderr, stream);
}

static void
on_log (GbxRunner *self, guint level, const char *text)
{
  if (gbx_policy_get_verbose (self->policy))
    g_printerr ("glovebox: [%6.3f] %s\n", gbx_sandbox_get_elapsed (self->sandbox) / 1e6, text);
}

static void
on_activity (GbxRunner *self)
{
  on_log (self, 0, gbx_sandbox_get_activity (self->sandbox));
}

static void
make_sandbox (GbxRunner *self)
{
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_clear_object (&self->sandbox);
  self->sandbox = self->maker ? self->maker (self->policy, self->maker_data)
                              : gbx_sandbox_new (self->policy);
  g_object_connect (self->sandbox, "swapped-object-signal::notify::activity", on_activity, self,
                    "swapped-object-signal::log", on_log, self, NULL);
  set_sink (self->sandbox, FALSE);
  set_sink (self->sandbox, TRUE);
  gbx_sandbox_set_holds (self->sandbox, gbx_leftover_is_possible (self->policy));
  gbx_leftover_watch (self->leftover, self->sandbox);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_runner_dispose (GObject *object)
{
  GbxRunner *self = GBX_RUNNER (object);

  g_clear_handle_id (&self->end_limit, g_source_remove);
  g_clear_object (&self->closing);
  g_clear_object (&self->leftover);
  g_clear_object (&self->display);
  g_clear_object (&self->launch);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_runner_parent_class)->dispose (object);
}

static void
gbx_runner_finalize (GObject *object)
{
  GbxRunner *self = GBX_RUNNER (object);

  g_clear_pointer (&self->policy, gbx_policy_unref);
  g_free (self->screenshot);
  G_OBJECT_CLASS (gbx_runner_parent_class)->finalize (object);
}

static void
gbx_runner_class_init (GbxRunnerClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_runner_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_runner_finalize;
  signals[BEGUN] = g_signal_new ("begun", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, GBX_TYPE_SANDBOX);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[FINISHED] = g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
gbx_runner_init (GbxRunner *self)
{
  self->interactive = TRUE;
  self->closing = gbx_closing_new ();
  self->leftover = gbx_leftover_new ();
  g_signal_connect_object (self->closing, "notify::state", G_CALLBACK (on_closing), self,
                           G_CONNECT_SWAPPED);
}

GbxRunner *
gbx_runner_new (GbxPolicy *policy)
{
  GbxRunner *self = g_object_new (GBX_TYPE_RUNNER, NULL);

  self->policy = gbx_policy_ref (policy);
  return self;
}

void
gbx_runner_set_maker (GbxRunner *self, GbxSandboxMaker maker, gpointer user_data)
{
  self->maker = maker;
  self->maker_data = user_data;
}

void
gbx_runner_set_screenshot (GbxRunner *self, GbxDisplay *display, const char *path,
                           gboolean exit_afterwards)
{
  g_set_object (&self->display, display);
  g_free (self->screenshot);
  self->screenshot = g_strdup (path);
  self->exit_after_screenshot = exit_afterwards;
  self->interactive = self->interactive && !exit_afterwards;
  gbx_leftover_set_attended (self->leftover, self->interactive);
}

void
gbx_runner_start (GbxRunner *self)
{
  if (gbx_runner_get_state (self) != GBX_SANDBOX_ENDED || self->finished)
    return;
  g_clear_handle_id (&self->end_limit, g_source_remove);
  make_sandbox (self);
  self->then = GBX_THEN_DECIDE;
  g_clear_object (&self->launch);
  self->launch = g_cancellable_new ();
  g_signal_emit (self, signals[BEGUN], 0, self->sandbox);
  gbx_sandbox_launch_async (self->sandbox, self->launch, launch_cb, g_object_ref (self));
  gbx_sandbox_wait_async (self->sandbox, wait_cb, g_object_ref (self));
  begin_screenshot (self);
}

static void
stop_within (GbxRunner *self, guint grace_ms)
{
  if (gbx_runner_get_state (self) < GBX_SANDBOX_RUNNING)
    g_cancellable_cancel (self->launch);
  else
    gbx_sandbox_stop (self->sandbox, grace_ms);
}

gboolean
gbx_runner_close (GbxRunner *self, GbxThen then)
{
  if (!self->sandbox || !gbx_closing_begin (self->closing, self->sandbox))
    return FALSE;
  self->then = then;
  return TRUE;
}

void
gbx_runner_stop (GbxRunner *self, GbxThen then)
{
  GbxSandboxState state = gbx_runner_get_state (self);

  self->then = then;
  if (state < GBX_SANDBOX_STOPPING)
    stop_within (self, GRACE_MS);
  else if (state == GBX_SANDBOX_ENDED && then == GBX_THEN_RESTART)
    gbx_runner_start (self);
  else if (state == GBX_SANDBOX_ENDED && then == GBX_THEN_CLOSE)
    finish (self);
}

void
gbx_runner_quit (GbxRunner *self)
{
  gboolean again = self->then == GBX_THEN_CLOSE;

  self->then = GBX_THEN_CLOSE;
  self->interactive = FALSE;
  gbx_leftover_set_attended (self->leftover, FALSE);
  if (gbx_runner_get_state (self) == GBX_SANDBOX_ENDED)
    finish (self);
  else if (again)
    gbx_sandbox_kill (self->sandbox);
  else
    stop_within (self, QUIT_GRACE_MS);
}

void
gbx_runner_kill (GbxRunner *self)
{
  if (gbx_runner_get_state (self) != GBX_SANDBOX_ENDED)
    gbx_sandbox_kill (self->sandbox);
}

GbxClosing *
gbx_runner_get_closing (GbxRunner *self)
{
  return self->closing;
}

GbxLeftover *
gbx_runner_get_leftover (GbxRunner *self)
{
  return self->leftover;
}

GbxThen
gbx_runner_get_then (GbxRunner *self)
{
  return self->then;
}

GbxSandbox *
gbx_runner_get_sandbox (GbxRunner *self)
{
  return self->sandbox;
}

GbxSandboxState
gbx_runner_get_state (GbxRunner *self)
{
  return self->sandbox ? gbx_sandbox_get_state (self->sandbox) : GBX_SANDBOX_ENDED;
}
