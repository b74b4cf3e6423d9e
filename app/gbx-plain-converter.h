/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GBX_TYPE_PLAIN_CONVERTER (gbx_plain_converter_get_type ())
G_DECLARE_FINAL_TYPE (GbxPlainConverter, gbx_plain_converter, GBX, PLAIN_CONVERTER, GObject)

/* Makes plain text of any bytes: UTF-8 with line breaks and tabs, without any character
 * that a terminal takes for a command.  A question mark replaces what is not UTF-8. */
GConverter *gbx_plain_converter_new (void);

G_END_DECLS
