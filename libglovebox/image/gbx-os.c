/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-os"
#include "config.h"

#include "gbx-os.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "gbx-cache.h"
#include "gbx-os-private.h"

/* The host's operating system.  Loading libosinfo's database takes 0.3 s, so the result is
 * cached until the database or the system changes. */

#define CACHE_FORMAT 1
#define CACHE_KEEP 2

struct _GbxOs
{
  GObject parent_instance;

  char *name;
  char *osinfo_id; /* (nullable) */
  GbxVideo video;
};

G_DEFINE_FINAL_TYPE (GbxOs, gbx_os, G_TYPE_OBJECT)

static const char *const video_names[] = {
  [GBX_VIDEO_VIRTIO] = "virtio",
  [GBX_VIDEO_QXL] = "qxl",
  [GBX_VIDEO_VGA] = "vga",
};

/* ------------------------------------------------------- the database -- */

/* A package update replaces VERSION; files of the administrator are added to the two other
 * folders, which changes the folders. */
static char *
describe_database (void)
{
  const char *system = g_getenv ("OSINFO_SYSTEM_DIR");
  const char *local = g_getenv ("OSINFO_LOCAL_DIR");
  const char *user = g_getenv ("OSINFO_USER_DIR");
  g_autofree char *home = g_build_filename (g_get_user_config_dir (), "osinfo", NULL);
  const char *const roots[] = {
    system != NULL ? system : "/usr/share/osinfo",
    local != NULL ? local : "/etc/osinfo",
    user != NULL ? user : home,
  };
  static const char *const parts[] = { "", "VERSION", "os", "device" };
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (roots); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (parts); j++)
      {
        g_autofree char *path = g_build_filename (roots[i], parts[j], NULL);
        g_autofree char *file = gbx_cache_describe_file (path);

        g_string_append_printf (text, "%s=%s;", path, file);
      }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Two lines: the video device, and the entry's id or nothing. */
static gboolean
produce (int fd, gpointer user_data, GCancellable *cancellable, GError **error)
{
  const GbxOsIdentity *identity = user_data;
  g_autoptr (OsinfoLoader) loader = osinfo_loader_new ();
  g_autoptr (OsinfoOs) os = NULL;
  g_autoptr (GError) failure = NULL;
  g_autofree char *text = NULL;
  GbxVideo video = GBX_VIDEO_VIRTIO;

  /* Without a database the answer is that of an unknown system. */
  osinfo_loader_process_default_path (loader, &failure);
  if (failure != NULL)
    g_debug ("libosinfo: %s", failure->message);
  else
    os = gbx_os_match (osinfo_loader_get_db (loader), identity);
  if (os != NULL)
    video = gbx_os_supported_video (os);

  text = g_strdup_printf ("%s\n%s\n", video_names[video],
                          os != NULL ? osinfo_entity_get_id (OSINFO_ENTITY (os)) : "");
  return gbx_cache_write (fd, text, strlen (text), cancellable, error);
}

static void
parse (GbxOs *self, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", 3);

  for (gsize i = 0; i < G_N_ELEMENTS (video_names); i++)
    if (lines[0] != NULL && strcmp (lines[0], video_names[i]) == 0)
      self->video = i;
  if (lines[0] != NULL && lines[1] != NULL && *lines[1] != '\0')
    self->osinfo_id = g_strdup (lines[1]);
}

static gboolean
ask_database (GbxOs *self, const GbxOsIdentity *identity, GCancellable *cancellable, GError **error)
{
  g_autofree char *database = describe_database ();
  g_autofree char *key = g_strdup_printf (
      "%d;%s;%s;%s;%s", CACHE_FORMAT, identity->id, identity->like != NULL ? identity->like : "",
      identity->version != NULL ? identity->version : "", database);
  GbxCacheEntry entry = { .kind = "os", .key = key, .keep = CACHE_KEEP };
  g_autofree char *path
      = gbx_cache_obtain (&entry, produce, (gpointer)identity, cancellable, error);
  g_autofree char *text = NULL;

  if (path == NULL || !g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  parse (self, text);

  return TRUE;
}

/* ------------------------------------------------------------ GObject -- */

static void
gbx_os_finalize (GObject *object)
{
  GbxOs *self = GBX_OS (object);

  g_free (self->name);
  g_free (self->osinfo_id);

  G_OBJECT_CLASS (gbx_os_parent_class)->finalize (object);
}

static void
gbx_os_class_init (GbxOsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_os_finalize;
}

static void
gbx_os_init (GbxOs *self)
{
}

/* ------------------------------------------------------------- public -- */

/**
 * gbx_os_detect:
 * @cancellable: (nullable): looked at while the answer is written into the cache
 * @error: return location for a %GBX_ERROR_STORAGE
 *
 * Identifies the host's operating system, from os-release(5) and libosinfo's database.  Blocking,
 * some 0.3 s where the answer is not in the cache yet, since the database is some 3,000 files.  A
 * system that libosinfo does not know is no error.
 *
 * Returns: (transfer full): the system; %NULL with %GBX_ERROR_STORAGE when the cache cannot be
 *   written, with a #GFileError when it cannot be read back, or with %G_IO_ERROR_CANCELLED
 */
GbxOs *
gbx_os_detect (GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxOs) self = g_object_new (GBX_TYPE_OS, NULL);
  g_autofree char *id = g_get_os_info (G_OS_INFO_KEY_ID);
  g_autofree char *like = g_get_os_info ("ID_LIKE");
  g_autofree char *version = g_get_os_info (G_OS_INFO_KEY_VERSION_ID);
  g_autofree char *name = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  GbxOsIdentity identity = { .id = id != NULL ? id : "linux", .like = like, .version = version };

  self->name = name != NULL ? g_steal_pointer (&name) : g_strdup ("Linux");
  if (!ask_database (self, &identity, cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * gbx_os_get_name:
 * @self: an operating system
 *
 * Gets its name for people, which is `PRETTY_NAME` of os-release(5).
 *
 * Returns: (transfer none): "Debian GNU/Linux 12 (bookworm)"
 */
const char *
gbx_os_get_name (GbxOs *self)
{
  g_return_val_if_fail (GBX_IS_OS (self), NULL);
  return self->name;
}

/**
 * gbx_os_get_osinfo_id:
 * @self: an operating system
 *
 * Gets the entry of libosinfo's database that describes it best, which may be of an older release.
 *
 * Returns: (transfer none) (nullable): the entry's name: "http://debian.org/debian/12"; %NULL for a
 *   system that is not known
 */
const char *
gbx_os_get_osinfo_id (GbxOs *self)
{
  g_return_val_if_fail (GBX_IS_OS (self), NULL);
  return self->osinfo_id;
}

/**
 * gbx_os_get_video:
 * @self: an operating system
 *
 * Gets the best video device that it supports by libosinfo's database: virtio-gpu, else qxl, else
 * plain VGA.
 *
 * Returns: the device; virtio-gpu for a system that is not known
 */
GbxVideo
gbx_os_get_video (GbxOs *self)
{
  g_return_val_if_fail (GBX_IS_OS (self), GBX_VIDEO_VIRTIO);
  return self->video;
}
