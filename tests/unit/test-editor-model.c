/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The editor of profiles below its window: what it writes, what it refuses, and what happens
 * when others write too. */

#include "config.h"

#include "gbx-editor-profile.h"
#include "gbx-editor-shares.h"
#include "gbx-editor-text.h"
#include "gbx-editor-variables.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-settings.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define P "[Profile]\nVersion=1\n"

static char *scratch, *shipped, *administrator, *user, *applications, *home;

static char *
path_of (const char *folder, const char *id)
{
  g_autofree char *base = g_strconcat (id, ".profile", NULL);

  return g_build_filename (folder, base, NULL);
}

static void
put (const char *folder, const char *id, const char *text)
{
  g_autofree char *path = path_of (folder, id);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* (nullable): what the user's file has. */
static char *
get (const char *id)
{
  g_autofree char *path = path_of (user, id);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
assert_file (const char *id, const char *expected)
{
  g_autofree char *text = get (id);

  g_assert_cmpstr (text, ==, expected);
}

static void
set_up (gpointer *fixture, gconstpointer data)
{
  const char *const folders[] = { shipped, administrator, user, applications, home };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      gbx_path_remove_tree (folders[i]);
      g_mkdir_with_parents (folders[i], 0700);
    }
  put (shipped, "default", P "Name=Default\n[Network]\nMode=none\n");
  put (shipped, "web", P "Name=Web browser\nApplications=firefox.desktop;\n"
                         "[Network]\nMode=user\n[Resources]\nMemory=600M\n");
}

static gboolean
on_late (gpointer data)
{
  g_error ("It did not become so");
  return G_SOURCE_REMOVE;
}

/* Waits until the model is in that condition. */
static void
await_condition (GbxEditorModel *model, GbxEditorCondition condition)
{
  guint late = g_timeout_add_seconds (60, on_late, NULL);

  while (gbx_editor_model_get_condition (model) != condition)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late);
}

static void
on_flag (gpointer unused, gboolean *flag)
{
  *flag = TRUE;
}

static void
await_signal (GbxEditorModel *model, const char *name)
{
  gboolean flag = FALSE;
  guint late = g_timeout_add_seconds (60, on_late, NULL);
  gulong id = g_signal_connect (model, name, G_CALLBACK (on_flag), &flag);

  while (!flag)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (model, id);
  g_source_remove (late);
}

static const GbxSetting *
setting (const char *key)
{
  const GbxSetting *found = gbx_settings_find (key);

  g_assert_nonnull (found);
  return found;
}

static void
set (GbxEditorModel *model, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;

  gbx_editor_setting_set (model, setting (key), text, &error);
  g_assert_no_error (error);
}

static void
assert_refused (GbxEditorModel *model, const char *key, const char *text, const char *because)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = g_strdup (gbx_editor_model_get_text (model));

  g_assert_false (gbx_editor_setting_set (model, setting (key), text, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, because));
  g_assert_cmpstr (gbx_editor_model_get_text (model), ==, before);
}

static void
assert_source (GbxEditorModel *model, const char *key, GbxEditorSource source, const char *words)
{
  g_autofree char *told = NULL;

  g_assert_cmpint (gbx_editor_setting_get_source (model, setting (key), &told), ==, source);
  g_assert_nonnull (strstr (told, words));
}

/* ------------------------------------------------------------- settings -- */

static void
test_set (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = gbx_editor_model_new ("web");

  g_assert_cmpint (gbx_editor_model_get_condition (model), ==, GBX_EDITOR_SAVED);
  assert_source (model, "resources.memory", GBX_SOURCE_PARENT, "installed");
  assert_source (model, "resources.cpus", GBX_SOURCE_DEFAULT, "");
  set (model, "resources.memory", "700M");
  assert_source (model, "resources.memory", GBX_SOURCE_HERE, "here");
  g_assert_cmpint (gbx_editor_model_get_condition (model), ==, GBX_EDITOR_UNSAVED);
  assert_file ("web", NULL);
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", P "\n[Resources]\nMemory=700M\n");
  /* What the parent says is no difference; and a layer without any needs no file. */
  set (model, "resources.memory", "0.5859375G");
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", NULL);
}

