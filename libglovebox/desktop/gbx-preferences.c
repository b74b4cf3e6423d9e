/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-desktop"

#include "config.h"

#include "gbx-preferences.h"

#include "gbx-user-file.h"


#define GROUP "Preferences"

enum
{
  PROP_REMEMBER_RECENT = 1,
  PROP_CLOSE_AFTER_LAUNCH,
  PROP_LAUNCHER_SUFFIX,
  PROP_COLOR_SCHEME,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

/* The keys of the file, and what holds without them. */
static const struct
{
  const char *key;
  gboolean is_on;
} flags[] = {
  [PROP_REMEMBER_RECENT] = { "RememberRecent", TRUE },
  [PROP_CLOSE_AFTER_LAUNCH] = { "CloseAfterLaunch", FALSE },
  [PROP_LAUNCHER_SUFFIX] = { "LauncherSuffix", TRUE },
};
#define COLOR_SCHEME "ColorScheme"
static const char *const schemes[] = { "desktop", "light", "dark", NULL };

struct _GbxPreferences
{
  GObject parent_instance;

  char *path;
  GKeyFile *file;
};

G_DEFINE_FINAL_TYPE (GbxPreferences, gbx_preferences, G_TYPE_OBJECT)

static gboolean
get_flag (GbxPreferences *self, guint property)
{
  g_autoptr (GError) error = NULL;
  gboolean is_on = g_key_file_get_boolean (self->file, GROUP, flags[property].key, &error);

  return error ? flags[property].is_on : is_on;
}

const char *
gbx_preferences_get_color_scheme (GbxPreferences *self)
{
  g_autofree char *text = g_key_file_get_string (self->file, GROUP, COLOR_SCHEME, NULL);

  for (guint i = 0; schemes[i]; i++)
    if (g_strcmp0 (schemes[i], text) == 0)
      return schemes[i];
  return schemes[0];
}

static void
gbx_preferences_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GbxPreferences *self = GBX_PREFERENCES (object);

  if (id == PROP_COLOR_SCHEME)
    g_value_set_string (value, gbx_preferences_get_color_scheme (self));
  else
    g_value_set_boolean (value, get_flag (self, id));
}

static void
set_color_scheme (GbxPreferences *self, const char *text)
{
  if (text && g_strv_contains (schemes, text))
    g_key_file_set_string (self->file, GROUP, COLOR_SCHEME, text);
}

static void
gbx_preferences_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GbxPreferences *self = GBX_PREFERENCES (object);

  if (id == PROP_COLOR_SCHEME)
    set_color_scheme (self, g_value_get_string (value));
  else
    g_key_file_set_boolean (self->file, GROUP, flags[id].key, g_value_get_boolean (value));
  gbx_user_file_save (self->path, self->file);
  g_object_notify_by_pspec (object, pspec);
}

static void
gbx_preferences_finalize (GObject *object)
{
  GbxPreferences *self = GBX_PREFERENCES (object);

  g_free (self->path);
  g_key_file_unref (self->file);
  G_OBJECT_CLASS (gbx_preferences_parent_class)->finalize (object);
}

static void
gbx_preferences_class_init (GbxPreferencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags param_flags
      = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = gbx_preferences_get_property;
  object_class->set_property = gbx_preferences_set_property;
  object_class->finalize = gbx_preferences_finalize;
  props[PROP_REMEMBER_RECENT]
      = g_param_spec_boolean ("remember-recent", NULL, NULL, TRUE, param_flags);
  props[PROP_CLOSE_AFTER_LAUNCH]
      = g_param_spec_boolean ("close-after-launch", NULL, NULL, FALSE, param_flags);
  props[PROP_LAUNCHER_SUFFIX]
      = g_param_spec_boolean ("launcher-suffix", NULL, NULL, TRUE, param_flags);
  props[PROP_COLOR_SCHEME]
      = g_param_spec_string ("color-scheme", NULL, NULL, schemes[0], param_flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
gbx_preferences_init (GbxPreferences *self)
{
  self->path = g_build_filename (g_get_user_config_dir (), "glovebox", "preferences", NULL);
  self->file = gbx_user_file_load (self->path);
}

GbxPreferences *
gbx_preferences_new (void)
{
  return g_object_new (GBX_TYPE_PREFERENCES, NULL);
}

GbxPreferences *
gbx_preferences_get_default (void)
{
  static GbxPreferences *self;

  if (!self)
    self = gbx_preferences_new ();
  return self;
}

gboolean
gbx_preferences_get_remember_recent (GbxPreferences *self)
{
  return get_flag (self, PROP_REMEMBER_RECENT);
}

gboolean
gbx_preferences_get_close_after_launch (GbxPreferences *self)
{
  return get_flag (self, PROP_CLOSE_AFTER_LAUNCH);
}

gboolean
gbx_preferences_get_launcher_suffix (GbxPreferences *self)
{
  return get_flag (self, PROP_LAUNCHER_SUFFIX);
}
