/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-application-details.h"
#include "gbx-application-grid.h"
#include "gbx-application-tile.h"
#include "gbx-applications-page.h"
#include "gbx-category-list.h"
#include "gbx-desktop-application.h"
#include "gbx-desktop-preferences.h"
#include "gbx-desktop-window.h"
#include "gbx-icon-loader.h"
#include "gbx-launchers.h"
#include "gbx-paths.h"
#include "gbx-preferences.h"
#include "gbx-recent.h"
#include "gbx-style.h"
#include "gbx-user-file.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* The application window without a sandbox, with 300 entries in folders of the test's own, and a
 * "glovebox" of its own: it tells what it was given, and fails or succeeds. */

#define N_ENTRIES 300
#define PATIENCE_US (60 * G_USEC_PER_SEC)

static char *base, *applications, *programs;

static GtkWidget *window, *page;
static GtkWidget *grid, *search, *stack, *details, *leaflet, *bars;

/* ---------------------------------------------------------------- helpers -- */

static void
iterate_until (gboolean (*condition) (gconstpointer data), gconstpointer data, const char *what)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  guint ticker = g_timeout_add (20, G_SOURCE_FUNC (gtk_true), NULL);

  while (!condition (data))
    {
      if (g_get_monotonic_time () > end)
        g_error ("waited for: %s", what);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (ticker);
}

static void
write_text (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
write_entry (const char *id, const char *name, const char *more)
{
  g_autofree char *text = g_strdup_printf ("[Desktop Entry]\nType=Application\nName=%s\n"
                                           "Exec=true %%F\n%s\n", name, more);

  write_text (applications, id, text);
}

/* The program that a launch starts; "words" gets its arguments, and 3 is the report. */
static void
write_program (const char *ending)
{
  g_autofree char *path = g_build_filename (programs, "glovebox", NULL);
  g_autofree char *text = g_strdup_printf (
      "#!/bin/sh\nprintf '%%s\\n' \"$@\" >'%s/words.new'\nmv '%s/words.new' '%s/words'\n%s\n",
      base, base, base, ending);

  write_text (programs, "glovebox", text);
  g_chmod (path, 0755);
}

static char *
take_words (void)
{
  g_autofree char *path = g_build_filename (base, "words", NULL);
  char *text = NULL;

  if (g_file_get_contents (path, &text, NULL, NULL))
    g_unlink (path);
  return text;
}

static GtkWidget *
child (const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (page, GBX_TYPE_APPLICATIONS_PAGE, name));
}

static gboolean
is_complete (gconstpointer data)
{
  return gbx_application_grid_is_complete (GBX_APPLICATION_GRID (grid));
}

static const char *
selected (void)
{
  GbxApplication *application
      = gbx_application_grid_get_selected (GBX_APPLICATION_GRID (grid));

  return application ? gbx_application_get_id (application) : NULL;
}

static const char *
shown (void)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (stack));
}

static void
open_window (void)
{
  window = gbx_desktop_window_new (NULL);
  page = NULL;
  for (GList *at = gtk_container_get_children (GTK_CONTAINER (gtk_widget_get_template_child (
           window, GBX_TYPE_DESKTOP_WINDOW, "pages")));
       at; at = at->next)
    if (GBX_IS_APPLICATIONS_PAGE (at->data))
      page = at->data;
  g_assert_nonnull (page);
  grid = child ("grid");
  search = child ("search");
  stack = child ("stack");
  details = child ("details");
  leaflet = child ("leaflet");
  bars = child ("bars");
  gtk_widget_show (window);
  gtk_test_widget_wait_for_draw (window);
  iterate_until (is_complete, NULL, "the tiles");
}

static void
close_window (void)
{
  gtk_widget_destroy (window);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static guint n_unnamed;

static void
check_accessible (GtkWidget *widget, gpointer data)
{
  const char *name = atk_object_get_name (gtk_widget_get_accessible (widget));

  if ((GTK_IS_BUTTON (widget) || GTK_IS_ENTRY (widget) || GBX_IS_APPLICATION_TILE (widget)
       || GTK_IS_SWITCH (widget))
      && gtk_widget_is_visible (widget) && !(name && *name))
    {
      g_test_message ("A %s has no accessible name", G_OBJECT_TYPE_NAME (widget));
      n_unnamed++;
    }
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), check_accessible, NULL);
}

/* ---------------------------------------------------------------- search -- */

