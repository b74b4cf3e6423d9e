/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-application-search"
#include "config.h"

#include "gbx-application-search.h"

#include <gio/gdesktopappinfo.h>

typedef struct
{
  char *name, *icon;
} Found;

static void
found_free (Found *found)
{
  g_free (found->name);
  g_free (found->icon);
  g_free (found);
}

/* 2: the entry names the class; 1: its file is named like it; 0: neither. */
static guint
rate (GAppInfo *info, const char *window_class)
{
  const char *named = g_desktop_app_info_get_startup_wm_class (G_DESKTOP_APP_INFO (info));
  const char *id = g_app_info_get_id (info);
  g_autofree char *file = g_strconcat (window_class, ".desktop", NULL);

  if (!g_app_info_should_show (info))
    return 0;
  if (named && g_ascii_strcasecmp (named, window_class) == 0)
    return 2;
  return id && g_ascii_strcasecmp (id, file) == 0 ? 1 : 0;
}

static Found *
make_found (GAppInfo *info)
{
  Found *found = g_new0 (Found, 1);
  GIcon *icon = g_app_info_get_icon (info);

  found->name = g_strdup (g_app_info_get_name (info));
  found->icon = icon ? g_icon_to_string (icon) : NULL;
  return found;
}

/* Hundreds of files are read, which may take longer than a frame. */
static void
search_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GList *all = g_app_info_get_all ();
  GAppInfo *best = NULL;
  guint rating = 0;

  for (GList *at = all; at; at = at->next)
    if (rate (at->data, data) > rating)
      {
        best = at->data;
        rating = rate (best, data);
      }
  g_task_return_pointer (task, best ? make_found (best) : NULL, (GDestroyNotify)found_free);
  g_list_free_full (all, g_object_unref);
}

void
gbx_application_search_async (const char *window_class, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, gbx_application_search_async);
  g_task_set_task_data (task, g_strdup (window_class), g_free);
  g_task_run_in_thread (task, search_thread);
}

char *
gbx_application_search_finish (GAsyncResult *result, char **icon)
{
  Found *found = g_task_propagate_pointer (G_TASK (result), NULL);
  char *name = NULL;

  *icon = NULL;
  if (!found)
    return NULL;
  name = g_steal_pointer (&found->name);
  *icon = g_steal_pointer (&found->icon);
  found_free (found);
  return name;
}
