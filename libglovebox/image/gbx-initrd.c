/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-initrd"
#include "config.h"

#include "gbx-initrd.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>

#include "gbx-cache.h"
#include "gbx-decompress.h"
#include "gbx-error.h"
#include "gbx-guest-modules.h"
#include "gbx-initrd-private.h"
#include "gbx-paths.h"

/* The guest's first file system: our static init, the modules it loads, and mount points.
 * It is not compressed: unpacking in the guest would take longer than copying 3 MB. */

/* Change it when the output for the same input changes. */
#define CACHE_FORMAT 3
/* Commands and desktops, with and without a network and shared folders, of two builds. */
#define CACHE_KEEP 16
#define INIT_NAME "glovebox-init"
#define MODULE_MAX (G_GUINT64_CONSTANT (64) << 20)

typedef struct archive ArchiveWriter;
typedef struct archive_entry ArchiveEntry;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchiveWriter, archive_write_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchiveEntry, archive_entry_free)

typedef struct
{
  int fd;
  ArchiveWriter *archive; /* borrowed */
  GCancellable *cancellable;
  GError *error; /* of the writing beneath libarchive */
} Output;

/* --------------------------------------------------------------- archive -- */

static la_ssize_t
write_cb (struct archive *archive, void *user_data, const void *data, size_t size)
{
  Output *output = user_data;

  if (output->error != NULL
      || !gbx_cache_write (output->fd, data, size, output->cancellable, &output->error))
    return -1;

  return size;
}

static gboolean
check (Output *output, int result, GError **error)
{
  if (result >= ARCHIVE_WARN && output->error == NULL)
    return TRUE;

  if (output->error != NULL)
    g_propagate_error (error, g_steal_pointer (&output->error));
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("The initrd cannot be written: %s"),
                 archive_error_string (output->archive));

  return FALSE;
}

/* It contains no owners or times of the host. */
static ArchiveEntry *
new_entry (const char *path, guint type, guint mode)
{
  ArchiveEntry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, path);
  archive_entry_set_filetype (entry, type);
  archive_entry_set_perm (entry, mode);
  archive_entry_set_uid (entry, 0);
  archive_entry_set_gid (entry, 0);
  archive_entry_set_mtime (entry, 0, 0);
  archive_entry_set_nlink (entry, type == AE_IFDIR ? 2 : 1);
  archive_entry_set_size (entry, 0);

  return entry;
}

static gboolean
add_directory (Output *output, const char *path, GError **error)
{
  g_autoptr (ArchiveEntry) entry = new_entry (path, AE_IFDIR, 0755);

  return check (output, archive_write_header (output->archive, entry), error);
}

static gboolean
add_device (Output *output, const char *path, guint mode, guint major, guint minor, GError **error)
{
  g_autoptr (ArchiveEntry) entry = new_entry (path, AE_IFCHR, mode);

  archive_entry_set_rdevmajor (entry, major);
  archive_entry_set_rdevminor (entry, minor);

  return check (output, archive_write_header (output->archive, entry), error);
}

static gboolean
add_file (Output *output, const char *path, guint mode, GBytes *contents, GError **error)
{
  g_autoptr (ArchiveEntry) entry = new_entry (path, AE_IFREG, mode);
  gsize size;
  const void *data = g_bytes_get_data (contents, &size);

  archive_entry_set_size (entry, size);
  if (!check (output, archive_write_header (output->archive, entry), error))
    return FALSE;

  return size == 0
         || check (output,
                   archive_write_data (output->archive, data, size) < 0 ? ARCHIVE_FATAL
                                                                        : ARCHIVE_OK,
                   error);
}

/* At the end of a signed module, linux/module_signature.h: the signature, its length
 * as the last four bytes, big endian, of twelve, and this. */
static const char signature_mark[] = "~Module signature appended~\n";
#define SIGNATURE_MARK_SIZE (sizeof signature_mark - 1)
#define SIGNATURE_INFO_SIZE 12

/* Anybody who can change these files can change the kernel too, so checking the signature
 * in the guest is useless, and takes a tenth of a second without KVM. */
