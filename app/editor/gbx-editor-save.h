/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes a layer if the file still has the contents that are expected.
 * @expected: (nullable): %NULL if there is no file
 * @text: (nullable): %NULL removes the file */
gboolean gbx_editor_save (const char *path, const char *expected, const char *text,
                          GError **error);
/* The same in a thread: the disk may be slow. */
void gbx_editor_save_async (const char *path, const char *expected, const char *text,
                            GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_editor_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