static void
test_refused (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = gbx_editor_model_new ("web");

  assert_refused (model, "resources.memory", "a lot", "512M or 2G");
  assert_refused (model, "resources.memory", "1M", "Memory");
  assert_refused (model, "display.size", "1x1", "320");
  assert_refused (model, "files.home-name", "A\nB", "one line");
  g_assert_cmpint (gbx_editor_model_get_condition (model), ==, GBX_EDITOR_SAVED);
  assert_file ("web", NULL);
}

static void
test_kept (gpointer *fixture, gconstpointer data)
{
  static const char text[] = "# mine\n[Profile]\nVersion=1\nX-Other=1\n\n[X-Tool]\na=b\n\n"
                             "[Network]\n# why\nMode=none\n";
  g_autoptr (GbxEditorModel) model = NULL;

  put (user, "web", text);
  model = gbx_editor_model_new ("web");
  set (model, "network.mode", "user");
  set (model, "resources.memory", "700M");
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", "# mine\n[Profile]\nVersion=1\nX-Other=1\n\n[X-Tool]\na=b\n\n"
                      "[Network]\n# why\n\n[Resources]\nMemory=700M\n");
  gbx_editor_model_reset_all (model);
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", "# mine\n[Profile]\nVersion=1\nX-Other=1\n\n[X-Tool]\na=b\n\n"
                      "[Network]\n# why\n");
  gbx_editor_model_undo (model);
  gbx_editor_model_undo (model);
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", "# mine\n[Profile]\nVersion=1\nX-Other=1\n\n[X-Tool]\na=b\n\n"
                      "[Network]\n# why\n");
  gbx_editor_model_undo (model);
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", text);
  g_assert_null (gbx_editor_model_get_undo (model));
}

static void
test_undo (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = gbx_editor_model_new ("web");

  g_assert_null (gbx_editor_model_get_undo (model));
  /* Each letter of a word is no step. */
  set (model, "resources.memory", "700M");
  set (model, "resources.memory", "701M");
  set (model, "network.mode", "none");
  g_assert_cmpstr (gbx_editor_model_get_undo (model), ==, "Network");
  gbx_editor_model_undo (model);
  g_assert_cmpstr (gbx_editor_model_get_undo (model), ==, "Memory");
  g_assert_cmpstr (gbx_editor_model_get_redo (model), ==, "Network");
  g_assert_cmpstr (gbx_editor_model_get_text (model), ==, P "\n[Resources]\nMemory=701M\n");
  gbx_editor_model_undo (model);
  g_assert_cmpstr (gbx_editor_model_get_text (model), ==, P);
  gbx_editor_model_redo (model);
  gbx_editor_model_redo (model);
  gbx_editor_model_redo (model);
  assert_source (model, "network.mode", GBX_SOURCE_HERE, "");
  gbx_editor_model_undo (model);
  set (model, "display.opengl", "on");
  g_assert_null (gbx_editor_model_get_redo (model));
  await_condition (model, GBX_EDITOR_SAVED);
}

