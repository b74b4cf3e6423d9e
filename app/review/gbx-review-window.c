/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-review-window"
#include "config.h"

#include "gbx-review-window.h"

#include "gbx-close-key.h"
#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-summary-row.h"
#include "gbx-review.h"

#include <glib/gi18n.h>

/* Rows of one list; the rest is counted. */
#define ROWS_MAX 100

struct _GbxReviewWindow
{
  HdyApplicationWindow parent_instance;

  GbxReview *review; /* (nullable): once it was read */
  GCancellable *cancellable;
  char *id; /* (nullable): the name under which it was imported */

  GtkStack *stack;              /* template */
  GtkLabel *failure_text;       /* template */
  GtkLabel *title_label;        /* template */
  GtkLabel *file_label;         /* template */
  GtkLabel *description_label;  /* template */
  GtkLabel *sentence_label;     /* template */
  GtkWidget *faults_group;      /* template */
  GtkListBox *faults_list;      /* template */
  GtkWidget *lines_group;       /* template */
  GtkListBox *lines_list;       /* template */
  GtkWidget *differences_group; /* template */
  GtkLabel *differences_title;  /* template */
  GtkListBox *differences_list; /* template */
  GtkWidget *notes_group;       /* template */
  GtkLabel *notes_title;        /* template */
  GtkListBox *notes_list;       /* template */
  GtkWidget *name_group;        /* template */
  GtkLabel *name_intro;         /* template */
  GtkEntry *name_entry;         /* template */
  GtkLabel *name_reason;        /* template */
  GtkWidget *import_button;     /* template */
  GtkWidget *edit_button;       /* template */
  GtkLabel *done_text;          /* template */
  GtkWidget *done_edit_button;  /* template */
  GtkWidget *done_close_button; /* template */
};

G_DEFINE_FINAL_TYPE (GbxReviewWindow, gbx_review_window, HDY_TYPE_APPLICATION_WINDOW)

/* ---------------------------------------------------------------- lists -- */

static gboolean
add_row (GtkListBox *list, guint index, guint n, GtkWidget *row)
{
  g_autofree char *rest = NULL;

  if (index < ROWS_MAX)
    {
      gtk_container_add (GTK_CONTAINER (list), row);
      return TRUE;
    }
  rest = g_strdup_printf (ngettext ("%u more", "%u more", n - index), n - index);
  gtk_container_add (GTK_CONTAINER (list),
                     gbx_summary_row_new ("view-more-symbolic", rest, NULL));
  gtk_widget_destroy (row);
  return FALSE;
}

static void
fill_texts (GtkWidget *group, GtkListBox *list, const char *icon_name, GPtrArray *texts)
{
  for (guint i = 0; i < texts->len; i++)
    if (!add_row (list, i, texts->len, gbx_summary_row_new (icon_name, texts->pdata[i], NULL)))
      break;
  gtk_widget_set_visible (group, texts->len > 0);
}

static void
fill_lines (GbxReviewWindow *self)
{
  GPtrArray *lines = gbx_review_get_lines (self->review);

  for (guint i = 0; i < lines->len; i++)
    if (!add_row (self->lines_list, i, lines->len, gbx_summary_row_new_for_line (lines->pdata[i])))
      break;
  gtk_widget_set_visible (self->lines_group, lines->len > 0);
}

static void
fill_differences (GbxReviewWindow *self)
{
  GPtrArray *differences = gbx_review_get_differences (self->review);
  const char *installed = gbx_review_get_installed (self->review);
  g_autofree char *title
      = g_strdup_printf (_ ("Different from the profile “%s”, which is there already"), installed);

  if (installed)
    gtk_label_set_text (self->differences_title, title);
  for (guint i = 0; i < differences->len; i++)
    if (!add_row (self->differences_list, i, differences->len,
                  gbx_summary_row_new_for_difference (differences->pdata[i])))
      break;
  gtk_widget_set_visible (self->differences_group, differences->len > 0);
}

/* ----------------------------------------------------------------- name -- */

static gboolean
can_edit (GbxReviewWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  return application && g_action_map_lookup_action (G_ACTION_MAP (application), "edit-profile");
}

