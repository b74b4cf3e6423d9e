/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-launch"
#include "config.h"

#include "gbx-launch.h"

#include "gbx-paths.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <unistd.h>

/* "glovebox run" writes why it failed to a pipe.  If it does not fail, the window that it becomes
 * writes an empty line once it is shown, and closes the pipe. */
#define REPORT_FD 3
#define REPORT_MAX 4096

struct _GbxLaunch
{
  GObject parent_instance;

  char *name;
  char **words;
  GInputStream *report;
  GString *text;
  char buffer[512];
};

G_DEFINE_FINAL_TYPE (GbxLaunch, gbx_launch, G_TYPE_OBJECT)

enum
{
  SHOWN,
  FAILED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
finish (GbxLaunch *self)
{
  g_autofree char *valid = g_utf8_make_valid (self->text->str, -1);

  if (valid[0] == '\n')
    g_signal_emit (self, signals[SHOWN], 0);
  else if (*g_strstrip (valid))
    g_signal_emit (self, signals[FAILED], 0, valid);
  else
    g_signal_emit (self, signals[FAILED], 0,
                   _ ("Its window ended before it was shown. “glovebox run” in a terminal may say "
                      "more."));
  g_object_unref (self);
}

static void
read_cb (GObject *stream, GAsyncResult *result, gpointer data)
{
  GbxLaunch *self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  if (n <= 0)
    {
      finish (self);
      return;
    }
  if (self->text->len < REPORT_MAX)
    g_string_append_len (self->text, self->buffer, n);
  g_input_stream_read_async (self->report, self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT,
                             NULL, read_cb, self);
}

/* Ctrl+C in the terminal of this program is not for the sandboxes.  Only what is safe between fork
 * and exec is done here. */
static void
detach (gpointer data)
{
  setsid ();
}

/* So that the desktop lets the new window come to the front. */
static void
set_startup_id (GbxLaunch *self, GSubprocessLauncher *launcher)
{
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GdkAppLaunchContext) context = gdk_display_get_app_launch_context (display);
  g_autoptr (GAppInfo) info = g_app_info_create_from_commandline (
      "glovebox", self->name, G_APP_INFO_CREATE_SUPPORTS_STARTUP_NOTIFICATION, NULL);
  g_autofree char *id = NULL;

  if (!info)
    return;
  gdk_app_launch_context_set_timestamp (context, gtk_get_current_event_time ());
  id = g_app_launch_context_get_startup_notify_id (G_APP_LAUNCH_CONTEXT (context), info, NULL);
  if (id)
    {
      g_subprocess_launcher_setenv (launcher, "DESKTOP_STARTUP_ID", id, TRUE);
      g_subprocess_launcher_setenv (launcher, "XDG_ACTIVATION_TOKEN", id, TRUE);
    }
}

static char **
make_arguments (GbxLaunch *self, const char *program, gboolean reports)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_autofree char *report = g_strdup_printf ("--report-fd=%d", REPORT_FD);

  g_strv_builder_add_many (argv, program, "run", reports ? report : "--", NULL);
  if (reports)
    g_strv_builder_add (argv, "--");
  g_strv_builder_addv (argv, (const char **)self->words);
  return g_strv_builder_end (argv);
}

/* fd: of the pipe; it is taken; -1: none */
static gboolean
spawn (GbxLaunch *self, int fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *program = gbx_path_program ("glovebox");
  g_auto (GStrv) argv = make_arguments (self, program ? program : "glovebox", fd >= 0);
  g_autoptr (GSubprocess) process = NULL;

  if (fd >= 0)
    g_subprocess_launcher_take_fd (launcher, fd, REPORT_FD);
  g_subprocess_launcher_set_child_setup (launcher, detach, NULL, NULL);
  set_startup_id (self, launcher);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv, error);
  return process != NULL;
}

static gboolean
fail_cb (gpointer data)
{
  finish (data);
  return G_SOURCE_REMOVE;
}

void
gbx_launch_start (GbxLaunch *self)
{
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_object_ref (self);
  if (!g_unix_open_pipe (fds, FD_CLOEXEC, &error) || !spawn (self, fds[1], &error))
    {
      g_string_assign (self->text, error->message);
      g_idle_add (fail_cb, self);
      return;
    }
  self->report = g_unix_input_stream_new (fds[0], TRUE);
  g_input_stream_read_async (self->report, self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT,
                             NULL, read_cb, self);
}

void
gbx_launch_start_alone (GbxLaunch *self)
{
  g_autoptr (GError) error = NULL;

  if (!spawn (self, -1, &error))
    g_warning ("%s", error->message);
}

static void
gbx_launch_finalize (GObject *object)
{
  GbxLaunch *self = GBX_LAUNCH (object);

  g_free (self->name);
  g_strfreev (self->words);
  g_clear_object (&self->report);
  g_string_free (self->text, TRUE);
  G_OBJECT_CLASS (gbx_launch_parent_class)->finalize (object);
}

static void
gbx_launch_class_init (GbxLaunchClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gbx_launch_finalize;
  signals[SHOWN] = g_signal_new ("shown", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gbx_launch_init (GbxLaunch *self)
{
  self->text = g_string_new (NULL);
}

GbxLaunch *
gbx_launch_new (const char *name, const char *const *words)
{
  GbxLaunch *self = g_object_new (GBX_TYPE_LAUNCH, NULL);

  self->name = g_strdup (name);
  self->words = g_strdupv ((char **)words);
  return self;
}

const char *
gbx_launch_get_name (GbxLaunch *self)
{
  return self->name;
}

const char *
gbx_launch_get_id (GbxLaunch *self)
{
  return self->words[0];
}

const char *const *
gbx_launch_get_words (GbxLaunch *self)
{
  return (const char *const *)self->words;
}
