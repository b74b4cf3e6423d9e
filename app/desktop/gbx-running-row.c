/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-running-row"
#include "config.h"

#include "gbx-running-row.h"

#include "gbx-control-client.h"
#include "gbx-load-view.h"
#include "gbx-page-icon.h"
#include "gbx-paths.h"
#include "gbx-runtime.h"
#include "gbx-stop-dialog.h"

#include <glib/gi18n.h>

/* Between two attempts to reach a process that has not answered. */
#define RETRY_SECONDS 2

struct _GbxRunningRow
{
  GtkListBoxRow parent_instance;

  GtkImage *icon;          /* template */
  GtkLabel *title;         /* template */
  GtkLabel *subtitle;      /* template */
  GtkWidget *container;    /* template: that it is one */
  GtkLabel *figures;       /* template */
  GtkWidget *view;         /* template: a GbxLoadView */
  GtkWidget *details;      /* template */
  GtkLabel *summary;       /* template */
  GtkWidget *show_button;  /* template */
  GtkWidget *pause_button; /* template */
  GtkImage *pause_image;   /* template */
  GtkWidget *stop_button;  /* template */

  char *name;
  GbxControlClient *client; /* (nullable): while it answers */
  GCancellable *cancellable;
  gboolean opening, reading;
  guint waited; /* ticks since the last attempt */
  char *problem; /* (nullable): why the last call failed */
  GbxLoad *load;
};

G_DEFINE_FINAL_TYPE (GbxRunningRow, gbx_running_row, GTK_TYPE_LIST_BOX_ROW)

