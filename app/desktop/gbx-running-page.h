/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The running sandboxes of this account.  They come and go as their folders in the runtime folder
 * do; while the page is shown, it reads their figures once a second. */
#define GBX_TYPE_RUNNING_PAGE (gbx_running_page_get_type ())
G_DECLARE_FINAL_TYPE (GbxRunningPage, gbx_running_page, GBX, RUNNING_PAGE, GtkStack)

GtkWidget *gbx_running_page_new (void);

G_END_DECLS
