/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-console.h"

G_BEGIN_DECLS

typedef void (*GbxFiguresFunc) (const GbxFigures *figures, gpointer user_data);

/* Calls func once a second with the guest's figures, until the console is closed. */
void gbx_figures_watch (GbxConsole *console, GbxFiguresFunc func, gpointer user_data);

G_END_DECLS
