/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launchers"

#include "config.h"

#include "gbx-launcher-icon.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/wait.h>
#include <utime.h>

/* glovebox-badge could not write. */
#define STATUS_STORAGE 2

static char *
get_theme_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "icons", "hicolor", NULL);
}

/* Programs look again if the folder of the theme is newer than what they know. */
static void
touch_theme (void)
{
  g_autofree char *folder = get_theme_folder ();

  utime (folder, NULL);
}

void
gbx_launcher_icon_remove (const char *name)
{
  g_autofree char *theme = get_theme_folder ();
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autoptr (GDir) folder = g_dir_open (theme, 0, NULL);
  const char *size;

  while (folder && (size = g_dir_read_name (folder)))
    {
      g_autofree char *path = g_build_filename (theme, size, "apps", file, NULL);

      g_unlink (path);
    }
  if (folder)
    touch_theme ();
}

/* The program prints the files, each ended by a zero byte. */
static char **
split_files (GBytes *output)
{
  g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
  gsize size;
  const char *data = g_bytes_get_data (output, &size);

  for (gsize at = 0; at < size;)
    {
      g_autofree char *file = g_strndup (data + at, size - at);

      g_strv_builder_add (files, file);
      at += strlen (file) + 1;
    }
  return g_strv_builder_end (files);
}

static GSubprocess *
start (const char *icon, const char *name)
{
  g_autofree char *program = gbx_path_program ("glovebox-badge");
  g_autofree char *theme = get_theme_folder ();
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);

  if (!program)
    return NULL;
  return g_subprocess_launcher_spawn (launcher, NULL, program, "--", icon ? icon : "", theme, name,
                                      NULL);
}

char **
gbx_launcher_icon_make (const char *icon, const char *name, GError **error)
{
  g_autoptr (GSubprocess) process = start (icon, name);
  g_autoptr (GBytes) output = NULL;
  g_autoptr (GBytes) complaint = NULL;
  g_autofree char *words = NULL;

  if (!process ||
      !g_subprocess_communicate (process, NULL, NULL, &output, &complaint, NULL))
    return NULL;
  if (g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0)
    {
      touch_theme ();
      return split_files (output);
    }
  gbx_launcher_icon_remove (name);
  words = g_strndup (g_bytes_get_data (complaint, NULL), g_bytes_get_size (complaint));
  if (g_subprocess_get_if_exited (process) &&
      g_subprocess_get_exit_status (process) == STATUS_STORAGE)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_STORAGE, g_strchomp (words));
  return NULL;
}
