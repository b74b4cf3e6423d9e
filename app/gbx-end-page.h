/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the application said, why the sandbox ended, and what can be done.  Signals: `restart`, `close`. */
#define GBX_TYPE_END_PAGE (gbx_end_page_get_type ())
G_DECLARE_FINAL_TYPE (GbxEndPage, gbx_end_page, GBX, END_PAGE, GtkScrolledWindow)

GtkWidget *gbx_end_page_new (void);
/* A sandbox that has ended, of an application with that title. */
void gbx_end_page_set_sandbox (GbxEndPage *self, GbxSandbox *sandbox, const char *title);
/* Gives the focus to the log, where no key starts or closes anything. */
void gbx_end_page_focus (GbxEndPage *self);

G_END_DECLS
