/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-end-notice.h"
#include "gbx-surroundings.h"
#include "gbx-window-application.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

/* Glovebox's own failures, as the manual pages say. */
#define STATUS_FAILURE 125

int
main (int argc, char **argv)
{
  g_autoptr (GbxWindowApplication) application = NULL;
  int status;

  gbx_surroundings_settle ();
  gbx_surroundings_settle_sockets ();
  gbx_end_notice_settle ();
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
                                       "WAYLAND_DISPLAY, or use “glovebox exec” for a command "
                                       "without windows"));
      return STATUS_FAILURE;
    }

  application = gbx_window_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  if (!status)
    status = gbx_window_application_get_status (application);
  fflush (stdout);
  fflush (stderr);
  /* A thread may still wait for libvirt, and it uses what exit() would tear down. */
  _exit (status);
}
