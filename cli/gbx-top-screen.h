/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-top-source.h"

G_BEGIN_DECLS

/* The table on the whole terminal, with keys.  Only one at a time. */
typedef struct _GbxTopScreen GbxTopScreen;

/* NULL if the terminal cannot do it. source: (unowned).  loop is quit by the key "q", and by a
 * signal that ends the program. */
GbxTopScreen *gbx_top_screen_new (GbxTopSource *source, GMainLoop *loop);
/* Gives the terminal back as it was. */
void gbx_top_screen_free (GbxTopScreen *self);
void gbx_top_screen_draw (GbxTopScreen *self);
/* (nullable): shown until the next key. */
void gbx_top_screen_tell (GbxTopScreen *self, const char *text);

G_END_DECLS