static void
test_locks (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = NULL;
  g_autofree char *obstacle = NULL;
  g_autofree char *network = NULL;
  g_autofree char *memory = NULL;

  put (administrator, "default",
       P "[Display]\nOpengl=on\n[Locks]\nNetwork.Mode=none\nResources.Memory=650M\n"
         "Display.Opengl=fixed\nShares=ro\n");
  model = gbx_editor_model_new ("web");
  obstacle = gbx_editor_setting_dup_obstacle (model, setting ("display.opengl"));
  g_assert_nonnull (strstr (obstacle, "locked it, in "));
  g_assert_nonnull (strstr (obstacle, "default.profile:8"));
  network = gbx_editor_setting_dup_obstacle (model, setting ("network.mode"));
  g_assert_nonnull (strstr (network, "default.profile:6"));
  g_assert_false (gbx_editor_setting_allows (model, setting ("network.mode"), 1));
  assert_source (model, "network.mode", GBX_SOURCE_ADMINISTRATOR, "default.profile:6");
  assert_source (model, "display.opengl", GBX_SOURCE_ADMINISTRATOR, "default.profile");
  memory = gbx_editor_setting_dup_obstacle (model, setting ("resources.memory"));
  g_assert_null (memory);
  assert_refused (model, "resources.memory", "651M", "650M");
  assert_refused (model, "display.opengl", "off", "locked");
  assert_refused (model, "network.mode", "user", "none");
  set (model, "resources.memory", "640M");
  gbx_editor_setting_reset (model, setting ("resources.memory"));
}

static void
test_obstacles (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = gbx_editor_model_new ("web");
  g_autofree char *device = gbx_editor_setting_dup_obstacle (model, setting ("devices.audio"));
  g_autofree char *network = gbx_editor_setting_dup_obstacle (model, setting ("network.mode"));

  /* What this computer lacks cannot be chosen. */
  g_assert_cmpint (gbx_editor_setting_allows (model, setting ("kernel.accelerator"), 1), ==,
                   g_access ("/dev/kvm", R_OK | W_OK) == 0);
  g_assert_true (gbx_editor_setting_allows (model, setting ("kernel.accelerator"), 2));
  g_assert_nonnull (strstr (device, "cannot offer"));
  g_assert_null (network);
}

/* --------------------------------------------------- shares and variables -- */

static const GbxSetting *
share_setting (const char *key)
{
  for (guint i = 0; i < gbx_share_settings_get_n (); i++)
    if (g_str_equal (gbx_share_settings_get (i)->key, key))
      return gbx_share_settings_get (i);
  g_assert_not_reached ();
}

static void
set_share (GbxEditorModel *model, const char *name, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;

  gbx_editor_shares_set (model, name, share_setting (key), text, &error);
  g_assert_no_error (error);
}

