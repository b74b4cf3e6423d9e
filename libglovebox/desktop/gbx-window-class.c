/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-window-class.h"

#include <string.h>

/* With the prefix, a profile and a suffix it is still the name of a file. */
#define NAME_MAX_LENGTH 100

char *
gbx_window_class_make (const char *application, const char *profile)
{
  g_autofree char *given = g_str_has_suffix (application, ".desktop")
                               ? g_strndup (application, strlen (application) - strlen (".desktop"))
                               : g_strdup (application);
  g_autofree char *name = g_strdup (given);
  GString *class = g_string_new (GBX_APPLICATION_ID ".app.");

  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-", '_');
  if (strlen (name) > NAME_MAX_LENGTH)
    name[NAME_MAX_LENGTH] = '\0';
  g_string_append (class, name);
  /* Two names must not become one. */
  if (strcmp (name, given) != 0)
    g_string_append_printf (class, "-%08x", g_str_hash (given));
  /* No name has this character, so it separates the two. */
  if (profile)
    g_string_append_printf (class, "@%s", profile);
  return g_string_free (class, FALSE);
}
