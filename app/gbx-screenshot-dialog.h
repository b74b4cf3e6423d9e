/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display.h"

G_BEGIN_DECLS

/* Takes a picture of the display, asks the user for a file and writes it there.  The
 * application stays until that is done, even if the sandbox ends or the parent closes
 * meanwhile.  @title: of the application, for the suggested name.
 *
 * Finishing gives TRUE if a file was written, and FALSE without an error if the user
 * did not want one. */
void gbx_screenshot_dialog_run_async (GbxDisplay *display, GtkWindow *parent, const char *title,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_screenshot_dialog_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
