/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library.
 *
 * A cache of derived files below $XDG_CACHE_HOME/glovebox.  An entry is a data
 * file and a stamp beside it that records what it was made from and how the
 * data file looked when it was finished.  A launch reads all of a data file, at 3 GB
 * a second; one that was truncated, overwritten or replaced, or that has rotted, is
 * made again.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GbxCacheEntry:
 * @kind: what sort of file: lower-case letters only
 * @key: everything the contents depend on, as text; equal keys, equal contents
 * @source: (nullable): a path without which the entry is of no more use
 * @keep: how many entries of this kind are kept, the most recently used ones
 */
typedef struct
{
  const char *kind;
  const char *key;
  const char *source;
  guint keep;
} GbxCacheEntry;

/* Writes the contents with gbx_cache_write (); FALSE with an error undoes all. */
typedef gboolean (*GbxCacheProducer) (int fd, gpointer user_data, GCancellable *cancellable,
                                      GError **error);

/* The path of the entry's data file, made by the producer at need; blocking.
 * GBX_ERROR_STORAGE when the folder or the disk refuses. */
char *gbx_cache_obtain (const GbxCacheEntry *entry, GbxCacheProducer producer, gpointer user_data,
                        GCancellable *cancellable, GError **error);

/* The path of a usable entry, or NULL when there is none; makes nothing. */
char *gbx_cache_peek (const GbxCacheEntry *entry);

/* Writes all of it, cancellable between pieces; fails with GBX_ERROR_STORAGE. */
gboolean
gbx_cache_write (int fd, const void *data, gsize size, GCancellable *cancellable, GError **error);

/* The folder, made with mode 0700 at need; fails with GBX_ERROR_STORAGE. */
char *gbx_cache_directory (GError **error);

/* A file's identity as text for use in keys: device, inode, size, times; or "-". */
char *gbx_cache_describe_file (const char *path);

G_END_DECLS