static void
on_name_changed (GbxReviewWindow *self)
{
  g_autofree char *reason
      = self->review
            ? gbx_review_check_id (self->review, gtk_entry_get_text (self->name_entry))
            : NULL;
  gboolean good
      = self->review && !reason && gbx_review_get_faults (self->review)->len == 0;

  gtk_label_set_text (self->name_reason, reason ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->name_reason), reason != NULL);
  gtk_widget_set_sensitive (self->import_button, good);
  gtk_widget_set_sensitive (self->edit_button, good);
}

static void
fill_name (GbxReviewWindow *self)
{
  const char *installed = gbx_review_get_installed (self->review);
  gboolean good = gbx_review_get_faults (self->review)->len == 0;
  g_autofree char *intro
      = installed ? g_strdup_printf (_ ("There is a profile “%s” already. It stays as it is; this "
                                        "one gets another name."),
                                     installed)
                  : NULL;

  gtk_label_set_text (self->name_intro, intro ? intro : "");
  gtk_widget_set_visible (GTK_WIDGET (self->name_intro), intro != NULL);
  gtk_entry_set_text (self->name_entry, gbx_review_get_id (self->review));
  gtk_widget_set_visible (self->name_group, good);
  gtk_widget_set_visible (self->edit_button, good && can_edit (self));
  on_name_changed (self);
}

/* -------------------------------------------------------------- reading -- */

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text && *text);
}

static const char *
describe_kind (GbxReview *review)
{
  const char *description = gbx_review_get_description (review);

  switch (gbx_review_get_foreign (review))
    {
    case GBX_FOREIGN_WSB:
      return _ ("A configuration of Windows Sandbox, as far as Glovebox can follow it.");
    case GBX_FOREIGN_FIREJAIL:
      return _ ("A profile of Firejail, as far as Glovebox can follow it.");
    case GBX_FOREIGN_NONE:
    default:
      return description;
    }
}

static void
show_review (GbxReviewWindow *self)
{
  set_label (self->title_label, gbx_review_get_title (self->review));
  set_label (self->description_label, describe_kind (self->review));
  if (gbx_review_get_foreign (self->review) != GBX_FOREIGN_NONE)
    gtk_label_set_text (self->notes_title, _ ("What is not taken over"));
  set_label (self->sentence_label, gbx_review_get_sentence (self->review));
  fill_texts (self->faults_group, self->faults_list, "dialog-error-symbolic",
              gbx_review_get_faults (self->review));
  fill_lines (self);
  fill_differences (self);
  fill_texts (self->notes_group, self->notes_list, "dialog-information-symbolic",
              gbx_review_get_notes (self->review));
  fill_name (self);
  gtk_stack_set_visible_child_name (self->stack, "review");
}

static void
show_failure (GbxReviewWindow *self, const char *message)
{
  g_autofree char *shown = gbx_path_show (message);

  gtk_label_set_text (self->failure_text, shown);
  gtk_stack_set_visible_child_name (self->stack, "failure");
}

static void
review_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  GError *error = NULL;
  GbxReview *review = gbx_review_new (path, &error);

  if (review)
    g_task_return_pointer (task, review, (GDestroyNotify)gbx_review_free);
  else
    g_task_return_error (task, error);
}

static void
review_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxReviewWindow *self = GBX_REVIEW_WINDOW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxReview) review = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!review)
    {
      show_failure (self, error->message);
      return;
    }
  self->review = g_steal_pointer (&review);
  show_review (self);
}

static void
read_file (GbxReviewWindow *self, const char *uri)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *shown = path ? gbx_path_show (path) : gbx_path_show (uri);
  g_autofree char *message = NULL;
  g_autoptr (GTask) task = NULL;

  gtk_label_set_text (self->file_label, shown);
  if (!path)
    {
      message = g_strdup_printf (
          _ ("%s is not on this computer; save it here first, and open it then"), shown);
      show_failure (self, message);
      return;
    }
  task = g_task_new (self, self->cancellable, review_cb, NULL);
  g_task_set_task_data (task, g_steal_pointer (&path), g_free);
  g_task_run_in_thread (task, review_thread);
}

