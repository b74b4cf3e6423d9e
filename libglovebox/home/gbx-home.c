/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-home"

#include "config.h"

#include "gbx-home.h"

#include "gbx-error.h"
#include "gbx-home-copy.h"
#include "gbx-home-image.h"
#include "gbx-paths.h"
#include "gbx-text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE "disk.img"
#define SNAPSHOTS "snapshots"
#define SUFFIX ".img"
/* Of what is not complete, or going to be removed: no home or snapshot has such a name. */
#define NEW_PREFIX ".new-"

/* --------------------------------------------------------------- paths -- */

static gboolean
set_storage_error (const char *path, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot change “%s”: %s"), path,
               g_strerror (errno));
  return FALSE;
}

char *
gbx_home_get_base (GError **error)
{
  g_autofree char *path =
      g_build_filename (g_get_user_data_dir (), "glovebox", "homes", NULL);
  g_autofree char *real = NULL;
  struct stat st;

  if (g_mkdir_with_parents (path, 0700) != 0 || !(real = realpath (path, NULL)))
    {
      set_storage_error (path, error);
      return NULL;
    }
  if (stat (real, &st) != 0 || st.st_uid != geteuid ())
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("The folder of homes “%s” belongs to another user; remove it, or set "
                      "XDG_DATA_HOME to a folder of your own"),
                   real);
      return NULL;
    }
  return g_steal_pointer (&real);
}

static gboolean
check_name (const char *name, GError **error)
{
  g_autofree char *shown = gbx_path_show (name);

  if (gbx_text_is_name (name))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("“%s” cannot be the name of a home or a snapshot: use 1 to %d of the characters "
                  "a–z, 0–9, dot, dash and underscore, beginning with a letter or digit"),
               shown, GBX_NAME_MAX);
  return FALSE;
}

char *
gbx_home_get_folder (const char *name, GError **error)
{
  g_autofree char *base = check_name (name, error) ? gbx_home_get_base (error) : NULL;

  return base ? g_build_filename (base, name, NULL) : NULL;
}

char *
gbx_home_get_image (const char *folder)
{
  return g_build_filename (folder, IMAGE, NULL);
}

char *
gbx_home_get_new_path (const char *folder)
{
  g_autofree char *random = g_uuid_string_random ();
  g_autofree char *name = g_strconcat (NEW_PREFIX, random, NULL);

  return g_build_filename (folder, name, NULL);
}

/* The old file stays until the new one is on the disk. */
gboolean
gbx_home_put_in_place (const char *new_path, const char *path, GError **error)
{
  int fd = g_open (new_path, O_RDWR | O_CLOEXEC, 0);
  gboolean synced = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  if (synced && g_rename (new_path, path) == 0)
    return TRUE;
  set_storage_error (path, error);
  g_unlink (new_path);
  return FALSE;
}

static char *
snapshot_path (const char *folder, const char *snapshot)
{
  g_autofree char *file = g_strconcat (snapshot, SUFFIX, NULL);

  return g_build_filename (folder, SNAPSHOTS, file, NULL);
}

/* Images, and homes whose deletion was not finished. */
static void
remove_new (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_prefix (name, NEW_PREFIX) && g_unlink (path) != 0)
        gbx_path_remove_tree (path);
    }
}

/* ------------------------------------------------------------- listing -- */

void
gbx_home_info_free (GbxHomeInfo *self)
{
  g_free (self->name);
  g_free (self->user);
  g_free (self->trouble);
  g_clear_pointer (&self->snapshots, g_ptr_array_unref);
  g_free (self);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static int
compare_infos (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(GbxHomeInfo *const *) a)->name, (*(GbxHomeInfo *const *) b)->name);
}

/* (element-type utf8): the names in a folder, without their suffix. */
static GPtrArray *
list_names (const char *folder, const char *suffix)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *stem = g_strndup (name, strlen (name) - MIN (strlen (name), strlen (suffix)));

      if (g_str_has_suffix (name, suffix) && gbx_text_is_name (stem))
        g_ptr_array_add (names, g_steal_pointer (&stem));
    }
  g_ptr_array_sort (names, compare_strings);
  return names;
}

static guint64
space_of (const char *path)
{
  struct stat st;

  return lstat (path, &st) == 0 ? (guint64) st.st_blocks * 512 : 0;
}

static void
read_snapshots (GbxHomeInfo *self, const char *folder)
{
  g_autofree char *snapshots = g_build_filename (folder, SNAPSHOTS, NULL);

  self->snapshots = list_names (snapshots, SUFFIX);
  for (guint i = 0; i < self->snapshots->len; i++)
    {
      g_autofree char *path = snapshot_path (folder, self->snapshots->pdata[i]);

      self->used += space_of (path);
    }
}

static GbxHomeInfo *
read_info (const char *folder)
{
  GbxHomeInfo *self = g_new0 (GbxHomeInfo, 1);
  g_autofree char *image = gbx_home_get_image (folder);
  g_autoptr (GError) error = NULL;
  struct stat st;

  self->name = g_path_get_basename (folder);
  if (lstat (image, &st) == 0)
    {
      self->used = (guint64) st.st_blocks * 512;
      self->changed = st.st_mtime;
    }
  if (!gbx_home_image_check (image, self->name, &self->size, &error))
    self->trouble = g_strdup (error->message);
  self->user = gbx_home_lock_describe_user (folder);
  read_snapshots (self, folder);
  return self;
}

