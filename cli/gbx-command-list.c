/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-command-list.h"

void
gbx_command_list_add (GString *text, const char *name, const char *arguments, const char *summary)
{
  g_autofree char *usage = g_strdup_printf ("%s %s", name, arguments);

  g_string_append_printf (text, "\n  %-26s %s", usage, summary);
}