static void
test_search (void)
{
  open_window ();
  g_assert_cmpstr (shown (), ==, "grid");
  g_assert_null (selected ());
  gtk_entry_set_text (GTK_ENTRY (search), "plain 17");
  g_assert_cmpstr (selected (), ==, "plain-017.desktop");
  gtk_entry_set_text (GTK_ENTRY (search), "edit");
  g_assert_cmpstr (selected (), ==, "editor.desktop");
  gtk_entry_set_text (GTK_ENTRY (search), "no such thing");
  g_assert_cmpstr (shown (), ==, "nothing");
  g_assert_null (selected ());
  g_assert_false (gtk_widget_get_visible (child ("run_button")));
  /* A command is offered to be run. */
  gtk_entry_set_text (GTK_ENTRY (search), "sh -c 'exit 1'");
  g_assert_cmpstr (shown (), ==, "nothing");
  g_assert_true (gtk_widget_get_visible (child ("run_button")));
  g_signal_emit_by_name (search, "stop-search");
  g_assert_cmpstr (shown (), ==, "grid");
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (search)), ==, "");
  close_window ();
}

static void
test_categories (void)
{
  GtkListBox *list;
  GtkListBoxRow *row;

  open_window ();
  list = GTK_LIST_BOX (child ("categories"));
  /* The second row that is shown: only of categories that an application has. */
  for (int i = 1; (row = gtk_list_box_get_row_at_index (list, i)); i++)
    if (gtk_widget_get_visible (GTK_WIDGET (row)))
      break;
  gtk_list_box_select_row (list, row);
  g_assert_cmpuint (gbx_category_list_get (GBX_CATEGORY_LIST (list)), ==, GBX_CATEGORY_OFFICE);
  gtk_entry_set_text (GTK_ENTRY (search), "plain");
  g_assert_cmpstr (shown (), ==, "nothing");
  gtk_entry_set_text (GTK_ENTRY (search), "edit");
  g_assert_cmpstr (selected (), ==, "editor.desktop");
  close_window ();
}

/* --------------------------------------------------------------- launches -- */

