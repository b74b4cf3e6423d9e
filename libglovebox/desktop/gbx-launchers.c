/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launchers"

#include "config.h"

#include "gbx-launchers.h"

#include "gbx-error.h"
#include "gbx-launcher-defaults.h"
#include "gbx-launcher-entry.h"
#include "gbx-launcher-file.h"
#include "gbx-launcher-icon.h"
#include "gbx-paths.h"
#include "gbx-profile-store.h"
#include "gbx-window-class.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

void
gbx_launcher_free (GbxLauncher *self)
{
  g_free (self->id);
  g_free (self->path);
  g_free (self->source);
  g_free (self->name);
  g_free (self->profile);
  g_free (self);
}

/* ---------------------------------------------------------------- names -- */

static char *
make_id (const char *application, const char *profile)
{
  g_autofree char *base = g_path_get_basename (application);
  g_autofree char *class = gbx_window_class_make (base, profile);

  return g_strconcat (class, ".desktop", NULL);
}

static char *
make_path (const char *id)
{
  g_autofree char *folder = gbx_launcher_file_get_folder ();

  return g_build_filename (folder, id, NULL);
}

gboolean
gbx_launchers_is_launcher (const char *id)
{
  g_autofree char *base = g_path_get_basename (id);

  return g_str_has_prefix (base, GBX_APPLICATION_ID ".app.");
}

gboolean
gbx_launchers_is_added (const char *application, const char *profile)
{
  g_autofree char *id = make_id (application, profile);
  g_autofree char *path = make_path (id);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static char *
strip_suffix (const char *id)
{
  return g_strndup (id, strlen (id) - strlen (".desktop"));
}

/* -------------------------------------------------------------- reading -- */

/* (nullable): if it is none of ours, or there is none. */
static GbxLauncherEntry *
read_launcher (const char *id, GKeyFile **file_out)
{
  g_autofree char *path = make_path (id);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  GbxLauncherEntry *entry = NULL;

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    entry = gbx_launcher_entry_read (file, id);
  if (entry && file_out)
    *file_out = g_steal_pointer (&file);
  return entry;
}

static gboolean
is_profile_gone (const char *profile)
{
  g_autoptr (GbxProfileStore) store = profile ? gbx_profile_store_new () : NULL;

  return profile && !g_str_equal (profile, GBX_PROFILE_DEFAULT) &&
         !gbx_profile_store_contains (store, profile);
}

/* Another session may look for entries in other folders than the one that made the launcher: what
 * was there then and still is, is not gone. */
static GbxLauncherState
find_state (GbxLauncherEntry *entry)
{
  g_autoptr (GKeyFile) original = NULL;
  g_autofree char *path = gbx_launcher_file_find (entry->source);
  g_autofree char *checksum = NULL;

  if (!path && entry->path && g_file_test (entry->path, G_FILE_TEST_EXISTS))
    path = g_strdup (entry->path);
  if (!path || is_profile_gone (entry->profile))
    return GBX_LAUNCHER_ORPHAN;
  original = gbx_launcher_file_load (path, NULL);
  if (original && g_key_file_get_boolean (original, "Desktop Entry", "Hidden", NULL))
    return GBX_LAUNCHER_ORPHAN;
  if (!original || !gbx_launcher_entry_check (original, entry->source, NULL))
    return GBX_LAUNCHER_DAMAGED;
  checksum = gbx_launcher_file_sum (path, entry->icon_files);
  return g_strcmp0 (checksum, entry->checksum) == 0 ? GBX_LAUNCHER_CURRENT : GBX_LAUNCHER_OUTDATED;
}

static GbxLauncher *
make_launcher (const char *id)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GbxLauncherEntry) entry = read_launcher (id, &file);
  GbxLauncher *self;

  if (!entry)
    return NULL;
  self = g_new0 (GbxLauncher, 1);
  self->id = g_strdup (id);
  self->path = make_path (id);
  self->source = g_strdup (entry->source);
  self->profile = g_strdup (entry->profile);
  self->name = g_key_file_get_locale_string (file, "Desktop Entry", "Name", NULL, NULL);
  self->state = find_state (entry);
  return self;
}

static int
compare (gconstpointer one, gconstpointer other)
{
  return strcmp ((*(GbxLauncher *const *) one)->id, (*(GbxLauncher *const *) other)->id);
}

GPtrArray *
gbx_launchers_list (GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_launcher_free);
  g_autofree char *path = gbx_launcher_file_get_folder ();
  g_autoptr (GError) local = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &local);
  const char *name;

  if (!folder && !g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("The folder of the menu’s entries cannot be read: %s"), local->message);
      return NULL;
    }
  while (folder && (name = g_dir_read_name (folder)))
    {
      GbxLauncher *launcher = gbx_launchers_is_launcher (name) &&
                                      g_str_has_suffix (name, ".desktop")
                                  ? make_launcher (name) : NULL;

      if (launcher)
        g_ptr_array_add (list, launcher);
    }
  g_ptr_array_sort (list, compare);
  return g_steal_pointer (&list);
}

/* -------------------------------------------------------------- writing -- */

