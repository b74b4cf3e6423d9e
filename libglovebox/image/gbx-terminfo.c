/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-terminfo"

#include "config.h"

#include "gbx-terminfo.h"

#include "gbx-tree.h"

#include <string.h>
#include <sys/stat.h>

/* As ncurses has it. */
#define SIZE_MAX_BYTES 32768
#define CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-"

static gboolean
is_name (const char *term)
{
  return term && *term && *term != '.' && strspn (term, CHARACTERS) == strlen (term);
}

/* (nullable): the description of it in that folder. */
static char *
read_from (const char *folder, const char *name, gsize *length)
{
  g_autofree char *path = NULL;
  char *data = NULL;
  struct stat st;

  if (!folder || !g_path_is_absolute (folder))
    return NULL;
  path = g_build_filename (folder, name, NULL);
  if (stat (path, &st) != 0 || !S_ISREG (st.st_mode) || st.st_size > SIZE_MAX_BYTES)
    return NULL;
  g_file_get_contents (path, &data, length, NULL);
  return data;
}

static char *
find (const char *name, gsize *length)
{
  g_autofree char *own = g_build_filename (g_get_home_dir (), ".terminfo", NULL);
  const char *more = g_getenv ("TERMINFO_DIRS");
  g_auto (GStrv) folders = g_strsplit (more ? more : "", ":", -1);
  char *data = read_from (g_getenv ("TERMINFO"), name, length);

  if (!data)
    data = read_from (own, name, length);
  for (guint i = 0; !data && folders[i]; i++)
    data = read_from (folders[i], name, length);
  return data;
}

gboolean
gbx_terminfo_write (const char *root, GError **error)
{
  const char *term = g_getenv ("TERM");
  g_autofree char *name = is_name (term) ? g_strdup_printf ("%c/%s", *term, term) : NULL;
  g_autofree char *to = g_strconcat ("etc/terminfo/", name, NULL);
  gsize length = 0;
  g_autofree char *data = name ? find (name, &length) : NULL;

  return !data || (gbx_tree_make_parents (root, to, error) &&
                   gbx_tree_write_file (root, to, data, length, error));
}
