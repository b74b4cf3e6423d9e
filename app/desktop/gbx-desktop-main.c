/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-desktop-application.h"
#include "gbx-surroundings.h"

#include <glib/gi18n.h>
#include <locale.h>

/* Glovebox's own failures, as the manual pages say. */
#define STATUS_FAILURE 125

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = NULL;

  gbx_surroundings_settle ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, GBX_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  /* By this name the desktop finds the window's launcher and icon. */
  g_set_prgname (GBX_APPLICATION_ID);
  g_set_application_name (_ ("Glovebox"));

  /* Otherwise GTK would print a warning and exit with status 1. */
  if (!gtk_init_check (&argc, &argv))
    {
      g_printerr ("glovebox: %s\n", _ ("there is no display to show the window on; set DISPLAY or "
                                       "WAYLAND_DISPLAY"));
      return STATUS_FAILURE;
    }
  application = gbx_desktop_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
