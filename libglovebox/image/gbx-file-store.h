/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* Copies of files of the host, one of each for all sandboxes: their roots have hard links to it.  A
 * copy is known by the file that it was made of, and by the time of that file's last change.  So
 * no copy is ever old, and none may be written to.  Blocking. */
typedef struct _GbxFileStore GbxFileStore;

/* folder: on the file system of the roots; it is created.  NULL if that is not possible. */
GbxFileStore *gbx_file_store_new (const char *folder);
/* Forgets copies that are of no use any more, if there are new ones. */
void gbx_file_store_free (GbxFileStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxFileStore, gbx_file_store_free)

/* Puts a link at "to", which must not exist.  st: of the regular file or symbolic link at path.  FALSE if it has to be
 * copied. */
gboolean gbx_file_store_link (GbxFileStore *self, const char *path, const struct stat *st,
                              const char *to);

G_END_DECLS
