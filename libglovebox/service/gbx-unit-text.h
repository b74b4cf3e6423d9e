/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The small languages in the values of a unit. */

/* What "%i" and so on stand for. */
typedef struct
{
  const char *unit; /* "redis-server@a.service" */
  const char *unit_path;
  const char *user, *group, *home, *shell; /* of the account */
  const char *host_name, *machine_id;
} GbxUnitNames;

/* (transfer full): with "%x" replaced; NULL with the letter that nobody knows, as an error. */
char *gbx_unit_expand (const char *text, const GbxUnitNames *names, GError **error);
/* The words of a command line or a list, with quotes and escapes as in systemd.syntax(7). */
char **gbx_unit_split (const char *text, GError **error);
/* "5min 20s", "90", "infinity", in milliseconds; G_MAXUINT64 for infinity. */
gboolean gbx_unit_parse_time (const char *text, guint64 *milliseconds);
gboolean gbx_unit_parse_boolean (const char *text, gboolean *value);
/* "SIGTERM", "TERM", "15"; 0 if there is none. */
int gbx_unit_parse_signal (const char *text);
/* "1K", "infinity". */
gboolean gbx_unit_parse_size (const char *text, guint64 *value);
/* A file of EnvironmentFile=: a list of "KEY=VALUE". */
char **gbx_unit_parse_environment (const char *text);
/* (transfer full): the instance of a unit's name with its escapes undone, or "". */
char *gbx_unit_get_instance (const char *unit, gboolean unescape);

G_END_DECLS
