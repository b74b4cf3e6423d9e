/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-desktop-about.h"

#include <glib/gi18n.h>

void
gbx_desktop_about_show (GtkWindow *parent)
{
  gtk_show_about_dialog (
      parent, "program-name", _ ("Glovebox"), "version", GBX_VERSION, "logo-icon-name",
      GBX_APPLICATION_ID, "comments",
      _ ("Run an installed application in a virtual machine of its own"), "license-type",
      GTK_LICENSE_LGPL_2_1, "copyright", "© The Glovebox project", "translator-credits",
      /* Translators: your names, one on each line. */
      _ ("translator-credits"), NULL);
}
