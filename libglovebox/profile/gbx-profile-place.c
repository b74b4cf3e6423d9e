/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-profile-place.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The names that Flatpak has for the folders of xdg-user-dirs. */
static const struct
{
  const char *name;
  GUserDirectory folder;
} folders[] = {
  { "xdg-desktop", G_USER_DIRECTORY_DESKTOP },
  { "xdg-documents", G_USER_DIRECTORY_DOCUMENTS },
  { "xdg-download", G_USER_DIRECTORY_DOWNLOAD },
  { "xdg-music", G_USER_DIRECTORY_MUSIC },
  { "xdg-pictures", G_USER_DIRECTORY_PICTURES },
  { "xdg-public-share", G_USER_DIRECTORY_PUBLIC_SHARE },
  { "xdg-templates", G_USER_DIRECTORY_TEMPLATES },
  { "xdg-videos", G_USER_DIRECTORY_VIDEOS },
};

static char *
join (const char *folder, const char *rest)
{
  return *rest ? g_build_filename (folder, rest, NULL) : g_strdup (folder);
}

char *
gbx_profile_place_expand (const char *text, const char *origin, GError **error)
{
  gsize length = strcspn (text, "/");

  if (g_path_is_absolute (text))
    return g_strdup (text);
  if (length == 1 && *text == '~')
    return join (g_get_home_dir (), text + 1);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      const char *folder = g_get_user_special_dir (folders[i].folder);

      if (strlen (folders[i].name) != length || strncmp (text, folders[i].name, length) != 0)
        continue;
      if (folder)
        return join (folder, text + length);
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   _ ("%s cannot be “%s”: this account has no such folder; name another one, as "
                      "in ~/Folder"),
                   origin, text);
      return NULL;
    }
  g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
               _ ("%s cannot be “%s”: write an absolute path, ~/…, or one of xdg-desktop, "
                  "xdg-documents, xdg-download, xdg-music, xdg-pictures, xdg-public-share, "
                  "xdg-templates, xdg-videos"),
               origin, text);
  return NULL;
}
