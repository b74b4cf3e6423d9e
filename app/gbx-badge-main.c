/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-badge.h"

#include <gio/gsettingsschema.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <gtk/gtk.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* glovebox-badge [--] ICON THEMEFOLDER NAME: draws the icon of a launcher in all sizes, and prints
 * the files that it was made from, each with a zero byte at its end.  It needs no display.  It is a
 * program of its own because icons come from many hands, and because the command has no GTK. */

#define STATUS_FAILURE 1
#define STATUS_STORAGE 2
/* Reading an icon takes milliseconds. */
#define SECONDS_MAX 20
/* In pixels. */
#define PICTURE_MAX 4096

static const int sizes[] = { 16, 22, 24, 32, 48, 64, 96, 128, 256 };

/* --------------------------------------------------------------- theme -- */

static char *
read_settings_file (void)
{
  g_autofree char *path
      = g_build_filename (g_get_user_config_dir (), "gtk-3.0", "settings.ini", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  return g_key_file_get_string (file, "Settings", "gtk-icon-theme-name", NULL);
}

static char *
read_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
      = source ? g_settings_schema_source_lookup (source, "org.gnome.desktop.interface", TRUE)
               : NULL;
  g_autoptr (GSettings) settings = schema ? g_settings_new_full (schema, NULL, NULL) : NULL;

  return settings ? g_settings_get_string (settings, "icon-theme") : NULL;
}

/* The desktop's theme; without a display, what is written down. */
static GtkIconTheme *
open_theme (gboolean has_display)
{
  GtkIconTheme *theme;
  g_autofree char *name = NULL;

  if (has_display)
    return g_object_ref (gtk_icon_theme_get_default ());
  name = read_settings_file ();
  if (!name)
    name = read_settings ();
  theme = gtk_icon_theme_new ();
  gtk_icon_theme_set_custom_theme (theme, name && *name ? name : "Adwaita");
  return theme;
}

/* --------------------------------------------------------------- icons -- */

static void
note (GPtrArray *files, const char *path)
{
  if (path && !g_ptr_array_find_with_equal_func (files, path, g_str_equal, NULL))
    g_ptr_array_add (files, g_strdup (path));
}

static GdkPixbuf *
load_file (const char *path, int size)
{
  int width, height;
  GdkPixbufFormat *format = gdk_pixbuf_get_file_info (path, &width, &height);

  if (!format
      || (!gdk_pixbuf_format_is_scalable (format) && (width > PICTURE_MAX || height > PICTURE_MAX)))
    return NULL;
  return gdk_pixbuf_new_from_file_at_scale (path, size, size, TRUE, NULL);
}

static GdkPixbuf *
load_themed (GtkIconTheme *theme, const char *name, int size, GPtrArray *files)
{
  g_autoptr (GtkIconInfo) info
      = gtk_icon_theme_lookup_icon (theme, name, size, GTK_ICON_LOOKUP_FORCE_SIZE);
  GdkPixbuf *pixbuf = info ? gtk_icon_info_load_icon (info, NULL) : NULL;

  if (pixbuf)
    note (files, gtk_icon_info_get_filename (info));
  return pixbuf;
}

/* "viewer.png" is not valid and common; it means the icon "viewer". */
static char *
strip_extension (const char *name)
{
  static const char *const extensions[] = { ".png", ".svg", ".xpm", ".svgz" };

  for (guint i = 0; i < G_N_ELEMENTS (extensions); i++)
    if (g_str_has_suffix (name, extensions[i]))
      return g_strndup (name, strlen (name) - strlen (extensions[i]));
  return g_strdup (name);
}

static GdkPixbuf *
load_icon (GtkIconTheme *theme, const char *icon, int size, GPtrArray *files)
{
  g_autofree char *name = strip_extension (icon);
  GdkPixbuf *pixbuf = NULL;

  if (g_path_is_absolute (icon))
    {
      pixbuf = load_file (icon, size);
      if (pixbuf)
        note (files, icon);
    }
  else if (*name)
    pixbuf = load_themed (theme, name, size, files);
  if (!pixbuf)
    pixbuf = load_themed (theme, "application-x-executable", size, files);
  return pixbuf;
}

/* -------------------------------------------------------------- writing -- */

static gboolean
write_icon (GdkPixbuf *pixbuf, const char *theme_folder, const char *name, int size, GError **error)
{
  g_autofree char *square = g_strdup_printf ("%dx%d", size, size);
  g_autofree char *folder = g_build_filename (theme_folder, square, "apps", NULL);
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autofree char *data = NULL;
  gsize length;

  /* If there is no folder, writing says why. */
  g_mkdir_with_parents (folder, 0755);
  return gdk_pixbuf_save_to_buffer (pixbuf, &data, &length, "png", error, NULL)
         && g_file_set_contents_full (path, data, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT,
                                      0644, error);
}

static int
draw_all (GtkIconTheme *theme, char **argv, GPtrArray *files)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GdkPixbuf) plain = load_icon (theme, argv[0], sizes[i], files);
      g_autoptr (GdkPixbuf) badged = gbx_badge_apply (plain, sizes[i]);
      g_autoptr (GError) error = NULL;

      if (write_icon (badged, argv[1], argv[2], sizes[i], &error))
        continue;
      fprintf (stderr, _ ("The launcher’s icon cannot be written: %s. Check that its folder is "
                          "writable and that there is space left."), error->message);
      return STATUS_STORAGE;
    }
  return 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GtkIconTheme) theme = NULL;
  gboolean has_display = g_getenv ("DISPLAY") || g_getenv ("WAYLAND_DISPLAY");
  int first = argc > 1 && strcmp (argv[1], "--") == 0 ? 2 : 1;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, GBX_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  if (argc - first != 3)
    {
      fprintf (stderr, "glovebox-badge: ICON THEMEFOLDER NAME\n");
      return STATUS_FAILURE;
    }
  alarm (SECONDS_MAX);
  theme = open_theme (has_display && gtk_init_check (NULL, NULL));
  status = draw_all (theme, argv + first, files);
  for (guint i = 0; status == 0 && i < files->len; i++)
    fwrite (files->pdata[i], strlen (files->pdata[i]) + 1, 1, stdout);
  return fflush (stdout) == 0 ? status : STATUS_FAILURE;
}
