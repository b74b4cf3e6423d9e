/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The applications that the user has launched, the last one first, in
 * $XDG_STATE_HOME/glovebox/desktop. */
#define GBX_TYPE_RECENT (gbx_recent_get_type ())
G_DECLARE_FINAL_TYPE (GbxRecent, gbx_recent, GBX, RECENT, GObject)

#define GBX_RECENT_MAX 12

/* Has the signal "changed". */
GbxRecent *gbx_recent_new (void);
/* (transfer none): the one of this program. */
GbxRecent *gbx_recent_get_default (void);
/* (transfer none): ids of desktop entries. */
const char *const *gbx_recent_get (GbxRecent *self);
void gbx_recent_add (GbxRecent *self, const char *desktop_id);
void gbx_recent_clear (GbxRecent *self);

G_END_DECLS
