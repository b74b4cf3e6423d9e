/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: decompression of kernels and modules. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef gboolean (*GbxDecompressSink) (const void *data, gsize size, gpointer user_data,
                                       GCancellable *cancellable, GError **error);

/* Decompresses gzip, bzip2, lzma, xz, lz4 (also the kernel's legacy form) and zstd; other
 * data is passed on unchanged.  Stops after exactly `expected` bytes and ignores the rest;
 * with 0 it continues to the end.  Damaged or short data, or more than `limit` bytes, is
 * GBX_ERROR_INVALID. */
gboolean gbx_decompress (const void *data, gsize size, guint64 expected, guint64 limit,
                         GbxDecompressSink sink, gpointer user_data, GCancellable *cancellable,
                         GError **error);

/* Decompresses a whole file into memory. */
GBytes *
gbx_decompress_file (const char *path, guint64 limit, GCancellable *cancellable, GError **error);

G_END_DECLS
