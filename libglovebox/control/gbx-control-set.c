/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-control"

#include "config.h"

#include "gbx-control-set.h"

#include "gbx-error.h"
#include "gbx-resolution.h"
#include "gbx-settings.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const GbxSetting *setting;
  GVariant *value;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_pointer (&change->value, g_variant_unref);
  g_free (change);
}

static void
change_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gbx_sandbox_change_finish (GBX_SANDBOX (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* A profile that is gone or broken by now has no lock of its own; "default" has the general ones. */
static GbxResolution *
resolve (GbxPolicy *policy, GError **error)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  gboolean desktop = gbx_policy_get_mode (policy) == GBX_MODE_DESKTOP;
  const char *id = gbx_policy_get_profile (policy);
  GbxResolution *resolution = id ? gbx_resolution_new (store, id, desktop, NULL) : NULL;

  return resolution ? resolution : gbx_resolution_new (store, "default", desktop, error);
}

/* The locks are in files. */
static void
check_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Change *change = data;
  GError *error = NULL;
  g_autoptr (GbxResolution) resolution = resolve (gbx_sandbox_get_policy (source), &error);

  if (resolution && gbx_resolution_override (resolution, change->setting->key, change->value,
                                             change->setting->key, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    gbx_sandbox_change_async (GBX_SANDBOX (source), change->setting->key, change->value, change_cb,
                              g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static Change *
change_new (GbxSandbox *sandbox, const char *key, const char *text, GError **error)
{
  gboolean desktop = gbx_policy_get_mode (gbx_sandbox_get_policy (sandbox)) == GBX_MODE_DESKTOP;
  const GbxSetting *setting = gbx_settings_find (key);
  g_autoptr (GVariant) value = NULL;
  Change *change;

  if (!setting)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("There is no setting “%s”; “glovebox settings” lists them"), key);
      return NULL;
    }
  value = gbx_setting_parse (setting, text, desktop, key, error);
  if (!value)
    return NULL;
  change = g_new0 (Change, 1);
  change->setting = setting;
  change->value = g_steal_pointer (&value);
  return change;
}

void
gbx_control_set_async (GbxSandbox *sandbox, const char *key, const char *text,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (sandbox, NULL, callback, user_data);
  g_autoptr (GTask) check = NULL;
  GError *error = NULL;
  Change *change = change_new (sandbox, key, text, &error);

  if (!change)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, change, change_free);
  check = g_task_new (sandbox, NULL, checked_cb, g_steal_pointer (&task));
  /* The task that waits for this one keeps it. */
  g_task_set_task_data (check, change, NULL);
  g_task_run_in_thread (check, check_thread);
}

gboolean
gbx_control_set_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
