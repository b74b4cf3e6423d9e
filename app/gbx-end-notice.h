/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * GbxEndNotice:
 *
 * Tells in the desktop's notifications that a sandbox has ended badly, if its window does not have
 * the focus.  A click on it shows the window, which says why; it goes when the user is there.
 */
#define GBX_TYPE_END_NOTICE (gbx_end_notice_get_type ())
G_DECLARE_FINAL_TYPE (GbxEndNotice, gbx_end_notice, GBX, END_NOTICE, GObject)

/* Before the first thread: a notification has to come back to this process, and not to another one
 * of the same name. */
void gbx_end_notice_settle (void);

/* The window is not owned. */
GbxEndNotice *gbx_end_notice_new (GtkWindow *window);
void gbx_end_notice_show (GbxEndNotice *self, GbxSandbox *sandbox);

G_END_DECLS
