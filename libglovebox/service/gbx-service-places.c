/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-places.h"

#include "gbx-paths.h"
#include "gbx-system-files.h"

#include <pwd.h>
#include <string.h>

/* Of the system, and of no service: nothing of them is copied. */
static const char *const left_out[] = {
  "/etc/alternatives", "/etc/apparmor.d", "/etc/apt",        "/etc/bash_completion.d",
  "/etc/cron.d",       "/etc/cron.daily", "/etc/cron.hourly", "/etc/cron.monthly",
  "/etc/cron.weekly",  "/etc/dbus-1",     "/etc/dhcp",       "/etc/init",
  "/etc/init.d",       "/etc/insserv.conf.d", "/etc/kernel", "/etc/ld.so.conf.d",
  "/etc/logcheck",     "/etc/logrotate.d", "/etc/modprobe.d", "/etc/modules-load.d",
  "/etc/needrestart",  "/etc/network",    "/etc/pam.d",      "/etc/polkit-1",
  "/etc/ppp",          "/etc/profile.d",  "/etc/rc0.d",      "/etc/rc1.d",
  "/etc/rc2.d",        "/etc/rc3.d",      "/etc/rc4.d",      "/etc/rc5.d",
  "/etc/rc6.d",        "/etc/rcS.d",      "/etc/resolvconf", "/etc/rsyslog.d",
  "/etc/security",     "/etc/sudoers.d",  "/etc/sysctl.d",   "/etc/systemd",
  "/etc/tmpfiles.d",   "/etc/udev",       "/etc/ufw",        "/etc/update-motd.d",
  "/etc/xdg",          "/var/backups",    "/var/crash",      "/var/lib/apt",
  "/var/lib/dbus",     "/var/lib/dpkg",   "/var/lib/polkit-1", "/var/lib/private",
  "/var/lib/systemd",  "/var/lib/ucf",    "/var/local",      "/var/lock",
  "/var/mail",         "/var/run",        "/var/tmp",        "/var/log/journal",
};

/* Many packages have files in them: one file of them is a place. */
static const char *const common[] = {
  "/etc/default", "/etc/ssl", "/etc/X11",  "/etc/perl",   "/etc/python3", "/etc/fonts",
  "/etc/xml",     "/etc/sgml", "/etc/skel", "/etc/ca-certificates",
};

/* Their folders are places. */
static const char *const bases[] = { "/var/lib", "/var/cache", "/var/log", "/var/spool",
                                     "/var/opt", "/var/games" };

/* -------------------------------------------------------------- places -- */

void
gbx_service_place_free (GbxServicePlace *self)
{
  g_free (self->path);
  g_free (self);
}

GbxServicePlace *
gbx_service_place_new (const char *path, gboolean is_file)
{
  GbxServicePlace *self = g_new0 (GbxServicePlace, 1);

  self->path = g_strdup (path);
  self->is_file = is_file;
  return self;
}

static gboolean
is_in_any (const char *path, const char *const *list, guint n)
{
  for (guint i = 0; i < n; i++)
    if (gbx_path_is_within (path, list[i]))
      return TRUE;
  return FALSE;
}

static gboolean
has_place (GPtrArray *places, const char *path)
{
  for (guint i = 0; i < places->len; i++)
    if (gbx_path_is_within (path, ((GbxServicePlace *) places->pdata[i])->path))
      return TRUE;
  return FALSE;
}

static void
add_place (GPtrArray *places, const char *path, gboolean is_file)
{
  if (has_place (places, path))
    return;
  for (guint i = places->len; i-- > 0;)
    if (gbx_path_is_within (((GbxServicePlace *) places->pdata[i])->path, path))
      g_ptr_array_remove_index (places, i);
  g_ptr_array_add (places, gbx_service_place_new (path, is_file));
}

