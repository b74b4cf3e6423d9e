/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor"

#include "config.h"

#include "gbx-editor.h"

#include "gbx-editor-binding.h"
#include "gbx-editor-group.h"
#include "gbx-editor-notice.h"
#include "gbx-editor-profile-group.h"
#include "gbx-editor-profile.h"
#include "gbx-editor-shares-group.h"
#include "gbx-editor-summary.h"
#include "gbx-editor-toast.h"
#include "gbx-editor-try.h"
#include "gbx-editor-variables-group.h"

#include "gbx-settings.h"

#include <glib/gi18n.h>
#include <string.h>

struct _GbxEditor
{
  HdyApplicationWindow parent_instance;

  GbxEditorModel *model;
  GPtrArray *groups; /* (element-type GbxEditorGroup), unowned */
  GtkWidget *summary; /* (unowned) */
  GtkWidget *toast;   /* (unowned) */
  gboolean closing;   /* once it is saved */
  char **names;       /* of the groups */
  guint fill_source;  /* until all groups are there */

  GtkWidget *header;        /* template */
  GtkWidget *search_bar;    /* template */
  GtkWidget *search_entry;  /* template */
  GtkWidget *notices;       /* template */
  GtkWidget *overlay;       /* template */
  GtkWidget *pages;         /* template */
  GtkWidget *scrolled;      /* template */
  GtkWidget *content;       /* template */
  GtkWidget *damaged_page;  /* template */
  GtkWidget *restore_button; /* template */
};

G_DEFINE_FINAL_TYPE (GbxEditor, gbx_editor, HDY_TYPE_APPLICATION_WINDOW)

/* -------------------------------------------------------------- contents -- */

static void
add_group (GbxEditor *self, GtkWidget *group)
{
  gtk_container_add (GTK_CONTAINER (self->content), group);
  g_ptr_array_add (self->groups, group);
}

/* What is not as usual is in sight. */
static void
add_setting (GbxEditor *self, GbxEditorGroup *group, const GbxSetting *setting)
{
  GtkWidget *row = gbx_editor_binding_make_row (&gbx_editor_binding_settings, self->model, setting,
                                                NULL);
  g_autofree char *words = NULL;

  if (!setting->is_advanced)
    {
      gbx_editor_group_add (group, row);
      return;
    }
  gbx_editor_group_add_advanced (group, row);
  if (gbx_editor_setting_get_source (self->model, setting, &words) != GBX_SOURCE_DEFAULT)
    gbx_editor_group_open (group);
}

static GtkWidget *
make_settings (GbxEditor *self, const char *name)
{
  g_autofree char *title = gbx_editor_group_make_title (name);
  GtkWidget *group = gbx_editor_group_new (title, NULL);
  gsize length = strlen (name);

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);

      if (strncmp (setting->key, name, length) == 0 && setting->key[length] == '.')
        add_setting (self, GBX_EDITOR_GROUP (group), setting);
    }
  return group;
}

/* What the page has, in its order: a group for each group of the table among others. */
#define SHARES "@shares"
#define VARIABLES "@variables"
#define PROFILE "@profile"

static int
compare_groups (gconstpointer one, gconstpointer other)
{
  return gbx_editor_group_compare (*(const char *const *)one, *(const char *const *)other);
}

static GPtrArray *
list_settings_groups (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const char *key = gbx_settings_get (i)->key;
      g_autofree char *name = g_strndup (key, strcspn (key, "."));

      if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&name));
    }
  g_ptr_array_sort (names, compare_groups);
  return g_steal_pointer (&names);
}

static char **
list_groups (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GPtrArray) names = list_settings_groups ();

  g_strv_builder_add (builder, SHARES);
  for (guint i = 0; i < names->len; i++)
    g_strv_builder_add (builder, names->pdata[i]);
  g_strv_builder_add (builder, VARIABLES);
  g_strv_builder_add (builder, PROFILE);
  return g_strv_builder_end (builder);
}

static GtkWidget *
make_group (GbxEditor *self, const char *name)
{
  if (g_str_equal (name, SHARES))
    return gbx_editor_shares_group_new (self->model);
  if (g_str_equal (name, VARIABLES))
    return gbx_editor_variables_group_new (self->model);
  if (g_str_equal (name, PROFILE))
    return gbx_editor_profile_group_new (self->model);
  return make_settings (self, name);
}

