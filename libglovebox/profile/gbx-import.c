/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-import.h"

#include "gbx-profile-file.h"

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

GbxKeyText *
gbx_import_begin (void)
{
  g_autofree char *version = g_strdup_printf ("%d", GBX_PROFILE_VERSION);
  GbxKeyText *text = gbx_key_text_new ();

  gbx_key_text_set (text, "Profile", "Version", version);
  return text;
}

void
gbx_import_add_share (GbxKeyText *text, const char *path, gboolean writable, guint number)
{
  g_autofree char *group = g_strdup_printf ("Share folder%u", number);

  if (path)
    gbx_key_text_set (text, group, "Path", path);
  gbx_key_text_set (text, group, "Presence", path ? "optional" : "ask");
  gbx_key_text_set (text, group, "Access", writable ? "rw" : "ro");
}

char *
gbx_import_end (GbxKeyText *text, const char *why_network, GPtrArray *notes)
{
  if (!gbx_key_text_lookup (text, "Network", "Mode"))
    {
      gbx_key_text_set (text, "Network", "Mode", "user");
      gbx_import_note (notes, "%s", why_network);
    }
  return gbx_key_text_to_string (text);
}

void
gbx_import_note (GPtrArray *notes, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}
