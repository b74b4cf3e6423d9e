/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* All settings, for people. */
char *gbx_settings_text_list (void);
/* A line for each option of run or exec: the option, a tab, and either "-" where it takes no
 * value, or the values that can be offered. */
char *gbx_settings_text_completion (gboolean desktop);
/* The lists of glovebox-profile(5), for mdoc(7): all settings, or the keys of a share. */
char *gbx_settings_text_manual (gboolean of_shares);

/* The table of docs/tuning.md, in Markdown: who holds each limit where. */
char *gbx_settings_text_table (void);

G_END_DECLS