/* The first letter that is free, of a word if possible.  The letters of buttons are taken. */
static gunichar
find_letter (const char *title, GHashTable *taken)
{
  for (guint pass = 0; pass < 2; pass++)
    {
      gboolean begins = TRUE;

      for (const char *at = title; *at; at = g_utf8_next_char (at))
        {
          gunichar letter = g_unichar_tolower (g_utf8_get_char (at));

          if (g_unichar_isalpha (letter) && (begins || pass > 0)
              && g_hash_table_add (taken, GUINT_TO_POINTER (letter)))
            return letter;
          begins = !g_unichar_isalnum (letter);
        }
    }
  return 0;
}

static void
take_letter (GtkWidget *widget, gpointer taken)
{
  guint letter;

  if (GTK_IS_LABEL (widget) && !GBX_IS_EDITOR_ROW (gtk_widget_get_ancestor (widget,
                                                                           GBX_TYPE_EDITOR_ROW)))
    {
      letter = gtk_label_get_mnemonic_keyval (GTK_LABEL (widget));
      if (letter != GDK_KEY_VoidSymbol)
        g_hash_table_add (taken, GUINT_TO_POINTER (gdk_keyval_to_unicode (letter)));
    }
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), take_letter, taken);
}

/* The titles come from a table and are translated, so nobody can choose their letters. */
static void
set_mnemonics (GbxEditor *self)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);

  take_letter (GTK_WIDGET (self), taken);
  for (guint i = 0; i < self->groups->len; i++)
    {
      g_autoptr (GList) rows = gbx_editor_group_get_rows (self->groups->pdata[i]);

      for (GList *at = rows; at; at = at->next)
        if (GBX_IS_EDITOR_ROW (at->data))
          gbx_editor_row_set_mnemonic (
              at->data, find_letter (gbx_editor_row_get_title (at->data), taken));
    }
}

/* Returns whether there is more. */
static gboolean
fill_next (GbxEditor *self)
{
  add_group (self, make_group (self, self->names[self->groups->len]));
  if (self->names[self->groups->len])
    return TRUE;
  set_mnemonics (self);
  return FALSE;
}

static gboolean
on_idle (gpointer user_data)
{
  GbxEditor *self = user_data;

  if (fill_next (self))
    return G_SOURCE_CONTINUE;
  self->fill_source = 0;
  return G_SOURCE_REMOVE;
}

static void
fill_rest (GbxEditor *self)
{
  if (!self->fill_source)
    return;
  g_clear_handle_id (&self->fill_source, g_source_remove);
  while (fill_next (self))
    ;
}

/* What is in sight at once comes first, the rest while the window is shown already: a page of
 * forty rows takes GTK longer than a window may take to open. */
static void
fill (GbxEditor *self)
{
  self->names = list_groups ();
  self->summary = gbx_editor_summary_new (self->model);
  gtk_container_add (GTK_CONTAINER (self->content), self->summary);
  fill_next (self);
  self->fill_source = g_idle_add (on_idle, self);
}

/* ---------------------------------------------------------------- search -- */

static void
on_search_changed (GbxEditor *self)
{
  const char *text = gtk_entry_get_text (GTK_ENTRY (self->search_entry));
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t", -1);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  gboolean some = FALSE;

  fill_rest (self);
  for (guint i = 0; parts[i]; i++)
    if (*parts[i])
      g_ptr_array_add (words, parts[i]);
  g_ptr_array_add (words, NULL);
  for (guint i = 0; i < self->groups->len; i++)
    some |= gbx_editor_group_filter (self->groups->pdata[i],
                                     (const char *const *)words->pdata);
  gtk_widget_set_visible (self->summary, words->len == 1);
  if (gbx_editor_model_get_condition (self->model) != GBX_EDITOR_DAMAGED)
    gtk_stack_set_visible_child_name (GTK_STACK (self->pages), some ? "settings" : "nothing");
}

static gboolean
is_typing (GbxEditor *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  return GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus);
}

/* Typing anywhere searches. */
static gboolean
on_key_press (GbxEditor *self, GdkEventKey *event)
{
  if (is_typing (self)
      || gbx_editor_model_get_condition (self->model) == GBX_EDITOR_DAMAGED)
    return GDK_EVENT_PROPAGATE;
  return hdy_search_bar_handle_event (HDY_SEARCH_BAR (self->search_bar), (GdkEvent *)event);
}

/* ---------------------------------------------------------------- actions -- */

static void
tell_undone (GbxEditor *self, const char *format, const char *what)
{
  g_autofree char *sentence = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  sentence = g_strdup_printf (format, what);
#pragma GCC diagnostic pop
  gbx_editor_toast_show (GBX_EDITOR_TOAST (self->toast), sentence, NULL, NULL);
}

