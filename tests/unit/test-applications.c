/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-applications.h"
#include "gbx-paths.h"
#include "gbx-preferences.h"
#include "gbx-recent.h"
#include "gbx-user-file.h"

#include <glib/gstdio.h>
#include <string.h>

/* 500 desktop entries, of which a third are broken, hidden, copies, or try to pass options; in
 * folders of the test's own. */
#define N_ENTRIES 500

static void
write_entry (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static char *
make_text (const char *name, const char *exec, const char *more)
{
  return g_strdup_printf ("[Desktop Entry]\nType=Application\nName=%s\nExec=%s\n%s\n", name, exec,
                          more);
}

static char *
make_bad_text (guint i)
{
  switch (i % 17)
    {
    case 0:
      return g_strdup ("");
    case 1:
      return g_strdup ("\xff\xfe not a key file [");
    case 2:
      return make_text ("Hidden", "true", "Hidden=true");
    case 3:
      return make_text ("No Display", "true", "NoDisplay=true");
    case 4:
      return make_text ("Gone", "program-that-is-gone", "");
    case 5:
      return make_text ("Tries", "true", "TryExec=program-that-is-gone");
    case 6:
      return make_text ("Unbalanced", "true \"", "");
    case 7:
      return make_text ("Option", "--share=/home true", "");
    case 8:
      return make_text ("Nested", "glovebox run --network=open -- true", "");
    case 9:
      return make_text ("Elsewhere", "true", "OnlyShowIn=OtherDesktop;");
    case 10:
      return g_strdup ("[Desktop Entry]\nType=Link\nName=Link\nURL=https://example.org\n");
    case 11:
      return g_strdup ("[Desktop Entry]\nType=Application\nName=No Command\n");
    case 12:
      return g_strdup ("[Desktop Entry]\nType=Application\nName=Bus\nDBusActivatable=true\n");
    case 13:
      return make_text (" ", "true", "");
    case 14:
      return make_text ("Empty Word", "\"\" --network=open", "");
    case 15: /* as an entry that is there already */
      return make_text ("Application 000", "true %F 0", "Categories=Graphics;");
    default:
      return g_strdup ("[Something Else]\nName=x\n");
    }
}

static guint
write_entries (const char *folder)
{
  guint n_good = 0;

  for (guint i = 0; i < N_ENTRIES; i++)
    {
      gboolean is_bad = i % 3 == 2;
      g_autofree char *name = g_strdup_printf ("Application %03u", i);
      g_autofree char *exec = g_strdup_printf ("true %s %u", i % 2 ? "--x" : "%F", i);
      g_autofree char *text = is_bad ? make_bad_text (i / 3)
                                     : make_text (name, exec, "Categories=Graphics;");
      g_autofree char *file = g_strdup_printf ("%s%03u.desktop", i % 7 ? "test-" : "-", i);

      write_entry (folder, file, text);
      n_good += !is_bad;
    }
  return n_good;
}

static guint n_good;

static GbxApplication *
find (GPtrArray *list, const char *id)
{
  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (gbx_application_get_id (list->pdata[i]), id))
      return list->pdata[i];
  return NULL;
}

