/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a character of the guest's text is safe to show: not a control character, and not
 * one that changes the text direction. */
gboolean gbx_text_is_plain (gunichar c);

G_END_DECLS
