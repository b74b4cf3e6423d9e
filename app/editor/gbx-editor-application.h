/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-profile-store.h"

G_BEGIN_DECLS

/* (transfer full): the profile that is for that application alone, or the name of a new one.
 * @text: (out) (nullable): the text of a new one, which changes nothing */
char *gbx_editor_application_find (GbxProfileStore *store, const char *desktop_id, char **text);

G_END_DECLS