static void
test_load (void)
{
  g_autoptr (GPtrArray) list = gbx_applications_load ();
  GbxApplication *first;

  g_assert_cmpuint (list->len, ==, n_good);
  for (guint i = 0; i < list->len; i++)
    g_assert_true (g_str_has_prefix (gbx_application_get_name (list->pdata[i]), "Application "));
  for (guint i = 1; i < list->len; i++)
    g_assert_cmpstr (gbx_application_get_name (list->pdata[i - 1]), <,
                     gbx_application_get_name (list->pdata[i]));
  first = list->pdata[0];
  g_assert_cmpstr (gbx_application_get_id (first), ==, "-000.desktop");
  g_assert_cmpuint (gbx_application_get_categories (first), ==, GBX_CATEGORY_GRAPHICS);
  g_assert_true (gbx_application_takes_files (first));
  g_assert_false (gbx_application_takes_files (list->pdata[1]));
  g_assert_cmpstr (gbx_application_get_profile (first), ==, "default");
  g_assert_false (gbx_application_is_profile_changed (first));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  GPtrArray **list = data;

  *list = gbx_applications_load_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_load_async (void)
{
  g_autoptr (GPtrArray) list = NULL;

  gbx_applications_load_async (NULL, on_loaded, &list);
  while (!list)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (list->len, ==, n_good);
}

/* GIO follows changes of the folder in a thread. */
static GPtrArray *
load_until (const char *id)
{
  GPtrArray *list = gbx_applications_load ();

  for (guint i = 0; i < 3000 && !find (list, id); i++)
    {
      g_usleep (G_USEC_PER_SEC / 100);
      g_ptr_array_unref (list);
      list = gbx_applications_load ();
    }
  return list;
}

/* A name may be long, have several lines, or turn what stands beside it around. */
static void
test_texts (void)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "applications", NULL);
  g_autofree char *many = g_strnfill (5000, 'x');
  g_autofree char *text = make_text (many, "true long", "Comment=a\\nb\xe2\x80\xae c");
  g_autoptr (GPtrArray) list = NULL;
  GbxApplication *application;

  write_entry (path, "zz-long.desktop", text);
  list = load_until ("zz-long.desktop");
  application = find (list, "zz-long.desktop");
  g_assert_nonnull (application);
  g_assert_cmpuint (g_utf8_strlen (gbx_application_get_name (application), -1), ==, 200);
  g_assert_cmpstr (gbx_application_get_summary (application), ==, "a b  c");
}

static guint
match (GbxApplication *application, const char *text)
{
  g_auto (GStrv) words = gbx_application_make_words (text);

  return gbx_application_match (application, (const char *const *) words);
}

static void
test_search (void)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "applications", NULL);
  g_autofree char *one = make_text ("Éditeur C++", "true cee", "Keywords=plain;text;\nGenericName=Writing");
  g_autofree char *two = make_text ("Viewer", "true editor", "");
  g_autoptr (GPtrArray) list = NULL;
  GbxApplication *editor, *viewer;

  write_entry (path, "zz-one.desktop", one);
  write_entry (path, "zz-two.desktop", two);
  list = load_until ("zz-two.desktop");
  editor = find (list, "zz-one.desktop");
  viewer = find (list, "zz-two.desktop");
  g_assert_cmpuint (match (editor, "EDIT"), >, match (viewer, "edit"));
  g_assert_cmpuint (match (viewer, "edit"), >, 0);
  g_assert_cmpuint (match (editor, "c++"), >, 0);
  g_assert_cmpuint (match (editor, "  text   writ "), >, 0);
  g_assert_cmpuint (match (editor, "edit nothing"), ==, 0);
  g_assert_cmpuint (match (editor, "edi"), >, match (editor, "iteur"));
  g_assert_null (gbx_application_make_words (" \t "));
}

/* A profile that names the application, with a layer of the user. */
static void
test_profiles (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "glovebox", "profiles", NULL);
  g_autoptr (GPtrArray) list = NULL;
  GbxApplication *application;

  g_mkdir_with_parents (folder, 0700);
  write_entry (folder, "mine.profile",
               "[Profile]\nVersion=1\nApplications=-000.desktop;\n");
  write_entry (folder, "default.profile", "[Profile]\nVersion=1\n");
  list = gbx_applications_load ();
  application = find (list, "-000.desktop");
  g_assert_cmpstr (gbx_application_get_profile (application), ==, "mine");
  g_assert_true (gbx_application_is_profile_changed (application));
  application = find (list, "test-001.desktop");
  g_assert_cmpstr (gbx_application_get_profile (application), ==, "default");
  g_assert_false (gbx_application_is_profile_changed (application));
}

