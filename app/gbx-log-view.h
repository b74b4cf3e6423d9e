/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A sandbox's log, with buttons that copy and save it.  With the property `output` it shows
 * only what the application wrote, in as little room as that takes.  Signal: `changed`. */
#define GBX_TYPE_LOG_VIEW (gbx_log_view_get_type ())
G_DECLARE_FINAL_TYPE (GbxLogView, gbx_log_view, GBX, LOG_VIEW, GtkOverlay)

GtkWidget *gbx_log_view_new (void);
/* Shows the log as it is, and follows it while the sandbox runs. */
void gbx_log_view_set_sandbox (GbxLogView *self, GbxSandbox *sandbox);
gboolean gbx_log_view_is_empty (GbxLogView *self);
char *gbx_log_view_dup_text (GbxLogView *self);

G_END_DECLS
