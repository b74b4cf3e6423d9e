/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-changes-window"
#include "config.h"

#include "gbx-changes-window.h"

#include "gbx-close-key.h"
#include "gbx-difference-text.h"
#include "gbx-opened-file.h"
#include "gbx-paths.h"
#include "gbx-text-difference.h"

#include <glib/gi18n.h>
#include <string.h>

typedef enum
{
  DECISION_REPLACE,
  DECISION_SAVE_AS,
  DECISION_DISCARD,
} Decision;

struct _GbxChangesWindow
{
  HdyWindow parent_instance;

  HdyHeaderBar *header;      /* template */
  GtkInfoBar *bar;           /* template */
  GtkLabel *bar_text;        /* template */
  GtkWidget *content;        /* template */
  GtkLabel *heading;         /* template */
  GtkLabel *place;           /* template */
  GtkLabel *before;          /* template */
  GtkLabel *after;           /* template */
  GtkStack *stack;           /* template */
  GtkLabel *note;            /* template */
  GtkTextView *text;         /* template */
  GtkToggleButton *for_all;  /* template */
  GtkSpinner *spinner;       /* template */
  GtkWidget *discard_button; /* template */
  GtkButton *replace_button; /* template */
  GtkWidget *save_button;    /* template */

  GbxEdits *edits;     /* (unowned) */
  guint n_edits;       /* that were open at the beginning */
  guint number;        /* of the current one, from 1 */
  GbxEdit *edit;       /* (unowned) (nullable): the current one */
  GbxEditOriginal original;
  Decision decision;   /* that is being carried out */
  char *target;        /* (nullable): where to save */
  gboolean is_working; /* a thread has the edit */
  GCancellable *cancellable;
  GtkFileChooserNative *chooser; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (GbxChangesWindow, gbx_changes_window, HDY_TYPE_WINDOW)

static void decide (GbxChangesWindow *self, Decision decision);

/* ----------------------------------------------------------------- show -- */

static void
tell (GbxChangesWindow *self, GtkMessageType type, const char *text)
{
  g_autofree char *valid = text ? g_utf8_make_valid (text, -1) : NULL;

  gtk_info_bar_set_message_type (self->bar, type);
  gtk_label_set_text (self->bar_text, valid ? valid : "");
  gtk_info_bar_set_revealed (self->bar, valid != NULL);
}

static void
show_figures (GbxChangesWindow *self, gboolean of_copy, GtkLabel *label)
{
  g_autoptr (GDateTime) when = NULL;
  g_autofree char *size_text = NULL;
  g_autofree char *time_text = NULL;
  g_autofree char *text = NULL;
  guint64 size;
  gint64 time;

  gbx_edit_get_figures (self->edit, of_copy, &size, &time);
  when = time ? g_date_time_new_from_unix_local (time) : NULL;
  size_text = g_format_size (size);
  time_text = when ? g_date_time_format (when, "%x %X") : NULL;
  text = time_text ? g_strdup_printf ("%s · %s", size_text, time_text) : g_strdup (_ ("not there"));
  gtk_label_set_text (label, text);
}

static void
show_file (GbxChangesWindow *self)
{
  const char *path = gbx_edit_get_path (self->edit);
  g_autofree char *name = gbx_opened_file_show_name (path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *shown = gbx_path_show (folder);
  g_autofree char *heading = g_strdup_printf (_ ("“%s” was changed"), name);
  g_autofree char *subtitle
      = g_strdup_printf (_ ("File %u of %u"), self->number, self->n_edits);
  guint others = self->n_edits - self->number;
  g_autofree char *label = g_strdup_printf (
      ngettext ("Do the same with _the other file", "Do the same with _the other %u files", others),
      others);

  gtk_label_set_text (self->heading, heading);
  gtk_label_set_text (self->place, shown);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->place), shown);
  hdy_header_bar_set_subtitle (self->header, self->n_edits > 1 ? subtitle : NULL);
  gtk_button_set_label (GTK_BUTTON (self->for_all), label);
  gtk_widget_set_visible (GTK_WIDGET (self->for_all), others > 0);
  show_figures (self, FALSE, self->before);
  show_figures (self, TRUE, self->after);
}

