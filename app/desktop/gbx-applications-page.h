/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <handy.h>

G_BEGIN_DECLS

#define GBX_TYPE_APPLICATIONS_PAGE (gbx_applications_page_get_type ())
G_DECLARE_FINAL_TYPE (GbxApplicationsPage, gbx_applications_page, GBX, APPLICATIONS_PAGE, GtkBox)

/* The installed applications. */
GtkWidget *gbx_applications_page_new (void);

G_END_DECLS
