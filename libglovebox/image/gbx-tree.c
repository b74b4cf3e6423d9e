/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-tree"

#include "config.h"

#include "gbx-tree.h"

#include "gbx-paths.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

gboolean
gbx_tree_set_error (GError **error, const char *path)
{
  gbx_path_set_runtime_error (error, path, errno);
  return FALSE;
}

/* Regardless of the umask: Xorg's account, which is not the user's, reads this too. */
gboolean
gbx_tree_make_folder (const char *path, guint mode, GError **error)
{
  if (g_mkdir (path, mode) == 0 ? g_chmod (path, mode) == 0 : errno == EEXIST)
    return TRUE;
  return gbx_tree_set_error (error, path);
}

gboolean
gbx_tree_make_parents (const char *root, const char *name, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);
  g_autofree char *path = g_strdup (root);

  for (guint i = 0; parts[i] && parts[i + 1]; i++)
    {
      g_autofree char *parent = g_steal_pointer (&path);

      path = g_build_filename (parent, parts[i], NULL);
      if (*parts[i] && !gbx_tree_make_folder (path, 0755, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
gbx_tree_write_file (const char *root, const char *name, const char *data, gssize length,
                     GError **error)
{
  g_autofree char *path = g_build_filename (root, name, NULL);
  gsize size = length < 0 ? strlen (data) : (gsize)length;

  /* What is there may be a link to a copy that other sandboxes have too. */
  if (unlink (path) != 0 && errno != ENOENT)
    return gbx_tree_set_error (error, path);
  return gbx_path_write_file (path, data, size, 0644) || gbx_tree_set_error (error, path);
}

gboolean
gbx_tree_make_link (const char *target, const char *path, GError **error)
{
  return symlink (target, path) == 0 || errno == EEXIST || gbx_tree_set_error (error, path);
}
