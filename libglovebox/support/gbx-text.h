/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a character of a guest's text may be shown to people: it commands no
 * terminal, and turns no direction of what is around it. */
gboolean gbx_text_is_plain (gunichar c);

G_END_DECLS
