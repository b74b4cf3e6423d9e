/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-leftover.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows the files in a home that is about to be thrown away, and saves those that its user
 * chooses, or keeps the whole home.
 *
 * Signal: done: there is nothing more to ask; the sandbox can end. */
#define GBX_TYPE_FILES_PAGE (gbx_files_page_get_type ())
G_DECLARE_FINAL_TYPE (GbxFilesPage, gbx_files_page, GBX, FILES_PAGE, GtkBox)

GtkWidget *gbx_files_page_new (void);
/* title: of the application. */
void gbx_files_page_show (GbxFilesPage *self, GbxSandbox *sandbox, GbxLeftover *leftover,
                          const char *title);
/* What the button "Discard" does: asks, and then is done. */
void gbx_files_page_discard (GbxFilesPage *self);
/* Nobody answers any more, or the sandbox has ended. */
void gbx_files_page_stop (GbxFilesPage *self);
void gbx_files_page_focus (GbxFilesPage *self);

G_END_DECLS
