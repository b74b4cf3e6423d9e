/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a character of the guest's text is safe to show: not a control character, and not
 * one that changes the text direction. */
gboolean gbx_text_is_plain (gunichar c);

/* Whether it can be the name of a sandbox or a home: 1 to 40 of the characters a–z, 0–9, dot,
 * dash and underscore, the first a letter or digit. */
#define GBX_NAME_MAX 40
gboolean gbx_text_is_name (const char *text);

G_END_DECLS