static void
make_icon (GbxLauncherEntry *entry, GKeyFile *original, GError **error)
{
  g_autofree char *icon = g_key_file_get_locale_string (original, "Desktop Entry", "Icon", NULL, NULL);
  g_autofree char *name = strip_suffix (entry->id);
  gboolean is_theme_name = icon && *icon && !strpbrk (icon, "./ ") && g_str_is_ascii (icon);

  g_strfreev (entry->icon_files);
  entry->icon_files = gbx_launcher_icon_make (icon, name, error);
  /* Without a badge it is still the icon that the user knows. */
  g_free (entry->icon);
  entry->icon = entry->icon_files ? g_steal_pointer (&name)
                : is_theme_name   ? g_steal_pointer (&icon) : NULL;
}

static gboolean
write_launcher (GbxLauncherEntry *entry, GKeyFile *original, GError **error)
{
  g_autofree char *command = gbx_path_program ("glovebox");
  g_autoptr (GKeyFile) file
      = gbx_launcher_entry_make (entry, original, command ? command : "glovebox");
  g_autofree char *path = make_path (entry->id);

  return gbx_launcher_file_save (file, path, error);
}

/* With the lock held. */
static gboolean
make_again (GbxLauncherEntry *entry, GError **error)
{
  g_autofree char *name = strip_suffix (entry->id);
  g_autofree char *launcher = make_path (entry->id);
  gboolean is_new = !g_file_test (launcher, G_FILE_TEST_EXISTS);
  g_autoptr (GError) local = NULL;
  g_autoptr (GKeyFile) original = gbx_launcher_file_load (entry->path, error);
  g_auto (GStrv) types = NULL;

  if (!original || !gbx_launcher_entry_check (original, entry->source, error))
    return FALSE;
  types = gbx_launcher_entry_list_types (original);
  if (entry->mime && !gbx_launcher_defaults_keep ((const char *const *) types, error))
    return FALSE;
  make_icon (entry, original, &local);
  g_free (entry->checksum);
  entry->checksum = gbx_launcher_file_sum (entry->path, entry->icon_files);
  if (!local && write_launcher (entry, original, &local))
    return TRUE;
  if (is_new)
    gbx_launcher_icon_remove (name);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
check_options (const char *application, const GbxLauncherOptions *options, GError **error)
{
  g_autofree char *shown = gbx_path_show (application);

  if (gbx_launchers_is_launcher (application))
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("“%s” is a launcher of Glovebox already; name the application’s own entry"),
                 shown);
  else if (is_profile_gone (options->profile))
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                 _ ("There is no profile “%s”; “glovebox profile list” shows all"),
                 options->profile);
  else if (options->suffix && !g_utf8_validate (options->suffix, -1, NULL))
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                         _ ("The suffix of the name is not valid UTF-8"));
  else
    return TRUE;
  return FALSE;
}

/* A word on one line. */
static char *
clean_suffix (const char *text)
{
  char *suffix = text && *text ? g_strdup (text) : NULL;

  for (char *at = suffix; at && *at; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return suffix;
}

static GbxLauncherEntry *
make_entry (const char *application, const GbxLauncherOptions *options, GError **error)
{
  g_autoptr (GbxLauncherEntry) entry = g_new0 (GbxLauncherEntry, 1);
  g_autoptr (GbxLauncherEntry) old = NULL;

  entry->id = make_id (application, options->profile);
  entry->source = strchr (application, '/') ? g_canonicalize_filename (application, NULL)
                                            : g_strdup (application);
  entry->profile = g_strdup (options->profile);
  entry->suffix = clean_suffix (options->suffix);
  entry->mime = options->mime;
  entry->path = gbx_launcher_file_find (entry->source);
  old = read_launcher (entry->id, NULL);
  if (!entry->path)
    {
      g_autofree char *shown = gbx_path_show (application);

      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("There is no application “%s”; give the name of an installed one, such as "
                      "“firefox.desktop”"),
                   shown);
      return NULL;
    }
  if (old && !g_str_equal (old->source, entry->source))
    {
      g_autofree char *shown = gbx_path_show (old->source);

      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("The menu has a launcher of that name for “%s”; remove it first"), shown);
      return NULL;
    }
  return g_steal_pointer (&entry);
}

char *
gbx_launchers_add (const char *application, const GbxLauncherOptions *options, GError **error)
{
  g_autoptr (GbxLauncherEntry) entry = NULL;
  g_autofree char *folder = gbx_launcher_file_get_folder ();
  GbxLauncherLock lock = GBX_LAUNCHER_LOCK_FREE;
  gboolean good;

  if (!check_options (application, options, error))
    return NULL;
  entry = make_entry (application, options, error);
  if (!entry || !gbx_launcher_file_lock (&lock, error))
    return NULL;
  good = make_again (entry, error);
  if (good)
    gbx_launcher_defaults_update (folder);
  gbx_launcher_file_unlock (&lock);
  return good ? g_strdup (entry->id) : NULL;
}

/* ------------------------------------------------------------- removing -- */

