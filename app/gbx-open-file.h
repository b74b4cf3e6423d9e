/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-runner.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* “Open Another File…”: a copy of a file that the user chooses goes into the running sandbox, and
 * its application is started there once more, with that file.
 *
 * Signal: message (const char *text, gboolean is_error): as gbx_notice_bars_say(). */
#define GBX_TYPE_OPEN_FILE (gbx_open_file_get_type ())
G_DECLARE_FINAL_TYPE (GbxOpenFile, gbx_open_file, GBX, OPEN_FILE, GObject)

GbxOpenFile *gbx_open_file_new (GtkWindow *window, GbxRunner *runner);
/* Asks for the file. */
void gbx_open_file_ask (GbxOpenFile *self);

G_END_DECLS
