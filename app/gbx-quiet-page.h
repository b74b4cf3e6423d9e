/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The page while the application runs without a window: it loads, has only an icon for a
 * panel, or is about to quit.  Signal: `stop`. */
#define GBX_TYPE_QUIET_PAGE (gbx_quiet_page_get_type ())
G_DECLARE_FINAL_TYPE (GbxQuietPage, gbx_quiet_page, GBX, QUIET_PAGE, GtkScrolledWindow)

GtkWidget *gbx_quiet_page_new (void);
void gbx_quiet_page_set_sandbox (GbxQuietPage *self, GbxSandbox *sandbox);
/* The application's name, once another one is known than the policy's. */
void gbx_quiet_page_set_title (GbxQuietPage *self, const char *title);
/* Gives the focus to the output, where no key ends anything. */
void gbx_quiet_page_focus (GbxQuietPage *self);

G_END_DECLS
