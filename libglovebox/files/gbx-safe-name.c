/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-safe-name.h"

#include "gbx-text.h"

#include <string.h>

/* File systems allow 255 bytes; a number may follow. */
#define NAME_BYTES_MAX 240
#define ENDING_BYTES_MAX 24
#define SUBSTITUTE '_'

/* On FAT and NTFS these are no files, whatever their ending. */
static gboolean
is_device (const char *name)
{
  static const char *const devices[] = { "con", "prn", "aux", "nul", "com", "lpt", NULL };
  gsize length = strcspn (name, ".");

  while (length > 0 && name[length - 1] == ' ')
    length--;
  for (guint i = 0; devices[i]; i++)
    if (g_ascii_strncasecmp (name, devices[i], 3) == 0
        && (i < 4 ? length == 3 : length == 4 && g_ascii_isdigit (name[3])))
      return TRUE;
  return FALSE;
}

static GString *
replace_unsafe (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  GString *safe = g_string_new (NULL);

  for (const char *at = valid; *at; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '/' || c == '\\' || !gbx_text_is_plain (c) || !g_unichar_isdefined (c))
        c = SUBSTITUTE;
      g_string_append_unichar (safe, c);
    }
  return safe;
}

/* Where the ending begins: the last dot, unless it is the first letter. */
static gsize
find_ending (const char *name)
{
  const char *dot = strrchr (name, '.');
  gsize length = strlen (name);

  return dot && dot != name && length - (dot - name) <= ENDING_BYTES_MAX ? (gsize) (dot - name)
                                                                         : length;
}

static void
shorten (GString *name)
{
  gsize ending = find_ending (name->str);
  gsize excess = name->len > NAME_BYTES_MAX ? name->len - NAME_BYTES_MAX : 0;
  gsize start;

  if (excess == 0)
    return;
  start = ending - excess;
  while (start > 0 && (name->str[start] & 0xc0) == 0x80) /* within a letter */
    start--;
  g_string_erase (name, start, ending - start);
}

/* Spaces at the ends, of any kind, only hide what the name is. */
static void
strip_spaces (GString *name)
{
  const char *start = name->str;
  const char *last;

  while (*start && g_unichar_isspace (g_utf8_get_char (start)))
    start = g_utf8_next_char (start);
  g_string_erase (name, 0, start - name->str);
  while (name->len > 0 && (last = g_utf8_find_prev_char (name->str, name->str + name->len))
         && g_unichar_isspace (g_utf8_get_char (last)))
    g_string_truncate (name, last - name->str);
}

char *
gbx_safe_name (const char *name, gboolean hidden)
{
  GString *safe = replace_unsafe (name);
  gboolean is_dots;

  strip_spaces (safe);
  shorten (safe);
  strip_spaces (safe);
  is_dots = g_str_equal (safe->str, ".") || g_str_equal (safe->str, "..");
  if (safe->len == 0 || is_dots)
    g_string_assign (safe, "_");
  if (safe->str[0] == '.' && !hidden)
    safe->str[0] = SUBSTITUTE;
  if (safe->str[0] == '-' || is_device (safe->str))
    g_string_prepend_c (safe, SUBSTITUTE);
  return g_string_free (safe, FALSE);
}

char *
gbx_safe_path (const char *path, gboolean hidden)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  GString *safe = g_string_new (NULL);

  for (guint i = 0; parts[i]; i++)
    {
      g_autofree char *name = NULL;

      if (!*parts[i] || g_str_equal (parts[i], ".") || g_str_equal (parts[i], ".."))
        continue;
      name = gbx_safe_name (parts[i], hidden);
      if (safe->len > 0)
        g_string_append_c (safe, '/');
      g_string_append (safe, name);
    }
  return g_string_free (safe, FALSE);
}

char *
gbx_safe_name_number (const char *name, guint number)
{
  gsize ending = find_ending (name);

  return g_strdup_printf ("%.*s (%u)%s", (int) ending, name, number, name + ending);
}
