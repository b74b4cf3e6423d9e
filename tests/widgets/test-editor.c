/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The editor of profiles as a user meets it, without a sandbox: what its rows show and write,
 * and what it tells. */

#include "config.h"

#include "gbx-editor.h"
#include "gbx-editor-field.h"
#include "gbx-editor-row.h"
#include "gbx-editor-try.h"
#include "gbx-style.h"

#include "gbx-paths.h"
#include "gbx-settings.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define P "[Profile]\nVersion=1\n"

static char *scratch, *shipped, *administrator, *user, *home, *applications;

static void
put (const char *folder, const char *id, const char *text)
{
  g_autofree char *base = g_strconcat (id, ".profile", NULL);
  g_autofree char *path = g_build_filename (folder, base, NULL);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *
get (const char *id)
{
  g_autofree char *base = g_strconcat (id, ".profile", NULL);
  g_autofree char *path = g_build_filename (user, base, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
set_up (gpointer *fixture, gconstpointer data)
{
  const char *const folders[] = { shipped, administrator, user, home };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      gbx_path_remove_tree (folders[i]);
      g_mkdir_with_parents (folders[i], 0700);
    }
  put (shipped, "default", P "Name=Default\n[Network]\nMode=none\n");
  put (shipped, "web", P "Name=Web browser\n[Network]\nMode=user\n[Resources]\nMemory=600M\n");
}

static gboolean
on_late (gpointer data)
{
  g_error ("It did not become so: %s", (const char *)data);
  return G_SOURCE_REMOVE;
}

#define await(condition)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint late_ = g_timeout_add_seconds (50, on_late, (gpointer) #condition);                      \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (late_);                                                                       \
  }                                                                                                \
  G_STMT_END

/* ---------------------------------------------------------------- finding -- */

typedef struct
{
  GType type;
  const char *text;
  GtkWidget *found;
} Search;

static const char *
get_text (GtkWidget *widget)
{
  if (GBX_IS_EDITOR_ROW (widget))
    return gbx_editor_row_get_title (GBX_EDITOR_ROW (widget));
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  return atk_object_get_name (gtk_widget_get_accessible (widget));
}

/* The title of a row is known; of a sentence some words. */
static gboolean
has (GtkWidget *widget, const char *text, const char *words)
{
  return GBX_IS_EDITOR_ROW (widget) ? g_str_equal (text, words) : strstr (text, words) != NULL;
}

static void
look_at (GtkWidget *widget, gpointer data)
{
  Search *search = data;
  const char *text;

  if (search->found)
    return;
  text = g_type_is_a (G_OBJECT_TYPE (widget), search->type) ? get_text (widget) : NULL;
  if (g_type_is_a (G_OBJECT_TYPE (widget), search->type)
      && (!search->text || (text && has (widget, text, search->text)))
      && gtk_widget_get_child_visible (widget))
    search->found = widget;
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), look_at, search);
}

/* (nullable) */
static GtkWidget *
search (gpointer within, GType type, const char *text)
{
  Search all = { .type = type, .text = text };

  look_at (within, &all);
  return all.found;
}

static GtkWidget *
find (gpointer within, GType type, const char *text)
{
  GtkWidget *found = search (within, type, text);

  if (!found)
    g_error ("There is no %s “%s”", g_type_name (type), text);
  return found;
}

static GtkWidget *
find_row (GbxEditor *editor, const char *title)
{
  return find (editor, GBX_TYPE_EDITOR_ROW, title);
}

static GtkWidget *
find_control (GbxEditor *editor, const char *title)
{
  return gbx_editor_field_get_focus (
      GBX_EDITOR_FIELD (find (find_row (editor, title), GBX_TYPE_EDITOR_FIELD, NULL)));
}

static const char *
describe (GtkWidget *widget)
{
  return atk_object_get_description (gtk_widget_get_accessible (widget));
}

static void
assert_told (GtkWidget *widget, const char *words)
{
  if (!strstr (describe (widget), words))
    g_error ("“%s” is not in “%s”", words, describe (widget));
}

static void
activate (GbxEditor *editor, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (editor), action, NULL);
}

static GbxEditor *
open_editor (const char *id)
{
  GtkWidget *editor = gbx_editor_new (NULL, id);

  gtk_widget_show (editor);
  gtk_test_widget_wait_for_draw (editor);
  /* The last row. */
  await (search (editor, GBX_TYPE_EDITOR_ROW, "Applications"));
  return GBX_EDITOR (editor);
}

