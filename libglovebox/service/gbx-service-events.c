/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-events.h"

#include "gbx-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char *const words[] = {
  [GBX_EVENT_NONE] = "",
  [GBX_EVENT_STARTING] = "starting",
  [GBX_EVENT_READY] = "ready",
  [GBX_EVENT_STATUS] = "status",
  [GBX_EVENT_RELOADING] = "reloading",
  [GBX_EVENT_RELOADED] = "reloaded",
  [GBX_EVENT_RELOAD_FAILED] = "reload-failed",
  [GBX_EVENT_STOPPING] = "stopping",
  [GBX_EVENT_STOPPED] = "stopped",
  [GBX_EVENT_RESTARTING] = "restarting",
  [GBX_EVENT_ENDED] = "ended",
  [GBX_EVENT_FAILED] = "failed",
};

static char *
make_plain (const char *text, gsize length)
{
  GString *out = g_string_new (NULL);
  const char *end = text + length;

  while (text < end)
    {
      gunichar c = g_utf8_get_char_validated (text, end - text);
      gboolean shown = (gint) c >= 0 && gbx_text_is_plain (c);

      g_string_append_unichar (out, shown ? c : '?');
      text += shown ? g_unichar_to_utf8 (c, NULL) : 1;
    }
  return g_string_free (out, FALSE);
}

GbxServiceEvent
gbx_service_event_parse (const char *line, gsize length, char **text)
{
  gsize word = 0;

  while (word < length && line[word] != ' ')
    word++;
  *text = word < length ? make_plain (line + word + 1, length - word - 1) : g_strdup ("");
  for (guint i = 1; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i]) == word && memcmp (words[i], line, word) == 0)
      return (GbxServiceEvent) i;
  return GBX_EVENT_NONE;
}

void
gbx_service_events_take (GString *partial, const guint8 *bytes, gsize length,
                         GbxServiceEventFunc func, gpointer user_data)
{
  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *text = NULL;
      GbxServiceEvent event;

      if (bytes[i] != '\n')
        {
          if (partial->len < GBX_EVENT_LINE_MAX)
            g_string_append_c (partial, (char) bytes[i]);
          continue;
        }
      event = gbx_service_event_parse (partial->str, partial->len, &text);
      g_string_truncate (partial, 0);
      if (event != GBX_EVENT_NONE)
        func (event, text, user_data);
    }
}

char *
gbx_service_event_describe_result (const char *text)
{
  static const struct
  {
    const char *result, *meaning;
  } meanings[] = {
    { "exit-code", N_ ("it ended with an error (%s)") },
    { "signal", N_ ("it was ended by a signal (%s)") },
    { "core-dump", N_ ("it crashed (%s)") },
    { "watchdog", N_ ("it did not feed its watchdog (%s)") },
    { "timeout", N_ ("it took too long (%s)") },
    { "protocol", N_ ("it did not do what its unit says of it (%s)") },
    { "exec-condition", N_ ("a condition of its unit does not hold (%s)") },
    { "start-limit-hit", N_ ("it ended too often in a short time (%s)") },
    { "success", N_ ("it ended by itself (%s)") },
  };
  const char *space = strchr (text, ' ');
  const char *detail = space ? space + 1 : "-";
  g_autofree char *result = space ? g_strndup (text, space - text) : g_strdup (text);
  g_autofree char *shown = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (g_str_equal (meanings[i].result, result))
      {
        g_auto (GStrv) parts = g_strsplit (_ (meanings[i].meaning), "%s", 2);
        g_autofree char *whole = g_strjoinv (detail, parts);

        /* Nothing is known of the process. */
        if (g_str_equal (detail, "-"))
          whole[strlen (parts[0]) > 2 ? strlen (parts[0]) - 2 : 0] = '\0';
        return g_steal_pointer (&whole);
      }
  return g_strdup (result);
}
