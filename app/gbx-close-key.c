/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-close-key.h"

void
gbx_close_key_bind (GtkWidgetClass *klass)
{
  gtk_binding_entry_add_signal (gtk_binding_set_by_class (klass), GDK_KEY_Escape, 0,
                                "close-request", 0);
  g_signal_new_class_handler ("close-request", G_TYPE_FROM_CLASS (klass),
                              G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (gtk_window_close),
                              NULL, NULL, NULL, G_TYPE_NONE, 0);
}