static GbxEditorCondition
condition (GbxEditor *editor)
{
  return gbx_editor_model_get_condition (gbx_editor_get_model (editor));
}

/* Closes it after it has saved, so that a test leaves nothing behind. */
static void
close_editor (GbxEditor *editor)
{
  GtkWidget *widget = GTK_WIDGET (editor);

  await (condition (editor) != GBX_EDITOR_UNSAVED && condition (editor) != GBX_EDITOR_SAVING);
  gtk_widget_destroy (widget);
}

/* ------------------------------------------------------------------ rows -- */

static const GbxSetting made_up[] = {
  { .key = "weather.forecast",
    .kind = GBX_KIND_CHOICE,
    .label = "Forecast",
    .help = "What the weather will be",
    .words = (const char *const[]){ "rain", "sun", NULL },
    .holds = GBX_HELD ("nobody") },
  { .key = "weather.wind",
    .kind = GBX_KIND_SWITCH,
    .label = "Wind",
    .help = "Whether it blows" },
  { .key = "weather.map", .kind = GBX_KIND_PATH, .label = "Map", .holds = GBX_HELD ("nobody") },
};

/* Every setting of the table has a row, also one that nobody has heard of. */
static void
test_rows (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = open_editor ("web");

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      const GbxSetting *setting = gbx_settings_get (i);
      GtkWidget *control = find_control (editor, setting->label);
      AtkRelationSet *relations
          = atk_object_ref_relation_set (gtk_widget_get_accessible (control));

      /* A screen reader tells what it is called and what it means. */
      g_assert_cmpstr (atk_object_get_name (gtk_widget_get_accessible (control)), ==,
                       setting->label);
      if (setting->help)
        assert_told (control, setting->help);
      g_assert_true (atk_relation_set_contains (relations, ATK_RELATION_LABELLED_BY));
      g_object_unref (relations);
    }
  g_assert_true (GTK_IS_SWITCH (find_control (editor, "Strict")));
  g_assert_true (GTK_IS_SPIN_BUTTON (find_control (editor, "Processors")));
  g_assert_true (GTK_IS_COMBO_BOX (find_control (editor, "Forecast")));
  find (find_row (editor, "Map"), GTK_TYPE_BUTTON, "Choose a folder");
  find (editor, GTK_TYPE_LABEL, "Weather");
  /* What has no effect says so. */
  g_assert_false (gtk_widget_is_sensitive (find_control (editor, "Wind")));
  assert_told (find_control (editor, "Wind"), "no effect");
  g_assert_false (gtk_widget_is_sensitive (find_control (editor, "Audio")));
  assert_told (find_control (editor, "Audio"), "cannot offer");
  close_editor (editor);
}

static void
test_change (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = open_editor ("web");
  GtkWidget *memory = find_control (editor, "Memory");
  g_autofree char *text = NULL;

  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (memory)), ==, "600M");
  assert_told (memory, "as it is installed");
  gtk_entry_set_text (GTK_ENTRY (memory), "0.75G");
  assert_told (memory, "Changed here");
  gtk_combo_box_set_active (GTK_COMBO_BOX (find_control (editor, "OpenGL")), 1);
  gtk_switch_set_active (GTK_SWITCH (find_control (editor, "Strict")), TRUE);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (find_control (editor, "Processes")), 77);
  await (condition (editor) == GBX_EDITOR_SAVED);
  text = get ("web");
  g_assert_cmpstr (text, ==,
                   P "\n[Resources]\nMemory=0.75G\nProcesses=77\n\n[Display]\nOpengl=on\n\n"
                     "[Kernel]\nStrict=on\n");
  /* What was typed stays as it is. */
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (memory)), ==, "0.75G");
  close_editor (editor);
}

static void
test_invalid (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = open_editor ("web");
  GtkWidget *row = find_row (editor, "Memory"), *memory = find_control (editor, "Memory");
  g_autofree char *text = NULL;

  gtk_entry_set_text (GTK_ENTRY (memory), "lots");
  g_assert_true (gtk_widget_get_mapped (find (row, GTK_TYPE_LABEL, "cannot be “lots”")));
  assert_told (memory, "cannot be “lots”");
  g_assert_cmpint (condition (editor), ==, GBX_EDITOR_SAVED);
  /* Another change is saved, and what is being typed stays. */
  gtk_switch_set_active (GTK_SWITCH (find_control (editor, "Strict")), TRUE);
  await (condition (editor) == GBX_EDITOR_SAVED);
  text = get ("web");
  g_assert_cmpstr (text, ==, P "\n[Kernel]\nStrict=on\n");
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (memory)), ==, "lots");
  gtk_entry_set_text (GTK_ENTRY (memory), "700M");
  g_assert_null (strstr (describe (memory), "cannot"));
  close_editor (editor);
}

