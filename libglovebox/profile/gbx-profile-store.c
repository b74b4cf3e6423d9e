/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-profile-store.h"

#include "gbx-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct
{
  char *path;
  gboolean is_system;
  gboolean is_administrators; /* among the system's configuration */
} Folder;

struct _GbxProfileStore
{
  GPtrArray *folders; /* (element-type Folder), the weakest first */
  char *edited_id;    /* the profile whose user's layer is not that of the disk; or NULL */
  GbxProfileFile *edited;
};

static void
folder_free (gpointer data)
{
  g_free (((Folder *) data)->path);
  g_free (data);
}

static void
add_folder (GbxProfileStore *self, char *path, gboolean is_system, gboolean is_administrators)
{
  Folder *folder = g_new0 (Folder, 1);

  folder->path = path;
  folder->is_system = is_system;
  folder->is_administrators = is_administrators;
  for (guint i = 0; i < self->folders->len; i++)
    if (g_str_equal (((Folder *) self->folders->pdata[i])->path, path))
      {
        folder_free (folder);
        return;
      }
  g_ptr_array_add (self->folders, folder);
}

/* The first of such a list is the strongest, so it comes last. */
static void
add_folders (GbxProfileStore *self, const char *const *bases, gboolean are_administrators)
{
  for (guint i = g_strv_length ((char **) bases); i-- > 0;)
    add_folder (self, g_build_filename (bases[i], "glovebox", "profiles", NULL), TRUE,
                are_administrators);
}

GbxProfileStore *
gbx_profile_store_new (void)
{
  GbxProfileStore *self = g_new0 (GbxProfileStore, 1);
  const char *data = g_getenv ("GLOVEBOX_PROFILE_PATH");

  self->folders = g_ptr_array_new_with_free_func (folder_free);
  if (data && *data)
    add_folder (self, g_strdup (data), TRUE, FALSE);
  else
    {
      add_folder (self, g_build_filename (GBX_PKGDATADIR, "profiles", NULL), TRUE, FALSE);
      add_folders (self, g_get_system_data_dirs (), FALSE);
    }
  /* The administrator's locks hold whatever the environment says. */
  add_folder (self, g_strdup ("/etc/xdg/glovebox/profiles"), TRUE, TRUE);
  add_folders (self, g_get_system_config_dirs (), TRUE);
  add_folder (self, g_build_filename (g_get_user_config_dir (), "glovebox", "profiles", NULL),
              FALSE, FALSE);
  return self;
}

void
gbx_profile_store_free (GbxProfileStore *self)
{
  gbx_profile_store_set_user_layer (self, NULL, NULL);
  g_ptr_array_unref (self->folders);
  g_free (self);
}

void
gbx_profile_store_set_user_layer (GbxProfileStore *self, const char *id, GbxProfileFile *layer)
{
  GbxProfileFile *owned = layer ? gbx_profile_file_ref (layer) : NULL;

  g_free (self->edited_id);
  g_clear_pointer (&self->edited, gbx_profile_file_unref);
  self->edited_id = layer ? g_strdup (id) : NULL;
  self->edited = owned;
}

static gboolean
is_edited (GbxProfileStore *self, const char *id)
{
  return self->edited && g_str_equal (self->edited_id, id);
}

static char *
path_in (Folder *folder, const char *id)
{
  g_autofree char *base = g_strconcat (id, GBX_PROFILE_SUFFIX, NULL);

  return g_build_filename (folder->path, base, NULL);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
list_folder (Folder *folder, GHashTable *ids)
{
  g_autoptr (GDir) dir = g_dir_open (folder->path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, GBX_PROFILE_SUFFIX))
      g_hash_table_add (ids, g_strndup (name, strlen (name) - strlen (GBX_PROFILE_SUFFIX)));
}

char **
gbx_profile_store_list (GbxProfileStore *self)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  GHashTableIter iter;
  char *id;

  for (guint i = 0; i < self->folders->len; i++)
    list_folder (self->folders->pdata[i], ids);
  if (self->edited)
    g_hash_table_add (ids, g_strdup (self->edited_id));
  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, NULL))
    {
      g_hash_table_iter_steal (&iter);
      g_ptr_array_add (list, id);
    }
  g_ptr_array_sort (list, compare_strings);
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

/* Also a link that leads nowhere: a layer that cannot be read must not be left out. */
static gboolean
is_there (const char *path)
{
  struct stat st;

  return g_lstat (path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

gboolean
gbx_profile_store_contains (GbxProfileStore *self, const char *id)
{
  for (guint i = 0; i < self->folders->len; i++)
    {
      g_autofree char *path = path_in (self->folders->pdata[i], id);

      if (is_there (path))
        return TRUE;
    }
  return is_edited (self, id);
}

/* %NULL with an error at the first damaged layer; without @error it is left out. */
static GPtrArray *
load_layers (GbxProfileStore *self, const char *id, GError **error)
{
  g_autoptr (GPtrArray) layers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_profile_file_unref);

  for (guint i = 0; i < self->folders->len && gbx_profile_id_is_valid (id); i++)
    {
      Folder *folder = self->folders->pdata[i];
      g_autofree char *path = path_in (folder, id);
      GbxProfileFile *file;

      if ((!folder->is_system && is_edited (self, id)) || !is_there (path))
        continue;
      file = gbx_profile_file_load (path, folder->is_system, error);
      if (file)
        g_ptr_array_add (layers, file);
      else if (error)
        return NULL;
    }
  if (is_edited (self, id))
    g_ptr_array_add (layers, gbx_profile_file_ref (self->edited));
  return g_steal_pointer (&layers);
}

GPtrArray *
gbx_profile_store_load_readable (GbxProfileStore *self, const char *id)
{
  return load_layers (self, id, NULL);
}

GPtrArray *
gbx_profile_store_load (GbxProfileStore *self, const char *id, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) layers = load_layers (self, id, &local);

  if (layers && layers->len > 0)
    return g_steal_pointer (&layers);
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
               _ ("There is no profile “%s”; “glovebox profile list” shows all"), id);
  return NULL;
}

char *
gbx_profile_store_get_user_path (GbxProfileStore *self, const char *id)
{
  return path_in (self->folders->pdata[self->folders->len - 1], id);
}

char **
gbx_profile_store_get_folders (GbxProfileStore *self)
{
  char **folders = g_new0 (char *, self->folders->len + 1);

  for (guint i = 0; i < self->folders->len; i++)
    folders[i] = g_strdup (((Folder *) self->folders->pdata[i])->path);
  return folders;
}

gboolean
gbx_profile_store_is_administrators (GbxProfileStore *self, const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);

  for (guint i = 0; i < self->folders->len; i++)
    {
      Folder *folder = self->folders->pdata[i];

      if (folder->is_administrators && g_str_equal (folder->path, parent))
        return TRUE;
    }
  return FALSE;
}
