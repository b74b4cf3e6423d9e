/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-kernel"
#include "config.h"

#include "gbx-kernel.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "gbx-cache.h"
#include "gbx-decompress.h"
#include "gbx-error.h"
#include "gbx-guest-modules.h"
#include "gbx-kernel-image.h"
#include "gbx-kernel-private.h"

/* The kernel that a guest boots.  A distribution's bzImage unpacks itself in the guest,
 * which takes seconds under TCG. So the host unpacks it once, and the guest boots the
 * vmlinux inside directly. */

/* Change it when the output for the same kernel changes. */
#define CACHE_FORMAT 1
#define CACHE_KEEP 3

struct _GbxKernel
{
  GObject parent_instance;

  char *release;
  char *path;
  char *module_directory;
};

G_DEFINE_FINAL_TYPE (GbxKernel, gbx_kernel, G_TYPE_OBJECT)

/* ------------------------------------------------------------ unpacking -- */

typedef struct
{
  const guint8 *data;
  const GbxKernelImage *image;
} Source;

typedef struct
{
  int fd;
} Sink;

static gboolean
write_piece (const void *data, gsize size, gpointer user_data, GCancellable *cancellable,
             GError **error)
{
  const Sink *sink = user_data;

  return gbx_cache_write (sink->fd, data, size, cancellable, error);
}

static gboolean
unpack (int fd, const Source *source, GCancellable *cancellable, GError **error)
{
  const GbxKernelImage *image = source->image;
  Sink sink = { fd };

  return gbx_decompress (source->data + image->payload_offset, image->payload_length,
                         image->unpacked_size, image->unpacked_size, write_piece, &sink,
                         cancellable, error);
}

/* An empty file means that this kernel must be booted unchanged: its compression is
 * unknown, or QEMU cannot use its entry point. */
static gboolean
produce_vmlinux (int fd, gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (unpack (fd, user_data, cancellable, &failure))
    {
      if (gbx_kernel_image_has_pvh_entry (fd))
        return TRUE;
      g_debug ("the kernel has no PVH entry");
    }
  else if (!g_error_matches (failure, GBX_ERROR, GBX_ERROR_INVALID))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  else
    {
      g_debug ("the kernel cannot be unpacked: %s", failure->message);
    }

  if (ftruncate (fd, 0) < 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("A file of the cache could not be emptied: %s"), g_strerror (errno));
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_and_produce (int fd, gpointer user_data, GCancellable *cancellable, GError **error)
{
  GbxKernel *self = user_data;
  g_autofree char *data = NULL;
  g_autoptr (GError) failure = NULL;
  GbxKernelImage image;
  Source source;
  gsize size;

  if (!g_file_get_contents (self->path, &data, &size, &failure))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_KERNEL, _ ("The kernel cannot be read: %s"),
                   failure->message);
      return FALSE;
    }
  gbx_kernel_image_parse (&image, (const guint8 *)data, size);
  if (image.payload_length == 0)
    return TRUE;
  source = (Source){ (const guint8 *)data, &image };

  return produce_vmlinux (fd, &source, cancellable, error);
}

static gboolean
is_empty (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, NULL, NULL);

  return info == NULL || g_file_info_get_size (info) == 0;
}

/* -------------------------------------------------------------- GObject -- */

static void
gbx_kernel_finalize (GObject *object)
{
  GbxKernel *self = GBX_KERNEL (object);

  g_free (self->release);
  g_free (self->path);
  g_free (self->module_directory);

  G_OBJECT_CLASS (gbx_kernel_parent_class)->finalize (object);
}

static void
gbx_kernel_class_init (GbxKernelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_kernel_finalize;
}

static void
gbx_kernel_init (GbxKernel *self)
{
}

/* --------------------------------------------------------------- public -- */

GbxKernel *
gbx_kernel_new (const char *release, const char *path, const char *module_directory)
{
  GbxKernel *self = g_object_new (GBX_TYPE_KERNEL, NULL);

  self->release = g_strdup (release);
  self->path = g_strdup (path);
  self->module_directory = g_strdup (module_directory);

  return self;
}

/**
 * gbx_kernel_find:
 * @desktop: whether the guest has a display, and so needs more drivers
 * @error: return location for a %GBX_ERROR_KERNEL or %GBX_ERROR_MODULE
 *
 * Finds the kernel for the guest: the one that `GLOVEBOX_KERNEL` names, else the running one, else
 * the newest that can be read and has the guest's modules.  Blocking, for a worker thread.
 *
 * Returns: (transfer full): the kernel; %NULL with %GBX_ERROR_KERNEL when there is none or it
 *   cannot be read, with %GBX_ERROR_MODULE when the nearest lacks a module, and the way out in
 *   the message
 */
