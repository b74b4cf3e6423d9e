/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-window-application"
#include "config.h"

#include "gbx-window-application.h"

#include "gbx-changes-window.h"
#include "gbx-failure-window.h"
#include "gbx-launchers.h"
#include "gbx-policy-handover.h"
#include "gbx-question.h"
#include "gbx-sandbox-window.h"
#include "gbx-style.h"
#include "gbx-window-name.h"

#include <fcntl.h>
#include <gdk/gdkx.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <unistd.h>

#define STATUS_FAILURE 125

struct _GbxWindowApplication
{
  GtkApplication parent_instance;

  GbxPolicy *policy;
  GbxSandboxWindow *window; /* (unowned): by the application itself */
  int policy_fd;
  char *window_class; /* (nullable) */
  int report_fd; /* told when the window is shown; 0: none */
  char *screenshot; /* (nullable) */
  gboolean exit_after_screenshot;
  char *failure, *failure_of; /* (nullable): shown in place of a sandbox */
  char *question, *choose_path, *detail; /* (nullable): asked in place of it */
  char **answers;
  char *changes; /* (nullable): a folder with changes to decide about, in place of it */
  GbxEdits *edits; /* (nullable): what is in it */
  int status;
  guint signal_sources[2];
};

G_DEFINE_FINAL_TYPE (GbxWindowApplication, gbx_window_application, GTK_TYPE_APPLICATION)

static void
on_finished (GbxWindowApplication *self, int status)
{
  GtkWidget *window = GTK_WIDGET (self->window);

  self->status = status;
  self->window = NULL;
  gtk_widget_destroy (window);
}

static gboolean
on_unix_signal (gpointer data)
{
  GbxWindowApplication *self = data;

  if (self->window)
    gbx_sandbox_window_quit (self->window);
  else /* the window is closed, and a file chooser is still open */
    g_application_quit (G_APPLICATION (self));
  return G_SOURCE_CONTINUE;
}

/* See gbx-launch.c. */
static gboolean
on_mapped (GbxWindowApplication *self)
{
  if (self->report_fd <= STDERR_FILENO)
    return GDK_EVENT_PROPAGATE;
  if (write (self->report_fd, "\n", 1) != 1)
    g_debug ("nobody waits for the window");
  close (self->report_fd);
  self->report_fd = 0;
  return GDK_EVENT_PROPAGATE;
}

static int
fail (const char *message)
{
  g_printerr ("glovebox-window: %s\n", message);
  return STATUS_FAILURE;
}

static int
gbx_window_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  GbxWindowApplication *self = GBX_WINDOW_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  /* No helper may keep it open. */
  if (self->report_fd > STDERR_FILENO)
    fcntl (self->report_fd, F_SETFD, FD_CLOEXEC);
  /* -1 means to go on.  Any other number is the exit status. */
  if (self->failure || (self->question && self->answers) || self->choose_path)
    return -1;
  if (self->changes)
    {
      self->edits = gbx_edits_open (self->changes);
      return self->edits ? -1 : fail (_ ("Another window asks about these changes already."));
    }
  if (self->policy_fd < 0)
    return fail (_ ("This program shows one sandbox and needs --policy-fd. Use “glovebox run” to "
                    "start a sandbox."));
  self->policy = gbx_policy_take_over (self->policy_fd, &error);
  if (!self->policy)
    return fail (error->message);
  if (gbx_policy_get_mode (self->policy) != GBX_MODE_DESKTOP)
    return fail (_ ("This policy has no display. Use “glovebox exec” to start it."));
  if (self->exit_after_screenshot && !self->screenshot)
    return fail (_ ("--exit-after-screenshot needs --screenshot FILE."));
  return -1;
}