static const char *
describe_condition (const char *condition)
{
  static const struct
  {
    const char *condition;
    const char *text;
  } texts[] = {
    { "starting", N_ ("Starting…") },
    { "silent", N_ ("Does not answer") },
    { "impaired", N_ ("Something does not work; its window tells more") },
    { "paused", N_ ("Paused") },
    { "stopping", N_ ("Stopping…") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (texts[i].condition, condition))
      return _ (texts[i].text);
  return NULL;
}

static char *
describe_time (gint64 started)
{
  gint64 seconds = MAX (0, g_get_real_time () / G_USEC_PER_SEC - started);

  return g_strdup_printf ("%" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT ":%02" G_GINT64_FORMAT,
                          seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/* (nullable) (transfer full) */
static char *
describe_processes (GbxRunningRow *self)
{
  double n = gbx_load_get (self->load, GBX_LOAD_PROCESSES);
  guint count = n < 0 ? 0 : (guint) MIN (n, G_MAXINT);

  if (n < 0)
    return NULL;
  return g_strdup_printf (gbx_load_is_told_by_guest (self->load, GBX_LOAD_PROCESSES)
                              ? ngettext ("%u process, as the guest says",
                                          "%u processes, as the guest says", count)
                              : ngettext ("%u process", "%u processes", count),
                          count);
}

static void
update_figures (GbxRunningRow *self, const char *condition)
{
  g_autofree char *time = describe_time (gbx_control_client_get_started_at (self->client));
  const char *state = self->problem ? self->problem : describe_condition (condition);
  g_autofree char *processes = describe_processes (self);
  const char *parts[4] = { NULL };
  g_autofree char *text = NULL;
  guint n = 0;

  if (state)
    parts[n++] = state;
  if (processes)
    parts[n++] = processes;
  parts[n] = time;
  text = g_strjoinv (" · ", (char **)parts);
  gtk_label_set_text (self->figures, text);
}

static void
update_buttons (GbxRunningRow *self, const char *condition)
{
  gboolean paused = gbx_control_client_get_paused (self->client);
  gboolean alive = !g_str_equal (condition, "starting") && !g_str_equal (condition, "stopping");
  const char *label = paused ? _ ("Resume") : _ ("Pause");

  gtk_widget_set_visible (self->show_button, gbx_control_client_get_has_window (self->client));
  gtk_widget_set_sensitive (self->show_button, TRUE);
  gtk_widget_set_sensitive (self->pause_button, alive);
  gtk_widget_set_sensitive (self->stop_button, !g_str_equal (condition, "stopping"));
  gtk_widget_set_tooltip_text (self->pause_button, label);
  atk_object_set_name (gtk_widget_get_accessible (self->pause_button), label);
  gtk_image_set_from_icon_name (self->pause_image, paused ? "media-playback-start-symbolic"
                                                          : "media-playback-pause-symbolic",
                                GTK_ICON_SIZE_BUTTON);
}

static void
update (GbxRunningRow *self)
{
  g_autofree char *condition = gbx_control_client_dup_text (self->client, "Condition");
  g_autofree char *backend = gbx_control_client_dup_text (self->client, "Backend");

  gtk_widget_set_visible (self->container, g_str_equal (backend, "lxc"));
  update_figures (self, condition);
  update_buttons (self, condition);
}

/* The process of the sandbox does not answer: it can only be stopped, by the command. */
static void
show_silent (GbxRunningRow *self)
{
  gtk_label_set_text (self->figures, _ ("Its process does not answer"));
  gtk_widget_set_sensitive (self->show_button, FALSE);
  gtk_widget_set_sensitive (self->pause_button, FALSE);
  gtk_widget_set_sensitive (self->stop_button, TRUE);
}

/* ---------------------------------------------------------------- client -- */

static void
show_fixed (GbxRunningRow *self)
{
  g_autofree char *title = gbx_control_client_dup_text (self->client, "Title");
  g_autofree char *icon = gbx_control_client_dup_text (self->client, "Icon");
  g_autofree char *profile = gbx_control_client_dup_text (self->client, "Profile");
  g_autofree char *summary = gbx_control_client_dup_text (self->client, "Summary");
  g_autofree char *subtitle
      = *profile ? g_strdup_printf (_ ("%s · profile %s"), self->name, profile) : NULL;

  gtk_label_set_text (self->title, *title ? title : self->name);
  gtk_label_set_text (self->subtitle, subtitle ? subtitle : self->name);
  gtk_label_set_text (self->summary, summary);
  gtk_widget_set_visible (self->details, *summary != '\0');
  gbx_page_icon_show (self->icon, *icon ? icon : NULL);
}

static void
on_closed (GbxRunningRow *self)
{
  g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  gtk_label_set_text (self->figures, _ ("Stopping…"));
  gtk_widget_set_sensitive (self->pause_button, FALSE);
  gtk_widget_set_sensitive (self->stop_button, FALSE);
  gtk_widget_set_sensitive (self->show_button, FALSE);
}

/* Before it has one, it starts. */
static gboolean
has_socket (GbxRunningRow *self)
{
  g_autofree char *path = gbx_running_get_file (self->name, GBX_CONTROL_SOCKET);

  return path && g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
open_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxRunningRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxControlClient) client = gbx_control_client_open_finish (result, &error);

  self->opening = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!client)
    {
      if (has_socket (self))
        show_silent (self);
      return;
    }
  self->client = g_steal_pointer (&client);
  g_object_connect (self->client, "swapped-object-signal::changed", update, self,
                    "swapped-object-signal::closed", on_closed, self, NULL);
  show_fixed (self);
  update (self);
  gbx_running_row_tick (self);
}

static void
open_client (GbxRunningRow *self)
{
  self->opening = TRUE;
  self->waited = 0;
  gbx_control_client_open_async (self->name, self->cancellable, open_cb, g_object_ref (self));
}

static void
show_load (GbxRunningRow *self)
{
  gbx_load_view_show (GBX_LOAD_VIEW (self->view), self->load);
  gtk_widget_show (self->view);
}

static void
figures_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxRunningRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) figures
      = gbx_control_client_read_figures_finish (GBX_CONTROL_CLIENT (object), result, &error);

  self->reading = FALSE;
  if (self->client != GBX_CONTROL_CLIENT (object))
    return;
  if (error)
    {
      show_silent (self);
      return;
    }
  gbx_load_take (self->load, figures, g_get_monotonic_time ());
  show_load (self);
  update (self);
}

void
gbx_running_row_tick (GbxRunningRow *self)
{
  if (!self->client && !self->opening && ++self->waited >= RETRY_SECONDS && has_socket (self))
    open_client (self);
  if (!self->client)
    return;
  if (self->reading)
    {
      gbx_load_take (self->load, NULL, g_get_monotonic_time ());
      show_load (self);
      return;
    }
  self->reading = TRUE;
  gbx_control_client_read_figures_async (self->client, self->cancellable, figures_cb,
                                         g_object_ref (self));
}

