/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-installed-application.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The categories that any application has, with the number of them.  The signal "changed": another
 * one was chosen. */
#define GBX_TYPE_CATEGORY_LIST (gbx_category_list_get_type ())
G_DECLARE_FINAL_TYPE (GbxCategoryList, gbx_category_list, GBX, CATEGORY_LIST, GtkListBox)

GtkWidget *gbx_category_list_new (void);
/* (element-type GbxApplication) */
void gbx_category_list_set_applications (GbxCategoryList *self, GPtrArray *applications);
/* 0: all */
guint gbx_category_list_get (GbxCategoryList *self);
const char *gbx_category_list_get_title (GbxCategoryList *self);
void gbx_category_list_select_all (GbxCategoryList *self);

G_END_DECLS