static gboolean
has_words (gconstpointer data)
{
  g_autofree char *path = g_build_filename (base, "words", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
has_bar (gconstpointer data)
{
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (bars));

  return children != NULL;
}

static gboolean
is_not_starting (gconstpointer data)
{
  GtkWidget *spinner = GTK_WIDGET (gtk_widget_get_template_child (
      details, GBX_TYPE_APPLICATION_DETAILS, "spinner"));

  return !gtk_widget_get_visible (spinner);
}

static void
test_launch (void)
{
  g_autofree char *words = NULL;

  write_program ("echo >&3; exec sleep 1");
  open_window ();
  gtk_entry_set_text (GTK_ENTRY (search), "edit");
  g_signal_emit_by_name (search, "activate");
  g_assert_false (is_not_starting (NULL));
  iterate_until (has_words, NULL, "the launch");
  words = take_words ();
  g_assert_cmpstr (words, ==, "run\n--report-fd=3\n--\neditor.desktop\n");
  iterate_until (is_not_starting, NULL, "the window of the sandbox");
  g_assert_false (has_bar (NULL));
  g_assert_cmpstr (gbx_recent_get (gbx_recent_get_default ())[0], ==, "editor.desktop");
  close_window ();
}

static void
test_launch_fails (void)
{
  g_autofree char *words = NULL;
  g_autoptr (GList) children = NULL;
  AtkObject *accessible;

  write_program ("echo 'The disk is full; remove something.' >&3; exit 125");
  open_window ();
  gtk_entry_set_text (GTK_ENTRY (search), "edit");
  g_signal_emit_by_name (search, "activate");
  iterate_until (has_bar, NULL, "the bar");
  g_assert_true (is_not_starting (NULL));
  children = gtk_container_get_children (GTK_CONTAINER (bars));
  accessible = gtk_widget_get_accessible (children->data);
  g_assert_cmpstr (atk_object_get_name (accessible), ==, "Editor could not be started");
  g_assert_cmpstr (atk_object_get_description (accessible), ==,
                   "The disk is full; remove something.");
  check_accessible (window, NULL);
  g_assert_cmpuint (n_unnamed, ==, 0);
  words = take_words ();
  /* Another try, which ends without a word. */
  write_program ("exit 1");
  gtk_info_bar_response (GTK_INFO_BAR (children->data), GTK_RESPONSE_ACCEPT);
  iterate_until (has_words, NULL, "the second launch");
  iterate_until (has_bar, NULL, "the second bar");
  g_free (take_words ());
  close_window ();
}

/* ----------------------------------------------------------------- changes -- */

static gboolean
is_gone (gconstpointer id)
{
  return selected () == NULL;
}

static void
test_disappears (void)
{
  g_autofree char *path = g_build_filename (applications, "brief.desktop", NULL);

  write_entry ("brief.desktop", "Brief", "");
  open_window ();
  gbx_application_grid_select (GBX_APPLICATION_GRID (grid), "brief.desktop");
  g_assert_cmpstr (selected (), ==, "brief.desktop");
  g_unlink (path);
  iterate_until (is_gone, NULL, "the application to go");
  g_assert_true (has_bar (NULL));
  g_assert_cmpstr (shown (), ==, "grid");
  close_window ();
}

static gboolean
is_found (gconstpointer id)
{
  if (is_complete (NULL))
    gbx_application_grid_select (GBX_APPLICATION_GRID (grid), id);
  return g_strcmp0 (selected (), id) == 0;
}

static void
test_appears (void)
{
  open_window ();
  write_entry ("new.desktop", "Brandnew", "");
  iterate_until (is_found, "new.desktop", "the new application");
  close_window ();
}

static gboolean
is_added (gconstpointer id)
{
  return gbx_launchers_is_added (id, NULL);
}

static gboolean
is_removed (gconstpointer id)
{
  return !gbx_launchers_is_added (id, NULL);
}

static void
toggle (void)
{
  GActionGroup *group = gtk_widget_get_action_group (page, "application");

  g_action_group_activate_action (group, "toggle-menu", NULL);
}

/* The launcher is not in the grid itself. */
static void
test_menu (void)
{
  open_window ();
  gbx_application_grid_select (GBX_APPLICATION_GRID (grid), "editor.desktop");
  toggle ();
  iterate_until (is_added, "editor.desktop", "the launcher");
  g_assert_false (has_bar (NULL));
  gtk_entry_set_text (GTK_ENTRY (search), "sandbox");
  g_assert_cmpstr (shown (), ==, "nothing");
  gtk_entry_set_text (GTK_ENTRY (search), "edit");
  toggle ();
  iterate_until (is_removed, "editor.desktop", "the launcher to go");
  close_window ();
}

/* ------------------------------------------------------------------- size -- */

static gboolean
is_folded (gconstpointer data)
{
  return hdy_leaflet_get_folded (HDY_LEAFLET (leaflet));
}

static gboolean
is_unfolded (gconstpointer data)
{
  return !hdy_leaflet_get_folded (HDY_LEAFLET (leaflet));
}

/* The window can be as narrow as a telephone. */
static void
test_narrow (void)
{
  int minimum;

  open_window ();
  gtk_widget_get_preferred_width (window, &minimum, NULL);
  g_assert_cmpint (minimum, <=, 360);
  gtk_window_resize (GTK_WINDOW (window), 360, 600);
  iterate_until (is_folded, NULL, "the narrow form");
  g_assert_true (gtk_widget_get_visible (child ("sidebar_button")));
  gtk_window_resize (GTK_WINDOW (window), 1100, 600);
  iterate_until (is_unfolded, NULL, "the wide form");
  g_assert_false (gtk_widget_get_visible (child ("sidebar_button")));
  close_window ();
}

/* -------------------------------------------------------------- keyboard -- */

static void
test_accessible (void)
{
  open_window ();
  gbx_application_grid_select (GBX_APPLICATION_GRID (grid), "editor.desktop");
  check_accessible (window, NULL);
  g_assert_cmpuint (n_unnamed, ==, 0);
  close_window ();
}

/* A letter begins a search wherever the focus is, and Escape ends it. */
static void
test_keys (void)
{
  GdkEvent *event = gdk_event_new (GDK_KEY_PRESS);
  g_autofree GdkKeymapKey *keys = NULL;
  int n_keys;

  open_window ();
  gdk_keymap_get_entries_for_keyval (gdk_keymap_get_for_display (gdk_display_get_default ()),
                                     GDK_KEY_e, &keys, &n_keys);
  event->key.window = g_object_ref (gtk_widget_get_window (window));
  event->key.keyval = GDK_KEY_e;
  event->key.hardware_keycode = keys[0].keycode;
  gdk_event_set_device (event, gdk_seat_get_keyboard (gdk_display_get_default_seat (
                                   gdk_display_get_default ())));
  g_assert_true (
      gbx_applications_page_handle_key (GBX_APPLICATIONS_PAGE (page), event));
  gdk_event_free (event);
  g_assert_cmpstr (gtk_entry_get_text (GTK_ENTRY (search)), ==, "e");
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == search);
  close_window ();
}