static void
test_reset (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = NULL;
  GtkWidget *memory, *button;
  g_autofree char *text = NULL;

  put (user, "web", P "[Resources]\nMemory=700M\n");
  editor = open_editor ("web");
  memory = find_control (editor, "Memory");
  button = find (find_row (editor, "Memory"), GTK_TYPE_BUTTON, "Reset “Memory”");
  gtk_button_clicked (GTK_BUTTON (button));
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (memory)), ==, "600M");
  g_assert_false (gtk_widget_get_visible (button));
  find (editor, GTK_TYPE_LABEL, "“Memory” was reset");
  gtk_button_clicked (GTK_BUTTON (find (editor, GTK_TYPE_BUTTON, "Undo")));
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (memory)), ==, "700M");
  /* Everything, and back. */
  activate (editor, "reset-all");
  await (condition (editor) == GBX_EDITOR_SAVED);
  g_assert_null (get ("web"));
  activate (editor, "undo");
  await (condition (editor) == GBX_EDITOR_SAVED);
  text = get ("web");
  g_assert_cmpstr (text, ==, P "[Resources]\nMemory=700M\n");
  activate (editor, "redo");
  await (condition (editor) == GBX_EDITOR_SAVED);
  g_assert_null (get ("web"));
  close_editor (editor);
}

static void
test_locks (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor;
  GtkWidget *network;

  put (administrator, "default",
       P "[Locks]\nNetwork.Mode=none\nResources.Memory=650M\nFiles.Home=template\n");
  editor = open_editor ("web");
  network = find_control (editor, "Network");
  g_assert_false (gtk_widget_is_sensitive (network));
  assert_told (network, "default.profile:4");
  gtk_entry_set_text (GTK_ENTRY (find_control (editor, "Memory")), "660M");
  assert_told (find_control (editor, "Memory"), "no more than “650M”");
  g_assert_true (gtk_widget_is_sensitive (find_control (editor, "Home")));
  gtk_combo_box_set_active (GTK_COMBO_BOX (find_control (editor, "Home")), 2);
  assert_told (find_control (editor, "Home"), "no more than “template”");
  close_editor (editor);
}

static void
test_search (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = open_editor ("web");
  GtkWidget *entry = find (editor, GTK_TYPE_SEARCH_ENTRY, NULL);
  GtkWidget *network = find_row (editor, "Network"), *memory = find_row (editor, "Memory");

  activate (editor, "search");
  /* By the label, the key in the file, the option, and the explanation. */
  for (guint i = 0; i < 4; i++)
    {
      static const char *const words[] = { "mEMory", "resources.memory", "Resources.Memory",
                                           "memory sandbox" };

      gtk_entry_set_text (GTK_ENTRY (entry), words[i]);
      await (!gtk_widget_get_visible (network));
      g_assert_true (gtk_widget_get_visible (memory));
    }
  gtk_entry_set_text (GTK_ENTRY (entry), "no such thing");
  await (!gtk_widget_get_visible (memory));
  find (editor, GTK_TYPE_LABEL, "Nothing Found");
  gtk_entry_set_text (GTK_ENTRY (entry), "");
  await (gtk_widget_get_visible (network));
  close_editor (editor);
}

/* ----------------------------------------------------- shares, variables -- */

