/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-desktop"

#include "config.h"

#include "gbx-recent.h"

#include "gbx-user-file.h"

#define GROUP "Recent"
#define KEY "Applications"

struct _GbxRecent
{
  GObject parent_instance;

  char *path;
  char **ids;
};

G_DEFINE_FINAL_TYPE (GbxRecent, gbx_recent, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
gbx_recent_finalize (GObject *object)
{
  GbxRecent *self = GBX_RECENT (object);

  g_free (self->path);
  g_strfreev (self->ids);
  G_OBJECT_CLASS (gbx_recent_parent_class)->finalize (object);
}

static void
gbx_recent_class_init (GbxRecentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_recent_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gbx_recent_init (GbxRecent *self)
{
  g_autoptr (GKeyFile) file = NULL;

  self->path = g_build_filename (g_get_user_state_dir (), "glovebox", "desktop", NULL);
  file = gbx_user_file_load (self->path);
  self->ids = g_key_file_get_string_list (file, GROUP, KEY, NULL, NULL);
  if (!self->ids)
    self->ids = g_new0 (char *, 1);
}

GbxRecent *
gbx_recent_new (void)
{
  return g_object_new (GBX_TYPE_RECENT, NULL);
}

GbxRecent *
gbx_recent_get_default (void)
{
  static GbxRecent *self;

  if (!self)
    self = gbx_recent_new ();
  return self;
}

const char *const *
gbx_recent_get (GbxRecent *self)
{
  return (const char *const *) self->ids;
}

static void
set (GbxRecent *self, char **ids)
{
  g_autoptr (GKeyFile) file = gbx_user_file_load (self->path);

  g_strfreev (self->ids);
  self->ids = ids;
  g_key_file_set_string_list (file, GROUP, KEY, (const char *const *) ids, g_strv_length (ids));
  gbx_user_file_save (self->path, file);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
gbx_recent_add (GbxRecent *self, const char *desktop_id)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  guint n = 1;

  g_strv_builder_add (ids, desktop_id);
  for (guint i = 0; self->ids[i] && n < GBX_RECENT_MAX; i++)
    if (!g_str_equal (self->ids[i], desktop_id))
      {
        g_strv_builder_add (ids, self->ids[i]);
        n++;
      }
  set (self, g_strv_builder_end (ids));
}

void
gbx_recent_clear (GbxRecent *self)
{
  set (self, g_new0 (char *, 1));
}