/* The safe choice is the default: what somebody else has written is never replaced by Return. */
static void
show_choices (GbxChangesWindow *self)
{
  GtkWidget *replace = GTK_WIDGET (self->replace_button);
  gboolean is_same = self->original == GBX_EDIT_SAME;
  GtkWidget *preferred = is_same ? replace : self->save_button;
  GtkWidget *other = is_same ? self->save_button : replace;
  g_autofree char *state = gbx_edit_describe (self->edit, self->original);

  gtk_button_set_label (self->replace_button, self->original == GBX_EDIT_CHANGED
                                                  ? _ ("_Replace Anyway")
                                                  : _ ("_Replace"));
  gtk_widget_set_sensitive (replace, is_same || self->original == GBX_EDIT_CHANGED);
  gtk_style_context_remove_class (gtk_widget_get_style_context (other), "suggested-action");
  gtk_style_context_add_class (gtk_widget_get_style_context (preferred), "suggested-action");
  gtk_widget_grab_default (preferred);
  gtk_widget_grab_focus (preferred);
  if (state)
    tell (self, GTK_MESSAGE_WARNING, state);
}

static void
on_difference_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = gbx_text_difference_find_finish (result, &error);
  GbxChangesWindow *self = data;

  /* The window may be gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (lines)
    gbx_difference_text_show (gtk_text_view_get_buffer (self->text), lines);
  else
    gtk_label_set_text (self->note, error->message);
  gtk_stack_set_visible_child_name (self->stack, lines ? "text" : "note");
}

static void
show_difference (GbxChangesWindow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  gtk_stack_set_visible_child_name (self->stack, "wait");
  gbx_text_difference_find_async (gbx_edit_get_path (self->edit), gbx_edit_get_copy (self->edit),
                                  self->cancellable, on_difference_found, self);
}

static void
show_edit (GbxChangesWindow *self)
{
  self->original = gbx_edit_look (self->edit);
  tell (self, GTK_MESSAGE_WARNING, NULL);
  show_file (self);
  show_choices (self);
  show_difference (self);
}

/* Closes the window after the last one. */
static void
show_next (GbxChangesWindow *self)
{
  GPtrArray *list = gbx_edits_get_list (self->edits);

  self->edit = NULL;
  for (guint i = 0; i < list->len && !self->edit; i++)
    if (gbx_edit_is_open (list->pdata[i]))
      self->edit = list->pdata[i];
  if (!self->edit)
    {
      gtk_widget_destroy (GTK_WIDGET (self));
      return;
    }
  self->number++;
  show_edit (self);
}

/* ------------------------------------------------------------- decision -- */

static void
work_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GbxChangesWindow *self = source;
  g_autofree char *backup = NULL;
  GError *error = NULL;
  gboolean done = TRUE;

  if (self->decision == DECISION_REPLACE)
    done = gbx_edit_replace (self->edit, &backup, &error);
  else if (self->decision == DECISION_SAVE_AS)
    done = gbx_edit_save_as (self->edit, self->target, &error);
  else
    gbx_edit_discard (self->edit);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
set_working (GbxChangesWindow *self, gboolean is_working)
{
  self->is_working = is_working;
  gtk_widget_set_sensitive (self->content, !is_working);
  g_object_set (self->spinner, "active", is_working, NULL);
}

/* The others may be decided in the same way, as long as none of them was changed by others. */
static void
go_on (GbxChangesWindow *self)
{
  gboolean for_all = gtk_toggle_button_get_active (self->for_all);
  Decision decision = self->decision;

  show_next (self);
  if (self->edit && for_all && decision != DECISION_SAVE_AS &&
      (decision == DECISION_DISCARD || self->original == GBX_EDIT_SAME))
    decide (self, decision);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
  GbxChangesWindow *self = GBX_CHANGES_WINDOW (source);
  g_autoptr (GError) error = NULL;

  set_working (self, FALSE);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      go_on (self);
      return;
    }
  show_edit (self);
  tell (self, GTK_MESSAGE_ERROR, error->message);
}

