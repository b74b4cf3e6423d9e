/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Bars with messages while the application is shown.  They lie over the lower edge of
 * the display, so that the guest need not change its resolution when one comes or goes.
 * Signals: `reconnect`, `restart`, `stop`, `end-now`, `resume`. */
#define GBX_TYPE_NOTICE_BARS (gbx_notice_bars_get_type ())
G_DECLARE_FINAL_TYPE (GbxNoticeBars, gbx_notice_bars, GBX, NOTICE_BARS, GtkBox)

GtkWidget *gbx_notice_bars_new (void);
/* Shows a message for some seconds. */
void gbx_notice_bars_say (GbxNoticeBars *self, const char *text, gboolean is_error);
/* NULL hides. */
void gbx_notice_bars_set_lost (GbxNoticeBars *self, const char *text);
/* What does not work at the moment, until it is dismissed; NULL hides. */
void gbx_notice_bars_set_trouble (GbxNoticeBars *self, const char *text);
void gbx_notice_bars_set_stopping (GbxNoticeBars *self, gboolean stopping);
void gbx_notice_bars_set_paused (GbxNoticeBars *self, gboolean paused);
void gbx_notice_bars_clear (GbxNoticeBars *self);

G_END_DECLS
