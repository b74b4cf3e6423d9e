/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-home"

#include "config.h"

#include "gbx-home-disk.h"

#include "gbx-error.h"
#include "gbx-home-image.h"
#include "gbx-home.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define OVERLAY_SUFFIX ".qcow2"

struct _GbxHomeDisk
{
  char *image;
  char *base;        /* (nullable) */
  GbxHomeLock *lock; /* (nullable): only described */
  int overlay;       /* locked as long as the overlay is in use; or -1 */
};

typedef struct
{
  gboolean is_template;
  char *name;
  guint64 size;
  gboolean size_is_set;
} Wish;

/* -------------------------------------------------------------- policy -- */

static char *
dup_text (GbxPolicy *policy, const char *key)
{
  g_autoptr (GVariant) value = gbx_policy_dup_value (policy, key);

  return g_variant_dup_string (value, NULL);
}

gboolean
gbx_home_disk_is_wanted (GbxPolicy *policy)
{
  g_autofree char *kind = dup_text (policy, "files.home");

  return !g_str_equal (kind, "temporary");
}

static void
read_wish (Wish *wish, GbxPolicy *policy)
{
  g_autofree char *kind = dup_text (policy, "files.home");
  g_autoptr (GVariant) size = gbx_policy_dup_value (policy, "files.home-size");

  wish->is_template = g_str_equal (kind, "template");
  wish->name = dup_text (policy, "files.home-name");
  wish->size = g_variant_get_uint64 (size) & ~G_GUINT64_CONSTANT (4095);
  wish->size_is_set = gbx_policy_get_origin (policy, "files.home-size") != NULL;
}

/* ------------------------------------------------------------ overlays -- */

/* On a disk, since there may be much in one. */
static char *
overlay_folder (void)
{
  g_autofree char *cache = gbx_path_cache ();

  return g_build_filename (cache, "homes", NULL);
}

/* Held while an overlay is made and not locked yet, and during a sweep. */
static int
enter_overlays (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, ".lock", NULL);
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

/* The first byte: QEMU locks others, which a sweep meets too. */
static gboolean
lock_overlay (int fd, off_t length)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = length };

  return fcntl (fd, F_OFD_SETLK, &lock) == 0;
}

static gboolean
fail (const char *path, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
               _ ("Cannot write in the cache folder %s: %s"), path, g_strerror (errno));
  return FALSE;
}

static gboolean
reserve_overlay (GbxHomeDisk *self, const char *name, GError **error)
{
  g_autofree char *folder = overlay_folder ();
  g_autofree char *real = NULL;
  g_autofree char *file = g_strconcat (name, "-XXXXXX" OVERLAY_SUFFIX, NULL);
  int guard;

  if (g_mkdir_with_parents (folder, 0700) != 0 || !(real = realpath (folder, NULL)))
    return fail (folder, error);
  guard = enter_overlays (real);
  if (guard < 0)
    return fail (real, error);
  self->image = g_build_filename (real, file, NULL);
  self->overlay = g_mkstemp_full (self->image, O_RDWR | O_CLOEXEC, 0600);
  if (self->overlay >= 0 && !lock_overlay (self->overlay, 1))
    {
      close (self->overlay);
      self->overlay = -1;
    }
  close (guard);
  return self->overlay >= 0 || fail (self->image, error);
}

void
gbx_home_disk_sweep (void)
{
  g_autofree char *folder = overlay_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  int guard = dir ? enter_overlays (folder) : -1;
  const char *name;

  while (guard >= 0 && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      int fd = g_str_has_suffix (name, OVERLAY_SUFFIX)
                   ? g_open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0)
                   : -1;

      if (fd >= 0 && lock_overlay (fd, 0))
        g_unlink (path);
      if (fd >= 0)
        close (fd);
    }
  if (guard >= 0)
    close (guard);
}

/* ------------------------------------------------------------- opening -- */

