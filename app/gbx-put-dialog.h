/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks whether files are to be copied into a running sandbox, and does that; it closes itself.
 *
 * Signal: put (const char *text): they are there; a sentence that says where. */
#define GBX_TYPE_PUT_DIALOG (gbx_put_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GbxPutDialog, gbx_put_dialog, GBX, PUT_DIALOG, GtkDialog)

/* files: (element-type GFile); title: of the application. */
GtkWidget *gbx_put_dialog_new (GtkWindow *parent, GbxSandbox *sandbox, const char *title,
                               GList *files);
/* Whether the policy lets the user put files in. */
gboolean gbx_put_dialog_is_allowed (GbxPolicy *policy);

G_END_DECLS
