/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-work.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-service-config.h"
#include "gbx-service-files.h"
#include "gbx-service-manager.h"
#include "gbx-service-status.h"
#include "gbx-service-store.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define END_PATIENCE_MS 10000
#define END_LOOK_MS 50

/* A folder that is not a service yet, or no more: it goes with the variable. */
typedef struct
{
  char *folder;
  int lock;
} Draft;

static void
draft_clear (Draft *self)
{
  if (self->folder)
    gbx_service_store_remove (self->folder);
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Draft, draft_clear)

static gboolean
draft_begin (Draft *self, GError **error)
{
  self->lock = -1;
  self->folder = gbx_service_store_begin (&self->lock, error);
  return self->folder != NULL;
}

static gboolean
draft_publish (Draft *self, const char *name, GError **error)
{
  if (!gbx_service_store_publish (self->folder, name, error))
    return FALSE;
  g_clear_pointer (&self->folder, g_free);
  return TRUE;
}

static gboolean
make_folder (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (g_mkdir (path, 0700) == 0)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot make the folder %s: %s"), path,
               g_strerror (errno));
  return FALSE;
}

/* --------------------------------------------------------------- create -- */

/* The error that a missing package gives. */
static gboolean
check_programs (GbxUnit *unit, GError **error)
{
  const char *const *programs = gbx_unit_get_programs (unit);

  for (guint i = 0; programs[i]; i++)
    if (*programs[i] == '/' && g_access (programs[i], X_OK) != 0)
      {
        g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                     _ ("The unit %s starts %s, which is not installed here; install the package "
                        "that has it"),
                     gbx_unit_get_name (unit), programs[i]);
        return FALSE;
      }
  return TRUE;
}

static GPtrArray *
find_packages (GbxUnitFile *file, GbxUnit *unit, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) packages = gbx_service_packages_find (
      gbx_unit_file_get_path (file), gbx_unit_get_programs (unit), cancellable, error);

  if (packages && packages->len == 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("No installed package has the unit %s or its programs; a service is made of "
                      "its package's files"),
                   gbx_unit_get_name (unit));
      return NULL;
    }
  return g_steal_pointer (&packages);
}

static void
tell_ignored (GbxUnit *unit, GPtrArray *told)
{
  GPtrArray *remarks = gbx_unit_get_remarks (unit);
  guint replaced = 0;

  for (guint i = 0; i < remarks->len; i++)
    {
      GbxUnitRemark *remark = remarks->pdata[i];

      if (remark->kind == GBX_REMARK_REPLACED)
        replaced++;
      else if (remark->kind == GBX_REMARK_IGNORED)
        g_ptr_array_add (told, g_strdup_printf (_ ("ignored: %s"), remark->text));
    }
  if (replaced > 0)
    g_ptr_array_add (told,
                     g_strdup_printf (ngettext ("%u setting of the unit that confines the service "
                                                "is replaced by the sandbox",
                                                "%u settings of the unit that confine the service "
                                                "are replaced by the sandbox",
                                                replaced),
                                      replaced));
}

/* The unit is read twice: the packages' account is known only after the packages are. */
static GPtrArray *
examine (GbxServiceConfig *config, GbxUnit **unit, GCancellable *cancellable, GError **error)
{
  GbxUnitFile *file = gbx_unit_file_find (config->unit, NULL, error);
  const GbxUnitContext context = { NULL, config->name, config->machine_id };
  g_autoptr (GbxUnit) first = NULL;
  g_autoptr (GPtrArray) packages = NULL;

  if (!file)
    return NULL;
  g_free (config->unit);
  config->unit = g_strdup (gbx_unit_file_get_name (file));
  first = gbx_unit_new (file, &context, error);
  if (!first || !gbx_unit_check (first, error) || !check_programs (first, error)
      || !(packages = find_packages (file, first, cancellable, error)))
    return NULL;
  config->account = gbx_service_places_find_account (packages, config->unit);
  *unit = gbx_service_config_load_unit (config, "/nonexistent", error);
  return *unit ? g_steal_pointer (&packages) : NULL;
}

/* A unit with something that the sandbox cannot have is refused before anything is copied. */
static gboolean
fill (GbxServiceConfig *config, GPtrArray *packages, const char *folder, GPtrArray *told,
      GCancellable *cancellable, GError **error)
{
  g_autofree char *root = g_build_filename (folder, "root", NULL);
  g_autoptr (GHashTable) originals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GbxServiceFiles files = { root, config->places, packages, originals, told, cancellable };

  return make_folder (folder, "root", error) && make_folder (folder, "unit.d", error)
         && gbx_service_files_create (&files, config->is_copy, error)
         && gbx_service_store_write_originals (folder, originals, error)
         && gbx_service_config_write (config, folder, error);
}

static gboolean
check_free (const char *name, GError **error)
{
  if (!gbx_service_store_check_name (name, error))
    return FALSE;
  if (!gbx_service_store_exists (name))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_NAME_IN_USE,
               _ ("There is a service “%s” already; give another name, or delete that one with "
                  "“glovebox service delete %s”"),
               name, name);
  return FALSE;
}

