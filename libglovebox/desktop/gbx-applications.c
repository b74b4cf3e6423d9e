/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-desktop"

#include "config.h"

#include "gbx-applications.h"

#include "gbx-profile-match.h"

#include <string.h>

static void
choose_profile (GbxApplication *application, GbxProfileMatcher *matcher)
{
  const char *id = gbx_application_get_id (application);
  gboolean is_changed = FALSE;
  const char *profile
      = gbx_profile_matcher_find (matcher, id, NULL,
                                  gbx_application_get_category_names (application), &is_changed);

  /* A change of the default would mark nearly all of them. */
  gbx_application_set_profile (application, profile,
                               is_changed && !g_str_equal (profile, GBX_PROFILE_DEFAULT));
}

static int
compare (gconstpointer a, gconstpointer b)
{
  GbxApplication *one = *(GbxApplication *const *) a, *other = *(GbxApplication *const *) b;
  int order = strcmp (gbx_application_get_collation_key (one),
                      gbx_application_get_collation_key (other));

  if (order == 0)
    order = strcmp (gbx_application_get_id (one), gbx_application_get_id (other));
  return order;
}

/* Nobody could tell them apart: copies that menu editors and package changes leave. */
static gboolean
is_same (GbxApplication *one, GbxApplication *other)
{
  return g_str_equal (gbx_application_get_name (one), gbx_application_get_name (other))
         && g_str_equal (gbx_application_get_command (one), gbx_application_get_command (other));
}

/* Of a sorted list. */
static gboolean
is_known (GPtrArray *list, GbxApplication *application)
{
  for (guint i = list->len; i-- > 0;)
    {
      GbxApplication *other = list->pdata[i];

      if (!g_str_equal (gbx_application_get_name (other), gbx_application_get_name (application)))
        return FALSE;
      if (is_same (other, application))
        return TRUE;
    }
  return FALSE;
}

static GPtrArray *
read_all (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  GList *infos = g_app_info_get_all ();

  for (GList *at = infos; at; at = at->next)
    {
      GbxApplication *application = gbx_application_new (at->data);

      if (application)
        g_ptr_array_add (list, application);
    }
  g_list_free_full (infos, g_object_unref);
  g_ptr_array_sort (list, compare);
  return list;
}

GPtrArray *
gbx_applications_load (void)
{
  g_autoptr (GPtrArray) all = read_all ();
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GbxProfileMatcher) matcher = gbx_profile_matcher_new (store);
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < all->len; i++)
    if (!is_known (list, all->pdata[i]))
      {
        choose_profile (all->pdata[i], matcher);
        g_ptr_array_add (list, g_object_ref (all->pdata[i]));
      }
  return list;
}

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, gbx_applications_load (), (GDestroyNotify) g_ptr_array_unref);
}

void
gbx_applications_load_async (GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, gbx_applications_load_async);
  g_task_run_in_thread (task, load_thread);
}

GPtrArray *
gbx_applications_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
