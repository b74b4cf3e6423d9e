/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-window-memory"
#include "config.h"

#include "gbx-window-memory.h"

#include <glib/gstdio.h>

/* Applications that are remembered. */
#define GROUPS_MAX 200
#define USUAL_ZOOM 100

static char *
get_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "glovebox", "windows", NULL);
}

/* The launcher, else the program. */
static char *
make_group (GbxPolicy *policy)
{
  const char *id = gbx_policy_get_desktop_id (policy);
  const char *const *command = gbx_policy_get_command (policy);
  const char *name = id ? id : command[0];
  g_autofree char *base = g_path_get_basename (name);

  return g_uri_escape_string (base, NULL, FALSE);
}

static GKeyFile *
load_file (void)
{
  g_autofree char *path = get_path ();
  GKeyFile *file = g_key_file_new ();

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  return file;
}

void
gbx_window_memory_load (GbxPolicy *policy, guint *zoom, char **screen)
{
  g_autoptr (GKeyFile) file = load_file ();
  g_autofree char *group = make_group (policy);
  int number = g_key_file_get_integer (file, group, "Zoom", NULL);

  *zoom = number > 0 ? (guint)number : USUAL_ZOOM;
  *screen = g_key_file_get_string (file, group, "Screen", NULL);
}

static void
limit (GKeyFile *file)
{
  gsize n;
  g_auto (GStrv) groups = g_key_file_get_groups (file, &n);

  for (gsize i = 0; n > GROUPS_MAX && i < n - GROUPS_MAX; i++)
    g_key_file_remove_group (file, groups[i], NULL);
}

static void
write_file (GKeyFile *file)
{
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = g_key_file_to_data (file, NULL, NULL);

  /* What cannot be remembered is no loss, and nothing waits for a disk.  Without these flags GLib
   * does not truncate a file. */
  g_unlink (path);
  if (g_mkdir_with_parents (folder, 0700) == 0)
    g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
}

void
gbx_window_memory_save (GbxPolicy *policy, guint zoom, const char *screen)
{
  g_autoptr (GKeyFile) file = load_file ();
  g_autofree char *group = make_group (policy);
  gboolean was_there = g_key_file_remove_group (file, group, NULL);

  if (zoom != USUAL_ZOOM)
    g_key_file_set_integer (file, group, "Zoom", (int)zoom);
  if (screen)
    g_key_file_set_string (file, group, "Screen", screen);
  limit (file);
  if (was_there || g_key_file_has_group (file, group))
    write_file (file);
}
