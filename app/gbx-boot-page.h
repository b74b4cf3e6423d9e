/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The page until the application draws.  Signal: `cancel`. */
#define GBX_TYPE_BOOT_PAGE (gbx_boot_page_get_type ())
G_DECLARE_FINAL_TYPE (GbxBootPage, gbx_boot_page, GBX, BOOT_PAGE, GtkBox)

GtkWidget *gbx_boot_page_new (void);
void gbx_boot_page_set_sandbox (GbxBootPage *self, GbxSandbox *sandbox);
/* Gives the focus to the progress bar, where keys do nothing. */
void gbx_boot_page_focus (GbxBootPage *self);

G_END_DECLS
