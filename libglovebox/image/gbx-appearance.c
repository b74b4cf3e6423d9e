/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-appearance"

#include "config.h"

#include "gbx-appearance-private.h"

#include <glob.h>
#include <string.h>

#define TEXT_MAX 128

/* The keys are those of the caller's dictionary; a name that is NULL does not exist there.
 * The order is that of GbxLook. */
static const GbxLookNames names[GBX_N_LOOKS] = {
  { "gtk-theme", "s", "gtk-theme-name", "gtk-theme", NULL },
  { "dark", "b", "gtk-application-prefer-dark-theme", "color-scheme", "glovebox.dark" },
  { "icon-theme", "s", "gtk-icon-theme-name", "icon-theme", NULL },
  { "font-name", "s", "gtk-font-name", "font-name", "glovebox.font" },
  { "monospace-font-name", "s", NULL, "monospace-font-name", NULL },
  { "cursor-theme", "s", "gtk-cursor-theme-name", "cursor-theme", "Xcursor.theme" },
  { "cursor-size", "i", "gtk-cursor-theme-size", "cursor-size", "Xcursor.size" },
  { "antialias", "b", "gtk-xft-antialias", "font-antialiasing", "Xft.antialias" },
  { "hinting", "b", "gtk-xft-hinting", NULL, "Xft.hinting" },
  { "hint-style", "s", "gtk-xft-hintstyle", "font-hinting", "Xft.hintstyle" },
  { "rgba", "s", "gtk-xft-rgba", "font-rgba-order", "Xft.rgba" },
  { "dpi", "i", "gtk-xft-dpi", NULL, "Xft.dpi" },
  { "scale", "i", NULL, NULL, "glovebox.scale" },
};

struct _GbxAppearance
{
  gatomicrefcount references;
  GVariant *values[GBX_N_LOOKS]; /* (nullable) */
};

/* ---------------------------------------------------------- validation -- */

static const char *const hint_styles[]
    = { "hintnone", "hintslight", "hintmedium", "hintfull", NULL };
static const char *const rgba_orders[] = { "none", "rgb", "bgr", "vrgb", "vbgr", NULL };

