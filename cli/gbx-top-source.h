/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-top-table.h"

G_BEGIN_DECLS

/* All running sandboxes of this account and what they use, asked for once a second.  One that
 * hangs holds nobody up, and one that ends is gone from the list.  No function blocks. */
typedef struct _GbxTopSource GbxTopSource;

/* Text: translated, for the user; NULL: all went well. */
typedef void (*GbxTopMessageFunc) (const char *text, gpointer user_data);

GbxTopSource *gbx_top_source_new (GbxTopMessageFunc func, gpointer user_data);
void gbx_top_source_free (GbxTopSource *self);
/* (transfer full) (element-type GbxTopRow) */
GPtrArray *gbx_top_source_get_rows (GbxTopSource *self);
/* Whether everything that can be known of all of them is known. */
gboolean gbx_top_source_is_complete (GbxTopSource *self);
/* Asks it to stop, as closing its window does; by a signal if its process does not answer. */
void gbx_top_source_stop (GbxTopSource *self, const char *name);
/* Pauses it, or lets it go on. */
void gbx_top_source_pause (GbxTopSource *self, const char *name);

G_END_DECLS