static gboolean
is_runnable (GbxServiceConfig *config, GbxUnit *unit, const char *folder, GError **error)
{
  g_autoptr (GbxPolicy) policy = gbx_service_config_make_policy (config, unit, folder, error);

  return policy != NULL;
}

gboolean
gbx_service_work_create (const char *name, const char *unit_name, gboolean copy,
                         GVariant *settings, GPtrArray *told, GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GbxServiceConfig) config = gbx_service_config_new ();
  g_autoptr (GPtrArray) packages = NULL;
  g_autoptr (GbxUnit) unit = NULL;
  g_auto (Draft) draft = { NULL, -1 };

  config->name = g_strdup (name);
  config->unit = g_strdup (unit_name);
  config->machine_id = gbx_service_machine_id_new ();
  config->is_copy = copy;
  config->created = g_get_real_time () / G_USEC_PER_SEC;
  if (!check_free (name, error) || !gbx_service_config_set_settings (config, settings, error)
      || !(packages = examine (config, &unit, cancellable, error)))
    return FALSE;
  gbx_service_config_set_packages (config, packages);
  g_ptr_array_unref (config->places);
  config->places = gbx_service_places_find (packages, unit);
  if (!draft_begin (&draft, error)
      || !fill (config, packages, draft.folder, told, cancellable, error)
      || !is_runnable (config, unit, draft.folder, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error)
      || !draft_publish (&draft, name, error))
    return FALSE;
  tell_ignored (unit, told);
  return TRUE;
}

/* ---------------------------------------------------------------- clone -- */

static gboolean
copy_file (const char *from, const char *to, const char *name, GCancellable *cancellable,
           GError **error)
{
  g_autofree char *source = g_build_filename (from, name, NULL);
  g_autofree char *target = g_build_filename (to, name, NULL);

  return gbx_service_files_copy (source, target, cancellable, error);
}

/* Two services cannot have the same port of the host. */
static void
make_own (GbxServiceConfig *config, const char *target)
{
  g_free (config->name);
  config->name = g_strdup (target);
  g_free (config->machine_id);
  config->machine_id = gbx_service_machine_id_new ();
  config->created = g_get_real_time () / G_USEC_PER_SEC;
  g_hash_table_remove (config->settings, "network.publish");
}

gboolean
gbx_service_work_clone (const char *name, const char *target, GVariant *settings,
                        GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = gbx_service_store_get_folder (name);
  g_autoptr (GbxServiceConfig) config = gbx_service_config_read (name, error);
  g_auto (Draft) draft = { NULL, -1 };
  g_auto (Draft) source = { NULL, -1 };

  if (!config || !check_free (target, error))
    return FALSE;
  /* What a running one writes meanwhile would be copied in parts. */
  source.lock = gbx_service_store_lock (folder, name, error);
  if (source.lock < 0)
    return FALSE;
  make_own (config, target);
  return gbx_service_config_set_settings (config, settings, error) && draft_begin (&draft, error)
         && copy_file (folder, draft.folder, "root", cancellable, error)
         && copy_file (folder, draft.folder, "unit.d", cancellable, error)
         && copy_file (folder, draft.folder, "originals", cancellable, error)
         && gbx_service_config_write (config, draft.folder, error)
         && !g_cancellable_set_error_if_cancelled (cancellable, error)
         && draft_publish (&draft, target, error);
}

/* --------------------------------------------------------------- delete -- */

gboolean
gbx_service_work_delete (const char *name, GError **error)
{
  g_autofree char *folder = gbx_service_store_get_folder (name);
  g_auto (Draft) draft = { NULL, -1 };

  if (!gbx_service_store_check_name (name, error))
    return FALSE;
  /* A damaged one can be deleted too. */
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("There is no service “%s”; “glovebox service list” shows the services"), name);
      return FALSE;
    }
  draft.lock = gbx_service_store_lock (folder, name, error);
  if (draft.lock < 0)
    return FALSE;
  gbx_service_manager_forget (name);
  draft.folder = g_steal_pointer (&folder);
  return TRUE;
}

/* -------------------------------------------------------------- upgrade -- */

static void
add_new_places (GbxServiceConfig *config, GPtrArray *packages, GbxUnit *unit)
{
  g_autoptr (GPtrArray) places = gbx_service_places_find (packages, unit);

  for (guint i = 0; i < places->len; i++)
    {
      GbxServicePlace *place = places->pdata[i];
      gboolean known = FALSE;

      for (guint j = 0; j < config->places->len; j++)
        {
          const char *path = ((GbxServicePlace *) config->places->pdata[j])->path;

          known |= gbx_path_is_within (place->path, path) || gbx_path_is_within (path, place->path);
        }
      if (!known)
        g_ptr_array_add (config->places, gbx_service_place_new (place->path, place->is_file));
    }
}

/* Files change first, then what is known of them: a kill in between only means that the next
 * upgrade looks at them again. */