static gboolean
is_text (const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || length > TEXT_MAX || !g_utf8_validate (text, length, NULL))
    return FALSE;
  for (const char *at = text; *at; at = g_utf8_next_char (at))
    if (!g_unichar_isprint (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

/* The name of a folder. */
static gboolean
is_theme (const char *text)
{
  return is_text (text) && *text != '.' && !strpbrk (text, "/:\"\\");
}

static gboolean
is_between (gint32 value, gint32 least, gint32 most)
{
  return value >= least && value <= most;
}

static gboolean
is_valid (GbxLook setting, GVariant *value)
{
  const char *text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
                         ? g_variant_get_string (value, NULL)
                         : NULL;

  switch (setting)
    {
    case GBX_LOOK_GTK_THEME:
    case GBX_LOOK_ICON_THEME:
    case GBX_LOOK_CURSOR_THEME:
      return is_theme (text);
    case GBX_LOOK_FONT:
    case GBX_LOOK_MONOSPACE_FONT:
      return is_text (text);
    case GBX_LOOK_HINT_STYLE:
      return g_strv_contains (hint_styles, text);
    case GBX_LOOK_RGBA:
      return g_strv_contains (rgba_orders, text);
    case GBX_LOOK_CURSOR_SIZE:
      return is_between (g_variant_get_int32 (value), 8, 256);
    case GBX_LOOK_DPI:
      return is_between (g_variant_get_int32 (value), 48 * 1024, 480 * 1024);
    case GBX_LOOK_SCALE:
      return is_between (g_variant_get_int32 (value), 1, 4);
    default:
      return TRUE;
    }
}

/* -------------------------------------------------------------- themes -- */

/* Of what the guest sees; a theme in the user's home is not there. */
static const char *const data_folders[] = { "/usr/share", "/usr/local/share" };

static gboolean
data_has (const char *kind, const char *name, const char *part)
{
  gboolean found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (data_folders) && !found; i++)
    {
      g_autofree char *path = g_build_filename (data_folders[i], kind, name, part, NULL);

      found = g_file_test (path, G_FILE_TEST_EXISTS);
    }
  return found;
}

static const char *
text_of (GbxAppearance *self, GbxLook setting)
{
  return self->values[setting] ? g_variant_get_string (self->values[setting], NULL) : NULL;
}

static void
set_value (GbxAppearance *self, GbxLook setting, GVariant *value)
{
  g_clear_pointer (&self->values[setting], g_variant_unref);
  self->values[setting] = value ? g_variant_ref_sink (value) : NULL;
}

/* GTK contains Adwaita, so it is always there. */
static gboolean
theme_exists (const char *name)
{
  return g_str_equal (name, "Adwaita") || data_has ("themes", name, "gtk-3.0");
}

/* "Name-dark" is often only the dark variant of Name. */
static void
settle_gtk_theme (GbxAppearance *self)
{
  const char *name = text_of (self, GBX_LOOK_GTK_THEME);
  g_autofree char *base = NULL;

  if (!name || theme_exists (name))
    return;
  base = g_strdup (name);
  if (g_str_has_suffix (base, "-dark"))
    base[strlen (base) - strlen ("-dark")] = '\0';
  set_value (self, GBX_LOOK_GTK_THEME,
             g_variant_new_string (theme_exists (base) ? base : "Adwaita"));
}

static void
settle_themes (GbxAppearance *self)
{
  const char *icons = text_of (self, GBX_LOOK_ICON_THEME);
  const char *cursors = text_of (self, GBX_LOOK_CURSOR_THEME);

  settle_gtk_theme (self);
  if (icons && !data_has ("icons", icons, "index.theme"))
    set_value (self, GBX_LOOK_ICON_THEME, NULL);
  if (cursors && !data_has ("icons", cursors, "cursors"))
    set_value (self, GBX_LOOK_CURSOR_THEME, NULL);
}

/* ---------------------------------------------------------------- object -- */

GbxAppearance *
gbx_appearance_new (GVariant *settings)
{
  GbxAppearance *self = g_new0 (GbxAppearance, 1);

  g_atomic_ref_count_init (&self->references);
  for (guint i = 0; i < GBX_N_LOOKS; i++)
    {
      GVariant *value
          = g_variant_lookup_value (settings, names[i].key, G_VARIANT_TYPE (names[i].type));

      if (value && is_valid (i, value))
        self->values[i] = g_steal_pointer (&value);
      g_clear_pointer (&value, g_variant_unref);
    }
  settle_themes (self);
  return self;
}

GbxAppearance *
gbx_appearance_ref (GbxAppearance *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
gbx_appearance_unref (GbxAppearance *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  for (guint i = 0; i < GBX_N_LOOKS; i++)
    g_clear_pointer (&self->values[i], g_variant_unref);
  g_free (self);
}

GVariant *
gbx_appearance_get (GbxAppearance *self, GbxLook setting)
{
  return self->values[setting];
}

const GbxLookNames *
gbx_look_get_names (GbxLook setting)
{
  return &names[setting];
}

/* --------------------------------------------------------- environment -- */

static gboolean
exists (const char *pattern)
{
  glob_t found = { 0 };
  gboolean any = glob (pattern, 0, NULL, &found) == 0;

  globfree (&found);
  return any;
}

static gboolean
qt_has (const char *version, const char *plugin)
{
  g_autofree char *here = g_strdup_printf ("/usr/lib/*/%s/plugins/%s", version, plugin);
  g_autofree char *there = g_strdup_printf ("/usr/lib*/%s/plugins/%s", version, plugin);

  return exists (here) || exists (there);
}

static const char *const qt_versions[] = { "qt5", "qt6" };

/* Qt's usual style ignores GTK's colours, but there is one like GTK's own theme.  A version
 * without that style would complain about the variable. */
static gboolean
qt_can_be_dark (void)
{
  gboolean any = FALSE, all = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (qt_versions); i++)
    if (qt_has (qt_versions[i], "platforms"))
      {
        any = TRUE;
        all &= qt_has (qt_versions[i], "styles/adwaita.so");
      }
  return any && all;
}

/* Qt takes fonts and icons of GTK through a plugin. */
static void
add_qt (GbxAppearance *self, GStrvBuilder *builder)
{
  GVariant *dark = self->values[GBX_LOOK_DARK];
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (qt_versions); i++)
    any |= qt_has (qt_versions[i], "platformthemes/libqgtk3.so");
  if (any)
    g_strv_builder_add (builder, "QT_QPA_PLATFORMTHEME=gtk3");
  if (dark && g_variant_get_boolean (dark) && qt_can_be_dark ())
    g_strv_builder_add (builder, "QT_STYLE_OVERRIDE=adwaita-dark");
}

/* libXcursor looks at these first, and some applications only at them. */
static void
add_cursor (GbxAppearance *self, GStrvBuilder *builder)
{
  const char *theme = text_of (self, GBX_LOOK_CURSOR_THEME);
  GVariant *size = self->values[GBX_LOOK_CURSOR_SIZE];
  g_autofree char *theme_text = theme ? g_strconcat ("XCURSOR_THEME=", theme, NULL) : NULL;
  g_autofree char *size_text
      = size ? g_strdup_printf ("XCURSOR_SIZE=%d", g_variant_get_int32 (size)) : NULL;

  if (theme_text)
    g_strv_builder_add (builder, theme_text);
  if (size_text)
    g_strv_builder_add (builder, size_text);
}

char **
gbx_appearance_list_environment (GbxAppearance *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  add_cursor (self, builder);
  add_qt (self, builder);
  return g_strv_builder_end (builder);
}