static void
set_accelerators (GtkApplication *application)
{
  /* The guest does not get a key that the window takes.  These are all; the list of
   * shortcuts shows them. */
  const char *fullscreen[] = { "F11", NULL };
  const char *screenshot[] = { "<Primary><Shift>p", NULL };
  /* These only while the guest does not have the keyboard: they are keys of many applications. */
  const char *zoom_in[] = { "<Primary>plus", "<Primary>equal", "<Primary>KP_Add", NULL };
  const char *zoom_out[] = { "<Primary>minus", "<Primary>KP_Subtract", NULL };
  const char *zoom_normal[] = { "<Primary>0", "<Primary>KP_0", NULL };
  const char *none[] = { NULL };

  gtk_application_set_accels_for_action (application, "win.fullscreen", fullscreen);
  gtk_application_set_accels_for_action (application, "win.screenshot", screenshot);
  gtk_application_set_accels_for_action (application, "win.zoom-in", zoom_in);
  gtk_application_set_accels_for_action (application, "win.zoom-out", zoom_out);
  gtk_application_set_accels_for_action (application, "win.zoom-normal", zoom_normal);
  gtk_application_set_accels_for_action (application, "win.show-help-overlay", none);
}

/* By its class a desktop groups windows and finds their launcher.  On X11 a window has an icon of
 * its own.  On Wayland it has only that of its launcher: a sandbox without one has Glovebox's. */
static void
set_window_class (GbxWindowApplication *self)
{
  g_autofree char *name = self->window_class ? g_strdup (self->window_class)
                                             : gbx_window_name_make_class (self->policy);
  g_autofree char *launcher = g_strconcat (name, ".desktop", NULL);
  g_autofree char *application = gbx_launchers_get_application (launcher, NULL);

  if (!application && !GDK_IS_X11_DISPLAY (gdk_display_get_default ()))
    return;
  g_set_prgname (name);
  gdk_set_program_class (name);
}

static void
gbx_window_application_startup (GApplication *application)
{
  GbxWindowApplication *self = GBX_WINDOW_APPLICATION (application);

  G_APPLICATION_CLASS (gbx_window_application_parent_class)->startup (application);
  hdy_init ();
  gtk_window_set_default_icon_name (GBX_APPLICATION_ID);
  if (self->policy)
    set_window_class (self);
  gbx_style_load ();
  set_accelerators (GTK_APPLICATION (application));
  self->signal_sources[0] = g_unix_signal_add (SIGINT, on_unix_signal, self);
  self->signal_sources[1] = g_unix_signal_add (SIGTERM, on_unix_signal, self);
}

/* A dialog in place of a sandbox. */
static gboolean
show_dialog (GbxWindowApplication *self)
{
  GtkApplication *application = GTK_APPLICATION (self);

  if (self->failure)
    gtk_window_present (
        GTK_WINDOW (gbx_failure_window_new (application, self->failure_of, self->failure)));
  else if (self->question)
    gbx_question_show (application, self->question, self->detail,
                       (const char *const *) self->answers);
  else if (self->choose_path)
    gbx_question_choose_path (application, self->choose_path, self->detail);
  else if (self->edits && gbx_edits_count_open (self->edits) > 0)
    gtk_window_present (GTK_WINDOW (gbx_changes_window_new (application, self->edits)));
  else
    return self->edits != NULL;
  return TRUE;
}

