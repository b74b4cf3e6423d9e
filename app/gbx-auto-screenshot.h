/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display.h"

G_BEGIN_DECLS

/* Makes the screenshot of --screenshot: waits until the sandbox has settled and its
 * screen is quiet for a second, and writes a PNG file. */
void gbx_auto_screenshot_async (GbxSandbox *sandbox, GbxDisplay *display, const char *path,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean gbx_auto_screenshot_finish (GAsyncResult *result, GError **error);

G_END_DECLS
