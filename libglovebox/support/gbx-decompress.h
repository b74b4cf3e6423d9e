/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: what kernels and their modules are packed with. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef gboolean (*GbxDecompressSink) (const void *data, gsize size, gpointer user_data,
                                       GCancellable *cancellable, GError **error);

/* Unpacks gzip, bzip2, lzma, xz, lz4 (also the kernel's legacy form) and zstd;
 * what is packed with none of them passes through.  Stops after exactly
 * `expected` bytes and leaves the rest unread; with 0 it goes on to the end.
 * Damaged or short data, or more than `limit` bytes, is GBX_ERROR_INVALID. */
gboolean gbx_decompress (const void *data, gsize size, guint64 expected, guint64 limit,
                         GbxDecompressSink sink, gpointer user_data, GCancellable *cancellable,
                         GError **error);

/* A whole file, unpacked into memory. */
GBytes *
gbx_decompress_file (const char *path, guint64 limit, GCancellable *cancellable, GError **error);

G_END_DECLS
