/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the program in the guest tells, line by line.  The guest is not trusted: a line is short,
 * and what nobody knows is passed over. */
typedef enum
{
  GBX_EVENT_NONE,
  GBX_EVENT_STARTING,
  GBX_EVENT_READY,
  GBX_EVENT_STATUS,
  GBX_EVENT_RELOADING,
  GBX_EVENT_RELOADED,
  GBX_EVENT_RELOAD_FAILED,
  GBX_EVENT_STOPPING,
  GBX_EVENT_STOPPED,
  GBX_EVENT_RESTARTING,
  GBX_EVENT_ENDED,
  GBX_EVENT_FAILED,
} GbxServiceEvent;

#define GBX_EVENT_LINE_MAX 1024

/* *text: (out) (transfer full): the rest of the line, safe to show. */
GbxServiceEvent gbx_service_event_parse (const char *line, gsize length, char **text);
/* (transfer full): what the result of a service means, in words: "exit-code", "status 1". */
char *gbx_service_event_describe_result (const char *text);

/* Joins bytes to lines; a longer one is cut. */
typedef void (*GbxServiceEventFunc) (GbxServiceEvent event, const char *text, gpointer user_data);
void gbx_service_events_take (GString *partial, const guint8 *bytes, gsize length,
                              GbxServiceEventFunc func, gpointer user_data);

G_END_DECLS
