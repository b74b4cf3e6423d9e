/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: which of the host's files in /etc and /var the guest gets.  Only
 * files that every account of the host may read, with limits, and without a list of
 * secrets, identity, users and names of hosts. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GbxHostFiles GbxHostFiles;

/* Copies below root; existing files stay unchanged.  store: (nullable): a folder of a GbxFileStore,
 * so that a file is copied only once. */
GbxHostFiles *gbx_host_files_new (const char *root, const char *store, GCancellable *cancellable);
void gbx_host_files_free (GbxHostFiles *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxHostFiles, gbx_host_files_free)

/* Adds a file or a whole folder, by its absolute path on the host. */
void gbx_host_files_want (GbxHostFiles *self, const char *path);
/* Copies these, with the links in their paths and the targets of links in them; blocking.
 * Skips what is missing or not world-readable. */
gboolean gbx_host_files_copy (GbxHostFiles *self, GError **error);

G_END_DECLS