GBytes *
gbx_initrd_strip_signature (GBytes *module)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (module, &size);
  const gsize tail = SIGNATURE_MARK_SIZE + SIGNATURE_INFO_SIZE;
  guint32 length;

  if (size < tail
      || memcmp (data + size - SIGNATURE_MARK_SIZE, signature_mark, SIGNATURE_MARK_SIZE) != 0)
    return g_bytes_ref (module);
  memcpy (&length, data + size - SIGNATURE_MARK_SIZE - sizeof length, sizeof length);
  length = GUINT32_FROM_BE (length);
  if (length > size - tail)
    return g_bytes_ref (module);

  return g_bytes_new_from_bytes (module, 0, size - tail - length);
}

static gboolean
add_modules (Output *output, GPtrArray *modules, GError **error)
{
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GBytes) list = NULL;
  gboolean late = FALSE;

  for (guint i = 0; i < modules->len; i++)
    {
      const GbxModule *module = g_ptr_array_index (modules, i);
      g_autofree char *name = g_strconcat (module->name, ".ko", NULL);
      g_autofree char *path = g_strconcat ("modules/", name, NULL);
      g_autoptr (GError) failure = NULL;
      g_autoptr (GBytes) plain = NULL;
      g_autoptr (GBytes) contents
          = gbx_decompress_file (module->path, MODULE_MAX, output->cancellable, &failure);

      if (contents == NULL && g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (contents == NULL)
        {
          g_set_error (
              error, GBX_ERROR, GBX_ERROR_MODULE,
              _ ("The kernel module “%s” cannot be used: %s; install the kernel package again."),
              module->name, failure->message);
          return FALSE;
        }
      plain = gbx_initrd_strip_signature (contents);
      if (!add_file (output, path, 0644, plain, error))
        return FALSE;
      /* An empty line separates the late modules from the others. */
      g_string_append_printf (order, "%s%s\n", module->late && !late ? "\n" : "", name);
      late |= module->late;
    }

  list = g_string_free_to_bytes (g_steal_pointer (&order));
  return add_file (output, "modules/order", 0644, list, error);
}

static gboolean
add_all (Output *output, GBytes *init, GPtrArray *modules, GError **error)
{
  static const char *const directories[] = { "dev", "modules", "proc", "sys", "sysroot" };

  for (gsize i = 0; i < G_N_ELEMENTS (directories); i++)
    if (!add_directory (output, directories[i], error))
      return FALSE;

  /* The kernel opens the console for init before anything could be mounted. */
  return add_device (output, "dev/console", 0600, 5, 1, error)
         && add_device (output, "dev/null", 0666, 1, 3, error)
         && add_file (output, "init", 0755, init, error) && add_modules (output, modules, error);
}

gboolean
gbx_initrd_write (int fd, GBytes *init, GPtrArray *modules, GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (ArchiveWriter) archive = archive_write_new ();
  Output output = { .fd = fd, .archive = archive, .cancellable = cancellable };
  gboolean done;

  archive_write_set_format_cpio_newc (archive);
  archive_write_add_filter_none (archive);
  archive_write_set_bytes_per_block (archive, 65536);
  archive_write_set_bytes_in_last_block (archive, 1);
  done = check (&output, archive_write_open (archive, &output, NULL, write_cb, NULL), error)
         && add_all (&output, init, modules, error)
         && check (&output, archive_write_close (archive), error);

  /* Freeing it may write once more, and fail again. */
  g_clear_pointer (&archive, archive_write_free);
  g_clear_error (&output.error);

  return done;
}

/* ----------------------------------------------------------------- cache -- */

typedef struct
{
  GbxKernel *kernel;
  GbxInitrdFlags flags;
  GBytes *init;
} Recipe;

static gboolean
produce (int fd, gpointer user_data, GCancellable *cancellable, GError **error)
{
  const Recipe *recipe = user_data;
  g_autoptr (GbxModuleSet) set
      = gbx_module_set_new (gbx_kernel_get_module_directory (recipe->kernel), error);

  return set != NULL && gbx_guest_modules_add (set, recipe->flags, error)
         && gbx_initrd_write (fd, recipe->init, gbx_module_set_list (set), cancellable, error);
}