static void
test_recent (void)
{
  g_autoptr (GbxRecent) recent = gbx_recent_new ();
  g_autoptr (GbxRecent) again = NULL;

  g_assert_null (gbx_recent_get (recent)[0]);
  for (guint i = 0; i < 2 * GBX_RECENT_MAX; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u;.desktop", i);

      gbx_recent_add (recent, id);
    }
  gbx_recent_add (recent, "20;.desktop");
  gbx_user_file_flush ();
  again = gbx_recent_new ();
  g_assert_cmpuint (g_strv_length ((char **) gbx_recent_get (again)), ==, GBX_RECENT_MAX);
  g_assert_cmpstr (gbx_recent_get (again)[0], ==, "20;.desktop");
  g_assert_cmpstr (gbx_recent_get (again)[1], ==, "23;.desktop");
  gbx_recent_clear (again);
  g_assert_null (gbx_recent_get (again)[0]);
}

static void
test_preferences (void)
{
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "glovebox", "preferences", NULL);
  g_autoptr (GbxPreferences) preferences = gbx_preferences_new ();
  g_autoptr (GbxPreferences) again = NULL;
  g_autofree char *text = NULL;

  g_assert_true (gbx_preferences_get_remember_recent (preferences));
  g_assert_false (gbx_preferences_get_close_after_launch (preferences));
  g_assert_cmpstr (gbx_preferences_get_color_scheme (preferences), ==, "desktop");
  g_clear_object (&preferences);
  g_assert_true (g_file_set_contents (
      path, "# mine\n[Preferences]\nColorScheme=purple\nFuture=7\nLauncherSuffix=perhaps\n", -1,
      NULL));
  preferences = gbx_preferences_new ();
  g_assert_cmpstr (gbx_preferences_get_color_scheme (preferences), ==, "desktop");
  g_assert_true (gbx_preferences_get_launcher_suffix (preferences));
  g_object_set (preferences, "remember-recent", FALSE, "color-scheme", "dark", NULL);
  gbx_user_file_flush ();
  again = gbx_preferences_new ();
  g_assert_false (gbx_preferences_get_remember_recent (again));
  g_assert_cmpstr (gbx_preferences_get_color_scheme (again), ==, "dark");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "# mine"));
  g_assert_nonnull (strstr (text, "Future=7"));
}

static void
set_folder (const char *variable, const char *base, const char *name)
{
  g_autofree char *path = g_build_filename (base, name, NULL);

  g_mkdir_with_parents (path, 0700);
  g_setenv (variable, path, TRUE);
}

int
main (int argc, char **argv)
{
  g_autofree char *base = g_dir_make_tmp ("gbx-applications-XXXXXX", NULL);
  g_autofree char *applications = NULL;
  int status;

  set_folder ("XDG_DATA_HOME", base, "data");
  set_folder ("XDG_DATA_DIRS", base, "none");
  set_folder ("XDG_CONFIG_HOME", base, "config");
  set_folder ("XDG_CONFIG_DIRS", base, "no-config");
  set_folder ("XDG_STATE_HOME", base, "state");
  set_folder ("GLOVEBOX_PROFILE_PATH", base, "profiles");
  applications = g_build_filename (base, "data", "applications", NULL);
  g_mkdir (applications, 0700);
  n_good = write_entries (applications);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/applications/load", test_load);
  g_test_add_func ("/applications/load-async", test_load_async);
  g_test_add_func ("/applications/texts", test_texts);
  g_test_add_func ("/applications/search", test_search);
  g_test_add_func ("/applications/profiles", test_profiles);
  g_test_add_func ("/applications/recent", test_recent);
  g_test_add_func ("/applications/preferences", test_preferences);
  status = g_test_run ();
  gbx_user_file_flush ();
  gbx_path_remove_tree (base);
  return status;
}