/* A folder alone is what a failed or running creation leaves. */
static gboolean
exists (const char *folder)
{
  g_autofree char *image = gbx_home_get_image (folder);
  struct stat st;

  return lstat (image, &st) == 0;
}

GPtrArray *
gbx_home_list (GError **error)
{
  g_autofree char *base = gbx_home_get_base (error);
  g_autoptr (GPtrArray) names = base ? list_names (base, "") : NULL;
  GPtrArray *list;

  if (!names)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_home_info_free);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *folder = g_build_filename (base, names->pdata[i], NULL);

      if (exists (folder))
        g_ptr_array_add (list, read_info (folder));
    }
  g_ptr_array_sort (list, compare_infos);
  return list;
}

/* (transfer full): the folder of a home that exists. */
static char *
find (const char *name, GError **error)
{
  g_autofree char *folder = gbx_home_get_folder (name, error);

  if (!folder || exists (folder))
    return g_steal_pointer (&folder);
  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
               _ ("There is no home “%s”; “glovebox home list” lists those that there are"), name);
  return NULL;
}

GbxHomeInfo *
gbx_home_get_info (const char *name, GError **error)
{
  g_autofree char *folder = find (name, error);

  return folder ? read_info (folder) : NULL;
}

/* ------------------------------------------------------------ creating -- */

/* Whoever is alone may remove what was left incomplete, and waits for the emulator of a sandbox
 * that was killed. */
static GbxHomeLock *
take (const char *folder, GbxHomeUse use, const char *sandbox, GError **error)
{
  g_autoptr (GbxHomeLock) lock = gbx_home_lock_take (folder, use, sandbox, error);
  g_autofree char *image = gbx_home_get_image (folder);
  g_autofree char *snapshots = g_build_filename (folder, SNAPSHOTS, NULL);

  if (!lock || !gbx_home_image_await_free (image, use == GBX_HOME_WRITE, NULL, error))
    return NULL;
  if (use == GBX_HOME_WRITE)
    {
      remove_new (folder);
      remove_new (snapshots);
    }
  return g_steal_pointer (&lock);
}

GbxHomeLock *
gbx_home_take (const char *name, GbxHomeUse use, GError **error)
{
  g_autofree char *folder = find (name, error);

  return folder ? take (folder, use, NULL, error) : NULL;
}

static gboolean
make_empty (const char *path, gpointer data, GError **error)
{
  const guint64 *size = data;

  return gbx_home_image_make (path, *size, error);
}

static gboolean
make_image (const char *folder, GbxHomeMake make, gpointer data, GError **error)
{
  g_autofree char *path = gbx_home_get_new_path (folder);
  g_autofree char *image = gbx_home_get_image (folder);

  return make (path, data, error) && gbx_home_put_in_place (path, image, error);
}

/* There may be snapshots of an image that is lost: then the folder stays. */
static void
remove_empty (const char *folder)
{
  g_autofree char *lock = g_build_filename (folder, "lock", NULL);

  g_unlink (lock);
  g_rmdir (folder);
}

static gboolean
refuse_existing (const char *name, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_HOME,
               _ ("There is already a home “%s”; choose another name, or delete it first with "
                  "“glovebox home delete %s”"),
               name, name);
  return FALSE;
}

GbxHomeLock *
gbx_home_create_with (const char *name, const char *sandbox, gboolean is_new, GbxHomeMake make,
                      gpointer data, GError **error)
{
  g_autofree char *folder = gbx_home_get_folder (name, error);
  g_autoptr (GbxHomeLock) lock = NULL;

  if (!folder || (is_new && exists (folder) && !refuse_existing (name, error)))
    return NULL;
  if (g_mkdir (folder, 0700) != 0 && errno != EEXIST)
    {
      set_storage_error (folder, error);
      return NULL;
    }
  lock = take (folder, GBX_HOME_WRITE, sandbox, error);
  if (!lock || (is_new && exists (folder) && !refuse_existing (name, error)))
    return NULL;
  if (exists (folder) || make_image (folder, make, data, error))
    return g_steal_pointer (&lock);
  remove_empty (folder);
  return NULL;
}

GbxHomeLock *
gbx_home_create (const char *name, guint64 size, const char *sandbox, GError **error)
{
  return gbx_home_create_with (name, sandbox, FALSE, make_empty, &size, error);
}

/* ------------------------------------------------------------ changing -- */

gboolean
gbx_home_set_size (const char *name, guint64 size, GError **error)
{
  g_autoptr (GbxHomeLock) lock = gbx_home_take (name, GBX_HOME_WRITE, error);
  g_autofree char *folder = lock ? gbx_home_get_folder (name, error) : NULL;
  g_autofree char *image = folder ? gbx_home_get_image (folder) : NULL;

  return image && gbx_home_image_grow (image, name, size, error);
}

