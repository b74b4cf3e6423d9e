/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-host-files"

#include "config.h"

#include "gbx-host-files.h"

#include "gbx-file-store.h"
#include "gbx-paths.h"
#include "gbx-system-files.h"
#include "gbx-tree.h"

#include <sys/stat.h>

/* Besides what is secret or the guest's own: with their contents, regardless of modes. */
static const char *const kept_back[] = {
  /* system state of the host, or of the session */
  "/etc/xdg/autostart",
  "/etc/xdg/systemd",
  "/etc/systemd",
  "/etc/cron.d",
  "/var/lib/rpm",
  "/var/lib/pacman",
  "/var/lib/apt",
  "/var/lib/flatpak",
  "/var/lib/snapd",
  "/var/log",
  "/var/mail",
  "/var/spool",
  "/var/backups",
  "/var/crash",
  "/var/tmp",
  "/var/run",
  "/var/lock",
  "/var/www",
};

/* A link to one of these does not select its contents. */
static const char *const too_wide[] = { "/etc", "/var", "/var/lib", "/var/cache", "/var/opt" };

#define FILE_SIZE_MAX (16 * 1024 * 1024)
#define SIZE_MAX_ALL (64 * 1024 * 1024)
#define ENTRIES_MAX 20000
#define DEPTH_MAX 16
#define LINKS_MAX 40 /* in one path, the kernel's limit */

struct _GbxHostFiles
{
  char *root;
  GbxFileStore *store; /* (nullable) */
  GCancellable *cancellable;
  GPtrArray *wanted;   /* grows while it is processed */
  GHashTable *known;   /* all paths ever requested; owns them */
  GHashTable *folders; /* that were copied */
  guint64 size_left;
  guint entries_left;
};

GbxHostFiles *
gbx_host_files_new (const char *root, const char *store, GCancellable *cancellable)
{
  GbxHostFiles *self = g_new0 (GbxHostFiles, 1);

  self->root = g_strdup (root);
  self->store = store ? gbx_file_store_new (store) : NULL;
  self->cancellable = cancellable ? g_object_ref (cancellable) : NULL;
  self->wanted = g_ptr_array_new ();
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->size_left = SIZE_MAX_ALL;
  self->entries_left = ENTRIES_MAX;
  return self;
}

void
gbx_host_files_free (GbxHostFiles *self)
{
  g_free (self->root);
  g_clear_pointer (&self->store, gbx_file_store_free);
  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->wanted);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->folders);
  g_free (self);
}

void
gbx_host_files_want (GbxHostFiles *self, const char *path)
{
  char *copy;

  if (g_hash_table_contains (self->known, path))
    return;
  copy = g_strdup (path);
  g_hash_table_add (self->known, copy);
  g_ptr_array_add (self->wanted, copy);
}

/* ------------------------------------------------------------- judging -- */

static gboolean
may_have (const char *path)
{
  if (!gbx_path_is_within (path, "/etc") && !gbx_path_is_within (path, "/var"))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kept_back); i++)
    if (gbx_path_is_within (path, kept_back[i]))
      return FALSE;
  if (gbx_system_files_find (path))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (too_wide); i++)
    if (g_str_equal (path, too_wide[i]))
      return FALSE;
  return TRUE;
}

/* These are in the guest anyway, and their links are followed separately. */
static gboolean
is_exported (const char *path)
{
  return gbx_path_is_within (path, "/usr") || gbx_path_is_within (path, "/opt");
}

/* ------------------------------------------------------------- copying -- */

static char *
place_of (GbxHostFiles *self, const char *path)
{
  return g_build_filename (self->root, path, NULL);
}

static gboolean
is_there (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_SYMLINK);
}

/* The mount point of a shared file. */
static gboolean
is_blocked (GbxHostFiles *self, const char *path)
{
  g_autofree char *to = place_of (self, path);

  return is_there (to) && !g_file_test (to, G_FILE_TEST_IS_DIR);
}

