/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-edits.h"

#include <handy.h>

G_BEGIN_DECLS

/* Asks what becomes of the files that a sandbox has changed copies of, one after the other.  It
 * closes itself when all is decided.  Closed before, it leaves the copies for later. */
#define GBX_TYPE_CHANGES_WINDOW (gbx_changes_window_get_type ())
G_DECLARE_FINAL_TYPE (GbxChangesWindow, gbx_changes_window, GBX, CHANGES_WINDOW, HdyWindow)

/* edits: (transfer none): it has to live longer than the window. */
GtkWidget *gbx_changes_window_new (GtkApplication *application, GbxEdits *edits);

G_END_DECLS
