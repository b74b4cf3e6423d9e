/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds the page of checks to the window's pages.  It is hidden unless there is something to fix:
 * the first start looks, and so does the first one of another version.  Once all is well, or the
 * user has said so, it hides again; showing it by its name, "doctor", always works. */
void gbx_doctor_place_add (GtkStack *pages);

G_END_DECLS
