/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-appearance"

#include "config.h"

#include "gbx-appearance-private.h"

#include "gbx-guest-config.h"
#include "gbx-gvdb.h"
#include "gbx-paths.h"
#include "gbx-tree.h"

#include <string.h>

/* The system's defaults of the toolkits, below the user's own settings, which the guest's
 * home has: so an application or the user can still change them in the sandbox. */

#define GTK_GROUP "Settings"
#define DCONF_FOLDER "/org/gnome/desktop/interface/"
#define DCONF_DATABASE "etc/dconf/db/glovebox"
#define DCONF_PROFILE "etc/dconf/profile/user"

/* Of a boolean and a number too. */
static char *
print_plain (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? "1" : "0");
  return g_strdup_printf ("%d", g_variant_get_int32 (value));
}

static gboolean
write_text (const char *root, const char *name, const char *text, GError **error)
{
  return gbx_tree_make_parents (root, name, error)
         && gbx_tree_write_file (root, name, text, -1, error);
}

/* ----------------------------------------------------------------- GTK -- */

/* Keeps what the host's administrator has set besides. */
static gboolean
write_gtk_settings (GbxAppearance *self, const char *root, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;

  g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, NULL);
  for (guint i = 0; i < GBX_N_LOOKS; i++)
    {
      const char *key = gbx_look_get_names (i)->gtk;
      GVariant *value = gbx_appearance_get (self, i);
      g_autofree char *plain = key && value ? print_plain (value) : NULL;

      if (plain)
        g_key_file_set_string (file, GTK_GROUP, key, plain);
    }
  text = g_key_file_to_data (file, NULL, NULL);
  return write_text (root, name, text, error);
}

static gboolean
write_gtk2 (GbxAppearance *self, const char *root, GError **error)
{
  static const char name[] = "etc/gtk-2.0/gtkrc";
  g_autofree char *path = g_build_filename (root, name, NULL);
  g_autofree char *before = NULL;
  g_autoptr (GString) text = NULL;

  g_file_get_contents (path, &before, NULL, NULL);
  text = g_string_new (before);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < GBX_N_LOOKS; i++)
    {
      const char *key = gbx_look_get_names (i)->gtk;
      GVariant *value = gbx_appearance_get (self, i);
      g_autofree char *plain = key && value ? print_plain (value) : NULL;
      g_autofree char *escaped = plain ? g_strescape (plain, NULL) : NULL;
      const char *quote = value && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? "\"" : "";

      if (plain && i != GBX_LOOK_DARK)
        g_string_append_printf (text, "%s = %s%s%s\n", key, quote, escaped, quote);
    }
  return write_text (root, name, text->str, error);
}

/* --------------------------------------------------------------- dconf -- */

static GVariant *
font_antialiasing (GbxAppearance *self)
{
  GVariant *rgba = gbx_appearance_get (self, GBX_LOOK_RGBA);

  if (!g_variant_get_boolean (gbx_appearance_get (self, GBX_LOOK_ANTIALIAS)))
    return g_variant_new_string ("none");
  return g_variant_new_string (
      rgba && !g_str_equal (g_variant_get_string (rgba, NULL), "none") ? "rgba" : "grayscale");
}

/* (nullable) (transfer floating): the schema has other values for some. */
static GVariant *
desktop_value (GbxAppearance *self, GbxLook setting)
{
  GVariant *value = gbx_appearance_get (self, setting);

  if (!value)
    return NULL;
  switch (setting)
    {
    case GBX_LOOK_DARK:
      return g_variant_new_string (g_variant_get_boolean (value) ? "prefer-dark" : "default");
    case GBX_LOOK_ANTIALIAS:
      return font_antialiasing (self);
    case GBX_LOOK_HINT_STYLE:
      return g_variant_new_string (g_variant_get_string (value, NULL) + strlen ("hint"));
    case GBX_LOOK_RGBA:
      return g_str_equal (g_variant_get_string (value, NULL), "none") ? NULL : value;
    default:
      return value;
    }
}

/* After the user's database, and before those of the host. */
static gboolean
write_profile (const char *root, GError **error)
{
  static const char ours[] = "\nsystem-db:glovebox\n";
  g_autofree char *path = g_build_filename (root, DCONF_PROFILE, NULL);
  g_autofree char *before = NULL;
  g_autofree char *text = NULL;
  const char *user;

  if (!g_file_get_contents (path, &before, NULL, NULL))
    before = g_strdup ("user-db:user\n");
  user = strstr (before, "user-db:");
  if (!user)
    return TRUE;
  user += strcspn (user, "\n");
  text = g_strdup_printf ("%.*s%s%s", (int)(user - before), before, ours, user);
  return write_text (root, DCONF_PROFILE, text, error);
}

/* The desktop's settings, which libhandy, libadwaita and GNOME's applications read. */
static gboolean
write_dconf (GbxAppearance *self, const char *root, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  gsize size;
  const char *data;

  for (guint i = 0; i < GBX_N_LOOKS; i++)
    {
      const char *key = gbx_look_get_names (i)->desktop;
      GVariant *value = key ? desktop_value (self, i) : NULL;

      if (!value)
        continue;
      g_ptr_array_add (keys, g_strconcat (DCONF_FOLDER, key, NULL));
      g_ptr_array_add (values, value);
    }
  if (keys->len == 0)
    return TRUE;
  bytes = gbx_gvdb_write ((const char *const *)keys->pdata, (GVariant *const *)values->pdata,
                          keys->len);
  data = g_bytes_get_data (bytes, &size);
  return gbx_tree_make_parents (root, DCONF_DATABASE, error)
         && gbx_tree_write_file (root, DCONF_DATABASE, data, size, error)
         && write_profile (root, error);
}

/* ----------------------------------------------------------- X resources -- */

/* The guest's window manager offers them to all clients, and draws its frames by them. */
static gboolean
write_resources (GbxAppearance *self, const char *root, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < GBX_N_LOOKS; i++)
    {
      const char *key = gbx_look_get_names (i)->resource;
      GVariant *value = gbx_appearance_get (self, i);
      g_autofree char *plain = NULL;

      if (!key || !value)
        continue;
      plain = i == GBX_LOOK_DPI ? g_strdup_printf ("%d", (g_variant_get_int32 (value) + 512) / 1024)
                                : print_plain (value);
      g_string_append_printf (text, "%s:\t%s\n", key, plain);
    }
  return write_text (root, GBX_RESOURCES + 1, text->str, error);
}

/* Without it title bars have the X server's own font. */
static gboolean
copy_title_program (const char *root, GError **error)
{
  g_autofree char *program = gbx_path_program ("glovebox-title-bar");
  g_autofree char *to = g_build_filename (root, GBX_TITLE_PROGRAM, NULL);
  g_autofree char *data = NULL;
  gsize length;

  if (!program || !g_file_get_contents (program, &data, &length, NULL))
    return TRUE;
  return gbx_path_write_file (to, data, length, 0755) || gbx_tree_set_error (error, to);
}

gboolean
gbx_appearance_write (GbxAppearance *self, const char *root, GError **error)
{
  return write_gtk_settings (self, root, "etc/gtk-3.0/settings.ini", error)
         && write_gtk_settings (self, root, "etc/gtk-4.0/settings.ini", error)
         && write_gtk2 (self, root, error) && write_dconf (self, root, error)
         && write_resources (self, root, error) && copy_title_program (root, error);
}