static void
test_shares (gpointer *fixture, gconstpointer data)
{
  g_autofree char *keys = g_build_filename (home, ".ssh", NULL);
  GbxEditor *editor;
  GtkWidget *access;
  g_autofree char *text = NULL;

  g_assert_cmpint (g_mkdir (keys, 0700), ==, 0);
  put (user, "web", P "[Share keys]\nPath=~/.ssh\n");
  put (shipped, "web", P "[Share docs]\nPath=xdg-documents\nPresence=optional\n");
  editor = open_editor ("web");
  access = find_control (editor, "~/.ssh");
  assert_told (access, "keys or passwords");
  gtk_combo_box_set_active (GTK_COMBO_BOX (access), 2);
  /* One of the parent can only be switched off; and be switched on again. */
  gtk_button_clicked (
      GTK_BUTTON (find (find_row (editor, "xdg-documents"), GTK_TYPE_BUTTON, "Do not share")));
  await (condition (editor) == GBX_EDITOR_SAVED);
  text = get ("web");
  g_assert_cmpstr (text, ==,
                   P "[Share keys]\nPath=~/.ssh\nAccess=rw\n\n[Share docs]\nAccess=none\n");
  gtk_button_clicked (GTK_BUTTON (find (find_row (editor, "xdg-documents"), GTK_TYPE_BUTTON, "Reset")));
  gtk_button_clicked (
      GTK_BUTTON (find (find_row (editor, "~/.ssh"), GTK_TYPE_BUTTON, "Do not share")));
  g_assert_null (search (editor, GBX_TYPE_EDITOR_ROW, "~/.ssh"));
  gtk_button_clicked (GTK_BUTTON (find (editor, GTK_TYPE_BUTTON, "Undo")));
  find_row (editor, "~/.ssh");
  close_editor (editor);
}

static void
test_variables (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = open_editor ("web");
  GtkWidget *entry = find (find_row (editor, "Add a variable"), GTK_TYPE_ENTRY, NULL);
  g_autofree char *text = NULL;

  gtk_entry_set_text (GTK_ENTRY (entry), "1 2");
  gtk_widget_activate (entry);
  assert_told (entry, "NAME=value");
  gtk_entry_set_text (GTK_ENTRY (entry), "COLOUR=blue");
  gtk_widget_activate (entry);
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (entry)), ==, "");
  /* An empty value is one, too. */
  gtk_entry_set_text (GTK_ENTRY (find_control (editor, "COLOUR")), "");
  gtk_entry_set_text (GTK_ENTRY (find_control (editor, "COLOUR")), "red");
  await (condition (editor) == GBX_EDITOR_SAVED);
  text = get ("web");
  g_assert_cmpstr (text, ==, P "\n[Environment]\nCOLOUR=red\n");
  gtk_button_clicked (
      GTK_BUTTON (find (find_row (editor, "COLOUR"), GTK_TYPE_BUTTON, "Reset")));
  g_assert_null (search (editor, GBX_TYPE_EDITOR_ROW, "COLOUR"));
  close_editor (editor);
}

static void
test_profile (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor;
  GtkWidget *parent;

  put (user, "mine", P "Name=Mine\nInherits=web\n");
  put (user, "child", P "Inherits=mine\n");
  editor = open_editor ("mine");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (editor)), ==, "Mine");
  gtk_entry_set_text (GTK_ENTRY (find_control (editor, "Name")), "Yours");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (editor)), ==, "Yours");
  parent = find (find_row (editor, "Inherits from"), GTK_TYPE_COMBO_BOX, NULL);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (parent), "child");
  assert_told (parent, "inherits from this one");
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (parent), "default");
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (find_control (editor, "Memory"))), ==, "");
  close_editor (editor);
}

/* ---------------------------------------------------------------- summary -- */

static void
test_summary (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = open_editor ("web");
  g_autofree char *copied = NULL;

  find (editor, GTK_TYPE_LABEL, "600 MiB");
  gtk_entry_set_text (GTK_ENTRY (find_control (editor, "Memory")), "700M");
  await (search (editor, GTK_TYPE_LABEL, "700 MiB"));
  activate (editor, "copy-command");
  copied = gtk_clipboard_wait_for_text (gtk_clipboard_get (GDK_SELECTION_CLIPBOARD));
  g_assert_nonnull (strstr (copied, "glovebox run"));
  g_assert_nonnull (strstr (copied, "--memory"));
  g_assert_nonnull (strstr (copied, "700M"));
  close_editor (editor);
}

static void
test_try (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = gbx_editor_model_new ("web");
  const char *const answers[] = { "docs=/x", NULL };
  g_auto (GStrv) command = gbx_editor_try_make_command (model, "-a.desktop", answers);
  g_autofree char *line = g_strjoinv (" ", command);

  g_assert_nonnull (strstr (line, " run --report-fd=3 --profile web --share-for docs=/x -- -a.desktop"));
}

/* ------------------------------------------------------------ bad surprises -- */

