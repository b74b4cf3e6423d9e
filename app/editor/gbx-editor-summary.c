/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-summary"

#include "config.h"

#include "gbx-editor-summary.h"

#include "gbx-editor-profile.h"

#include "gbx-resolution-text.h"
#include "gbx-summary.h"

#include <glib/gi18n.h>
#include <handy.h>

/* While the user types; the risks are looked up on the disk. */
#define DELAY 150

struct _GbxEditorSummary
{
  GtkBox parent_instance;

  GbxEditorModel *model;
  guint source;

  GtkWidget *sentence; /* template */
  GtkWidget *origin;   /* template */
  GtkWidget *lines;    /* template */
  GtkWidget *command;  /* template */
};

G_DEFINE_FINAL_TYPE (GbxEditorSummary, gbx_editor_summary, GTK_TYPE_BOX)

/* ----------------------------------------------------------------- words -- */

static void
add_line (GbxEditorSummary *self, const char *icon, const char *text, const char *detail)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *image = gtk_image_new_from_icon_name (icon, GTK_ICON_SIZE_MENU);
  g_autofree char *both = detail ? g_strdup_printf ("%s. %s", text, detail) : g_strdup (text);
  GtkWidget *label = gtk_label_new (both);

  gtk_widget_set_valign (image, GTK_ALIGN_START);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_container_add (GTK_CONTAINER (box), image);
  gtk_container_add (GTK_CONTAINER (box), label);
  gtk_style_context_add_class (gtk_widget_get_style_context (box), "gbx-editor-warning");
  gtk_widget_show_all (box);
  gtk_container_add (GTK_CONTAINER (self->lines), box);
}

/* What is usual is in the sentence. */
static void
show_lines (GbxEditorSummary *self, GbxResolution *resolution)
{
  g_autoptr (GPtrArray) lines = gbx_summary_lines (resolution);
  GPtrArray *warnings = gbx_resolution_get_warnings (resolution);

  gtk_container_foreach (GTK_CONTAINER (self->lines), (GtkCallback)gtk_widget_destroy, NULL);
  for (guint i = 0; i < lines->len; i++)
    {
      GbxSummaryLine *line = lines->pdata[i];

      if (line->severity == GBX_SEVERITY_RISKY)
        add_line (self, "dialog-warning-symbolic", line->text, line->detail);
    }
  for (guint i = 0; i < warnings->len; i++)
    add_line (self, "changes-prevent-symbolic", warnings->pdata[i], NULL);
}

char *
gbx_editor_summary_make_command (GbxEditorModel *model)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);
  g_autofree char *id = gbx_editor_profile_dup_installed (model);
  const char *const command[] = { id, NULL };

  return resolution ? gbx_summary_command_text (resolution, NULL, command[0] ? command : NULL)
                    : g_strdup ("");
}

/* What it inherits from, where the title does not tell. */
static void
show_origin (GbxEditorSummary *self)
{
  g_autofree char *parent = gbx_editor_profile_dup_parent (self->model);
  g_autofree char *name
      = *parent ? gbx_editor_profile_dup_name (gbx_editor_model_get_store (self->model), parent)
                : NULL;
  g_autofree char *text = NULL;

  if (!gbx_editor_model_exists (self->model) && name)
    text = g_strdup_printf (_ ("It uses the profile “%s”. With the first change it gets a profile "
                               "of its own."),
                            name);
  else if (name)
    text = g_strdup_printf (_ ("Based on the profile “%s”. Changes are saved at once."), name);
  else
    text = g_strdup (_ ("Changes are saved at once."));
  gtk_label_set_text (GTK_LABEL (self->origin), text);
}

static void
show (GbxEditorSummary *self)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (self->model);
  g_autofree char *sentence = resolution ? gbx_summary_sentence (resolution) : g_strdup ("");
  g_autofree char *command = gbx_editor_summary_make_command (self->model);

  gtk_label_set_text (GTK_LABEL (self->sentence), sentence);
  gtk_label_set_text (GTK_LABEL (self->command), command);
  show_origin (self);
  if (resolution)
    show_lines (self, resolution);
}

static gboolean
on_time (gpointer user_data)
{
  GbxEditorSummary *self = user_data;

  self->source = 0;
  show (self);
  return G_SOURCE_REMOVE;
}

static void
on_changed (GbxEditorSummary *self)
{
  if (!self->source)
    self->source = g_timeout_add (DELAY, on_time, self);
}

/* --------------------------------------------------------------- resolved -- */

void
gbx_editor_summary_show_resolved (GtkWindow *parent, GbxEditorModel *model)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);
  g_autofree char *text = resolution ? gbx_resolution_to_text (resolution) : g_strdup ("");
  GtkWidget *window = g_object_new (HDY_TYPE_WINDOW, "transient-for", parent, "modal", TRUE,
                                    "title", _ ("Resolved Profile"), "default-width", 640,
                                    "default-height", 480, "destroy-with-parent", TRUE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = hdy_header_bar_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);
  GtkWidget *view = gtk_text_view_new ();

  hdy_header_bar_set_title (HDY_HEADER_BAR (header), _ ("Resolved Profile"));
  hdy_header_bar_set_show_close_button (HDY_HEADER_BAR (header), TRUE);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  g_object_set (view, "editable", FALSE, "cursor-visible", FALSE, "monospace", TRUE, "left-margin",
                12, "right-margin", 12, "top-margin", 12, "bottom-margin", 12, "accepts-tab", FALSE,
                NULL);
  atk_object_set_name (gtk_widget_get_accessible (view), _ ("Resolved Profile"));
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_container_add (GTK_CONTAINER (scrolled), view);
  gtk_container_add (GTK_CONTAINER (box), header);
  gtk_container_add (GTK_CONTAINER (box), scrolled);
  gtk_container_add (GTK_CONTAINER (window), box);
  gtk_widget_show_all (window);
}

/* --------------------------------------------------------------- object -- */

static void
on_copy_clicked (GbxEditorSummary *self)
{
  gtk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self), GDK_SELECTION_CLIPBOARD),
                          gtk_label_get_text (GTK_LABEL (self->command)), -1);
  gbx_editor_model_tell (self->model, _ ("The command line was copied"));
}

static void
on_resolved_clicked (GbxEditorSummary *self)
{
  gbx_editor_summary_show_resolved (GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (self))),
                                    self->model);
}

static void
gbx_editor_summary_dispose (GObject *object)
{
  GbxEditorSummary *self = GBX_EDITOR_SUMMARY (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (gbx_editor_summary_parent_class)->dispose (object);
}

static void
gbx_editor_summary_class_init (GbxEditorSummaryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_editor_summary_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-editor-summary.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxEditorSummary, sentence);
  gtk_widget_class_bind_template_child (widget_class, GbxEditorSummary, origin);
  gtk_widget_class_bind_template_child (widget_class, GbxEditorSummary, lines);
  gtk_widget_class_bind_template_child (widget_class, GbxEditorSummary, command);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_resolved_clicked);
}

static void
gbx_editor_summary_init (GbxEditorSummary *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gbx_editor_summary_new (GbxEditorModel *model)
{
  GbxEditorSummary *self = g_object_new (GBX_TYPE_EDITOR_SUMMARY, NULL);

  self->model = g_object_ref (model);
  g_signal_connect_object (model, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "condition-changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}
