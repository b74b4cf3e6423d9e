/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-edits"

#include "config.h"

#include "gbx-edits.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

struct _GbxEdits
{
  char *folder;
  int lock;
  GPtrArray *list; /* (element-type GbxEdit) */
};

/* --------------------------------------------------------------- folder -- */

/* Resolved, because the user may have a link in this path; what saves a copy follows none. */
static char *
make_base (void)
{
  g_autofree char *base = g_build_filename (g_get_user_state_dir (), "glovebox", "edits", NULL);

  return g_mkdir_with_parents (base, 0700) == 0 ? realpath (base, NULL) : NULL;
}

/* -1 if a live process has it. */
static int
lock_folder (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static GbxEdits *
edits_new (const char *folder, int lock)
{
  GbxEdits *self = g_new0 (GbxEdits, 1);

  self->folder = g_strdup (folder);
  self->lock = lock;
  self->list = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_edit_free);
  return self;
}

/* It gets its name when it is locked: whoever looks for edits of dead processes passes over
 * names that begin with a dot. */
GbxEdits *
gbx_edits_new (GError **error)
{
  g_autofree char *base = make_base ();
  g_autofree char *name = g_uuid_string_random ();
  g_autofree char *hidden = g_strconcat (".", name, NULL);
  g_autofree char *before = base ? g_build_filename (base, hidden, NULL) : NULL;
  g_autofree char *folder = base ? g_build_filename (base, name, NULL) : NULL;
  int lock = -1;

  if (before && g_mkdir (before, 0700) == 0)
    lock = lock_folder (before);
  if (lock >= 0 && g_rename (before, folder) == 0)
    return edits_new (folder, lock);
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
               _ ("Cannot make a folder in “%s” for the copies of edited files: %s"),
               base ? base : g_get_user_state_dir (), g_strerror (errno));
  if (lock >= 0)
    close (lock);
  if (before)
    gbx_path_remove_tree (before);
  return NULL;
}

static void
read_folder (GbxEdits *self)
{
  for (guint i = 0; i < GBX_EDITS_MAX; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autofree char *place = g_build_filename (self->folder, name, NULL);
      GbxEdit *edit = gbx_edit_new_from_place (place);

      if (edit)
        g_ptr_array_add (self->list, edit);
      else if (g_file_test (place, G_FILE_TEST_IS_DIR))
        gbx_path_remove_tree (place); /* it was never complete */
    }
}

GbxEdits *
gbx_edits_open (const char *folder)
{
  int lock = g_file_test (folder, G_FILE_TEST_IS_DIR) ? lock_folder (folder) : -1;
  GbxEdits *self = lock >= 0 ? edits_new (folder, lock) : NULL;

  if (self)
    read_folder (self);
  return self;
}

void
gbx_edits_free (GbxEdits *self)
{
  g_autofree char *lock = g_build_filename (self->folder, "lock", NULL);
  gboolean is_settled = gbx_edits_count_open (self) == 0;

  g_ptr_array_unref (self->list);
  if (is_settled)
    {
      g_unlink (lock);
      g_rmdir (self->folder);
    }
  close (self->lock);
  g_free (self->folder);
  g_free (self);
}

/* ----------------------------------------------------------------- list -- */

GbxEdit *
gbx_edits_add (GbxEdits *self, const char *path, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%u", self->list->len);
  g_autofree char *place = g_build_filename (self->folder, name, NULL);
  GbxEdit *edit;

  if (self->list->len == GBX_EDITS_MAX)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("One sandbox edits at most %d files"), GBX_EDITS_MAX);
      return NULL;
    }
  edit = gbx_edit_new (path, place, error);
  if (edit)
    g_ptr_array_add (self->list, edit);
  return edit;
}

GPtrArray *
gbx_edits_get_list (GbxEdits *self)
{
  return self->list;
}

const char *
gbx_edits_get_folder (GbxEdits *self)
{
  return self->folder;
}

guint
gbx_edits_count_open (GbxEdits *self)
{
  guint count = 0;

  for (guint i = 0; i < self->list->len; i++)
    count += gbx_edit_is_open (self->list->pdata[i]);
  return count;
}

/* ----------------------------------------------------------------- find -- */

GPtrArray *
gbx_edits_find (void)
{
  g_autofree char *base = g_build_filename (g_get_user_state_dir (), "glovebox", "edits", NULL);
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (base, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *folder = g_build_filename (base, name, NULL);
      g_autoptr (GbxEdits) edits = *name == '.' ? NULL : gbx_edits_open (folder);

      if (edits && gbx_edits_count_open (edits) > 0)
        g_ptr_array_add (found, g_steal_pointer (&folder));
    }
  return found;
}