static gboolean
use_template (GbxHomeDisk *self, Wish *wish, GError **error)
{
  guint64 size;

  if (!gbx_home_image_check (self->base, wish->name, &size, error))
    return FALSE;
  if (wish->size_is_set && wish->size < size)
    return gbx_home_image_grow (self->base, wish->name, wish->size, error);
  return reserve_overlay (self, wish->name, error) &&
         gbx_home_image_make_overlay (self->image, self->base,
                                      wish->size_is_set ? wish->size : size, error);
}

static gboolean
use_private (GbxHomeDisk *self, Wish *wish, GError **error)
{
  guint64 size;

  if (!gbx_home_image_check (self->image, wish->name, &size, error))
    return FALSE;
  return !wish->size_is_set || gbx_home_image_grow (self->image, wish->name, wish->size, error);
}

/* A template that does not exist yet is created as an empty home, alone; then it is read. */
static gboolean
lock_home (GbxHomeDisk *self, Wish *wish, const char *folder, const char *sandbox, GError **error)
{
  g_autofree char *image = gbx_home_get_image (folder);

  if (!wish->is_template || !g_file_test (image, G_FILE_TEST_EXISTS))
    {
      self->lock = gbx_home_create (wish->name, wish->size, sandbox, error);
      if (!self->lock || !wish->is_template)
        return self->lock != NULL;
      g_clear_pointer (&self->lock, gbx_home_lock_free);
    }
  self->lock = gbx_home_lock_take (folder, GBX_HOME_READ, sandbox, error);
  return self->lock != NULL;
}

static GbxHomeDisk *
disk_new (Wish *wish, const char *folder)
{
  GbxHomeDisk *self = g_new0 (GbxHomeDisk, 1);

  self->overlay = -1;
  if (wish->is_template)
    self->base = gbx_home_get_image (folder);
  else
    self->image = gbx_home_get_image (folder);
  return self;
}

GbxHomeDisk *
gbx_home_disk_open (GbxPolicy *policy, const char *sandbox, GCancellable *cancellable,
                    GError **error)
{
  Wish wish = { 0 };
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GbxHomeDisk) self = NULL;

  read_wish (&wish, policy);
  name = wish.name;
  folder = gbx_home_get_folder (name, error);
  if (!folder)
    return NULL;
  gbx_home_disk_sweep ();
  self = disk_new (&wish, folder);
  if (!lock_home (self, &wish, folder, sandbox, error) ||
      !gbx_home_image_await_free (self->base ? self->base : self->image, !self->base,
                                  cancellable, error))
    return NULL;
  if (wish.is_template ? use_template (self, &wish, error) : use_private (self, &wish, error))
    return g_steal_pointer (&self);
  return NULL;
}

GbxHomeDisk *
gbx_home_disk_describe (GbxPolicy *policy, GError **error)
{
  Wish wish = { 0 };
  g_autofree char *folder = NULL;
  g_autofree char *name = NULL;
  GbxHomeDisk *self;

  read_wish (&wish, policy);
  name = wish.name;
  folder = gbx_home_get_folder (name, error);
  if (!folder)
    return NULL;
  self = disk_new (&wish, folder);
  if (wish.is_template)
    {
      g_autofree char *overlays = overlay_folder ();
      g_autofree char *file = g_strconcat (name, OVERLAY_SUFFIX, NULL);

      self->image = g_build_filename (overlays, file, NULL);
    }
  return self;
}

void
gbx_home_disk_close (GbxHomeDisk *self)
{
  if (self->overlay >= 0)
    {
      g_unlink (self->image);
      close (self->overlay);
    }
  g_clear_pointer (&self->lock, gbx_home_lock_free);
  g_free (self->image);
  g_free (self->base);
  g_free (self);
}

const char *
gbx_home_disk_get_image (GbxHomeDisk *self)
{
  return self->image;
}

const char *
gbx_home_disk_get_base (GbxHomeDisk *self)
{
  return self->base;
}