gboolean
gbx_service_work_upgrade (const char *name, GPtrArray *told, GCancellable *cancellable,
                          GError **error)
{
  g_autofree char *folder = gbx_service_store_get_folder (name);
  g_autofree char *root = g_build_filename (folder, "root", NULL);
  g_autoptr (GbxServiceConfig) config = gbx_service_config_read (name, error);
  g_autoptr (GHashTable) originals = NULL;
  g_autoptr (GPtrArray) packages = NULL;
  g_autoptr (GbxUnit) unit = NULL;
  g_autofree char *account = NULL;
  g_auto (Draft) draft = { NULL, -1 };
  GbxServiceFiles files;

  if (!config)
    return FALSE;
  draft.lock = gbx_service_store_lock (folder, name, error);
  account = g_steal_pointer (&config->account);
  if (draft.lock < 0 || !(packages = examine (config, &unit, cancellable, error)))
    return FALSE;
  add_new_places (config, packages, unit);
  originals = gbx_service_store_read_originals (folder);
  files = (GbxServiceFiles) { root, config->places, packages, originals, told, cancellable };
  if (!gbx_service_files_upgrade (&files, error)
      || !gbx_service_store_write_originals (folder, originals, error))
    return FALSE;
  gbx_service_config_set_packages (config, packages);
  tell_ignored (unit, told);
  return gbx_service_config_write (config, folder, error);
}

/* ----------------------------------------------------------------- life -- */

typedef struct
{
  GbxServiceConfig *config;
  GbxUnit *unit;
  char *folder;
} Service;

static void
service_clear (Service *self)
{
  g_clear_pointer (&self->config, gbx_service_config_free);
  g_clear_pointer (&self->unit, gbx_unit_free);
  g_free (self->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Service, service_clear)

static gboolean
load (Service *self, const char *name, GError **error)
{
  self->config = gbx_service_config_read (name, error);
  if (!self->config)
    return FALSE;
  self->folder = gbx_service_store_get_folder (name);
  self->unit = gbx_service_config_load_unit (self->config, self->folder, error);
  return self->unit != NULL;
}

/* One that is just ending has a moment for it. */
static gboolean
await_end (const char *folder, GCancellable *cancellable)
{
  for (guint waited = 0; waited < END_PATIENCE_MS && gbx_service_store_is_locked (folder);
       waited += END_LOOK_MS)
    {
      g_autoptr (GbxServiceStatus) status = gbx_service_status_read (folder);

      if (status->state == GBX_SERVICE_RUNNING || status->state == GBX_SERVICE_STARTING
          || g_cancellable_is_cancelled (cancellable))
        break;
      g_usleep (END_LOOK_MS * 1000);
    }
  return !gbx_service_store_is_locked (folder);
}

gboolean
gbx_service_work_start (const char *name, GCancellable *cancellable, GError **error)
{
  g_auto (Service) self = { NULL, NULL, NULL };
  g_autofree char *root = NULL;
  g_autoptr (GBytes) description = NULL;

  if (!load (&self, name, error))
    return FALSE;
  if (!await_end (self.folder, cancellable))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NAME_IN_USE,
                   _ ("The service “%s” runs already, or another command changes it"), name);
      return FALSE;
    }
  root = g_build_filename (self.folder, "root", NULL);
  if (!gbx_unit_check (self.unit, error) || !check_programs (self.unit, error)
      || !is_runnable (self.config, self.unit, self.folder, error)
      || !(description = gbx_unit_describe (self.unit, root, error)))
    return FALSE;
  return gbx_service_manager_start (name, gbx_unit_get_description (self.unit),
                                    gbx_unit_get_start_limit (self.unit), cancellable, error);
}

gboolean
gbx_service_work_stop (const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxServiceConfig) config = gbx_service_config_read (name, error);
  g_autofree char *folder = gbx_service_store_get_folder (name);
  g_autoptr (GbxUnit) unit = config ? gbx_service_config_load_unit (config, folder, NULL) : NULL;

  if (!config)
    return FALSE;
  if (!gbx_service_store_is_locked (folder))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("The service “%s” does not run"), name);
      return FALSE;
    }
  return gbx_service_manager_stop (name, unit ? gbx_unit_get_stop_limit (unit) : 0, cancellable,
                                   error);
}

gboolean
gbx_service_work_restart (const char *name, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = gbx_service_store_get_folder (name);

  if (gbx_service_store_is_locked (folder)
      && !gbx_service_work_stop (name, cancellable, error))
    return FALSE;
  return gbx_service_work_start (name, cancellable, error);
}

gboolean
gbx_service_work_reload (const char *name, GCancellable *cancellable, GError **error)
{
  g_auto (Service) self = { NULL, NULL, NULL };

  if (!load (&self, name, error))
    return FALSE;
  if (!gbx_unit_can_reload (self.unit))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("The unit %s has no command that reads the configuration again; restart the "
                      "service with “glovebox service restart %s”"),
                   gbx_unit_get_name (self.unit), name);
      return FALSE;
    }
  return gbx_service_manager_reload (name, gbx_unit_get_start_limit (self.unit), cancellable, error);
}