static void
on_undo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GbxEditor *self = user_data;
  g_autofree char *what = g_strdup (gbx_editor_model_get_undo (self->model));

  if (!what)
    return;
  gbx_editor_model_undo (self->model);
  tell_undone (self, _ ("Undone: %s"), what);
}

static void
on_redo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GbxEditor *self = user_data;
  g_autofree char *what = g_strdup (gbx_editor_model_get_redo (self->model));

  if (!what)
    return;
  gbx_editor_model_redo (self->model);
  tell_undone (self, _ ("Done again: %s"), what);
}

static void
on_reset_all (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GbxEditor *self = user_data;

  gbx_editor_model_reset_all (self->model);
  gbx_editor_model_tell (self->model, _ ("Everything was reset"));
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GbxEditor *self = user_data;
  HdySearchBar *bar = HDY_SEARCH_BAR (self->search_bar);

  hdy_search_bar_set_search_mode (bar, !hdy_search_bar_get_search_mode (bar)
                                           || !gtk_widget_has_focus (self->search_entry));
  if (hdy_search_bar_get_search_mode (bar))
    gtk_widget_grab_focus (self->search_entry);
}

static void
on_try (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gbx_editor_try (user_data, GBX_EDITOR (user_data)->model);
}

static void
on_resolved (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gbx_editor_summary_show_resolved (user_data, GBX_EDITOR (user_data)->model);
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GbxEditor *self = user_data;
  g_autofree char *command = gbx_editor_summary_make_command (self->model);

  gtk_clipboard_set_text (gtk_widget_get_clipboard (user_data, GDK_SELECTION_CLIPBOARD), command,
                          -1);
  gbx_editor_toast_show (GBX_EDITOR_TOAST (self->toast), _ ("The command line was copied"), NULL,
                         NULL);
}

static void
on_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gbx_editor_notice_open_folder (user_data, GBX_EDITOR (user_data)->model);
}

static void
on_close_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_close (user_data);
}

