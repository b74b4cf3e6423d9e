/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the window has to say while the application is shown.  The bars lie over the
 * lower edge of the display instead of beside it: one that comes and goes must not
 * make the guest change its resolution.  Signals: `reconnect`, `restart`, `stop`,
 * `end-now`. */
#define GBX_TYPE_NOTICE_BARS (gbx_notice_bars_get_type ())
G_DECLARE_FINAL_TYPE (GbxNoticeBars, gbx_notice_bars, GBX, NOTICE_BARS, GtkBox)

GtkWidget *gbx_notice_bars_new (void);
/* NULL hides.  A notice stays until it is dismissed, or the application is shown and
 * there was time to read it; the identity strip and the details keep saying it. */
void gbx_notice_bars_set_notice (GbxNoticeBars *self, const char *text);
void gbx_notice_bars_application_shown (GbxNoticeBars *self);
/* A message goes by itself after some seconds. */
void gbx_notice_bars_say (GbxNoticeBars *self, const char *text, gboolean is_error);
/* NULL hides. */
void gbx_notice_bars_set_lost (GbxNoticeBars *self, const char *text);
/* What does not work at the moment, until it is dismissed; NULL hides. */
void gbx_notice_bars_set_trouble (GbxNoticeBars *self, const char *text);
void gbx_notice_bars_set_stopping (GbxNoticeBars *self, gboolean stopping);
void gbx_notice_bars_clear (GbxNoticeBars *self);

G_END_DECLS
