/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-row"

#include "config.h"

#include "gbx-editor-row.h"

#include <glib/gi18n.h>
#include <string.h>

struct _GbxEditorRow
{
  GtkBox parent_instance;

  char *title;
  char *help;
  char *keywords;
  char *words;    /* where the value is from */
  char *obstacle; /* or NULL */
  char *error;    /* or NULL */
  char *warning;  /* or NULL */
  GtkWidget *focus; /* (nullable) (unowned): the control for the keyboard */
  GtkWidget *control; /* (nullable) (unowned) */
  gboolean is_resettable;
  gboolean is_changed;

  GtkWidget *marker;       /* template */
  GtkWidget *title_label;  /* template */
  GtkWidget *line;         /* template */
  GtkWidget *reset_button; /* template */
  GtkWidget *help_label;   /* template */
  GtkWidget *reason_box;   /* template */
  GtkWidget *reason_icon;  /* template */
  GtkWidget *reason_label; /* template */
};

enum
{
  RESET,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxEditorRow, gbx_editor_row, GTK_TYPE_BOX)

/* ------------------------------------------------------------ description -- */

static void
add_sentence (GString *text, const char *sentence)
{
  if (sentence && *sentence)
    g_string_append_printf (text, "%s%s", text->len > 0 ? ". " : "", sentence);
}

/* What the eye sees in other places of the row. */
static void
describe (GbxEditorRow *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  AtkObject *accessible;

  if (!self->focus)
    return;
  add_sentence (text, self->error);
  add_sentence (text, self->obstacle);
  add_sentence (text, self->warning);
  add_sentence (text, self->words);
  add_sentence (text, self->help);
  accessible = gtk_widget_get_accessible (self->focus);
  atk_object_set_name (accessible, self->title);
  atk_object_set_description (accessible, text->str);
  atk_object_notify_state_change (accessible, ATK_STATE_INVALID_ENTRY, self->error != NULL);
}

static void
show_reason (GbxEditorRow *self)
{
  const char *reason = self->error ? self->error : self->obstacle ? self->obstacle : self->warning;
  const char *icon = self->error      ? "dialog-error-symbolic"
                     : self->obstacle ? "changes-prevent-symbolic"
                                      : "dialog-warning-symbolic";
  GtkStyleContext *context = gtk_widget_get_style_context (self->reason_box);

  gtk_label_set_text (GTK_LABEL (self->reason_label), reason ? reason : "");
  gtk_image_set_from_icon_name (GTK_IMAGE (self->reason_icon), icon, GTK_ICON_SIZE_MENU);
  gtk_style_context_remove_class (context, "gbx-editor-error");
  gtk_style_context_remove_class (context, "gbx-editor-warning");
  if (self->error)
    gtk_style_context_add_class (context, "gbx-editor-error");
  else if (!self->obstacle)
    gtk_style_context_add_class (context, "gbx-editor-warning");
  gtk_widget_set_visible (self->reason_box, reason != NULL);
  describe (self);
}

static void
replace (char **at, const char *text)
{
  char *owned = g_strdup (text);

  g_free (*at);
  *at = owned;
}

/* ---------------------------------------------------------------- signals -- */

static void
on_reset_clicked (GbxEditorRow *self)
{
  /* The button goes; the keyboard stays in the row. */
  if (self->focus && gtk_widget_has_focus (self->reset_button))
    gtk_widget_grab_focus (self->focus);
  g_signal_emit (self, signals[RESET], 0);
}

/* --------------------------------------------------------------- object -- */

static void
gbx_editor_row_finalize (GObject *object)
{
  GbxEditorRow *self = GBX_EDITOR_ROW (object);

  g_free (self->title);
  g_free (self->help);
  g_free (self->keywords);
  g_free (self->words);
  g_free (self->obstacle);
  g_free (self->error);
  g_free (self->warning);
  G_OBJECT_CLASS (gbx_editor_row_parent_class)->finalize (object);
}

static void
gbx_editor_row_class_init (GbxEditorRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gbx_editor_row_finalize;
  signals[RESET] = g_signal_new ("reset", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-editor-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxEditorRow, marker);
  gtk_widget_class_bind_template_child (widget_class, GbxEditorRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, GbxEditorRow, line);
  gtk_widget_class_bind_template_child (widget_class, GbxEditorRow, reset_button);
  gtk_widget_class_bind_template_child (widget_class, GbxEditorRow, help_label);
  gtk_widget_class_bind_template_child (widget_class, GbxEditorRow, reason_box);
  gtk_widget_class_bind_template_child (widget_class, GbxEditorRow, reason_icon);
  gtk_widget_class_bind_template_child (widget_class, GbxEditorRow, reason_label);
  gtk_widget_class_bind_template_callback (widget_class, on_reset_clicked);
}