static void
test_full_disk (gpointer *fixture, gconstpointer data)
{
  struct rlimit none, before;
  GbxEditor *editor = open_editor ("web");
  g_autofree char *text = NULL;

  getrlimit (RLIMIT_FSIZE, &before);
  none = before;
  none.rlim_cur = 0;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &none), ==, 0);
  gtk_entry_set_text (GTK_ENTRY (find_control (editor, "Memory")), "700M");
  await (condition (editor) == GBX_EDITOR_FAILED);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  find (editor, GTK_TYPE_LABEL, "cannot be saved");
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (find_control (editor, "Memory"))), ==, "700M");
  gtk_button_clicked (GTK_BUTTON (find (editor, GTK_TYPE_BUTTON, "Retry")));
  await (condition (editor) == GBX_EDITOR_SAVED);
  text = get ("web");
  g_assert_cmpstr (text, ==, P "\n[Resources]\nMemory=700M\n");
  g_assert_null (search (editor, GTK_TYPE_LABEL, "cannot be saved"));
  close_editor (editor);
}

static void
test_conflict (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = open_editor ("web");
  g_autofree char *text = NULL;

  gtk_entry_set_text (GTK_ENTRY (find_control (editor, "Memory")), "700M");
  put (user, "web", P "[Display]\nOpengl=on\n");
  await (condition (editor) == GBX_EDITOR_CONFLICT);
  find (editor, GTK_TYPE_LABEL, "Another program");
  gtk_button_clicked (GTK_BUTTON (find (editor, GTK_TYPE_BUTTON, "Keep Mine")));
  await (condition (editor) == GBX_EDITOR_SAVED);
  text = get ("web");
  g_assert_cmpstr (text, ==, P "[Display]\nOpengl=on\n\n[Resources]\nMemory=700M\n");
  g_assert_cmpint (gtk_combo_box_get_active (GTK_COMBO_BOX (find_control (editor, "OpenGL"))), ==,
                   1);
  close_editor (editor);
}

static void
test_damaged (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor;

  put (user, "web", P "[Resources]\nMemory=much\n");
  editor = open_editor ("web");
  find (editor, GTK_TYPE_LABEL, "web.profile:4: Memory cannot be “much”");
  gtk_button_clicked (GTK_BUTTON (find (editor, GTK_TYPE_BUTTON, "Restore")));
  await (condition (editor) == GBX_EDITOR_SAVED);
  g_assert_true (gtk_widget_get_mapped (find_control (editor, "Memory")));
  g_assert_null (get ("web"));
  close_editor (editor);
}

/* The window stays until the last change is on the disk. */
static void
test_close (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = open_editor ("web");
  g_autofree char *text = NULL;
  gpointer left = editor;

  g_object_add_weak_pointer (G_OBJECT (editor), &left);
  gtk_entry_set_text (GTK_ENTRY (find_control (editor, "Memory")), "700M");
  gtk_window_close (GTK_WINDOW (editor));
  await (!left);
  text = get ("web");
  g_assert_cmpstr (text, ==, P "\n[Resources]\nMemory=700M\n");
}

static void
on_activate (GtkApplication *application, gpointer data)
{
  GtkWidget *window = gbx_editor_new (application, "web");

  gtk_widget_show (window);
  await (search (window, GBX_TYPE_EDITOR_ROW, "Memory"));
  gtk_entry_set_text (GTK_ENTRY (find_control (GBX_EDITOR (window), "Memory")), "700M");
  g_application_quit (G_APPLICATION (application));
}

/* The program ends before it would have been saved. */
static void
test_quit (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GtkApplication) application
      = gtk_application_new ("org.glovebox.Glovebox.Test", G_APPLICATION_NON_UNIQUE);
  g_autofree char *text = NULL;

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 0, NULL), ==, 0);
  text = get ("web");
  g_assert_cmpstr (text, ==, P "\n[Resources]\nMemory=700M\n");
}

/* It is uninstalled while its profile is open. */
static void
test_lost_application (gpointer *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (applications, "a.desktop", NULL);
  GtkWidget *window;

  g_assert_true (g_file_set_contents (
      path, "[Desktop Entry]\nType=Application\nName=A\nExec=/bin/true\n", -1, NULL));
  window = gbx_editor_new_for_application (NULL, "a.desktop");
  gtk_widget_show (window);
  await (search (window, GBX_TYPE_EDITOR_ROW, "Applications"));
  g_assert_null (search (window, GTK_TYPE_LABEL, "not installed any more"));
  g_assert_cmpint (g_unlink (path), ==, 0);
  await (search (window, GTK_TYPE_LABEL, "not installed any more"));
  close_editor (GBX_EDITOR (window));
}

