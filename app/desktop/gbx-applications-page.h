/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <handy.h>

G_BEGIN_DECLS

/* The installed applications: a search, the categories, the grid, and the details of the one that
 * is selected.  Where it is narrow, the categories slide in, and the details take the place of
 * the grid. */
#define GBX_TYPE_APPLICATIONS_PAGE (gbx_applications_page_get_type ())
G_DECLARE_FINAL_TYPE (GbxApplicationsPage, gbx_applications_page, GBX, APPLICATIONS_PAGE, GtkBox)

GtkWidget *gbx_applications_page_new (void);
/* A key that nobody else in the window wants: a letter begins a search. */
gboolean gbx_applications_page_handle_key (GbxApplicationsPage *self, GdkEvent *event);
void gbx_applications_page_search (GbxApplicationsPage *self);
/* words: the entry's id and files or addresses, or a command */
void gbx_applications_page_launch (GbxApplicationsPage *self, const char *const *words);

G_END_DECLS