/* ----------------------------------------------------------- preferences -- */

static void
test_preferences (void)
{
  g_autoptr (GtkApplication) application = gbx_desktop_application_new ();
  GList *toplevels;
  guint n_found = 0;

  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_action_group_activate_action (G_ACTION_GROUP (application), "preferences", NULL);
  toplevels = gtk_window_list_toplevels ();
  for (GList *at = toplevels; at; at = at->next)
    if (HDY_IS_PREFERENCES_WINDOW (at->data))
      {
        n_found++;
        gtk_test_widget_wait_for_draw (at->data);
        check_accessible (at->data, NULL);
        gtk_widget_destroy (at->data);
      }
  g_list_free (toplevels);
  g_assert_cmpuint (n_found, ==, 1);
  g_assert_cmpuint (n_unnamed, ==, 0);
  /* What is not to be remembered is not. */
  g_object_set (gbx_preferences_get_default (), "remember-recent", FALSE, NULL);
  gbx_recent_clear (gbx_recent_get_default ());
  write_program ("echo >&3");
  open_window ();
  gtk_entry_set_text (GTK_ENTRY (search), "edit");
  g_signal_emit_by_name (search, "activate");
  iterate_until (has_words, NULL, "the launch");
  g_free (take_words ());
  g_assert_null (gbx_recent_get (gbx_recent_get_default ())[0]);
  close_window ();
}

/* ------------------------------------------------------------------ icons -- */

static gboolean
is_icon_loaded (gconstpointer image)
{
  return gtk_image_get_storage_type (GTK_IMAGE (image)) == GTK_IMAGE_SURFACE;
}

static guint32
first_pixel (GtkWidget *image)
{
  cairo_surface_t *surface = NULL;

  g_object_get (image, "surface", &surface, NULL);
  return *(guint32 *)cairo_image_surface_get_data (surface) & 0xffffff;
}

/* A large picture in one colour takes longer than a small one in another. */
static GIcon *
make_icon (const char *name, int size, guint32 pixel)
{
  g_autofree char *path = g_build_filename (base, name, NULL);
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, size, size);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  gdk_pixbuf_fill (pixbuf, pixel);
  gdk_pixbuf_save (pixbuf, path, "png", &error, "compression", "0", NULL);
  g_assert_no_error (error);
  return g_file_icon_new (file);
}

/* What was asked for last is shown, though it is there first. */
static void
test_icons (void)
{
  g_autoptr (GIcon) slow = make_icon ("slow.png", 5000, 0xff0000ff);
  g_autoptr (GIcon) quick = make_icon ("quick.png", 16, 0x0000ffff);
  GtkWidget *other = gtk_image_new (), *image = gtk_image_new ();
  GtkWidget *top = gtk_window_new (GTK_WINDOW_TOPLEVEL), *box = gtk_box_new (0, 0);

  gtk_container_add (GTK_CONTAINER (box), image);
  gtk_container_add (GTK_CONTAINER (box), other);
  gtk_container_add (GTK_CONTAINER (top), box);
  gtk_widget_show_all (top);
  gtk_test_widget_wait_for_draw (top);
  /* Both are under way at once. */
  gbx_icon_loader_show (GTK_IMAGE (image), slow, 16);
  gbx_icon_loader_show (GTK_IMAGE (image), quick, 16);
  iterate_until (is_icon_loaded, image, "the quick icon");
  gbx_icon_loader_show (GTK_IMAGE (other), slow, 16);
  iterate_until (is_icon_loaded, other, "the slow icon");
  g_assert_cmphex (first_pixel (other), ==, 0xff0000);
  g_assert_cmphex (first_pixel (image), ==, 0x0000ff);
  gtk_widget_destroy (top);
}

/* ------------------------------------------------------------------ rest -- */

