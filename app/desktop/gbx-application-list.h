/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-applications.h"

G_BEGIN_DECLS

/* The installed applications; it follows changes of the entries and of the user's profiles. */
#define GBX_TYPE_APPLICATION_LIST (gbx_application_list_get_type ())
G_DECLARE_FINAL_TYPE (GbxApplicationList, gbx_application_list, GBX, APPLICATION_LIST, GObject)

/* Reads in a thread, and has the signal "changed" whenever it has read. */
GbxApplicationList *gbx_application_list_new (void);
/* (transfer none) (nullable) (element-type GbxApplication): NULL before it has read. */
GPtrArray *gbx_application_list_get (GbxApplicationList *self);
/* (transfer none) (nullable) */
GbxApplication *gbx_application_list_find (GbxApplicationList *self, const char *desktop_id);
void gbx_application_list_reload (GbxApplicationList *self);

G_END_DECLS