static gboolean
copy_link (GbxHostFiles *self, const char *path, GError **error)
{
  g_autofree char *target = g_file_read_link (path, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *wanted = NULL;
  g_autofree char *to = place_of (self, path);
  struct stat st;

  if (!target)
    return TRUE;
  /* Not canonical: ".." after another link is not the folder above by name. */
  wanted
      = g_path_is_absolute (target) ? g_strdup (target) : g_build_filename (folder, target, NULL);
  if (!is_exported (wanted))
    gbx_host_files_want (self, wanted);
  if (self->store && lstat (path, &st) == 0 && S_ISLNK (st.st_mode) &&
      gbx_file_store_link (self->store, path, &st, to))
    return TRUE;
  return gbx_tree_make_link (target, to, error);
}

static gboolean
copy_regular (GbxHostFiles *self, const char *path, const struct stat *st, GError **error)
{
  g_autofree char *to = place_of (self, path);
  g_autofree char *data = NULL;
  gsize length = (gsize) st->st_size;

  if (is_there (to))
    return TRUE; /* it is composed */
  if (length <= self->size_left && self->store && gbx_file_store_link (self->store, path, st, to))
    {
      self->size_left -= length;
      return TRUE;
    }
  if (!g_file_get_contents (path, &data, &length, NULL))
    return TRUE; /* it was removed, or is not readable */
  if (length > self->size_left)
    {
      g_debug ("%s does not fit into the guest's root", path);
      return TRUE;
    }
  self->size_left -= length;
  return gbx_tree_write_file (self->root, path + 1, data, length, error);
}

static gboolean copy_entry (GbxHostFiles *self, const char *path, guint depth, GError **error);

static gboolean
copy_folder (GbxHostFiles *self, const char *path, guint depth, GError **error)
{
  g_autofree char *to = place_of (self, path);
  g_autoptr (GDir) dir = NULL;
  const char *child;

  if (!g_hash_table_add (self->folders, g_strdup (path)) || is_blocked (self, path))
    return TRUE;
  dir = g_dir_open (path, 0, NULL);
  if (!gbx_tree_make_folder (to, 0755, error))
    return FALSE;
  while (dir && (child = g_dir_read_name (dir)))
    {
      g_autofree char *child_path = g_build_filename (path, child, NULL);

      if (!copy_entry (self, child_path, depth + 1, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
copy_entry (GbxHostFiles *self, const char *path, guint depth, GError **error)
{
  struct stat st;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (!may_have (path) || depth > DEPTH_MAX || self->entries_left == 0 || lstat (path, &st) != 0)
    return TRUE;
  self->entries_left--;
  if (S_ISLNK (st.st_mode))
    return copy_link (self, path, error);
  if (S_ISDIR (st.st_mode) && (st.st_mode & 0005) == 0005)
    return copy_folder (self, path, depth, error);
  if (S_ISREG (st.st_mode) && (st.st_mode & 0004) && st.st_size <= FILE_SIZE_MAX)
    return copy_regular (self, path, &st, error);
  return TRUE;
}

/* ----------------------------------------------------------- following -- */

/* A path is followed one component at a time, like in the kernel: "done" is the real path
 * so far, "rest" the remaining components, the last one first. */
typedef struct
{
  char *done;
  GPtrArray *rest;
  guint n_links;
} Way;

static void
put_names (Way *way, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);

  if (*path == '/')
    way->done[0] = '\0';
  for (guint i = g_strv_length (names); i > 0; i--)
    g_ptr_array_add (way->rest, g_strdup (names[i - 1]));
}

static void
go_up (Way *way)
{
  char *slash = strrchr (way->done, '/');

  if (slash)
    *slash = '\0';
}

static gboolean
follow_link (GbxHostFiles *self, Way *way, const char *path, GError **error)
{
  g_autofree char *target = g_file_read_link (path, NULL);

  put_names (way, target ? target : "");
  if (!may_have (path))
    return TRUE;
  return gbx_tree_make_parents (self->root, path + 1, error) && copy_link (self, path, error);
}

static gboolean
turns_back (Way *way)
{
  for (guint i = 0; i < way->rest->len; i++)
    if (g_str_equal (way->rest->pdata[i], ".."))
      return TRUE;
  return FALSE;
}

/* Follows one component.  Each folder of the path must be accessible to every account.  In
 * an exported folder there is nothing more to do. */
static gboolean
go_on (GbxHostFiles *self, Way *way, const char *path, gboolean *lost, GError **error)
{
  struct stat st;

  *lost = (is_exported (path) && !turns_back (way)) || lstat (path, &st) != 0
          || (S_ISLNK (st.st_mode) && ++way->n_links > LINKS_MAX);
  if (*lost)
    return TRUE;
  if (S_ISLNK (st.st_mode))
    return follow_link (self, way, path, error);
  g_free (way->done);
  way->done = g_strdup (path);
  *lost = way->rest->len > 0
          && (!S_ISDIR (st.st_mode) || !(st.st_mode & 0001) || is_blocked (self, path));
  return TRUE;
}

static gboolean
follow (GbxHostFiles *self, Way *way, gboolean *lost, GError **error)
{
  while (way->rest->len > 0 && !*lost)
    {
      g_autofree char *name = g_ptr_array_steal_index (way->rest, way->rest->len - 1);
      g_autofree char *path = g_strconcat (way->done, "/", name, NULL);

      if (g_str_equal (name, ".."))
        go_up (way);
      else if (*name && !g_str_equal (name, ".") && !go_on (self, way, path, lost, error))
        return FALSE;
    }
  return TRUE;
}

/* The contents of a copied folder have all been checked. */
static gboolean
is_done (GbxHostFiles *self, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return g_hash_table_contains (self->folders, folder);
}

static gboolean
copy_real (GbxHostFiles *self, const char *path, GError **error)
{
  if (!may_have (path) || is_done (self, path))
    return TRUE;
  return gbx_tree_make_parents (self->root, path + 1, error) && copy_entry (self, path, 0, error);
}

static gboolean
hand_in (GbxHostFiles *self, const char *path, GError **error)
{
  g_autoptr (GPtrArray) rest = g_ptr_array_new_with_free_func (g_free);
  Way way = { g_strdup (""), rest, 0 };
  g_autofree char *real = NULL;
  gboolean lost = FALSE, followed;

  put_names (&way, path);
  followed = follow (self, &way, &lost, error);
  real = way.done;
  return followed && (lost || copy_real (self, real, error));
}

gboolean
gbx_host_files_copy (GbxHostFiles *self, GError **error)
{
  for (guint i = 0; i < self->wanted->len; i++)
    {
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error)
          || (!is_done (self, self->wanted->pdata[i])
              && !hand_in (self, self->wanted->pdata[i], error)))
        return FALSE;
    }
  if (self->entries_left == 0)
    g_debug ("the host's files are too many for the guest's root");
  return TRUE;
}
