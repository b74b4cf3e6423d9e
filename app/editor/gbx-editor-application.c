/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-application"

#include "config.h"

#include "gbx-editor-application.h"

#include "gbx-profile-match.h"

#include <gio/gdesktopappinfo.h>
#include <string.h>

#define ID_MAX 40

static char *
find_match (GbxProfileStore *store, const char *desktop_id, GDesktopAppInfo *info)
{
  g_autoptr (GPtrArray) warnings = g_ptr_array_new_with_free_func (g_free);
  const char *list = info ? g_desktop_app_info_get_categories (info) : NULL;
  g_auto (GStrv) categories = list ? g_strsplit (list, ";", -1) : NULL;

  return gbx_profile_match (store, desktop_id, NULL, (const char *const *)categories, warnings);
}

/* Whether a file of the user says that it is for this application and no other. */
static gboolean
is_own (GbxProfileStore *store, const char *id, const char *desktop_id)
{
  g_autoptr (GPtrArray) layers = gbx_profile_store_load_readable (store, id);

  for (guint i = layers->len; i-- > 0;)
    {
      g_auto (GStrv) list = NULL;

      if (!gbx_key_text_lookup (gbx_profile_file_get_text (layers->pdata[i]), "Profile",
                                "Applications"))
        continue;
      list = gbx_profile_file_get_list (layers->pdata[i], "Applications");
      return !gbx_profile_file_is_system (layers->pdata[i]) && g_strv_length (list) == 1
             && g_str_equal (list[0], desktop_id);
    }
  return FALSE;
}

/* "org.gnome.Evince.desktop" → "org.gnome.evince" */
static char *
make_id (const char *desktop_id)
{
  g_autofree char *lower = g_ascii_strdown (desktop_id, -1);
  char *id;

  if (g_str_has_suffix (lower, ".desktop"))
    lower[strlen (lower) - strlen (".desktop")] = '\0';
  for (char *at = lower; *at; at++)
    if (!g_ascii_isalnum (*at) && !strchr ("._-", *at))
      *at = '-';
  id = g_strndup (lower + strspn (lower, "._-"), ID_MAX - 4);
  if (*id)
    return id;
  g_free (id);
  return g_strdup ("application");
}

/* A damaged file of that name is what the user made for it once. */
static gboolean
is_damaged (GbxProfileStore *store, const char *id)
{
  g_autofree char *path = gbx_profile_store_get_user_path (store, id);
  g_autoptr (GbxProfileFile) file = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  file = gbx_profile_file_load (path, FALSE, NULL);
  return !file;
}

static char *
make_free_id (GbxProfileStore *store, const char *desktop_id)
{
  g_autofree char *first = make_id (desktop_id);
  char *id = g_strdup (first);

  for (guint i = 2; gbx_profile_store_contains (store, id) && !is_damaged (store, id); i++)
    {
      g_free (id);
      id = g_strdup_printf ("%s-%u", first, i);
    }
  return id;
}

/* One line, as a value of a profile has to be. */
static void
add_key (GString *text, const char *key, const char *value)
{
  g_autofree char *valid = value ? g_utf8_make_valid (value, -1) : NULL;

  if (!valid)
    return;
  for (char *at = valid; *at; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  g_string_append_printf (text, "%s=%s\n", key, g_strstrip (valid));
}

static const char *
find_icon (GDesktopAppInfo *info)
{
  GIcon *icon = info ? g_app_info_get_icon (G_APP_INFO (info)) : NULL;

  return G_IS_THEMED_ICON (icon) ? g_themed_icon_get_names (G_THEMED_ICON (icon))[0] : NULL;
}

static char *
make_text (const char *desktop_id, GDesktopAppInfo *info, const char *parent)
{
  GString *text = g_string_new ("[Profile]\nVersion=1\n");
  g_autofree char *list = g_strconcat (desktop_id, ";", NULL);

  add_key (text, "Name", info ? g_app_info_get_name (G_APP_INFO (info)) : desktop_id);
  add_key (text, "Icon", find_icon (info));
  add_key (text, "Inherits", parent);
  add_key (text, "Applications", list);
  return g_string_free (text, FALSE);
}

char *
gbx_editor_application_find (GbxProfileStore *store, const char *desktop_id, char **text)
{
  g_autoptr (GDesktopAppInfo) info = g_desktop_app_info_new (desktop_id);
  g_autofree char *match = find_match (store, desktop_id, info);

  *text = NULL;
  if (is_own (store, match, desktop_id))
    return g_steal_pointer (&match);
  *text = make_text (desktop_id, info, match);
  return make_free_id (store, desktop_id);
}