static void
gbx_editor_row_init (GbxEditorRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gbx_editor_row_new (const char *title, const char *help)
{
  GbxEditorRow *self = g_object_new (GBX_TYPE_EDITOR_ROW, NULL);
  g_autofree char *reset = g_strdup_printf (_ ("Reset “%s”"), title);

  self->title = g_strdup (title);
  self->is_resettable = TRUE;
  gtk_label_set_text (GTK_LABEL (self->title_label), title);
  gbx_editor_row_set_help (self, help);
  atk_object_set_name (gtk_widget_get_accessible (self->reset_button), reset);
  gbx_editor_row_set_source (self, GBX_SOURCE_DEFAULT, NULL);
  return GTK_WIDGET (self);
}

void
gbx_editor_row_set_control (GbxEditorRow *self, GtkWidget *control, GtkWidget *focus,
                            gboolean wide)
{
  self->control = control;
  self->focus = focus;
  gtk_label_set_mnemonic_widget (GTK_LABEL (self->title_label), focus);
  if (wide)
    {
      gtk_widget_set_margin_start (control, 28);
      gtk_widget_set_margin_top (control, 2);
      gtk_box_pack_start (GTK_BOX (self), control, FALSE, FALSE, 0);
      gtk_box_reorder_child (GTK_BOX (self), control, 1);
    }
  else
    {
      gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
      gtk_box_pack_start (GTK_BOX (self->line), control, FALSE, FALSE, 0);
    }
  gtk_widget_show (control);
  describe (self);
}

void
gbx_editor_row_set_resettable (GbxEditorRow *self, gboolean resettable)
{
  self->is_resettable = resettable;
  gtk_widget_set_visible (self->reset_button, resettable && self->is_changed);
}

void
gbx_editor_row_set_title (GbxEditorRow *self, const char *title)
{
  replace (&self->title, title);
  gtk_label_set_text (GTK_LABEL (self->title_label), title);
  describe (self);
}

void
gbx_editor_row_set_help (GbxEditorRow *self, const char *help)
{
  replace (&self->help, help);
  gtk_label_set_text (GTK_LABEL (self->help_label), help ? help : "");
  gtk_widget_set_visible (self->help_label, help && *help);
  describe (self);
}

void
gbx_editor_row_add_button (GbxEditorRow *self, GtkWidget *button)
{
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_show (button);
  gtk_box_pack_end (GTK_BOX (self->line), button, FALSE, FALSE, 0);
}

void
gbx_editor_row_set_mnemonic (GbxEditorRow *self, gunichar letter)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean done = letter == 0;

  for (const char *at = self->title; *at; at = g_utf8_next_char (at))
    {
      gunichar here = g_utf8_get_char (at);

      if (!done && g_unichar_tolower (here) == letter)
        {
          g_string_append_c (text, '_');
          done = TRUE;
        }
      g_string_append_unichar (text, here);
      if (here == '_')
        g_string_append_c (text, '_');
    }
  gtk_label_set_text_with_mnemonic (GTK_LABEL (self->title_label), text->str);
}

void
gbx_editor_row_grab_focus (GbxEditorRow *self)
{
  if (self->focus)
    gtk_widget_grab_focus (self->focus);
}

void
gbx_editor_row_set_source (GbxEditorRow *self, GbxEditorSource source, const char *words)
{
  static const char *const icons[] = {
    [GBX_SOURCE_DEFAULT] = NULL,
    [GBX_SOURCE_PARENT] = "go-up-symbolic",
    [GBX_SOURCE_ADMINISTRATOR] = "avatar-default-symbolic",
    [GBX_SOURCE_HERE] = "document-edit-symbolic",
  };
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  gboolean here = source == GBX_SOURCE_HERE;

  replace (&self->words, words);
  /* Without an image it keeps its place. */
  gtk_image_set_from_icon_name (GTK_IMAGE (self->marker), icons[source], GTK_ICON_SIZE_MENU);
  gtk_widget_set_tooltip_text (self->marker, words);
  atk_object_set_name (gtk_widget_get_accessible (self->marker), words ? words : "");
  self->is_changed = here;
  gtk_widget_set_visible (self->reset_button, here && self->is_resettable);
  if (here)
    gtk_style_context_add_class (context, "gbx-editor-changed");
  else
    gtk_style_context_remove_class (context, "gbx-editor-changed");
  describe (self);
}

void
gbx_editor_row_set_obstacle (GbxEditorRow *self, const char *reason)
{
  replace (&self->obstacle, reason);
  gtk_widget_set_sensitive (self->title_label, !reason);
  if (self->control)
    gtk_widget_set_sensitive (self->control, !reason);
  show_reason (self);
}

void
gbx_editor_row_set_error (GbxEditorRow *self, const char *reason)
{
  GtkStyleContext *context = self->focus ? gtk_widget_get_style_context (self->focus) : NULL;

  replace (&self->error, reason);
  if (context && reason)
    gtk_style_context_add_class (context, "error");
  else if (context)
    gtk_style_context_remove_class (context, "error");
  show_reason (self);
}

void
gbx_editor_row_set_warning (GbxEditorRow *self, const char *reason)
{
  replace (&self->warning, reason);
  show_reason (self);
}

void
gbx_editor_row_set_keywords (GbxEditorRow *self, const char *keywords)
{
  replace (&self->keywords, keywords);
}

const char *
gbx_editor_row_get_title (GbxEditorRow *self)
{
  return self->title;
}

gboolean
gbx_editor_row_matches (GbxEditorRow *self, const char *const *words)
{
  g_autofree char *all = g_strjoin (" ", self->title, self->help ? self->help : "",
                                    self->keywords ? self->keywords : "", NULL);
  g_autofree char *folded = g_utf8_casefold (all, -1);

  for (guint i = 0; words[i]; i++)
    if (!strstr (folded, words[i]))
      return FALSE;
  return TRUE;
}
