/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes a PNG file in a thread.  If that fails, an older file stays as it was. */
void gbx_png_save_async (GdkPixbuf *pixbuf, const char *path, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_png_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