static char *
make_folder (const char *name)
{
  char *path = g_build_filename (home, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  return path;
}

static void
test_shares (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = NULL;
  g_autofree char *folder = make_folder ("My Files");
  g_autofree char *odd = make_folder ("new\nline");
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  put (shipped, "web", P "[Share pictures]\nPath=~/My Files\nPresence=optional\n");
  model = gbx_editor_model_new ("web");
  g_assert_null (gbx_editor_shares_add (model, folder, &error));
  g_assert_nonnull (strstr (error->message, "already"));
  gbx_editor_shares_remove (model, "pictures");
  {
    g_autoptr (GPtrArray) list = gbx_editor_shares_list (model);
    GbxEditorShare *share = list->pdata[0];

    g_assert_cmpuint (list->len, ==, 1);
    g_assert_cmpstr (share->access, ==, "none");
    g_assert_true (share->is_here && share->is_inherited);
  }
  name = gbx_editor_shares_add (model, folder, NULL);
  g_assert_cmpstr (name, ==, "my-files");
  set_share (model, name, "share.access", "rw");
  set_share (model, name, "share.presence", "ask");
  set_share (model, name, "share.presence", "required");
  set_share (model, name, "share.guest-path", "/mnt/x");
  await_condition (model, GBX_EDITOR_SAVED);
  text = get ("web");
  g_assert_cmpstr (text, ==,
                   P "\n[Share pictures]\nAccess=none\n\n[Share my-files]\nPath=~/My Files\n"
                     "Access=rw\nGuestPath=/mnt/x\n");
  g_clear_error (&error);
  g_assert_null (gbx_editor_shares_add (model, odd, &error));
  g_assert_nonnull (strstr (error->message, "rename"));
  gbx_editor_shares_remove (model, name);
  gbx_editor_shares_reset (model, "pictures");
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", NULL);
}

static void
test_bad_shares (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = gbx_editor_model_new ("web");
  g_autofree char *folder = make_folder ("folder");
  g_autofree char *name = gbx_editor_shares_add (model, folder, NULL);
  static const struct
  {
    const char *key;
    const char *text;
  } cases[] = {
    { "share.path", "~/nothing-there" }, { "share.path", "relative" }, { "share.path", "/proc" },
    { "share.guest-path", "relative" },  { "share.guest-path", "/usr" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (gbx_editor_shares_set (model, name, share_setting (cases[i].key),
                                             cases[i].text, &error));
      g_assert_nonnull (error);
    }
  g_assert_cmpstr (gbx_editor_model_get_text (model), ==, P "\n[Share folder]\nPath=~/folder\n");
  g_assert_null (gbx_editor_shares_add (model, "/proc", NULL));
}

static void
test_share_locks (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = NULL;
  g_autofree char *folder = make_folder ("folder");
  g_autofree char *name = NULL;
  g_autofree char *lock = NULL;
  g_autoptr (GError) error = NULL;

  put (administrator, "default", P "[Locks]\nShares=ro\n");
  model = gbx_editor_model_new ("web");
  lock = gbx_editor_shares_dup_lock (model, FALSE);
  g_assert_null (lock);
  name = gbx_editor_shares_add (model, folder, NULL);
  g_assert_nonnull (name);
  g_assert_false (gbx_editor_shares_set (model, name, share_setting ("share.access"), "rw",
                                         &error));
  g_assert_nonnull (strstr (error->message, "default.profile:4"));
  g_clear_object (&model);
  put (administrator, "default", P "[Locks]\nShares=fixed\n");
  model = gbx_editor_model_new ("web");
  g_assert_null (gbx_editor_shares_add (model, home, NULL));
}

static void
test_variables (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = NULL;
  static const char *const bad[] = { "A", "1=2", "A-B=c", "=x", "A=b\n[Locks]", "" };

  put (shipped, "web", P "[Environment]\nA=1\n");
  model = gbx_editor_model_new ("web");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (gbx_editor_variable_add (model, bad[i], &error));
      g_assert_nonnull (error);
    }
  g_assert_true (gbx_editor_variable_add (model, "B=x=y", NULL));
  g_assert_true (gbx_editor_variable_set (model, "A", "2", NULL));
  g_assert_cmpstr (gbx_editor_variable_get_value (model, "B"), ==, "x=y");
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", P "\n[Environment]\nB=x=y\nA=2\n");
  g_assert_true (gbx_editor_variable_set (model, "A", "1", NULL));
  gbx_editor_variable_reset (model, "B");
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", NULL);
}

/* --------------------------------------------------------------- profiles -- */

static void
test_profile (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  const char *const ids[] = { "a.desktop", "b.desktop", NULL };
  const char *const bad[] = { "a;b.desktop", NULL };
  g_auto (GStrv) list = NULL;

  put (user, "mine", P "Inherits=web\nName=Mine\nName[C]=Translated\n");
  put (user, "child", P "Inherits=mine\n");
  model = gbx_editor_model_new ("mine");
  g_assert_true (gbx_editor_profile_set (model, "Name", "Other", "Name", NULL));
  name = gbx_editor_profile_dup (model, "Name");
  g_assert_cmpstr (name, ==, "Other");
  g_assert_false (gbx_editor_profile_set_parent (model, "child", &error));
  g_assert_nonnull (strstr (error->message, "child"));
  assert_source (model, "resources.memory", GBX_SOURCE_PARENT, "Web browser");
  g_assert_true (gbx_editor_profile_set_parent (model, "default", NULL));
  assert_source (model, "resources.memory", GBX_SOURCE_DEFAULT, "");
  g_assert_true (gbx_editor_profile_set_applications (model, ids, NULL));
  g_assert_false (gbx_editor_profile_set_applications (model, bad, NULL));
  list = gbx_editor_profile_dup_applications (model);
  g_assert_cmpuint (g_strv_length (list), ==, 2);
  g_assert_false (gbx_editor_profile_set (model, "Color", "red", "Colour", NULL));
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("mine", P "Name=Other\nApplications=a.desktop;b.desktop;\n");
  /* A profile of one's own stays, also if it says nothing. */
  gbx_editor_profile_set (model, "Name", "", "Name", NULL);
  gbx_editor_profile_set (model, "Applications", "", "Applications", NULL);
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("mine", P);
}

static void
put_entry (const char *id, const char *text)
{
  g_autofree char *path = g_build_filename (applications, id, NULL);
  g_autofree char *contents = g_strdup_printf (
      "[Desktop Entry]\nType=Application\nExec=/bin/true\nName=Some\t thing\nIcon=some-icon\n%s",
      text);

  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
}

static void
test_application (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = NULL;

  put_entry ("Firefox.desktop", "Categories=Browser;\n");
  put (shipped, "web", P "Categories=Browser;\n[Network]\nMode=user\n");
  put (user, "firefox", P "Name=of something else\n");
  model = gbx_editor_model_new_for_application ("Firefox.desktop");
  g_assert_cmpstr (gbx_editor_model_get_id (model), ==, "firefox-2");
  g_assert_false (gbx_editor_model_exists (model));
  g_assert_false (gbx_editor_model_has_changes (model));
  g_assert_cmpint (gbx_editor_model_get_condition (model), ==, GBX_EDITOR_SAVED);
  assert_source (model, "network.mode", GBX_SOURCE_PARENT, "web");
  assert_file ("firefox-2", NULL);
  set (model, "network.mode", "none");
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("firefox-2", P "Name=Some  thing\nIcon=some-icon\nInherits=web\n"
                              "Applications=Firefox.desktop;\n\n[Network]\nMode=none\n");
  /* Undone at once, there is none; the next time it is the application's own. */
  gbx_editor_model_undo (model);
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("firefox-2", NULL);
  gbx_editor_model_redo (model);
  await_condition (model, GBX_EDITOR_SAVED);
  g_clear_object (&model);
  model = gbx_editor_model_new_for_application ("Firefox.desktop");
  g_assert_cmpstr (gbx_editor_model_get_id (model), ==, "firefox-2");
  assert_source (model, "network.mode", GBX_SOURCE_HERE, "");
  gbx_editor_model_reset_all (model);
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("firefox-2", P "Name=Some  thing\nIcon=some-icon\nInherits=web\n"
                              "Applications=Firefox.desktop;\n");
}

static void
test_lost_application (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = NULL;
  g_autofree char *path = g_build_filename (applications, "a.desktop", NULL);

  put_entry ("a.desktop", "");
  model = gbx_editor_model_new_for_application ("a.desktop");
  g_assert_false (gbx_editor_model_has_lost_application (model));
  g_assert_cmpint (g_unlink (path), ==, 0);
  await_signal (model, "condition-changed");
  g_assert_true (gbx_editor_model_has_lost_application (model));
}

/* ---------------------------------------------------------------- others -- */

static void
test_outside (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = gbx_editor_model_new ("web");

  put (user, "web", P "[Resources]\nMemory=800M\n");
  await_signal (model, "adopted");
  assert_source (model, "resources.memory", GBX_SOURCE_HERE, "");
  /* Of a parent. */
  put (user, "default", P "[Display]\nOpengl=on\n");
  await_signal (model, "changed");
  assert_source (model, "display.opengl", GBX_SOURCE_PARENT, "Default");
  g_assert_cmpint (gbx_editor_model_get_condition (model), ==, GBX_EDITOR_SAVED);
}

static void
make_conflict (GbxEditorModel *model)
{
  set (model, "resources.memory", "700M");
  put (user, "web", P "# theirs\n[Display]\nOpengl=on\n");
  await_condition (model, GBX_EDITOR_CONFLICT);
}

static void
test_conflict (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = gbx_editor_model_new ("web");

  make_conflict (model);
  /* Nothing is written before the user has decided. */
  set (model, "network.mode", "none");
  assert_file ("web", P "# theirs\n[Display]\nOpengl=on\n");
  gbx_editor_model_keep_mine (model);
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", P "# theirs\n[Display]\nOpengl=on\n\n[Resources]\nMemory=700M\n\n"
                        "[Network]\nMode=none\n");
  put (user, "web", P);
  await_signal (model, "adopted");
  make_conflict (model);
  gbx_editor_model_take_theirs (model);
  g_assert_cmpint (gbx_editor_model_get_condition (model), ==, GBX_EDITOR_SAVED);
  assert_file ("web", P "# theirs\n[Display]\nOpengl=on\n");
  assert_source (model, "display.opengl", GBX_SOURCE_HERE, "");
}

