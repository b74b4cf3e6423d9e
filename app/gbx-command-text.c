/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-command-text.h"

#include <string.h>

/* Pango takes minutes to break 40,000 letters into lines. */
#define LETTERS_MAX 1500

#define PLAIN                                                                                      \
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%"

char *
gbx_command_text (GbxPolicy *policy)
{
  GString *text = g_string_new (NULL);

  for (const char *const *word = gbx_policy_get_command (policy); *word; word++)
    {
      g_autofree char *quoted = g_shell_quote (*word);
      g_autofree char *shown = g_utf8_make_valid (quoted, -1);
      gboolean plain = **word && strspn (*word, PLAIN) == strlen (*word);

      g_string_append_printf (text, "%s%s", text->len ? " " : "", plain ? *word : shown);
    }
  if (g_utf8_strlen (text->str, -1) > LETTERS_MAX)
    {
      g_string_truncate (text, (gsize)(g_utf8_offset_to_pointer (text->str, LETTERS_MAX)
                                       - text->str));
      g_string_append (text, "…");
    }
  return g_string_free (text, FALSE);
}
