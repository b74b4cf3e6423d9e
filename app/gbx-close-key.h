/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* In the class of a window: Escape closes it, as it closes a dialog. */
void gbx_close_key_bind (GtkWidgetClass *klass);

G_END_DECLS