static gboolean
remove_one (const char *id, GError **error)
{
  g_autofree char *path = make_path (id);
  g_autofree char *name = strip_suffix (id);
  int code;

  if (g_unlink (path) != 0 && errno != ENOENT)
    {
      code = errno;
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("The launcher “%s” cannot be removed: %s"), path, g_strerror (code));
      return FALSE;
    }
  gbx_launcher_icon_remove (name);
  return TRUE;
}

/* word: as for gbx_launchers_remove() */
static gboolean
is_meant (GbxLauncher *launcher, const char *word, const char *profile)
{
  g_autofree char *id = g_strconcat (word, ".desktop", NULL);

  if (profile && g_strcmp0 (launcher->profile, profile) != 0)
    return FALSE;
  return g_str_equal (launcher->id, word) || g_str_equal (launcher->source, word) ||
         g_str_equal (launcher->id, id) || g_str_equal (launcher->source, id);
}

gboolean
gbx_launchers_remove (const char *word, const char *profile, GError **error)
{
  g_autoptr (GPtrArray) list = gbx_launchers_list (error);
  g_autofree char *folder = gbx_launcher_file_get_folder ();
  g_autofree char *shown = gbx_path_show (word);
  GbxLauncherLock lock = GBX_LAUNCHER_LOCK_FREE;
  gboolean good = TRUE;
  guint count = 0;

  if (!list)
    return FALSE;
  if (list->len > 0 && !gbx_launcher_file_lock (&lock, error))
    return FALSE;
  for (guint i = 0; i < list->len && good; i++)
    if (is_meant (list->pdata[i], word, profile))
      {
        good = remove_one (((GbxLauncher *) list->pdata[i])->id, error);
        count++;
      }
  if (count > 0)
    gbx_launcher_defaults_update (folder);
  gbx_launcher_file_unlock (&lock);
  if (count == 0)
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                 _ ("The menu has no launcher for “%s”; “glovebox launcher list” shows all"), shown);
  return good && count > 0;
}

/* ----------------------------------------------------------- refreshing -- */

/* FALSE with an error; *changed whether something was done. */
static gboolean
refresh_one (GbxLauncher *launcher, gboolean all, gboolean *changed, GError **error)
{
  /* Another process may have removed it meanwhile. */
  g_autoptr (GbxLauncherEntry) entry = read_launcher (launcher->id, NULL);
  g_autofree char *path = NULL;

  *changed = FALSE;
  if (!entry || launcher->state == GBX_LAUNCHER_DAMAGED)
    return TRUE;
  if (launcher->state == GBX_LAUNCHER_CURRENT && !all)
    {
      /* The original was only touched: gbx_launchers_look_old() need not say so again. */
      if (gbx_launchers_look_old (entry->source, entry->profile))
        gbx_launcher_file_touch (launcher->path);
      return TRUE;
    }
  *changed = TRUE;
  if (launcher->state == GBX_LAUNCHER_ORPHAN)
    return remove_one (launcher->id, error);
  path = gbx_launcher_file_find (entry->source);
  if (path)
    {
      g_free (entry->path);
      entry->path = g_steal_pointer (&path);
    }
  return make_again (entry, error);
}

GPtrArray *
gbx_launchers_refresh (gboolean all, GError **error)
{
  g_autoptr (GPtrArray) list = gbx_launchers_list (error);
  g_autofree char *folder = gbx_launcher_file_get_folder ();
  GbxLauncherLock lock = GBX_LAUNCHER_LOCK_FREE;
  g_autoptr (GError) first = NULL;

  if (!list || list->len == 0)
    return g_steal_pointer (&list);
  if (!gbx_launcher_file_lock (&lock, error))
    return NULL;
  for (guint i = 0; i < list->len;)
    {
      gboolean changed;

      if (!refresh_one (list->pdata[i], all, &changed, first ? NULL : &first) || !changed)
        g_ptr_array_remove_index (list, i);
      else
        i++;
    }
  if (list->len > 0)
    gbx_launcher_defaults_update (folder);
  gbx_launcher_file_unlock (&lock);
  if (!first)
    return g_steal_pointer (&list);
  g_propagate_error (error, g_steal_pointer (&first));
  return NULL;
}

gboolean
gbx_launchers_look_old (const char *application, const char *profile)
{
  g_autofree char *id = make_id (application, profile);
  g_autofree char *path = make_path (id);
  g_autoptr (GbxLauncherEntry) entry = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;
  entry = read_launcher (id, NULL);
  if (!entry || !entry->path)
    return FALSE;
  if (gbx_launcher_file_is_newer (entry->path, path))
    return TRUE;
  for (guint i = 0; entry->icon_files && entry->icon_files[i]; i++)
    if (gbx_launcher_file_is_newer (entry->icon_files[i], path))
      return TRUE;
  return FALSE;
}

char *
gbx_launchers_get_application (const char *id, char **profile)
{
  g_autofree char *base = g_path_get_basename (id);
  g_autoptr (GbxLauncherEntry) entry
      = gbx_launchers_is_launcher (base) && g_str_has_suffix (base, ".desktop")
            ? read_launcher (base, NULL) : NULL;

  if (!entry)
    return NULL;
  if (profile)
    *profile = g_steal_pointer (&entry->profile);
  return g_steal_pointer (&entry->source);
}