/* It writes a file, which may take long. */
static void
decide (GbxChangesWindow *self, Decision decision)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_worked, NULL);

  self->decision = decision;
  set_working (self, TRUE);
  g_task_run_in_thread (task, work_thread);
}

static void
on_replace_clicked (GbxChangesWindow *self)
{
  decide (self, DECISION_REPLACE);
}

static void
on_discard_clicked (GbxChangesWindow *self)
{
  decide (self, DECISION_DISCARD);
}

/* -------------------------------------------------------------- save as -- */

static void
on_chooser_response (GbxChangesWindow *self, int response)
{
  g_free (self->target);
  self->target = response == GTK_RESPONSE_ACCEPT
                     ? gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (self->chooser))
                     : NULL;
  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->target)
    decide (self, DECISION_SAVE_AS);
}

/* “letter (changed).txt”, or the file's own name where nothing has it any more. */
static char *
propose_name (GbxChangesWindow *self)
{
  g_autofree char *base = g_path_get_basename (gbx_edit_get_path (self->edit));
  g_autofree char *name = g_filename_display_name (base);
  const char *dot = strrchr (name, '.');
  int stem = dot && dot != name ? (int) (dot - name) : (int) strlen (name);

  if (self->original == GBX_EDIT_GONE)
    return g_steal_pointer (&name);
  /* Translators: the name of a file, without its ending, and the ending. */
  return g_strdup_printf (_ ("%.*s (changed)%s"), stem, name, name + stem);
}

static void
on_save_clicked (GbxChangesWindow *self)
{
  GtkFileChooser *chooser;
  g_autofree char *folder = g_path_get_dirname (gbx_edit_get_path (self->edit));
  g_autofree char *name = propose_name (self);

  if (self->chooser)
    return;
  self->chooser = gtk_file_chooser_native_new (_ ("Save the Changed Copy"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  chooser = GTK_FILE_CHOOSER (self->chooser);
  gtk_file_chooser_set_local_only (chooser, TRUE);
  gtk_file_chooser_set_do_overwrite_confirmation (chooser, TRUE);
  gtk_file_chooser_set_current_folder (chooser, folder);
  gtk_file_chooser_set_current_name (chooser, name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chooser_response), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---------------------------------------------------------------- class -- */

/* A file that is being written is written to its end. */
static gboolean
gbx_changes_window_delete_event (GtkWidget *widget, GdkEventAny *event)
{
  return GBX_CHANGES_WINDOW (widget)->is_working;
}

static void
gbx_changes_window_destroy (GtkWidget *widget)
{
  GbxChangesWindow *self = GBX_CHANGES_WINDOW (widget);

  g_cancellable_cancel (self->cancellable);
  if (self->chooser)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  GTK_WIDGET_CLASS (gbx_changes_window_parent_class)->destroy (widget);
}

static void
gbx_changes_window_finalize (GObject *object)
{
  GbxChangesWindow *self = GBX_CHANGES_WINDOW (object);

  g_object_unref (self->cancellable);
  g_free (self->target);
  G_OBJECT_CLASS (gbx_changes_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, header);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, bar);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, bar_text);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, content);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, heading);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, place);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, before);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, after);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, stack);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, note);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, text);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, for_all);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, spinner);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, discard_button);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, replace_button);
  gtk_widget_class_bind_template_child (class, GbxChangesWindow, save_button);
}

static void
gbx_changes_window_class_init (GbxChangesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gbx_changes_window_finalize;
  widget_class->delete_event = gbx_changes_window_delete_event;
  widget_class->destroy = gbx_changes_window_destroy;
  g_type_ensure (HDY_TYPE_HEADER_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-changes-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_replace_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_discard_clicked);
  gbx_close_key_bind (widget_class);
}

static void
gbx_changes_window_init (GbxChangesWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gbx_changes_window_new (GtkApplication *application, GbxEdits *edits)
{
  GbxChangesWindow *self
      = g_object_new (GBX_TYPE_CHANGES_WINDOW, "application", application, NULL);

  self->edits = edits;
  self->n_edits = gbx_edits_count_open (edits);
  show_next (self);
  return GTK_WIDGET (self);
}
