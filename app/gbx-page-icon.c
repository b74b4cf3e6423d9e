/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-page-icon.h"

static GIcon *
find_icon (const char *name)
{
  if (name && g_path_is_absolute (name) && g_file_test (name, G_FILE_TEST_IS_REGULAR))
    {
      g_autoptr (GFile) file = g_file_new_for_path (name);

      return g_file_icon_new (file);
    }
  if (name && gtk_icon_theme_has_icon (gtk_icon_theme_get_default (), name))
    return g_themed_icon_new (name);
  return g_themed_icon_new (GBX_APPLICATION_ID);
}

void
gbx_page_icon_show (GtkImage *image, const char *name)
{
  g_autoptr (GIcon) icon = find_icon (name);

  gtk_image_set_from_gicon (image, icon, GTK_ICON_SIZE_DIALOG);
}