/* --------------------------------------------------------------- import -- */

static void
edit (GbxReviewWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  g_action_group_activate_action (G_ACTION_GROUP (application), "edit-profile",
                                  g_variant_new_string (self->id));
  gtk_window_close (GTK_WINDOW (self));
}

static void
show_done (GbxReviewWindow *self)
{
  g_autofree char *text
      = g_strdup_printf (_ ("It is among your profiles, with the name “%s”."), self->id);

  gtk_label_set_text (self->done_text, text);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stack), TRUE);
  gtk_widget_set_visible (self->done_edit_button, can_edit (self));
  gtk_stack_set_visible_child_name (self->stack, "done");
  gtk_widget_grab_focus (self->done_close_button);
}

typedef struct
{
  GbxReviewWindow *window;
  char *id;
  gboolean then_edit;
} Import;

static void
import_free (gpointer data)
{
  g_free (((Import *)data)->id);
  g_free (data);
}

static void
import_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Import *import = data;
  GError *error = NULL;

  if (gbx_review_import (import->window->review, import->id, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
import_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GbxReviewWindow *self = GBX_REVIEW_WINDOW (source);
  Import *import = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      self->id = g_strdup (import->id);
      if (import->then_edit)
        edit (self);
      else if (!g_cancellable_is_cancelled (self->cancellable))
        show_done (self);
      return;
    }
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->stack), TRUE);
  gtk_label_set_text (self->name_reason, error->message);
  gtk_widget_show (GTK_WIDGET (self->name_reason));
}

/* The task holds the window, and with it the review. */
static void
import (GbxReviewWindow *self, gboolean then_edit)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, import_cb, NULL);
  Import *import = g_new0 (Import, 1);

  import->window = self;
  import->id = g_strdup (gtk_entry_get_text (self->name_entry));
  import->then_edit = then_edit;
  g_task_set_task_data (task, import, import_free);
  if (!gtk_widget_get_sensitive (self->import_button))
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->stack), FALSE);
  g_task_run_in_thread (task, import_thread);
}

static void
on_import (GbxReviewWindow *self)
{
  import (self, FALSE);
}

static void
on_import_and_edit (GbxReviewWindow *self)
{
  import (self, TRUE);
}

/* -------------------------------------------------------------- the class -- */

static void
gbx_review_window_dispose (GObject *object)
{
  GbxReviewWindow *self = GBX_REVIEW_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (gbx_review_window_parent_class)->dispose (object);
}

static void
gbx_review_window_finalize (GObject *object)
{
  GbxReviewWindow *self = GBX_REVIEW_WINDOW (object);

  g_clear_pointer (&self->review, gbx_review_free);
  g_clear_object (&self->cancellable);
  g_free (self->id);
  G_OBJECT_CLASS (gbx_review_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, stack);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, failure_text);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, title_label);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, file_label);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, description_label);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, sentence_label);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, faults_group);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, faults_list);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, lines_group);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, lines_list);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, differences_group);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, differences_title);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, differences_list);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, notes_group);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, notes_title);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, notes_list);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, name_group);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, name_intro);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, name_entry);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, name_reason);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, import_button);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, edit_button);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, done_text);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, done_edit_button);
  gtk_widget_class_bind_template_child (klass, GbxReviewWindow, done_close_button);
}

static void
gbx_review_window_class_init (GbxReviewWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = gbx_review_window_dispose;
  object_class->finalize = gbx_review_window_finalize;
  g_type_ensure (HDY_TYPE_HEADER_BAR);
  g_type_ensure (HDY_TYPE_CLAMP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-review-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_name_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_import);
  gtk_widget_class_bind_template_callback (widget_class, on_import_and_edit);
  gtk_widget_class_bind_template_callback (widget_class, edit);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  gbx_close_key_bind (widget_class);
}

static void
gbx_review_window_init (GbxReviewWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
gbx_review_window_new (GtkApplication *application, const char *uri)
{
  GbxReviewWindow *self
      = g_object_new (GBX_TYPE_REVIEW_WINDOW, "application", application, NULL);

  read_file (self, uri);
  return GTK_WIDGET (self);
}
