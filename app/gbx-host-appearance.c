/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-host-appearance"
#include "config.h"

#include "gbx-host-appearance.h"

#include <handy.h>
#include <string.h>

/* GTK has already asked whoever knows the desktop's settings: XSETTINGS, the portal, GNOME's
 * settings, settings.ini.  So the settings of this process are the host's, on any desktop. */

#define DESKTOP_SCHEMA "org.gnome.desktop.interface"

static const struct
{
  const char *property; /* of GtkSettings */
  const char *key;
} texts[] = {
  { "gtk-icon-theme-name", "icon-theme" },
  { "gtk-font-name", "font-name" },
  { "gtk-cursor-theme-name", "cursor-theme" },
  { "gtk-xft-hintstyle", "hint-style" },
  { "gtk-xft-rgba", "rgba" },
}, numbers[] = {
  { "gtk-cursor-theme-size", "cursor-size" },
}, flags[] = {
  /* -1: the default */
  { "gtk-xft-antialias", "antialias" },
  { "gtk-xft-hinting", "hinting" },
};

static void
add_properties (GtkSettings *settings, GVariantDict *dict)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = NULL;

      g_object_get (settings, texts[i].property, &text, NULL);
      if (text)
        g_variant_dict_insert (dict, texts[i].key, "s", text);
    }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      int number = 0;

      g_object_get (settings, numbers[i].property, &number, NULL);
      if (number > 0)
        g_variant_dict_insert (dict, numbers[i].key, "i", number);
    }
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      int flag = -1;

      g_object_get (settings, flags[i].property, &flag, NULL);
      if (flag >= 0)
        g_variant_dict_insert (dict, flags[i].key, "b", flag != 0);
    }
}

/* ---------------------------------------------------------------- dark -- */

/* Of the theme that this window is drawn with, whatever it is called. */
static gboolean
is_drawn_dark (GtkWidget *widget)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA back, text;

  if (!gtk_style_context_lookup_color (style, "theme_bg_color", &back)
      || !gtk_style_context_lookup_color (style, "theme_fg_color", &text))
    return FALSE;
  return back.red + back.green + back.blue < text.red + text.green + text.blue;
}

/* The desktop's preference, which GTK 3 itself does not follow. */
static gboolean
prefers_dark (GSettings *desktop)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autofree char *scheme = NULL;

#if HDY_CHECK_VERSION(1, 6, 0)
  HdyStyleManager *manager = hdy_style_manager_get_default ();
  HdyColorScheme wanted = hdy_style_manager_get_color_scheme (manager);
  gboolean follows
      = wanted == HDY_COLOR_SCHEME_PREFER_LIGHT || wanted == HDY_COLOR_SCHEME_PREFER_DARK;

  /* It knows the portal's. */
  if (follows && hdy_style_manager_get_system_supports_color_schemes (manager))
    return hdy_style_manager_get_dark (manager);
#endif
  if (!desktop)
    return FALSE;
  g_object_get (desktop, "settings-schema", &schema, NULL);
  if (g_settings_schema_has_key (schema, "color-scheme"))
    scheme = g_settings_get_string (desktop, "color-scheme");
  return g_strcmp0 (scheme, "prefer-dark") == 0;
}

/* The session may set another theme for all GTK applications: NAME or NAME:dark. */
static char *
get_theme (GtkSettings *settings)
{
  const char *variable = g_getenv ("GTK_THEME");
  char *name = NULL;

  if (variable && *variable)
    return g_strndup (variable, strcspn (variable, ":"));
  g_object_get (settings, "gtk-theme-name", &name, NULL);
  return name;
}

static void
add_theme (GtkWidget *widget, GSettings *desktop, GVariantDict *dict)
{
  GtkSettings *settings = gtk_widget_get_settings (widget);
  g_autofree char *theme = get_theme (settings);

  if (theme)
    g_variant_dict_insert (dict, "gtk-theme", "s", theme);
  g_variant_dict_insert (dict, "dark", "b", is_drawn_dark (widget) || prefers_dark (desktop));
}

/* (nullable): not every desktop has the schema. */
static GSettings *
open_desktop (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema
      = source ? g_settings_schema_source_lookup (source, DESKTOP_SCHEMA, TRUE) : NULL;

  return schema ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

/* How large text is drawn, without the scale of everything.  This has the desktop's scale of
 * text, the X resource Xft.dpi, and GDK_DPI_SCALE; the setting lacks the last. */
static void
add_resolution (GtkWidget *widget, GVariantDict *dict)
{
  double dpi = gdk_screen_get_resolution (gtk_widget_get_screen (widget));

  if (dpi > 0)
    g_variant_dict_insert (dict, "dpi", "i", (int)(dpi * PANGO_SCALE + 0.5));
}

void
gbx_host_appearance_apply (GtkWidget *widget, GbxSandbox *sandbox)
{
  g_autoptr (GSettings) desktop = open_desktop ();
  g_autofree char *monospace = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_properties (gtk_widget_get_settings (widget), &dict);
  add_theme (widget, desktop, &dict);
  monospace = desktop ? g_settings_get_string (desktop, "monospace-font-name") : NULL;
  if (monospace)
    g_variant_dict_insert (&dict, "monospace-font-name", "s", monospace);
  add_resolution (widget, &dict);
  g_variant_dict_insert (&dict, "scale", "i", gtk_widget_get_scale_factor (widget));
  gbx_sandbox_set_appearance (sandbox, g_variant_dict_end (&dict));
}
