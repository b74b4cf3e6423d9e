/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-text.h"

#include <string.h>

gboolean
gbx_text_is_plain (gunichar c)
{
  return !g_unichar_iscntrl (c) && g_unichar_type (c) != G_UNICODE_FORMAT && c != 0x2028
         && c != 0x2029;
}

gboolean
gbx_text_is_name (const char *text)
{
  return g_ascii_isalnum (*text) && strlen (text) <= GBX_NAME_MAX
         && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen (text);
}