static char *
make_key (const Recipe *recipe, const char *init_path)
{
  const char *directory = gbx_kernel_get_module_directory (recipe->kernel);
  g_autofree char *index = g_build_filename (directory, "modules.dep.bin", NULL);
  g_autofree char *index_file = gbx_cache_describe_file (index);
  g_autofree char *kernel_file = gbx_cache_describe_file (gbx_kernel_get_path (recipe->kernel));
  g_autofree char *init_file = gbx_cache_describe_file (init_path);
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, recipe->init);

  return g_strdup_printf ("%d;%u;%s;%s;%s;%s;%s;%s;%s;%s", CACHE_FORMAT, recipe->flags,
                          gbx_kernel_get_release (recipe->kernel),
                          gbx_kernel_get_path (recipe->kernel), kernel_file, directory, index_file,
                          init_path, init_file, digest);
}

static GBytes *
load_init (const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  char *contents;
  gsize size;

  if (!g_file_get_contents (path, &contents, &size, &failure))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("The guest’s init program cannot be read (%s): install Glovebox again."),
                   failure->message);
      return NULL;
    }

  return g_bytes_new_take (contents, size);
}

/* ---------------------------------------------------------------- public -- */

/**
 * gbx_initrd_flags_for_video:
 * @video: the guest's video device
 *
 * Tells what the initrd of a desktop needs for its video device.
 *
 * Returns: the flags of a desktop with that device
 */
GbxInitrdFlags
gbx_initrd_flags_for_video (GbxVideo video)
{
  switch (video)
    {
    case GBX_VIDEO_QXL:
      return GBX_INITRD_DESKTOP | GBX_INITRD_QXL;
    case GBX_VIDEO_VGA:
      return GBX_INITRD_DESKTOP | GBX_INITRD_VGA;
    case GBX_VIDEO_VIRTIO:
    default:
      return GBX_INITRD_DESKTOP;
    }
}

char *
gbx_initrd_prepare_with (GbxKernel *kernel, GbxInitrdFlags flags, const char *init_path,
                         GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) init = load_init (init_path, error);
  Recipe recipe = { kernel, flags, init };
  g_autofree char *key = NULL;
  GbxCacheEntry entry = { .kind = "initrd", .keep = CACHE_KEEP };

  if (init == NULL)
    return NULL;
  key = make_key (&recipe, init_path);
  entry.key = key;
  entry.source = gbx_kernel_get_path (kernel);

  return gbx_cache_obtain (&entry, produce, &recipe, cancellable, error);
}

/**
 * gbx_initrd_prepare:
 * @kernel: what the guest boots
 * @flags: what the guest is to have
 * @cancellable: (nullable): looked at between pieces of a megabyte
 * @error: return location for a %GBX_ERROR_MODULE, %GBX_ERROR_STORAGE or %GBX_ERROR_NOT_FOUND
 *
 * Makes the initrd in the cache unless it is there already: an uncompressed cpio archive in the
 * kernel's "newc" format (Documentation/driver-api/early-userspace/buffer-format.rst in its
 * source).  Blocking, for a worker thread.
 *
 * Returns: (transfer full) (type filename): its path; %NULL with %GBX_ERROR_MODULE when a module is
 *   missing or damaged, with %GBX_ERROR_STORAGE when the cache cannot be written, with
 *   %GBX_ERROR_NOT_FOUND when the guest's init program is not installed, or with
 *   %G_IO_ERROR_CANCELLED
 */
char *
gbx_initrd_prepare (GbxKernel *kernel, GbxInitrdFlags flags, GCancellable *cancellable,
                    GError **error)
{
  g_autofree char *init_path = NULL;

  g_return_val_if_fail (GBX_IS_KERNEL (kernel), NULL);

  init_path = gbx_path_program (INIT_NAME);
  if (init_path == NULL)
    {
      g_set_error (
          error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
          _ ("The guest’s init program “%s” is not installed: install Glovebox again, or set "
             "GLOVEBOX_PROGRAM_PATH to the folder that has it."),
          INIT_NAME);
      return NULL;
    }

  return gbx_initrd_prepare_with (kernel, flags, init_path, cancellable, error);
}
