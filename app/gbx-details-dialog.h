/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <handy.h>

G_BEGIN_DECLS

/* What the sandbox may do, and its log. */
#define GBX_TYPE_DETAILS_DIALOG (gbx_details_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GbxDetailsDialog, gbx_details_dialog, GBX, DETAILS_DIALOG, HdyWindow)

GtkWidget *gbx_details_dialog_new (GtkWindow *parent, GbxSandbox *sandbox);

G_END_DECLS