static gboolean
on_end (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Nothing moves, so nothing is drawn: a spinner that nobody sees would wake the program for each
 * frame. */
/* How often the main loop wakes up in a second. */
static guint
count_wakes (void)
{
  gboolean is_over = FALSE;
  guint n;

  g_timeout_add (1000, on_end, &is_over);
  for (n = 0; !is_over; n++)
    g_main_context_iteration (NULL, TRUE);
  return n;
}

static void
test_rest (void)
{
  guint least = G_MAXUINT;

  open_window ();
  gbx_application_grid_select (GBX_APPLICATION_GRID (grid), "editor.desktop");
  /* On a busy computer it takes a while until everything is shown. */
  for (guint i = 0; i < 20 && least >= 45; i++)
    least = MIN (least, count_wakes ());
  /* A spinner has 60 frames; the page of the running sandboxes looks now and then. */
  g_assert_cmpuint (least, <, 45);
  close_window ();
}

/* ----------------------------------------------------------------- empty -- */

static gboolean
is_empty (gconstpointer data)
{
  return g_strcmp0 (shown (), "empty") == 0;
}

static void
test_empty (void)
{
  g_autofree char *aside = g_strconcat (applications, "-aside", NULL);

  open_window ();
  g_assert_cmpint (g_rename (applications, aside), ==, 0);
  iterate_until (is_empty, NULL, "the page for no applications");
  g_assert_cmpint (g_rename (aside, applications), ==, 0);
  close_window ();
}

/* ------------------------------------------------------------------ main -- */

static void
set_folder (const char *variable, const char *name)
{
  g_autofree char *path = g_build_filename (base, name, NULL);

  g_mkdir_with_parents (path, 0700);
  g_setenv (variable, path, TRUE);
}

static void
link_system (const char *name)
{
  g_autofree char *link = g_build_filename (base, "system", name, NULL);
  g_autofree char *target = g_build_filename ("/usr/share", name, NULL);

  g_assert_cmpint (symlink (target, link), ==, 0);
}

/* This is not the first start, which would look at the computer. */
static void
write_stamp (void)
{
  g_autofree char *folder = g_build_filename (base, "state", "glovebox", NULL);
  g_autofree char *path = g_build_filename (folder, "checked", NULL);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, GBX_VERSION, -1, NULL));
}

static void
make_world (void)
{
  base = g_dir_make_tmp ("gbx-desktop-XXXXXX", NULL);
  set_folder ("XDG_DATA_HOME", "data");
  set_folder ("XDG_CONFIG_HOME", "config");
  set_folder ("XDG_STATE_HOME", "state");
  write_stamp ();
  set_folder ("XDG_CACHE_HOME", "cache");
  set_folder ("GLOVEBOX_PROFILE_PATH", "profiles");
  set_folder ("GLOVEBOX_PROGRAM_PATH", "programs");
  /* Icons are the system's; applications are not. */
  set_folder ("XDG_DATA_DIRS", "system");
  link_system ("icons");
  link_system ("mime");
  link_system ("glib-2.0");
  programs = g_build_filename (base, "programs", NULL);
  applications = g_build_filename (base, "data", "applications", NULL);
  g_mkdir (applications, 0700);
  for (guint i = 0; i < N_ENTRIES; i++)
    {
      g_autofree char *id = g_strdup_printf ("plain-%03u.desktop", i);
      g_autofree char *name = g_strdup_printf ("Plain %u", i);

      write_entry (id, name, i % 2 ? "Categories=Game;" : "");
    }
  write_entry ("editor.desktop", "Editor",
               "Categories=Office;\nMimeType=text/plain;\nIcon=/nonexistent/icon.png");
}

int
main (int argc, char **argv)
{
  int status;

  make_world ();
  gtk_test_init (&argc, &argv, NULL);
  hdy_init ();
  gbx_style_load ();
  g_test_add_func ("/desktop/search", test_search);
  g_test_add_func ("/desktop/categories", test_categories);
  g_test_add_func ("/desktop/launch", test_launch);
  g_test_add_func ("/desktop/launch-fails", test_launch_fails);
  g_test_add_func ("/desktop/disappears", test_disappears);
  g_test_add_func ("/desktop/appears", test_appears);
  g_test_add_func ("/desktop/menu", test_menu);
  g_test_add_func ("/desktop/narrow", test_narrow);
  g_test_add_func ("/desktop/accessible", test_accessible);
  g_test_add_func ("/desktop/keys", test_keys);
  g_test_add_func ("/desktop/preferences", test_preferences);
  g_test_add_func ("/desktop/icons", test_icons);
  g_test_add_func ("/desktop/rest", test_rest);
  g_test_add_func ("/desktop/empty", test_empty);
  status = g_test_run ();
  gbx_user_file_flush ();
  gbx_path_remove_tree (base);
  return status;
}
