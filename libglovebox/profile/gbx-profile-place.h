/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): the path that a profile means by "/x", "~/x" or "xdg-download/x". */
char *gbx_profile_place_expand (const char *text, const char *origin, GError **error);

G_END_DECLS