gboolean
gbx_home_reset (const char *name, GError **error)
{
  g_autoptr (GbxHomeLock) lock = gbx_home_take (name, GBX_HOME_WRITE, error);
  g_autofree char *folder = lock ? gbx_home_get_folder (name, error) : NULL;
  g_autofree char *image = NULL;
  guint64 size;
  struct stat st;

  if (!folder)
    return FALSE;
  image = gbx_home_get_image (folder);
  if (lstat (image, &st) != 0 || !S_ISREG (st.st_mode) ||
      (guint64) st.st_size < GBX_HOME_SIZE_MIN || (guint64) st.st_size > GBX_HOME_SIZE_MAX)
    st.st_size = (off_t) GBX_HOME_SIZE_DEFAULT;
  size = (guint64) st.st_size & ~G_GUINT64_CONSTANT (4095);
  return make_image (folder, make_empty, &size, error);
}

/* Renamed first: no other process sees half a home. */
gboolean
gbx_home_delete (const char *name, GError **error)
{
  g_autoptr (GbxHomeLock) lock = gbx_home_take (name, GBX_HOME_WRITE, error);
  g_autofree char *folder = lock ? gbx_home_get_folder (name, error) : NULL;
  g_autofree char *base = folder ? g_path_get_dirname (folder) : NULL;
  g_autofree char *hidden = base ? gbx_home_get_new_path (base) : NULL;

  if (!hidden)
    return FALSE;
  if (g_rename (folder, hidden) != 0)
    return set_storage_error (folder, error);
  remove_new (base);
  return TRUE;
}

/* ----------------------------------------------------------- snapshots -- */

static char *
find_snapshot (const char *folder, const char *snapshot, GError **error)
{
  g_autofree char *path = snapshot_path (folder, snapshot);
  g_autofree char *name = g_path_get_basename (folder);
  struct stat st;

  if (!check_name (snapshot, error))
    return NULL;
  if (lstat (path, &st) == 0)
    return g_steal_pointer (&path);
  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
               _ ("The home “%s” has no snapshot “%s”; “glovebox home list” lists them"), name,
               snapshot);
  return NULL;
}

gboolean
gbx_home_delete_snapshot (const char *name, const char *snapshot, GError **error)
{
  g_autoptr (GbxHomeLock) lock = gbx_home_take (name, GBX_HOME_WRITE, error);
  g_autofree char *folder = lock ? gbx_home_get_folder (name, error) : NULL;
  g_autofree char *path = folder ? find_snapshot (folder, snapshot, error) : NULL;

  return path && (g_unlink (path) == 0 || set_storage_error (path, error));
}

/* Its place must be free: a snapshot never replaces another. */
static char *
place_for_snapshot (const char *folder, const char *snapshot, GError **error)
{
  g_autofree char *snapshots = g_build_filename (folder, SNAPSHOTS, NULL);
  g_autofree char *path = snapshot_path (folder, snapshot);
  g_autofree char *name = g_path_get_basename (folder);
  struct stat st;

  if (!check_name (snapshot, error))
    return NULL;
  if (g_mkdir (snapshots, 0700) != 0 && errno != EEXIST)
    {
      set_storage_error (snapshots, error);
      return NULL;
    }
  if (lstat (path, &st) != 0)
    return g_steal_pointer (&path);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("The home “%s” already has a snapshot “%s”; choose another name, or delete it "
                  "first"),
               name, snapshot);
  return NULL;
}

static gboolean
copy (const char *from, const char *to, GbxHomeProgress progress, gpointer user_data,
      GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (to);
  g_autofree char *path = gbx_home_get_new_path (folder);

  return gbx_home_copy (from, path, progress, user_data, cancellable, error) &&
         gbx_home_put_in_place (path, to, error);
}

gboolean
gbx_home_snapshot (const char *name, const char *snapshot, GbxHomeProgress progress,
                   gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxHomeLock) lock = gbx_home_take (name, GBX_HOME_WRITE, error);
  g_autofree char *folder = lock ? gbx_home_get_folder (name, error) : NULL;
  g_autofree char *image = folder ? gbx_home_get_image (folder) : NULL;
  g_autofree char *place = NULL;
  guint64 size;

  if (!image || !gbx_home_image_check (image, name, &size, error))
    return FALSE;
  place = place_for_snapshot (folder, snapshot, error);
  return place && copy (image, place, progress, user_data, cancellable, error);
}

gboolean
gbx_home_restore (const char *name, const char *snapshot, GbxHomeProgress progress,
                  gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxHomeLock) lock = gbx_home_take (name, GBX_HOME_WRITE, error);
  g_autofree char *folder = lock ? gbx_home_get_folder (name, error) : NULL;
  g_autofree char *path = folder ? find_snapshot (folder, snapshot, error) : NULL;
  g_autofree char *image = NULL;
  guint64 size;

  if (!path || !gbx_home_image_check (path, snapshot, &size, error))
    return FALSE;
  image = gbx_home_get_image (folder);
  return copy (path, image, progress, user_data, cancellable, error);
}
