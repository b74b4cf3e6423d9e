/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-packages.h"

#include "gbx-paths.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <string.h>

#define ARCHIVES "/var/cache/apt/archives"
#define FILE_BYTES_MAX (16 * 1024 * 1024)
#define BLOCK (64 * 1024)
/* For apt, which may have no network. */
#define DOWNLOAD_SECONDS 60

typedef struct archive Archive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

struct _GbxServiceOriginals
{
  GHashTable *packages; /* name → (path → GBytes) */
};

/* ---------------------------------------------------------- the archive -- */

/* The outer archive of a package has the files in an archive of its own. */
typedef struct
{
  Archive *outer;
  guint8 block[BLOCK];
} Inner;

static la_ssize_t
read_inner (Archive *archive, void *data, const void **buffer)
{
  Inner *inner = data;

  *buffer = inner->block;
  return archive_read_data (inner->outer, inner->block, sizeof inner->block);
}

static gboolean
go_to_data (Archive *outer)
{
  struct archive_entry *entry;

  while (archive_read_next_header (outer, &entry) == ARCHIVE_OK)
    if (g_str_has_prefix (archive_entry_pathname (entry), "data.tar"))
      return TRUE;
  return FALSE;
}

static GBytes *
read_file (Archive *archive, gsize size)
{
  g_autofree guint8 *data = g_malloc (size + 1);

  return archive_read_data (archive, data, size) == (la_ssize_t) size
             ? g_bytes_new_take (g_steal_pointer (&data), size)
             : NULL;
}

static void
read_files (Archive *archive, GbxServicePackage *package, GHashTable *found)
{
  struct archive_entry *entry;

  while (archive_read_next_header (archive, &entry) == ARCHIVE_OK)
    {
      const char *name = archive_entry_pathname (entry);
      const char *path = name && *name == '.' ? name + 1 : name;
      GBytes *bytes;

      if (!path || archive_entry_filetype (entry) != AE_IFREG
          || archive_entry_size (entry) > FILE_BYTES_MAX
          || !g_hash_table_contains (package->conffiles, path))
        continue;
      bytes = read_file (archive, (gsize) archive_entry_size (entry));
      if (bytes)
        g_hash_table_insert (found, g_strdup (path), bytes);
    }
}

static gboolean
read_archive (const char *path, GbxServicePackage *package, GHashTable *found)
{
  g_autoptr (Archive) outer = archive_read_new ();
  g_autoptr (Archive) files = archive_read_new ();
  g_autofree Inner *inner = g_new0 (Inner, 1);

  archive_read_support_format_ar (outer);
  archive_read_support_filter_all (files);
  archive_read_support_format_tar (files);
  archive_read_support_format_gnutar (files);
  inner->outer = outer;
  if (archive_read_open_filename (outer, path, BLOCK) != ARCHIVE_OK || !go_to_data (outer)
      || archive_read_open (files, inner, NULL, read_inner, NULL) != ARCHIVE_OK)
    return FALSE;
  read_files (files, package, found);
  return TRUE;
}

/* -------------------------------------------------------------- finding -- */

static char *
get_archive_name (GbxServicePackage *package)
{
  g_auto (GStrv) parts = g_strsplit (package->version, ":", -1);
  g_autofree char *version = g_strjoinv ("%3a", parts);

  return g_strdup_printf ("%s_%s_%s.deb", package->name, version, package->architecture);
}

/* It checks signatures, and needs no privileges. */
static gboolean
download (GbxServicePackage *package, const char *folder, GCancellable *cancellable)
{
  g_autofree char *apt = gbx_path_command ("apt-get");
  g_autofree char *timeout = gbx_path_command ("timeout");
  g_autofree char *wanted = g_strconcat (package->name, "=", package->version, NULL);
  g_autofree char *seconds = g_strdup_printf ("%d", DOWNLOAD_SECONDS);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;

  if (!apt || !timeout)
    return FALSE;
  g_subprocess_launcher_set_cwd (launcher, folder);
  process = g_subprocess_launcher_spawn (launcher, NULL, timeout, "-k", "5", seconds, apt, "-q",
                                         "download", wanted, NULL);
  if (!process)
    return FALSE;
  if (g_subprocess_wait_check (process, cancellable, NULL))
    return TRUE;
  g_subprocess_force_exit (process);
  return FALSE;
}

static void
fetch (GbxServicePackage *package, GHashTable *found, GCancellable *cancellable)
{
  const char *named = g_getenv ("GLOVEBOX_PACKAGE_ARCHIVES");
  g_autofree char *name = get_archive_name (package);
  g_autofree char *cached = g_build_filename (named ? named : ARCHIVES, name, NULL);
  g_autofree char *folder = NULL;
  g_autofree char *fresh = NULL;

  if (read_archive (cached, package, found) || named)
    return;
  folder = g_dir_make_tmp ("glovebox-package-XXXXXX", NULL);
  if (!folder)
    return;
  fresh = g_build_filename (folder, name, NULL);
  if (download (package, folder, cancellable))
    read_archive (fresh, package, found);
  gbx_path_remove_tree (folder);
}

/* --------------------------------------------------------------- public -- */

GbxServiceOriginals *
gbx_service_originals_new (void)
{
  GbxServiceOriginals *self = g_new0 (GbxServiceOriginals, 1);

  self->packages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) g_hash_table_unref);
  return self;
}

void
gbx_service_originals_free (GbxServiceOriginals *self)
{
  g_hash_table_unref (self->packages);
  g_free (self);
}

static gboolean
is_original (GBytes *bytes, const char *md5)
{
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, bytes);

  return g_strcmp0 (digest, md5) == 0;
}

GBytes *
gbx_service_originals_get (GbxServiceOriginals *self, GbxServicePackage *package, const char *path,
                           GCancellable *cancellable, GError **error)
{
  const char *md5 = g_hash_table_lookup (package->conffiles, path);
  GHashTable *found = g_hash_table_lookup (self->packages, package->name);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!md5)
    return NULL;
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR) && g_file_get_contents (path, &text, &length, NULL))
    {
      bytes = g_bytes_new_take (g_steal_pointer (&text), length);
      if (is_original (bytes, md5))
        return g_steal_pointer (&bytes);
    }
  if (!found)
    {
      found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                     (GDestroyNotify) g_bytes_unref);
      g_hash_table_insert (self->packages, g_strdup (package->name), found);
      fetch (package, found, cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
    }
  g_clear_pointer (&bytes, g_bytes_unref);
  bytes = g_hash_table_lookup (found, path);
  if (bytes)
    g_bytes_ref (bytes);
  return bytes && is_original (bytes, md5) ? g_steal_pointer (&bytes) : NULL;
}
