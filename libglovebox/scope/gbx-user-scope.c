/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-scope"

#include "config.h"

#include "gbx-user-scope.h"

#include "gbx-error.h"
#include "gbx-user-manager.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _GbxUserScope
{
  char *unit;
  char *folder; /* of its control group */
  GbxControllers controllers;
};

/* What the controllers are called in sentences, and what they hold. */
static const struct
{
  GbxControllers controller;
  const char *name, *holds;
} holders[] = {
  { GBX_CONTROLLER_CPU, "cpu", N_ ("shares of the processor") },
  { GBX_CONTROLLER_MEMORY, "memory", N_ ("memory") },
  { GBX_CONTROLLER_IO, "io", N_ ("disk accesses") },
  { GBX_CONTROLLER_PIDS, "pids", N_ ("processes") },
};

/* --------------------------------------------------------- controllers -- */

/* The tree where systemd has its groups: the only one, or that beside the old ones. */
static char *
find_tree (void)
{
  const char *given = g_getenv ("GLOVEBOX_CGROUPS");

  if (given)
    return g_strdup (given);
  if (g_file_test ("/sys/fs/cgroup/cgroup.controllers", G_FILE_TEST_EXISTS))
    return g_strdup ("/sys/fs/cgroup");
  return g_strdup ("/sys/fs/cgroup/unified");
}

static char *
find_folder (const char *group)
{
  g_autofree char *tree = find_tree ();

  return g_build_filename (tree, group, NULL);
}

static GbxControllers
read_controllers (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "cgroup.controllers", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? gbx_controllers_parse (text) : 0;
}

gboolean
gbx_user_scope_probe (GbxControllers *controllers, GError **error)
{
  g_autoptr (GbxUserManager) manager = gbx_user_manager_open (error);
  g_autofree char *group = manager ? gbx_user_manager_get_own_group (manager, error) : NULL;
  g_autofree char *folder = group ? find_folder (group) : NULL;

  if (!folder)
    return FALSE;
  *controllers = read_controllers (folder);
  return TRUE;
}

char *
gbx_user_scope_describe_lack (GbxControllers needed, GbxControllers controllers)
{
  g_autoptr (GString) missing = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (holders); i++)
    if (needed & ~controllers & holders[i].controller)
      g_string_append_printf (missing, "%s%s (%s)", missing->len > 0 ? ", " : "",
                              _ (holders[i].holds), holders[i].name);
  if (missing->len == 0)
    return NULL;
  return g_strdup_printf (_ ("Your account may not limit: %s. The administrator can allow it to "
                             "your systemd; “glovebox doctor” shows how."),
                          missing->str);
}

char *
gbx_user_scope_get_delegation_command (void)
{
  return g_strdup ("sudo mkdir -p /etc/systemd/system/user@.service.d && "
                   "printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' | "
                   "sudo tee /etc/systemd/system/user@.service.d/delegate.conf && "
                   "sudo systemctl daemon-reload && "
                   "sudo systemctl restart user@$(id -u).service");
}

/* --------------------------------------------------------------- start -- */

static GVariant *
make_properties (const char *name, GArray *pids, GbxScopeLimits *limits)
{
  g_autofree char *description = g_strdup_printf ("Glovebox sandbox %s", name);
  GVariantBuilder properties;

  g_variant_builder_init (&properties, G_VARIANT_TYPE ("a(sv)"));
  g_variant_builder_add (&properties, "(sv)", "Description", g_variant_new_string (description));
  g_variant_builder_add (&properties, "(sv)", "Slice", g_variant_new_string ("app.slice"));
  /* Nothing of it stays after it has failed. */
  g_variant_builder_add (&properties, "(sv)", "CollectMode",
                         g_variant_new_string ("inactive-or-failed"));
  g_variant_builder_add (
      &properties, "(sv)", "PIDs",
      g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, pids->data, pids->len, sizeof (guint32)));
  gbx_scope_limits_add_properties (limits, &properties);
  return g_variant_builder_end (&properties);
}

/* A scope of that name may still end: of a guest that was started before this one. */
static gboolean
start_unit (GbxUserManager *manager, const char *unit, GVariant *properties, GError **error)
{
  gboolean existed = FALSE;

  if (gbx_user_manager_start_scope (manager, unit, properties, &existed, error))
    return TRUE;
  if (!existed)
    return FALSE;
  g_clear_error (error);
  return gbx_user_manager_stop_unit (manager, unit, error)
         && gbx_user_manager_start_scope (manager, unit, properties, NULL, error);
}

static gboolean
look_up_folder (GbxUserScope *self, GbxUserManager *manager, GError **error)
{
  g_autofree char *group = gbx_user_manager_get_group (manager, self->unit, error);

  if (!group)
    return FALSE;
  self->folder = find_folder (group);
  self->controllers = read_controllers (self->folder);
  return TRUE;
}

GbxUserScope *
gbx_user_scope_start (const char *name, GArray *pids, GbxScopeLimits *limits, GError **error)
{
  g_autoptr (GVariant) properties = g_variant_ref_sink (make_properties (name, pids, limits));
  g_autoptr (GbxUserManager) manager = gbx_user_manager_open (error);
  g_autoptr (GbxUserScope) self = g_new0 (GbxUserScope, 1);

  G_STATIC_ASSERT (sizeof (pid_t) == sizeof (guint32));
  self->unit = g_strconcat ("app-glovebox-", name, ".scope", NULL);
  if (!manager || !start_unit (manager, self->unit, properties, error)
      || !look_up_folder (self, manager, error))
    return NULL;
  return g_steal_pointer (&self);
}

GbxControllers
gbx_user_scope_get_controllers (GbxUserScope *self)
{
  return self->controllers;
}

gboolean
gbx_user_scope_change (GbxUserScope *self, GbxScopeLimits *limits, GError **error)
{
  g_autofree char *lack
      = gbx_user_scope_describe_lack (gbx_scope_limits_get_needed (limits), self->controllers);
  g_autoptr (GbxUserManager) manager = NULL;
  GVariantBuilder properties;

  if (lack)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, lack);
      return FALSE;
    }
  manager = gbx_user_manager_open (error);
  if (!manager)
    return FALSE;
  g_variant_builder_init (&properties, G_VARIANT_TYPE ("a(sv)"));
  gbx_scope_limits_add_properties (limits, &properties);
  return gbx_user_manager_set_properties (manager, self->unit, g_variant_builder_end (&properties),
                                          error);
}

char *
gbx_user_scope_get_folder (GbxUserScope *self)
{
  return g_strdup (self->folder);
}

/* A scope without processes ends by itself. */
static gboolean
is_populated (GbxUserScope *self)
{
  g_autofree char *path = g_build_filename (self->folder, "cgroup.events", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && strstr (text, "populated 1");
}

void
gbx_user_scope_end (GbxUserScope *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxUserManager) manager = NULL;

  if (!is_populated (self))
    return;
  manager = gbx_user_manager_open (&error);
  if (!manager || !gbx_user_manager_stop_unit (manager, self->unit, &error))
    g_debug ("%s may still be there: %s", self->unit, error->message);
}

void
gbx_user_scope_free (GbxUserScope *self)
{
  g_free (self->unit);
  g_free (self->folder);
  g_free (self);
}