/* ------------------------------------------------------------------ shape -- */

/* On a telephone nothing is cut off. */
static void
test_narrow (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = NULL;
  int minimum, natural;

  put (user, "web", P "[Share docs]\nPath=~/a-folder-with-quite-a-long-name\nPresence=optional\n"
                      "[Environment]\nA_VARIABLE_WITH_A_LONG_NAME=1\n");
  editor = open_editor ("web");
  gtk_widget_get_preferred_width (find (editor, HDY_TYPE_CLAMP, NULL), &minimum, &natural);
  g_assert_cmpint (minimum, <=, 348);
  gtk_widget_get_preferred_width (find (editor, HDY_TYPE_HEADER_BAR, NULL), &minimum, &natural);
  g_assert_cmpint (minimum, <=, 348);
  close_editor (editor);
}

/* Shows the settings that few users need. */
static void
open_more (GtkWidget *widget, gpointer data)
{
  if (GTK_IS_TOGGLE_BUTTON (widget)
      && gtk_style_context_has_class (gtk_widget_get_style_context (widget), "gbx-editor-more"))
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (widget), TRUE);
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), open_more, data);
}

static void
search_for (GbxEditor *editor, const char *text)
{
  gtk_entry_set_text (GTK_ENTRY (find (editor, GTK_TYPE_SEARCH_ENTRY, NULL)), text);
}

/* They are found by a search at any time, and are in sight where one is set. */
static void
test_advanced (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = open_editor ("web");
  GtkWidget *row = find_row (editor, "Niceness"), *more;

  g_assert_false (gtk_widget_get_visible (row));
  g_assert_true (gtk_widget_get_visible (find_row (editor, "Limit of processor time")));
  search_for (editor, "niceness");
  await (gtk_widget_get_visible (row));
  search_for (editor, "");
  await (!gtk_widget_get_visible (row));
  open_more (GTK_WIDGET (editor), NULL);
  g_assert_true (gtk_widget_get_visible (row));
  close_editor (editor);
  put (user, "web", P "[Resources]\nNice=5\n");
  editor = open_editor ("web");
  g_assert_true (gtk_widget_get_visible (find_row (editor, "Niceness")));
  more = find_row (editor, "Download, at most");
  g_assert_false (gtk_widget_get_visible (more));
  close_editor (editor);
}

/* A limit that cannot be held there says why, and changes with the choice of the backend. */
static void
test_backend (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = NULL;

  put (user, "web", P "[Backend]\nKind=lxc\n[Network]\nMode=published\nPublish=0.0.0.0:8080:80\n"
                      "[Resources]\nHugePages=true\n");
  editor = open_editor ("web");
  assert_told (find_control (editor, "Runs in"), "shares the kernel");
  assert_told (find_control (editor, "Published ports"), "Other computers can connect");
  g_assert_false (gtk_widget_is_sensitive (find_control (editor, "Huge pages")));
  assert_told (find_control (editor, "Huge pages"), "does not hold here");
  g_assert_true (gtk_widget_is_sensitive (find_control (editor, "Processors")));
  close_editor (editor);
}

/* Tab alone comes to each control that can be used, and the letters of the titles are unique. */
static void
test_keyboard (gpointer *fixture, gconstpointer data)
{
  GbxEditor *editor = open_editor ("web");
  g_autoptr (GHashTable) reached = g_hash_table_new (NULL, NULL);
  guint presses = 0;

  open_more (GTK_WIDGET (editor), NULL);
  for (; presses < 400; presses++)
    {
      gtk_widget_child_focus (GTK_WIDGET (editor), GTK_DIR_TAB_FORWARD);
      if (gtk_window_get_focus (GTK_WINDOW (editor))
          && !g_hash_table_add (reached, gtk_window_get_focus (GTK_WINDOW (editor)))
          && g_hash_table_size (reached) > 20)
        break;
    }
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    {
      GtkWidget *control = find_control (editor, gbx_settings_get (i)->label);
      GtkWidget *inner = search (control, GTK_TYPE_TOGGLE_BUTTON, NULL);

      if (gtk_widget_is_sensitive (control) && !g_hash_table_contains (reached, control)
          && !(inner && g_hash_table_contains (reached, inner)))
        g_error ("Tab does not come to “%s”", gbx_settings_get (i)->label);
    }
  close_editor (editor);
}