static void
enable (GbxEditor *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
add_actions (GbxEditor *self)
{
  static const GActionEntry entries[] = {
    { .name = "undo", .activate = on_undo },         { .name = "redo", .activate = on_redo },
    { .name = "reset-all", .activate = on_reset_all }, { .name = "search", .activate = on_search },
    { .name = "try", .activate = on_try },           { .name = "resolved", .activate = on_resolved },
    { .name = "copy-command", .activate = on_copy }, { .name = "open-folder", .activate = on_folder },
    { .name = "close", .activate = on_close_action },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

static void
add_accels (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *accels[3];
  } all[] = {
    { "win.undo", { "<Primary>z", NULL } },
    { "win.redo", { "<Primary><Shift>z", "<Primary>y", NULL } },
    { "win.search", { "<Primary>f", NULL } },
    { "win.try", { "<Primary>Return", NULL } },
    { "win.close", { "<Primary>w", NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gtk_application_set_accels_for_action (application, all[i].action, all[i].accels);
}

/* ------------------------------------------------------------- condition -- */

static const char *
describe_condition (GbxEditorModel *model)
{
  switch (gbx_editor_model_get_condition (model))
    {
    case GBX_EDITOR_UNSAVED:
    case GBX_EDITOR_SAVING:
      return _ ("Saving…");
    case GBX_EDITOR_FAILED:
    case GBX_EDITOR_CONFLICT:
      return _ ("Not saved");
    case GBX_EDITOR_GONE:
      return _ ("Removed");
    case GBX_EDITOR_DAMAGED:
      return _ ("Damaged");
    case GBX_EDITOR_SAVED:
    default:
      return gbx_editor_model_get_undo (model) ? _ ("Saved") : NULL;
    }
}

static char *
make_title (GbxEditorModel *model)
{
  g_autofree char *name = gbx_editor_profile_dup (model, "Name");

  return g_strdup (name && *name ? name : gbx_editor_model_get_id (model));
}

static void
on_changed (GbxEditor *self)
{
  g_autofree char *title = make_title (self->model);

  gtk_window_set_title (GTK_WINDOW (self), title);
  hdy_header_bar_set_title (HDY_HEADER_BAR (self->header), title);
  enable (self, "undo", gbx_editor_model_get_undo (self->model) != NULL);
  enable (self, "redo", gbx_editor_model_get_redo (self->model) != NULL);
  enable (self, "reset-all", gbx_editor_model_has_changes (self->model));
}

static void
finish_closing (GbxEditor *self)
{
  self->closing = FALSE;
  gtk_widget_destroy (GTK_WIDGET (self));
}

static void
on_condition_changed (GbxEditor *self)
{
  GbxEditorCondition condition = gbx_editor_model_get_condition (self->model);
  gboolean damaged = condition == GBX_EDITOR_DAMAGED;

  if (self->closing && condition == GBX_EDITOR_SAVED)
    {
      finish_closing (self);
      return;
    }
  self->closing = self->closing
                  && (condition == GBX_EDITOR_SAVING || condition == GBX_EDITOR_UNSAVED);
  hdy_header_bar_set_subtitle (HDY_HEADER_BAR (self->header), describe_condition (self->model));
  gbx_editor_notice_show (self->notices, self->model);
  enable (self, "try", !damaged && !gbx_editor_model_has_lost_application (self->model));
  if (damaged)
    {
      hdy_status_page_set_description (HDY_STATUS_PAGE (self->damaged_page),
                                       gbx_editor_model_get_message (self->model));
      gtk_button_set_label (GTK_BUTTON (self->restore_button),
                            gbx_editor_model_has_lost_parent (self->model)
                                ? _ ("_Inherit from “Default”")
                                : _ ("_Restore"));
      gtk_widget_set_visible (self->restore_button, gbx_editor_model_can_restore (self->model));
      gtk_stack_set_visible_child_name (GTK_STACK (self->pages), "damaged");
    }
  else if (g_str_equal (gtk_stack_get_visible_child_name (GTK_STACK (self->pages)), "damaged"))
    on_search_changed (self);
}

static void
on_told (GbxEditor *self, const char *sentence)
{
  gboolean can_undo = gbx_editor_model_get_undo (self->model) != NULL;

  gbx_editor_toast_show (GBX_EDITOR_TOAST (self->toast), sentence, _ ("Undo"),
                         can_undo ? "win.undo" : NULL);
}

static void
on_adopted (GbxEditor *self)
{
  gbx_editor_toast_show (GBX_EDITOR_TOAST (self->toast),
                         _ ("Another program has changed the profile"), NULL, NULL);
}

static void
on_restore_clicked (GbxEditor *self)
{
  g_autoptr (GError) error = NULL;
  gboolean lost_parent = gbx_editor_model_has_lost_parent (self->model);

  if (lost_parent && gbx_editor_model_restore (self->model, &error))
    gbx_editor_model_tell (self->model, _ ("It inherits from “Default” now"));
  else if (!error && gbx_editor_model_restore (self->model, &error))
    gbx_editor_toast_show (GBX_EDITOR_TOAST (self->toast),
                           _ ("The damaged file is kept beside the profile"), NULL, NULL);
  else
    gbx_editor_toast_show (GBX_EDITOR_TOAST (self->toast), error->message, NULL, NULL);
}

/* ----------------------------------------------------------------- closing -- */

static void
on_discard_response (GtkWidget *dialog, int response, gpointer user_data)
{
  gtk_widget_destroy (dialog);
  if (response == GTK_RESPONSE_ACCEPT)
    gtk_widget_destroy (user_data);
}

/* What could not be saved is not thrown away unasked. */
static void
ask_to_discard (GbxEditor *self)
{
  GtkWidget *dialog = gtk_message_dialog_new (GTK_WINDOW (self), GTK_DIALOG_MODAL,
                                              GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, "%s",
                                              _ ("Close without saving?"));
  const char *message = gbx_editor_model_get_message (self->model);

  gtk_message_dialog_format_secondary_text (
      GTK_MESSAGE_DIALOG (dialog), "%s",
      message ? message : _ ("Your last changes to the profile are not saved."));
  gtk_dialog_add_buttons (GTK_DIALOG (dialog), _ ("_Keep Open"), GTK_RESPONSE_CANCEL,
                          _ ("_Discard Changes"), GTK_RESPONSE_ACCEPT, NULL);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_CANCEL);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_discard_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
on_delete_event (GbxEditor *self)
{
  switch (gbx_editor_model_get_condition (self->model))
    {
    case GBX_EDITOR_UNSAVED:
    case GBX_EDITOR_SAVING:
      self->closing = TRUE;
      gbx_editor_model_save (self->model);
      return GDK_EVENT_STOP;
    case GBX_EDITOR_FAILED:
    case GBX_EDITOR_CONFLICT:
      ask_to_discard (self);
      return GDK_EVENT_STOP;
    case GBX_EDITOR_SAVED:
    case GBX_EDITOR_GONE:
    case GBX_EDITOR_DAMAGED:
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* --------------------------------------------------------------- object -- */

static void
gbx_editor_dispose (GObject *object)
{
  GbxEditor *self = GBX_EDITOR (object);

  g_clear_handle_id (&self->fill_source, g_source_remove);
  g_clear_pointer (&self->names, g_strfreev);
  if (self->model)
    {
      g_signal_handlers_disconnect_by_data (self->model, self);
      gbx_editor_model_flush (self->model);
    }
  g_clear_object (&self->model);
  g_clear_pointer (&self->groups, g_ptr_array_unref);
  G_OBJECT_CLASS (gbx_editor_parent_class)->dispose (object);
}

static void
gbx_editor_class_init (GbxEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = gbx_editor_dispose;
  g_type_ensure (HDY_TYPE_HEADER_BAR);
  g_type_ensure (HDY_TYPE_SEARCH_BAR);
  g_type_ensure (HDY_TYPE_CLAMP);
  g_type_ensure (HDY_TYPE_STATUS_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/glovebox/Glovebox/ui/gbx-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, GbxEditor, header);
  gtk_widget_class_bind_template_child (widget_class, GbxEditor, search_bar);
  gtk_widget_class_bind_template_child (widget_class, GbxEditor, search_entry);
  gtk_widget_class_bind_template_child (widget_class, GbxEditor, notices);
  gtk_widget_class_bind_template_child (widget_class, GbxEditor, overlay);
  gtk_widget_class_bind_template_child (widget_class, GbxEditor, pages);
  gtk_widget_class_bind_template_child (widget_class, GbxEditor, scrolled);
  gtk_widget_class_bind_template_child (widget_class, GbxEditor, content);
  gtk_widget_class_bind_template_child (widget_class, GbxEditor, damaged_page);
  gtk_widget_class_bind_template_child (widget_class, GbxEditor, restore_button);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_key_press);
  gtk_widget_class_bind_template_callback (widget_class, on_delete_event);
  gtk_widget_class_bind_template_callback (widget_class, on_restore_clicked);
}

static void
gbx_editor_init (GbxEditor *self)
{
  self->groups = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  hdy_search_bar_connect_entry (HDY_SEARCH_BAR (self->search_bar),
                                GTK_ENTRY (self->search_entry));
  /* What gets the focus by the keyboard comes into sight. */
  gtk_container_set_focus_vadjustment (
      GTK_CONTAINER (self->content),
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled)));
  self->toast = gbx_editor_toast_new ();
  gtk_overlay_add_overlay (GTK_OVERLAY (self->overlay), self->toast);
  add_actions (self);
}

static GtkWidget *
open_editor (GtkApplication *application, GbxEditorModel *model)
{
  GbxEditor *self = g_object_new (GBX_TYPE_EDITOR, "application", application, NULL);

  self->model = model;
  if (application)
    {
      add_accels (application);
      /* Whoever quits at once has not lost the last change. */
      g_signal_connect_object (application, "shutdown", G_CALLBACK (gtk_widget_destroy), self,
                               G_CONNECT_SWAPPED);
    }
  fill (self);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (model, "condition-changed", G_CALLBACK (on_condition_changed), self);
  g_signal_connect_swapped (model, "told", G_CALLBACK (on_told), self);
  g_signal_connect_swapped (model, "adopted", G_CALLBACK (on_adopted), self);
  on_changed (self);
  on_condition_changed (self);
  gbx_editor_settings_look_at_host (model);
  return GTK_WIDGET (self);
}

GtkWidget *
gbx_editor_new (GtkApplication *application, const char *profile_id)
{
  return open_editor (application, gbx_editor_model_new (profile_id));
}

GtkWidget *
gbx_editor_new_for_application (GtkApplication *application, const char *desktop_id)
{
  return open_editor (application, gbx_editor_model_new_for_application (desktop_id));
}

static GtkWidget *
find_editor (GtkApplication *application, const char *id)
{
  for (GList *at = gtk_application_get_windows (application); at; at = at->next)
    if (GBX_IS_EDITOR (at->data)
        && g_str_equal (gbx_editor_model_get_id (GBX_EDITOR (at->data)->model), id))
      return at->data;
  return NULL;
}

static void
present (GtkApplication *application, GbxEditorModel *model)
{
  g_autoptr (GbxEditorModel) owned = model;
  GtkWidget *editor = find_editor (application, gbx_editor_model_get_id (model));

  if (!editor)
    editor = open_editor (application, g_steal_pointer (&owned));
  gtk_window_present (GTK_WINDOW (editor));
}

void
gbx_editor_present (GtkApplication *application, const char *profile_id)
{
  present (application, gbx_editor_model_new (profile_id));
}

void
gbx_editor_present_for_application (GtkApplication *application, const char *desktop_id)
{
  present (application, gbx_editor_model_new_for_application (desktop_id));
}

GbxEditorModel *
gbx_editor_get_model (GbxEditor *self)
{
  return self->model;
}
