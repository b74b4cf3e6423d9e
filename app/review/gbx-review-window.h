/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <handy.h>

G_BEGIN_DECLS

#define GBX_TYPE_REVIEW_WINDOW (gbx_review_window_get_type ())
G_DECLARE_FINAL_TYPE (GbxReviewWindow, gbx_review_window, GBX, REVIEW_WINDOW, HdyApplicationWindow)

/* Shows in words what the profile in a file would allow, and imports it if the user says so.
 * Nothing is run. */
GtkWidget *gbx_review_window_new (GtkApplication *application, const char *uri);

G_END_DECLS