/* ---------------------------------------------------------------- actions -- */

static void
call_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GbxRunningRow) self = data;
  g_autoptr (GError) error = NULL;

  gbx_control_client_call_finish (GBX_CONTROL_CLIENT (object), result, NULL, NULL, &error);
  if (self->client != GBX_CONTROL_CLIENT (object))
    return;
  g_free (self->problem);
  self->problem = error ? g_strdup (error->message) : NULL;
  update (self);
}

static void
on_show (GbxRunningRow *self)
{
  if (self->client && gbx_control_client_get_has_window (self->client))
    gbx_control_client_present_async (self->client, self->cancellable, call_cb,
                                      g_object_ref (self));
}

static void
on_pause (GbxRunningRow *self)
{
  if (!self->client)
    return;
  if (gbx_control_client_get_paused (self->client))
    gbx_control_client_resume_async (self->client, self->cancellable, call_cb, g_object_ref (self));
  else
    gbx_control_client_pause_async (self->client, self->cancellable, call_cb, g_object_ref (self));
}

static void
stop_by_command (GbxRunningRow *self)
{
  g_autofree char *program = gbx_path_program ("glovebox");
  const char *argv[] = { program, "stop", self->name, NULL };
  g_autoptr (GSubprocess) process = NULL;

  if (program)
    process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
}

static void
stop_now (GbxRunningRow *self)
{
  if (self->client)
    gbx_control_client_stop_async (self->client, self->cancellable, call_cb, g_object_ref (self));
  else
    stop_by_command (self);
}

static void
on_answer (GtkDialog *dialog, int response, GbxRunningRow *self)
{
  gtk_widget_destroy (GTK_WIDGET (dialog));
  if (response == GTK_RESPONSE_ACCEPT)
    stop_now (self);
}

/* A window asks its application to close, which can ask about unsaved work.  A command cannot. */
static void
on_stop (GbxRunningRow *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self)), *dialog;

  if (self->client && gbx_control_client_get_has_window (self->client))
    {
      stop_now (self);
      return;
    }
  dialog = gbx_stop_dialog_new (GTK_WINDOW (window), gtk_label_get_text (self->title), FALSE,
                                FALSE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_answer), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---------------------------------------------------------------- object -- */

static void
gbx_running_row_activate (GtkListBoxRow *row)
{
  on_show (GBX_RUNNING_ROW (row));
}

static void
gbx_running_row_dispose (GObject *object)
{
  GbxRunningRow *self = GBX_RUNNING_ROW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->client)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (gbx_running_row_parent_class)->dispose (object);
}

static void
gbx_running_row_finalize (GObject *object)
{
  GbxRunningRow *self = GBX_RUNNING_ROW (object);

  g_object_unref (self->cancellable);
  g_free (self->name);
  g_free (self->problem);
  gbx_load_free (self->load);
  G_OBJECT_CLASS (gbx_running_row_parent_class)->finalize (object);
}

static void
gbx_running_row_class_init (GbxRunningRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (GBX_TYPE_LOAD_VIEW);
  G_OBJECT_CLASS (klass)->dispose = gbx_running_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_running_row_finalize;
  GTK_LIST_BOX_ROW_CLASS (klass)->activate = gbx_running_row_activate;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-running-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, icon);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, title);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, container);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, figures);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, view);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, details);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, summary);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, show_button);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, pause_button);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, pause_image);
  gtk_widget_class_bind_template_child (widget_class, GbxRunningRow, stop_button);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
}

static void
gbx_running_row_init (GbxRunningRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->load = gbx_load_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gbx_running_row_new (const char *name)
{
  GbxRunningRow *self = g_object_new (GBX_TYPE_RUNNING_ROW, NULL);

  self->name = g_strdup (name);
  gtk_label_set_text (self->title, name);
  gtk_label_set_text (self->figures, _ ("Starting…"));
  gtk_widget_set_sensitive (self->pause_button, FALSE);
  gtk_widget_set_sensitive (self->show_button, FALSE);
  gbx_page_icon_show (self->icon, NULL);
  open_client (self);
  return GTK_WIDGET (self);
}

const char *
gbx_running_row_get_name (GbxRunningRow *self)
{
  return self->name;
}
