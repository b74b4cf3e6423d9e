/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: what of the host's /etc and /var is handed in.  It is what
 * every account of the host may read, within bounds, and less a list of what is
 * nobody's business: secrets, identity, users, names of hosts. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GbxHostFiles GbxHostFiles;

/* Copies below root, where everything that is there already stays as it is. */
GbxHostFiles *gbx_host_files_new (const char *root, GCancellable *cancellable);
void gbx_host_files_free (GbxHostFiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxHostFiles, gbx_host_files_free)

/* A file or a whole folder, by an absolute path of the host, is to be handed in. */
void gbx_host_files_want (GbxHostFiles *self, const char *path);
/* Copies all that, with the links on the way to it and all that links in it lead to;
 * blocking.  What is missing, or not for everybody, is passed over. */
gboolean gbx_host_files_copy (GbxHostFiles *self, GError **error);

G_END_DECLS