GbxKernel *
gbx_kernel_find (gboolean desktop, GError **error)
{
  g_autofree char *os_id = g_get_os_info (G_OS_INFO_KEY_ID);
  g_autofree char *os_like = g_get_os_info ("ID_LIKE");
  struct utsname names = { 0 };
  GbxKernelSearch search = {
    .root = "",
    .running = names.release,
    .chosen = g_getenv ("GLOVEBOX_KERNEL"),
    .os_id = os_id,
    .os_like = os_like,
  };

  (void)uname (&names);
  return gbx_kernel_search (&search, desktop, error);
}

/**
 * gbx_kernel_get_release:
 * @self: a kernel
 *
 * Gets its release, from the image's header (Documentation/arch/x86/boot.rst in the kernel's
 * source) or the file's name.
 *
 * Returns: (transfer none): as uname(2) tells it: "6.1.0-56-amd64"
 */
const char *
gbx_kernel_get_release (GbxKernel *self)
{
  g_return_val_if_fail (GBX_IS_KERNEL (self), NULL);
  return self->release;
}

/**
 * gbx_kernel_get_path:
 * @self: a kernel
 *
 * Gets the kernel as the distribution ships it; gbx_kernel_prepare() makes what is booted.
 *
 * Returns: (transfer none) (type filename): the file's absolute path
 */
const char *
gbx_kernel_get_path (GbxKernel *self)
{
  g_return_val_if_fail (GBX_IS_KERNEL (self), NULL);
  return self->path;
}

/**
 * gbx_kernel_get_module_directory:
 * @self: a kernel
 *
 * Gets where its modules are.
 *
 * Returns: (transfer none) (type filename): /lib/modules/RELEASE, or where it is instead
 */
const char *
gbx_kernel_get_module_directory (GbxKernel *self)
{
  g_return_val_if_fail (GBX_IS_KERNEL (self), NULL);
  return self->module_directory;
}

/**
 * gbx_kernel_choose_video:
 * @self: a kernel
 * @preferred: what the operating system is best with
 *
 * Chooses the guest's video device.  Blocking: it reads the index of the modules.
 *
 * Returns: the preferred device, or the best one that the kernel has a driver for; the preferred
 *   one, too, where it has a driver for none
 */
GbxVideo
gbx_kernel_choose_video (GbxKernel *self, GbxVideo preferred)
{
  g_autoptr (GbxModuleSet) set = NULL;
  GbxVideo video = preferred;

  g_return_val_if_fail (GBX_IS_KERNEL (self), preferred);

  set = gbx_module_set_new (self->module_directory, NULL);
  if (set != NULL)
    (void)gbx_guest_modules_choose_video (set, preferred, &video);

  return video;
}

/**
 * gbx_kernel_has_virtiofs:
 * @self: a kernel
 *
 * Tells whether the guest can have shares that are served by virtiofs.  Blocking: it reads the
 * index of the modules.
 *
 * Returns: %TRUE when the kernel has a driver for it
 */
gboolean
gbx_kernel_has_virtiofs (GbxKernel *self)
{
  g_autoptr (GbxModuleSet) set = NULL;

  g_return_val_if_fail (GBX_IS_KERNEL (self), FALSE);

  set = gbx_module_set_new (self->module_directory, NULL);

  return set != NULL && gbx_guest_modules_have_virtiofs (set);
}

/**
 * gbx_kernel_prepare:
 * @self: a kernel
 * @cancellable: (nullable): looked at between pieces of a megabyte
 * @error: return location for a %GBX_ERROR_STORAGE or %GBX_ERROR_KERNEL
 *
 * Unpacks the kernel into the cache unless it is there already; blocking, for a worker thread.
 *
 * Returns: (transfer full) (type filename): what to boot: the uncompressed ELF image, or the
 *   kernel file itself where it holds none that QEMU can enter by its PVH note; %NULL with
 *   %GBX_ERROR_STORAGE when the cache cannot be written, with %GBX_ERROR_KERNEL when the kernel
 *   cannot be read, or with %G_IO_ERROR_CANCELLED
 */
char *
gbx_kernel_prepare (GbxKernel *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *described = NULL;
  g_autofree char *key = NULL;
  g_autofree char *path = NULL;
  GbxCacheEntry entry = { .kind = "vmlinux", .keep = CACHE_KEEP };

  g_return_val_if_fail (GBX_IS_KERNEL (self), NULL);

  described = gbx_cache_describe_file (self->path);
  key = g_strdup_printf ("%d;%s;%s;%s", CACHE_FORMAT, self->release, self->path, described);
  entry.key = key;
  entry.source = self->path;
  path = gbx_cache_obtain (&entry, read_and_produce, self, cancellable, error);
  if (path == NULL)
    return NULL;

  return is_empty (path) ? g_strdup (self->path) : g_steal_pointer (&path);
}
