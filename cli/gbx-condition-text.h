/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (nullable): the state of a sandbox in one or two words, or "-". */
const char *gbx_condition_text (const char *condition);
/* Hours, minutes and seconds since that time, in seconds since 1970. */
char *gbx_age_text (gint64 started);

G_END_DECLS
