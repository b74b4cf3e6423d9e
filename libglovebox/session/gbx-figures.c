/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-figures"

#include "config.h"

#include "gbx-figures.h"

#include <glib/gi18n-lib.h>

/* How many records a busy main loop may be late. */
#define BEHIND_MAX 16

typedef struct
{
  GbxFiguresFunc func;
  gpointer user_data;
} Watch;

static const char *
on_data (GbxChannel *channel, const guint8 *data, gsize length, gpointer user_data)
{
  Watch *watch = user_data;
  GbxFigures figures;

  if (!gbx_figures_decode (&figures, data, length))
    return _ ("malformed figures");
  gbx_channel_grant (channel, length);
  watch->func (&figures, watch->user_data); /* last: it may close the console */
  return NULL;
}

static void
on_refused (GbxChannel *channel, const char *reason, gpointer user_data)
{
  g_debug ("the guest tells no figures: %s", reason);
  g_free (user_data);
}

static void
on_closed (GbxChannel *channel, gpointer user_data)
{
  g_free (user_data);
}

static const GbxChannelHandler handler = {
  .refused = on_refused,
  .data = on_data,
  .closed = on_closed,
};

void
gbx_figures_watch (GbxConsole *console, GbxFiguresFunc func, gpointer user_data)
{
  Watch *watch = g_new (Watch, 1);

  watch->func = func;
  watch->user_data = user_data;
  if (!gbx_console_open_channel (console, GBX_PROCESS_GUEST, GBX_FIGURES_CHANNEL,
                                 BEHIND_MAX * GBX_FIGURES_SIZE, &handler, watch))
    g_free (watch);
}
