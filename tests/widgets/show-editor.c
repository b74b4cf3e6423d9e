/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shows the editor alone: show-editor PROFILE, or show-editor NAME.desktop. */

#include "config.h"

#include "gbx-editor.h"
#include "gbx-style.h"

#include <locale.h>

static const char *word;

static void
on_activate (GtkApplication *application)
{
  gint64 before = g_get_monotonic_time ();
  GtkWidget *editor;

  hdy_init ();
  gbx_style_load ();
  editor = g_str_has_suffix (word, ".desktop")
               ? gbx_editor_new_for_application (application, word)
               : gbx_editor_new (application, word);
  gtk_window_present (GTK_WINDOW (editor));
  g_printerr ("%d ms\n", (int)((g_get_monotonic_time () - before) / 1000));
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application
      = gtk_application_new ("org.glovebox.Glovebox.Test", G_APPLICATION_NON_UNIQUE);

  setlocale (LC_ALL, "");
  g_set_prgname (GBX_APPLICATION_ID);
  word = argc > 1 ? argv[1] : "default";
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
