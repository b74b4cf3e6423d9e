/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-plan"

#include "config.h"

#include "gbx-plan.h"

#include "gbx-error.h"
#include "gbx-tuning-disks.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

static void
export_free (GbxExport *self)
{
  g_free (self->tag);
  g_free (self->path);
  g_free (self->socket);
  g_free (self);
}

GbxLaunchPlan *
gbx_launch_plan_new (GbxPolicy *policy)
{
  GbxLaunchPlan *self = g_new0 (GbxLaunchPlan, 1);

  self->policy = gbx_policy_ref (policy);
  self->uuid = g_uuid_string_random ();
  self->by_root = geteuid () == 0;
  self->platform = gbx_tuning_choose_platform (FALSE);
  self->unheld = g_ptr_array_new ();
  self->disks = g_ptr_array_new ();
  self->exports = g_ptr_array_new_with_free_func ((GDestroyNotify) export_free);
  return self;
}

void
gbx_launch_plan_free (GbxLaunchPlan *self)
{
  gbx_policy_unref (self->policy);
  g_free (self->name);
  g_free (self->uuid);
  g_free (self->runtime);
  g_free (self->kernel);
  g_free (self->initrd);
  g_free (self->firmware);
  g_free (self->console_socket);
  g_free (self->network_socket);
  g_free (self->network_interface);
  g_free (self->emulator);
  g_free (self->jail_rules);
  g_free (self->weakness);
  g_clear_pointer (&self->copies, gbx_file_copies_free);
  g_free (self->home_image);
  g_free (self->home_base);
  g_ptr_array_unref (self->exports);
  g_ptr_array_unref (self->unheld);
  g_ptr_array_unref (self->disks);
  g_free (self);
}

void
gbx_launch_plan_add_served_export (GbxLaunchPlan *self, const char *tag, const char *path,
                                   const char *socket, gboolean writable)
{
  GbxExport *export = g_new0 (GbxExport, 1);

  export->tag = g_strdup (tag);
  export->path = g_strdup (path);
  export->socket = g_strdup (socket);
  export->writable = writable;
  g_ptr_array_add (self->exports, export);
}

void
gbx_launch_plan_add_export (GbxLaunchPlan *self, const char *tag, const char *path,
                            gboolean writable)
{
  gbx_launch_plan_add_served_export (self, tag, path, NULL, writable);
}

void
gbx_launch_plan_drop_share_servers (GbxLaunchPlan *self)
{
  self->has_share_servers = FALSE;
  for (guint i = 0; i < self->exports->len; i++)
    g_clear_pointer (&((GbxExport *) self->exports->pdata[i])->socket, g_free);
}

void
gbx_launch_plan_check_limits (GbxLaunchPlan *self, gboolean is_container)
{
  self->platform = gbx_tuning_choose_platform (is_container);
  gbx_tuning_host_read (&self->tuning, gbx_tuning_needs_scope (self->policy, self->platform));
  g_ptr_array_unref (self->unheld);
  self->unheld = gbx_tuning_check (self->policy, self->platform, &self->tuning);
  g_ptr_array_unref (self->disks);
  self->disks = gbx_tuning_find_disks (self->policy);
}

gboolean
gbx_launch_plan_holds (GbxLaunchPlan *self, const char *key)
{
  for (guint i = 0; i < self->unheld->len; i++)
    if (g_str_equal (((GbxUnheld *) self->unheld->pdata[i])->setting->key, key))
      return FALSE;
  return gbx_tuning_is_asked_for (self->policy, key);
}

gboolean
gbx_launch_plan_can_hold (GbxLaunchPlan *self, const GbxSetting *setting, GError **error)
{
  g_autofree char *obstacle = NULL;
  GbxTuningHost host;

  gbx_tuning_host_read (&host, setting->holds[self->platform].need == GBX_NEED_SCOPE);
  obstacle = gbx_tuning_dup_obstacle (setting, self->platform, &host);
  if (obstacle)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s cannot be changed. %s"), setting->key,
                 obstacle);
  return !obstacle;
}