static void
test_two_editors (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) one = gbx_editor_model_new ("web");
  g_autoptr (GbxEditorModel) other = gbx_editor_model_new ("web");

  set (one, "resources.memory", "700M");
  await_signal (other, "adopted");
  assert_source (other, "resources.memory", GBX_SOURCE_HERE, "");
  set (other, "display.opengl", "on");
  await_signal (one, "adopted");
  await_condition (other, GBX_EDITOR_SAVED);
  assert_file ("web", P "\n[Resources]\nMemory=700M\n\n[Display]\nOpengl=on\n");
}

static void
test_gone (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = NULL;
  g_autofree char *path = path_of (user, "mine");

  put (user, "mine", P "Name=Mine\n");
  model = gbx_editor_model_new ("mine");
  g_assert_cmpint (g_unlink (path), ==, 0);
  await_condition (model, GBX_EDITOR_GONE);
  gbx_editor_model_keep_mine (model);
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("mine", P "Name=Mine\n");
  g_clear_object (&model);
  model = gbx_editor_model_new ("never-there");
  g_assert_cmpint (gbx_editor_model_get_condition (model), ==, GBX_EDITOR_GONE);
}

static void
test_damaged (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = NULL;
  g_autofree char *aside = g_build_filename (user, "web.profile.damaged", NULL);
  g_autofree char *text = NULL;

  put (user, "web", P "[Resources]\nMemory=much\n");
  model = gbx_editor_model_new ("web");
  g_assert_cmpint (gbx_editor_model_get_condition (model), ==, GBX_EDITOR_DAMAGED);
  g_assert_nonnull (strstr (gbx_editor_model_get_message (model), "web.profile:4: Memory"));
  /* Mended by hand. */
  put (user, "web", P "[Resources]\nMemory=700M\n");
  await_condition (model, GBX_EDITOR_SAVED);
  assert_source (model, "resources.memory", GBX_SOURCE_HERE, "");
  /* Damaged while it is open: what it was comes back. */
  put (user, "web", "x");
  await_condition (model, GBX_EDITOR_DAMAGED);
  g_assert_true (gbx_editor_model_can_restore (model));
  g_assert_true (gbx_editor_model_restore (model, NULL));
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", P "[Resources]\nMemory=700M\n");
  g_assert_true (g_file_get_contents (aside, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "x");
  /* The parent is gone. */
  put (user, "parent", P);
  put (user, "child", P "Inherits=parent\n");
  {
    g_autoptr (GbxEditorModel) child = gbx_editor_model_new ("child");
    g_autofree char *parent = path_of (user, "parent");

    g_assert_cmpint (g_unlink (parent), ==, 0);
    await_condition (child, GBX_EDITOR_DAMAGED);
    g_assert_nonnull (strstr (gbx_editor_model_get_message (child), "child.profile:3: Inherits"));
    g_assert_true (gbx_editor_model_has_lost_parent (child));
    g_assert_true (gbx_editor_model_restore (child, NULL));
    await_condition (child, GBX_EDITOR_SAVED);
    assert_file ("child", P);
  }
  /* One of the parents. */
  put (user, "default", "y");
  await_condition (model, GBX_EDITOR_DAMAGED);
  g_assert_nonnull (strstr (gbx_editor_model_get_message (model), "default.profile:1"));
  g_assert_false (gbx_editor_model_can_restore (model));
}

static void
test_read_only (gpointer *fixture, gconstpointer data)
{
  g_autoptr (GbxEditorModel) model = gbx_editor_model_new ("web");
  g_autofree char *path = path_of (user, "web");

  if (geteuid () == 0)
    {
      g_test_skip ("root can write everywhere");
      return;
    }
  g_assert_cmpint (g_chmod (user, 0500), ==, 0);
  set (model, "resources.memory", "700M");
  await_condition (model, GBX_EDITOR_FAILED);
  g_assert_nonnull (strstr (gbx_editor_model_get_message (model), "cannot be saved"));
  assert_source (model, "resources.memory", GBX_SOURCE_HERE, "");
  g_assert_cmpint (g_chmod (user, 0700), ==, 0);
  gbx_editor_model_save (model);
  await_condition (model, GBX_EDITOR_SAVED);
  assert_file ("web", P "\n[Resources]\nMemory=700M\n");
}

/* Whoever closes the window at once has not lost the last change. */
static void
test_at_once (gpointer *fixture, gconstpointer data)
{
  GbxEditorModel *model = gbx_editor_model_new ("web");

  set (model, "resources.memory", "700M");
  g_object_unref (model);
  assert_file ("web", P "\n[Resources]\nMemory=700M\n");
}

static void
add (const char *path, void (*test) (gpointer *, gconstpointer))
{
  g_test_add (path, gpointer, NULL, set_up, test, NULL);
}

static void
prepare (void)
{
  scratch = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  shipped = g_build_filename (scratch, "shipped", NULL);
  administrator = g_build_filename (scratch, "etc", "glovebox", "profiles", NULL);
  user = g_build_filename (scratch, "config", "glovebox", "profiles", NULL);
  applications = g_build_filename (scratch, "data", "applications", NULL);
  home = g_build_filename (scratch, "home", NULL);
  g_setenv ("GLOVEBOX_PROFILE_PATH", shipped, TRUE);
  {
    g_autofree char *etc = g_build_filename (scratch, "etc", NULL);
    g_autofree char *config = g_build_filename (scratch, "config", NULL);
    g_autofree char *data = g_build_filename (scratch, "data", NULL);

    g_setenv ("XDG_CONFIG_DIRS", etc, TRUE);
    g_setenv ("XDG_CONFIG_HOME", config, TRUE);
    g_setenv ("XDG_DATA_HOME", data, TRUE);
    g_setenv ("HOME", home, TRUE);
  }
}

int
main (int argc, char **argv)
{
  int status;

  prepare ();
  g_test_init (&argc, &argv, NULL);
  add ("/editor/set", test_set);
  add ("/editor/refused", test_refused);
  add ("/editor/kept", test_kept);
  add ("/editor/undo", test_undo);
  add ("/editor/locks", test_locks);
  add ("/editor/obstacles", test_obstacles);
  add ("/editor/shares", test_shares);
  add ("/editor/bad-shares", test_bad_shares);
  add ("/editor/share-locks", test_share_locks);
  add ("/editor/variables", test_variables);
  add ("/editor/profile", test_profile);
  add ("/editor/application", test_application);
  add ("/editor/lost-application", test_lost_application);
  add ("/editor/outside", test_outside);
  add ("/editor/conflict", test_conflict);
  add ("/editor/two-editors", test_two_editors);
  add ("/editor/gone", test_gone);
  add ("/editor/damaged", test_damaged);
  add ("/editor/read-only", test_read_only);
  add ("/editor/at-once", test_at_once);
  status = g_test_run ();
  gbx_path_remove_tree (scratch);
  return status;
}
