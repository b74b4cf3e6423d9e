/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Disk images of homes: sparse files with an ext4 file system.
 *
 * A guest may have written any bytes to one.  So nothing on the host mounts or checks the file
 * system: that is done by the guest.  Here only three numbers of it are read. */

#define GBX_HOME_SIZE_DEFAULT (G_GUINT64_CONSTANT (8) << 30)
#define GBX_HOME_SIZE_MIN (G_GUINT64_CONSTANT (64) << 20)
#define GBX_HOME_SIZE_MAX (G_GUINT64_CONSTANT (16) << 40)

/* Makes an image with an empty file system.  The path must not exist. */
gboolean gbx_home_image_make (const char *path, guint64 size, GError **error);
/* Makes an image of changes to another one, of that size or larger. */
gboolean gbx_home_image_make_overlay (const char *path, const char *base, guint64 size,
                                      GError **error);
/* Whether there is an ext4 file system that fits in the image; home: its name, for messages. */
gboolean gbx_home_image_check (const char *path, const char *home, guint64 *size, GError **error);
/* Makes it larger; the guest's kernel makes its file system larger at the next start. */
gboolean gbx_home_image_grow (const char *path, const char *home, guint64 size, GError **error);
/* Waits for an emulator of a sandbox that was killed, which may still have it open: for any, or
 * only for one that writes. */
gboolean gbx_home_image_await_free (const char *path, gboolean for_writing,
                                    GCancellable *cancellable, GError **error);
/* “1.5 GB” */
char *gbx_home_size_show (guint64 size);

G_END_DECLS
