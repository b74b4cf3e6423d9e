/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library.
 *
 * A cache of derived files below $XDG_CACHE_HOME/glovebox.  An entry is a data file and a
 * stamp.  The stamp records the source of the entry and the properties of the finished data
 * file.  A launch reads the whole data file, at 3 GB a second; if it is truncated, changed,
 * replaced or damaged, it is created again.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GbxCacheEntry:
 * @kind: what sort of file: lower-case letters only
 * @key: everything the contents depend on, as text; equal keys, equal contents
 * @source: (nullable): a path; if it no longer exists, the entry is useless
 * @keep: how many entries of this kind to keep, the most recently used ones
 */
typedef struct
{
  const char *kind;
  const char *key;
  const char *source;
  guint keep;
} GbxCacheEntry;

/* Writes the contents with gbx_cache_write (); FALSE with an error undoes everything. */
typedef gboolean (*GbxCacheProducer) (int fd, gpointer user_data, GCancellable *cancellable,
                                      GError **error);

/* Returns the path of the entry's data file; the producer creates it if necessary.
 * Blocking.  GBX_ERROR_STORAGE if it cannot be written. */
char *gbx_cache_obtain (const GbxCacheEntry *entry, GbxCacheProducer producer, gpointer user_data,
                        GCancellable *cancellable, GError **error);

/* Returns the path of a usable entry, or NULL; creates nothing. */
char *gbx_cache_peek (const GbxCacheEntry *entry);

/* Writes all data; can be cancelled between pieces; fails with GBX_ERROR_STORAGE. */
gboolean
gbx_cache_write (int fd, const void *data, gsize size, GCancellable *cancellable, GError **error);

/* Returns the folder, and creates it with mode 0700 if necessary; fails with GBX_ERROR_STORAGE. */
char *gbx_cache_directory (GError **error);

/* A file's identity as text for use in keys: device, inode, size, times; or "-". */
char *gbx_cache_describe_file (const char *path);

G_END_DECLS