static void
gbx_window_application_activate (GApplication *application)
{
  GbxWindowApplication *self = GBX_WINDOW_APPLICATION (application);
  GtkWidget *window;

  if (show_dialog (self))
    return;
  window = gbx_sandbox_window_new (GTK_APPLICATION (application), self->policy);
  self->window = GBX_SANDBOX_WINDOW (window);
  if (self->screenshot)
    gbx_sandbox_window_set_screenshot (self->window, self->screenshot, self->exit_after_screenshot);
  g_signal_connect_object (window, "finished", G_CALLBACK (on_finished), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (window, "map-event", G_CALLBACK (on_mapped), self,
                           G_CONNECT_SWAPPED);
  /* The start comes first: it adds the coloured frame, a part of the window's size. */
  gbx_sandbox_window_start (self->window);
  gtk_window_present (GTK_WINDOW (window));
}

static void
gbx_window_application_shutdown (GApplication *application)
{
  GbxWindowApplication *self = GBX_WINDOW_APPLICATION (application);

  g_clear_handle_id (&self->signal_sources[0], g_source_remove);
  g_clear_handle_id (&self->signal_sources[1], g_source_remove);
  if (self->edits)
    self->status = gbx_edits_count_open (self->edits) > 0;
  g_clear_pointer (&self->edits, gbx_edits_free);
  G_APPLICATION_CLASS (gbx_window_application_parent_class)->shutdown (application);
}

static void
gbx_window_application_finalize (GObject *object)
{
  GbxWindowApplication *self = GBX_WINDOW_APPLICATION (object);

  g_clear_pointer (&self->policy, gbx_policy_unref);
  g_free (self->window_class);
  g_free (self->screenshot);
  g_free (self->failure);
  g_free (self->failure_of);
  g_free (self->question);
  g_free (self->choose_path);
  g_free (self->detail);
  g_strfreev (self->answers);
  g_free (self->changes);
  G_OBJECT_CLASS (gbx_window_application_parent_class)->finalize (object);
}

static void
gbx_window_application_class_init (GbxWindowApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gbx_window_application_finalize;
  application_class->handle_local_options = gbx_window_application_handle_local_options;
  application_class->startup = gbx_window_application_startup;
  application_class->activate = gbx_window_application_activate;
  application_class->shutdown = gbx_window_application_shutdown;
}

static void
gbx_window_application_init (GbxWindowApplication *self)
{
  const GOptionEntry entries[] = {
    { "policy-fd", 0, 0, G_OPTION_ARG_INT, &self->policy_fd,
      N_ ("Descriptor that the policy is read from"), N_ ("NUMBER") },
    { "window-class", 0, 0, G_OPTION_ARG_STRING, &self->window_class,
      N_ ("The class of the window, by which a desktop finds its launcher"), N_ ("NAME") },
    { "screenshot", 0, 0, G_OPTION_ARG_FILENAME, &self->screenshot,
      N_ ("Write the sandbox's screen to a PNG file once the application has drawn"), N_ ("FILE") },
    { "exit-after-screenshot", 0, 0, G_OPTION_ARG_NONE, &self->exit_after_screenshot,
      N_ ("Stop the sandbox when the screenshot has been written"), NULL },
    { "report-fd", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &self->report_fd, NULL, NULL },
    { "failure", 0, 0, G_OPTION_ARG_FILENAME, &self->failure,
      N_ ("Show why nothing could be started"), N_ ("TEXT") },
    { "failure-of", 0, 0, G_OPTION_ARG_FILENAME, &self->failure_of,
      N_ ("What could not be started"), N_ ("NAME") },
    { "failure-status", 0, 0, G_OPTION_ARG_INT, &self->status,
      N_ ("The exit status after that"), N_ ("NUMBER") },
    { "question", 0, 0, G_OPTION_ARG_FILENAME, &self->question,
      N_ ("Ask a question, and print the number of the answer"), N_ ("TEXT") },
    { "choose-path", 0, 0, G_OPTION_ARG_FILENAME, &self->choose_path,
      N_ ("Ask for a file or folder, and print its path"), N_ ("TEXT") },
    { "detail", 0, 0, G_OPTION_ARG_FILENAME, &self->detail,
      N_ ("More words about a question"), N_ ("TEXT") },
    { "answer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->answers,
      N_ ("One of the answers; the last one does nothing"), N_ ("TEXT") },
    { "changes", 0, 0, G_OPTION_ARG_FILENAME, &self->changes,
      N_ ("Ask about the changed copies in that folder"), N_ ("FOLDER") },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };

  self->policy_fd = -1;
  g_application_add_main_option_entries (G_APPLICATION (self), entries);
}

GbxWindowApplication *
gbx_window_application_new (void)
{
  return g_object_new (GBX_TYPE_WINDOW_APPLICATION, "application-id", GBX_APPLICATION_ID, "flags",
                       G_APPLICATION_NON_UNIQUE, NULL);
}

int
gbx_window_application_get_status (GbxWindowApplication *self)
{
  return self->status;
}
