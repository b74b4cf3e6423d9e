/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-import.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-profile-file.h"
#include "gbx-text.h"

#include <glib/gi18n-lib.h>
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
gbx_import_add_share (GbxKeyText *text, const char *path, gboolean writable, guint number,
                      GPtrArray *notes)
{
  g_autofree char *group = g_strdup_printf ("Share folder%u", number);

  if (number == GBX_IMPORT_SHARES_MAX + 1)
    gbx_import_note (notes, _ ("There are more than %d folders; the others are left out"),
                     GBX_IMPORT_SHARES_MAX);
  if (number > GBX_IMPORT_SHARES_MAX)
    return;
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

char *
gbx_import_make_id (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  char *dot = strrchr (base, '.');
  GString *id = g_string_new (NULL);

  if (dot && dot > base)
    *dot = '\0';
  for (const char *at = base; *at && id->len < GBX_NAME_MAX; at++)
    {
      char c = g_ascii_tolower (*at);

      if (g_ascii_isalnum (c) || (id->len > 0 && strchr ("._-", c)))
        g_string_append_c (id, c);
      else if (id->len > 0 && c == ' ')
        g_string_append_c (id, '-');
    }
  if (id->len == 0)
    g_string_assign (id, "imported");
  return g_string_free (id, FALSE);
}

/* Windows writes XML in UTF-16 too, which begins with a mark. */
static gboolean
is_utf16 (const char *text, gsize length)
{
  return length >= 2 && (memcmp (text, "\xff\xfe", 2) == 0 || memcmp (text, "\xfe\xff", 2) == 0);
}

/* Whatever has no other beginning would be taken for a profile of Firejail. */
static gboolean
is_binary (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl (text[i]) && !strchr ("\t\n\r", text[i]))
      return gbx_import_guess (text) == GBX_FOREIGN_FIREJAIL;
  return FALSE;
}

/* FALSE for what is no text, or is too much. */
static gboolean
check_text (const char *text, gsize length, const char *shown, GError **error)
{
  if (length > GBX_KEY_TEXT_BYTES_MAX)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("%s: the file is too large for a profile: the limit is %d bytes"), shown,
                 GBX_KEY_TEXT_BYTES_MAX);
  else if ((memchr (text, '\0', length) || is_binary (text, length)) && !is_utf16 (text, length))
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s: this is not a text file"), shown);
  else
    return TRUE;
  return FALSE;
}

char *
gbx_import_read (const char *path, GPtrArray *notes, GbxForeign *foreign, GError **error)
{
  g_autofree char *shown = gbx_path_show (path);
  g_autofree char *text = NULL;
  GbxForeign kind;
  gsize length;

  if (!gbx_profile_read_text (path, shown, &text, &length, error) ||
      !check_text (text, length, shown, error))
    return NULL;
  kind = is_utf16 (text, length) ? GBX_FOREIGN_WSB : gbx_import_guess (text);
  if (foreign)
    *foreign = kind;
  switch (kind)
    {
    case GBX_FOREIGN_WSB:
      return gbx_import_wsb (text, length, shown, notes, error);
    case GBX_FOREIGN_FIREJAIL:
      return gbx_import_firejail (text, shown, notes, error);
    case GBX_FOREIGN_NONE:
    default:
      return g_steal_pointer (&text);
    }
}
