/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-import.h"

#include <string.h>

/* By its first line that says something. */
GbxForeign
gbx_import_guess (const char *text)
{
  const char *at = g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;

  for (;;)
    {
      at += strspn (at, " \t\r\n");
      if (*at != '#')
        break;
      at += strcspn (at, "\n");
    }
  if (*at == '<')
    return GBX_FOREIGN_WSB;
  return *at == '[' || !*at ? GBX_FOREIGN_NONE : GBX_FOREIGN_FIREJAIL;
}

void
gbx_import_add_share (GString *text, const char *path, gboolean writable, guint number)
{
  g_string_append_printf (text, "\n[Share folder%u]\n", number);
  if (path)
    g_string_append_printf (text, "Path=%s\nPresence=optional\n", path);
  else
    g_string_append (text, "Presence=ask\n");
  g_string_append_printf (text, "Access=%s\n", writable ? "rw" : "ro");
}

void
gbx_import_note (GPtrArray *notes, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}
