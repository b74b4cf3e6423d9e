/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-log-view"
#include "config.h"

#include "gbx-log-view.h"

#include "gbx-log-save.h"

#include <glib/gi18n.h>
#include <string.h>

struct _GbxLogView
{
  GtkOverlay parent_instance;

  GtkTextView *text;           /* template */
  GtkScrolledWindow *scroller; /* template */
  GbxSandbox *sandbox;
  guint64 position; /* in the sandbox's log */
  guint refresh;    /* source */
  gboolean follow;  /* the view shows the end of the log, and keeps showing it */
  gboolean output;  /* only the application's */
};

enum
{
  PROP_OUTPUT = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxLogView, gbx_log_view, GTK_TYPE_OVERLAY)

/* A guest in trouble logs faster than a user can read. */
#define REFRESH_MS 200
#define LINES_MAX 1000
/* The height of the view, in pixels. */
#define LOG_HEIGHT 180
#define OUTPUT_HEIGHT_MAX 200

static gboolean
is_at_end (GbxLogView *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
         >= gtk_adjustment_get_upper (adjustment) - 1;
}

static void
drop_oldest (GtkTextBuffer *buffer)
{
  int surplus = gtk_text_buffer_get_line_count (buffer) - LINES_MAX;
  GtkTextIter start, end;

  if (surplus <= 0)
    return;
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_line (buffer, &end, surplus);
  gtk_text_buffer_delete (buffer, &start, &end);
}

/* Adds only what is new, so that the reader's place and selection stay.  The last line break is
 * left out: it would show as an empty line. */
static void
refresh (GbxLogView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  g_autofree char *raw = self->output
                             ? gbx_sandbox_dup_output_since (self->sandbox, &self->position)
                             : gbx_sandbox_dup_log_since (self->sandbox, &self->position);
  /* The library promises UTF-8.  It is checked here too, since the log is a guest's. */
  g_autofree char *log = g_utf8_make_valid (raw, -1);
  GtkTextIter end;

  self->follow = is_at_end (self);
  if (!*log)
    return;
  gtk_text_buffer_get_end_iter (buffer, &end);
  if (!gbx_log_view_is_empty (self))
    gtk_text_buffer_insert (buffer, &end, "\n", 1);
  gtk_text_buffer_insert (buffer, &end, log, (int)strlen (log) - 1);
  drop_oldest (buffer);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* The text is laid out in steps, and its view may get a size much later. */
static void
on_height_changed (GbxLogView *self, GtkAdjustment *adjustment)
{
  if (self->follow)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment)
                                              - gtk_adjustment_get_page_size (adjustment));
}

static gboolean
on_refresh (gpointer data)
{
  GbxLogView *self = data;

  self->refresh = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

static void
on_logged (GbxLogView *self)
{
  if (!self->refresh)
    self->refresh = g_timeout_add (REFRESH_MS, on_refresh, self);
}

static void
on_copy_clicked (GbxLogView *self)
{
  g_autofree char *log = gbx_log_view_dup_text (self);

  gtk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self), GDK_SELECTION_CLIPBOARD),
                          log, -1);
}

static void
on_save_clicked (GbxLogView *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));
  g_autofree char *log = gbx_log_view_dup_text (self);

  gbx_log_save_run (GTK_WINDOW (window), gbx_policy_get_title (gbx_sandbox_get_policy (self->sandbox)),
                    log);
}

/* What an application said is as high as its lines, up to a limit; a log has one height. */
static void
gbx_log_view_constructed (GObject *object)
{
  GbxLogView *self = GBX_LOG_VIEW (object);

  G_OBJECT_CLASS (gbx_log_view_parent_class)->constructed (object);
  if (self->output)
    g_object_set (self->scroller, "propagate-natural-height", TRUE, "max-content-height",
                  OUTPUT_HEIGHT_MAX, NULL);
  else
    gtk_scrolled_window_set_min_content_height (self->scroller, LOG_HEIGHT);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->text)),
                       self->output ? _ ("Output of the application") : _ ("Log of the sandbox"));
}

static void
gbx_log_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GBX_LOG_VIEW (object)->output = g_value_get_boolean (value);
}

static void
gbx_log_view_dispose (GObject *object)
{
  GbxLogView *self = GBX_LOG_VIEW (object);

  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_log_view_parent_class)->dispose (object);
}

static void
gbx_log_view_class_init (GbxLogViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = gbx_log_view_constructed;
  G_OBJECT_CLASS (klass)->set_property = gbx_log_view_set_property;
  G_OBJECT_CLASS (klass)->dispose = gbx_log_view_dispose;
  props[PROP_OUTPUT] = g_param_spec_boolean (
      "output", NULL, NULL, FALSE,
      G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-log-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxLogView, text);
  gtk_widget_class_bind_template_child (widget_class, GbxLogView, scroller);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
}

/* The margins of a text view do not follow the direction of the language, and the buttons, which
 * the wider one leaves room for, do. */
static void
set_margins (GbxLogView *self)
{
  int left = gtk_text_view_get_left_margin (self->text);
  int right = gtk_text_view_get_right_margin (self->text);
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;

  gtk_text_view_set_left_margin (self->text, mirrored ? MAX (left, right) : MIN (left, right));
  gtk_text_view_set_right_margin (self->text, mirrored ? MIN (left, right) : MAX (left, right));
}

static void
gbx_log_view_init (GbxLogView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  set_margins (self);
  g_signal_connect_swapped (gtk_scrolled_window_get_vadjustment (self->scroller), "changed",
                            G_CALLBACK (on_height_changed), self);
}

GtkWidget *
gbx_log_view_new (void)
{
  return g_object_new (GBX_TYPE_LOG_VIEW, NULL);
}

void
gbx_log_view_set_sandbox (GbxLogView *self, GbxSandbox *sandbox)
{
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_set_object (&self->sandbox, sandbox);
  g_signal_connect_object (sandbox, "logged", G_CALLBACK (on_logged), self, G_CONNECT_SWAPPED);
  self->position = 0;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), "", -1);
  refresh (self);
}

gboolean
gbx_log_view_is_empty (GbxLogView *self)
{
  return gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (self->text)) == 0;
}

char *
gbx_log_view_dup_text (GbxLogView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  g_autofree char *text = NULL;
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  return g_strconcat (text, *text ? "\n" : "", NULL);
}