/* The first n parts of a path. */
static char *
cut (const char *path, guint n)
{
  const char *at = path;

  while (n-- > 0 && *at)
    at += 1 + strcspn (at + 1, "/");
  return g_strndup (path, at - path);
}

static gboolean
is_folder (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

/* known: it need not exist on the host. */
static void
take (GPtrArray *places, const char *path, gboolean is_known_folder)
{
  guint depth = is_in_any (path, bases, G_N_ELEMENTS (bases)) ? 3 : 2;
  g_autofree char *top = cut (path, depth);

  if (is_in_any (path, left_out, G_N_ELEMENTS (left_out)) || gbx_system_files_find (path))
    return;
  if (is_in_any (path, common, G_N_ELEMENTS (common)))
    {
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        add_place (places, path, TRUE);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    if (g_str_equal (bases[i], top))
      return;
  if (!g_str_equal (top, path) || is_known_folder || is_folder (top))
    add_place (places, top, FALSE);
  else
    add_place (places, top, TRUE);
}

/* What scripts of packages make, under the names that they use. */
static void
take_by_name (GPtrArray *places, const char *name)
{
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *path = g_build_filename (bases[i], name, NULL);

      if (is_folder (path))
        take (places, path, TRUE);
    }
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(GbxServicePlace *const *) a)->path, (*(GbxServicePlace *const *) b)->path);
}

GPtrArray *
gbx_service_places_find (GPtrArray *packages, GbxUnit *unit)
{
  GPtrArray *places = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_service_place_free);
  const char *const *folders = gbx_unit_get_folders (unit);
  const char *home = gbx_unit_get_home (unit);
  g_autofree char *prefix = g_strdup (gbx_unit_get_name (unit));

  for (guint i = 0; i < packages->len; i++)
    {
      GbxServicePackage *package = packages->pdata[i];

      for (guint j = 0; j < package->paths->len; j++)
        take (places, package->paths->pdata[j], FALSE);
      take_by_name (places, package->name);
      take_by_name (places, package->source);
    }
  for (guint i = 0; folders[i]; i++)
    take (places, folders[i], TRUE);
  if (g_str_has_prefix (home, "/var/") && is_folder (home))
    take (places, home, TRUE);
  prefix[strcspn (prefix, "@.")] = '\0';
  take_by_name (places, prefix);
  take_by_name (places, gbx_unit_get_user (unit));
  g_ptr_array_sort (places, compare_places);
  return places;
}

/* -------------------------------------------------------------- account -- */

/* As packages make them; users begin at 1000. */
static gboolean
is_of_system (const struct passwd *entry)
{
  return entry->pw_uid > 0 && entry->pw_uid < 1000;
}

static gboolean
owns_home (GPtrArray *packages, const char *home)
{
  for (guint i = 0; i < packages->len; i++)
    {
      GbxServicePackage *package = packages->pdata[i];

      for (guint j = 0; j < package->paths->len; j++)
        if (g_str_has_prefix (home, "/var/") && g_str_equal (package->paths->pdata[j], home))
          return TRUE;
    }
  return FALSE;
}

static char *
find_by_name (const char *name)
{
  struct passwd *entry = getpwnam (name);

  return entry && is_of_system (entry) ? g_strdup (name) : NULL;
}

static char *
find_by_home (GPtrArray *packages)
{
  struct passwd *entry;
  char *found = NULL;

  setpwent ();
  while (!found && (entry = getpwent ()))
    if (is_of_system (entry) && owns_home (packages, entry->pw_dir))
      found = g_strdup (entry->pw_name);
  endpwent ();
  return found;
}

char *
gbx_service_places_find_account (GPtrArray *packages, const char *unit)
{
  g_autofree char *prefix = g_strndup (unit, strcspn (unit, "@."));
  char *found = find_by_name (prefix);

  for (guint i = 0; i < packages->len && !found; i++)
    found = find_by_name (((GbxServicePackage *) packages->pdata[i])->name);
  return found ? found : find_by_home (packages);
}