/* ------------------------------------------------------------------- speed -- */

typedef struct
{
  gint64 last;
  gint64 longest;
} Probe;

static gboolean
on_probe (gpointer data)
{
  Probe *probe = data;
  gint64 now = g_get_monotonic_time ();

  probe->longest = MAX (probe->longest, now - probe->last);
  probe->last = now;
  return G_SOURCE_CONTINUE;
}

/* The figures are told; only what is far off is a failure, since a test's computer is busy. */
static void
test_speed (gpointer *fixture, gconstpointer data)
{
  Probe probe = { .last = g_get_monotonic_time () };
  guint source = g_timeout_add (5, on_probe, &probe);
  gint64 before = g_get_monotonic_time (), opened;
  GtkWidget *window = gbx_editor_new (NULL, "web");
  GbxEditor *editor = GBX_EDITOR (window);

  gtk_widget_show (window);
  gtk_test_widget_wait_for_draw (window);
  opened = (g_get_monotonic_time () - before) / 1000;
  await (search (editor, GBX_TYPE_EDITOR_ROW, "Applications"));
  g_test_message ("opened in %d ms, longest stall %d ms", (int)opened,
                  (int)(probe.longest / 1000));
  probe.longest = 0;
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *text = g_strdup_printf ("70%uM", i);

      gtk_entry_set_text (GTK_ENTRY (find_control (editor, "Memory")), text);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  await (condition (editor) == GBX_EDITOR_SAVED);
  g_source_remove (source);
  g_test_message ("longest stall while typing and saving %d ms", (int)(probe.longest / 1000));
  g_assert_cmpint (opened, <, 3000);
  g_assert_cmpint (probe.longest / 1000, <, 1000);
  close_editor (editor);
}

static void
prepare (void)
{
  g_autofree char *etc = NULL;
  g_autofree char *config = NULL;

  scratch = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  shipped = g_build_filename (scratch, "shipped", NULL);
  administrator = g_build_filename (scratch, "etc", "glovebox", "profiles", NULL);
  user = g_build_filename (scratch, "config", "glovebox", "profiles", NULL);
  home = g_build_filename (scratch, "home", NULL);
  etc = g_build_filename (scratch, "etc", NULL);
  config = g_build_filename (scratch, "config", NULL);
  g_mkdir_with_parents (home, 0700);
  g_setenv ("GLOVEBOX_PROFILE_PATH", shipped, TRUE);
  g_setenv ("XDG_CONFIG_DIRS", etc, TRUE);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("HOME", home, TRUE);
  applications = g_build_filename (scratch, "data", "applications", NULL);
  g_mkdir_with_parents (applications, 0700);
  {
    g_autofree char *place = g_path_get_dirname (applications);

    g_setenv ("XDG_DATA_HOME", place, TRUE);
  }
}

static void
add (const char *path, void (*test) (gpointer *, gconstpointer))
{
  g_test_add (path, gpointer, NULL, set_up, test, NULL);
}

int
main (int argc, char **argv)
{
  int status;

  prepare ();
  gtk_test_init (&argc, &argv, NULL);
  hdy_init ();
  gbx_style_load ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (made_up); i++)
    gbx_settings_add (&made_up[i]);
  add ("/editor/rows", test_rows);
  add ("/editor/change", test_change);
  add ("/editor/invalid", test_invalid);
  add ("/editor/reset", test_reset);
  add ("/editor/locks", test_locks);
  add ("/editor/search", test_search);
  add ("/editor/shares", test_shares);
  add ("/editor/variables", test_variables);
  add ("/editor/profile", test_profile);
  add ("/editor/summary", test_summary);
  add ("/editor/try", test_try);
  add ("/editor/full-disk", test_full_disk);
  add ("/editor/conflict", test_conflict);
  add ("/editor/damaged", test_damaged);
  add ("/editor/close", test_close);
  add ("/editor/quit", test_quit);
  add ("/editor/lost-application", test_lost_application);
  add ("/editor/narrow", test_narrow);
  add ("/editor/keyboard", test_keyboard);
  add ("/editor/advanced", test_advanced);
  add ("/editor/backend", test_backend);
  add ("/editor/speed", test_speed);
  status = g_test_run ();
  gbx_path_remove_tree (scratch);
  return status;
}
