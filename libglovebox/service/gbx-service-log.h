/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The log of a service: lines with their time, in two files of limited size.  What the service
 * writes is not trusted: a line is short, and control characters are replaced. */
#define GBX_SERVICE_LOG_MAX (2 * 1024 * 1024)

typedef struct _GbxServiceLog GbxServiceLog;

GbxServiceLog *gbx_service_log_open (const char *folder, GError **error);
void gbx_service_log_close (GbxServiceLog *self);
/* Bytes of the service, in any pieces. */
void gbx_service_log_take (GbxServiceLog *self, const guint8 *bytes, gsize length);
/* A line of our own. */
void gbx_service_log_say (GbxServiceLog *self, const char *text);

/* (transfer full): the last n lines, of both files. */
char *gbx_service_log_read (const char *folder, guint n_lines);
/* (transfer full): what came after the first bytes of the present file; all of it if it has begun
 * anew. */
char *gbx_service_log_read_since (const char *folder, goffset size);

G_END_DECLS
