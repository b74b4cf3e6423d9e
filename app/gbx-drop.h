/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-runner.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Lets files be dropped on a window, to be copied into its sandbox after a question.
 *
 * Signal: message (const char *text, gboolean): as gbx_notice_bars_say(). */
#define GBX_TYPE_DROP (gbx_drop_get_type ())
G_DECLARE_FINAL_TYPE (GbxDrop, gbx_drop, GBX, DROP, GObject)

GbxDrop *gbx_drop_new (GtkWindow *window, GbxRunner *runner);

G_END_DECLS
