/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-profile-file.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-profile-keys.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct _GbxProfileFile
{
  gatomicrefcount references;
  char *path;
  char *shown; /* the path for messages */
  char *id;
  gboolean is_system;
  char *loaded; /* what was read; NULL for a new file */
  GbxKeyText *text;
};

static const char *const profile_keys[] = {
  "Version", "Id", "Name", "Description", "Icon", "Color", "Inherits", "Applications",
  "MimeTypes", "Categories", NULL,
};

gboolean
gbx_profile_id_is_valid (const char *id)
{
  return *id && strlen (id) <= 40 && g_ascii_isalnum (*id) &&
         strspn (id, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen (id);
}

/* --------------------------------------------------------------- checks -- */

G_GNUC_PRINTF (4, 5) static gboolean
fail (GbxProfileFile *self, guint line, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, "%s:%u: %s", self->shown, line, message);
  return FALSE;
}

/* Names of others, for their own use. */
static gboolean
is_foreign (const char *name)
{
  return g_str_has_prefix (name, "X-");
}

/* Before all else: what is unknown of a newer version is no fault of the profile. */
static gboolean
check_version (GbxProfileFile *self, GError **error)
{
  GbxKeyLine line = { 0 };
  guint64 number;

  for (guint i = 0; i < gbx_key_text_get_n (self->text); i++)
    {
      gbx_key_text_get (self->text, i, &line);
      if (g_str_equal (line.group, "Profile") && g_str_equal (line.key, "Version"))
        break;
      line.value = NULL;
    }
  if (!line.value)
    return fail (self, 1, error, _ ("Version is missing: write “Version=%d” into [Profile]"),
                 GBX_PROFILE_VERSION);
  if (!g_ascii_string_to_unsigned (line.value, 10, 1, G_MAXUINT32, &number, NULL))
    return fail (self, line.line, error, _ ("Version cannot be “%s”: use %d"), line.value,
                 GBX_PROFILE_VERSION);
  if (number > GBX_PROFILE_VERSION)
    return fail (self, line.line, error,
                 _ ("Version is %s, and this Glovebox knows profiles up to version %d: update "
                    "Glovebox"),
                 line.value, GBX_PROFILE_VERSION);
  return TRUE;
}

static gboolean
check_color (GbxProfileFile *self, const GbxKeyLine *line, GError **error)
{
  if (line->value[0] == '#' && strlen (line->value) == 7 &&
      strspn (line->value + 1, "0123456789abcdefABCDEF") == 6)
    return TRUE;
  return fail (self, line->line, error, _ ("Color cannot be “%s”: write it as in #3584e4"),
               line->value);
}

static gboolean
check_profile_line (GbxProfileFile *self, const GbxKeyLine *line, GError **error)
{
  if (is_foreign (line->key))
    return TRUE;
  if (!g_strv_contains (profile_keys, line->key))
    return fail (self, line->line, error, _ ("[Profile] has no key “%s”"), line->key);
  if (line->locale && !g_str_equal (line->key, "Name") && !g_str_equal (line->key, "Description"))
    return fail (self, line->line, error, _ ("%s has no translation: leave out “[%s]”"), line->key,
                 line->locale);
  if (g_str_equal (line->key, "Id") && !g_str_equal (line->value, self->id))
    return fail (self, line->line, error,
                 _ ("Id is “%s”, but the name of the file is “%s%s”: give both the same name"),
                 line->value, self->id, GBX_PROFILE_SUFFIX);
  if (g_str_equal (line->key, "Inherits") && *line->value && !gbx_profile_id_is_valid (line->value))
    return fail (self, line->line, error, _ ("Inherits cannot be “%s”: name one profile"),
                 line->value);
  return !g_str_equal (line->key, "Color") || check_color (self, line, error);
}

static gboolean
check_environment_line (GbxProfileFile *self, const GbxKeyLine *line, GError **error)
{
  if (!g_ascii_isdigit (*line->key) && !line->locale && !strpbrk (line->key, ".-@"))
    return TRUE;
  return fail (self, line->line, error,
               _ ("“%s” cannot be the name of an environment variable: use letters, digits and “_”"),
               line->key);
}

static gboolean
check_lock_line (GbxProfileFile *self, const GbxKeyLine *line, GError **error)
{
  const GbxSetting *setting = gbx_profile_key_find_joined (line->key);
  const GbxSetting *access = gbx_profile_key_find_of_share ("Access");
  g_autofree char *origin = NULL;
  g_autoptr (GVariant) value = NULL;

  if (!self->is_system)
    return fail (self, line->line, error,
                 _ ("only a profile of the system may lock a setting: remove “%s”"), line->key);
  if (!setting && g_str_equal (line->key, "Shares"))
    setting = access;
  if (!setting)
    return fail (self, line->line, error,
                 _ ("there is no setting “%s” to lock: write it as in Network.Mode"), line->key);
  if (g_str_equal (line->value, "fixed"))
    return TRUE;
  if (setting->wider == GBX_WIDER_NEITHER)
    return fail (self, line->line, error, _ ("%s cannot be “%s”: this setting can only be “fixed”"),
                 line->key, line->value);
  origin = gbx_profile_file_get_origin (self, line);
  value = gbx_setting_parse (setting, line->value, FALSE, origin, error);
  return value != NULL;
}

static gboolean
check_setting_line (GbxProfileFile *self, const GbxKeyLine *line, const GbxSetting *setting,
                    GError **error)
{
  g_autofree char *origin = gbx_profile_file_get_origin (self, line);
  g_autoptr (GVariant) value = NULL;

  if (is_foreign (line->key))
    return TRUE;
  if (!setting)
    return fail (self, line->line, error,
                 _ ("[%s] has no key “%s”; this Glovebox may be too old for the profile"),
                 line->group, line->key);
  if (line->locale)
    return fail (self, line->line, error, _ ("%s has no translation: leave out “[%s]”"), line->key,
                 line->locale);
  if (g_str_equal (line->value, "default"))
    return TRUE;
  /* A range may be wider for a command: the launch checks it again. */
  value = gbx_setting_parse (setting, line->value, FALSE, origin, error);
  return value != NULL;
}

static gboolean
check_line (GbxProfileFile *self, const GbxKeyLine *line, GError **error)
{
  if (is_foreign (line->group))
    return TRUE;
  if (g_str_equal (line->group, "Profile"))
    return check_profile_line (self, line, error);
  if (g_str_equal (line->group, "Environment"))
    return check_environment_line (self, line, error);
  if (g_str_equal (line->group, "Locks"))
    return check_lock_line (self, line, error);
  if (gbx_profile_key_share (line->group))
    return check_setting_line (self, line, gbx_profile_key_find_of_share (line->key), error);
  return check_setting_line (self, line, gbx_profile_key_find (line->group, line->key), error);
}

static gboolean
check_group (GbxProfileFile *self, guint index, GError **error)
{
  static const char *const known[] = { "Profile", "Environment", "Locks", NULL };
  guint line;
  const char *group = gbx_key_text_get_group (self->text, index, &line);
  const char *share = gbx_profile_key_share (group);

  if (share && !gbx_profile_id_is_valid (share))
    return fail (self, line, error,
                 _ ("“%s” cannot be the name of a share: use a–z, 0–9, “.”, “-” and “_”"), share);
  if (!share && !g_strv_contains (known, group) && !gbx_profile_key_is_group (group) &&
      !is_foreign (group))
    return fail (self, line, error,
                 _ ("there is no group “%s”; this Glovebox may be too old for the profile"), group);
  return TRUE;
}

static gboolean
check (GbxProfileFile *self, GError **error)
{
  if (!check_version (self, error))
    return FALSE;
  for (guint i = 0; i < gbx_key_text_get_n_groups (self->text); i++)
    if (!check_group (self, i, error))
      return FALSE;
  for (guint i = 0; i < gbx_key_text_get_n (self->text); i++)
    {
      GbxKeyLine line;

      gbx_key_text_get (self->text, i, &line);
      if (!check_line (self, &line, error))
        return FALSE;
    }
  return TRUE;
}

/* -------------------------------------------------------------- loading -- */

static GbxProfileFile *
alloc_file (const char *path)
{
  GbxProfileFile *self = g_new0 (GbxProfileFile, 1);
  g_autofree char *base = g_path_get_basename (path);

  g_atomic_ref_count_init (&self->references);
  self->path = g_strdup (path);
  self->shown = gbx_path_show (path);
  self->id = g_str_has_suffix (base, GBX_PROFILE_SUFFIX)
                 ? g_strndup (base, strlen (base) - strlen (GBX_PROFILE_SUFFIX))
                 : g_strdup (base);
  return self;
}

static gboolean
set_read_error (const char *shown, const char *why, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s: the profile cannot be read: %s"), shown,
               why);
  return FALSE;
}

gboolean
gbx_profile_read_text (const char *path, const char *shown, char **text, gsize *length, GError **error)
{
  g_autoptr (GString) contents = g_string_new (NULL);
  char buffer[16384];
  struct stat st;
  gssize n = 0;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    return set_read_error (shown, g_strerror (errno), error);
  if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode))
    {
      close (fd);
      return set_read_error (shown, _ ("it is not a regular file"), error);
    }
  while (contents->len <= GBX_KEY_TEXT_BYTES_MAX && (n = read (fd, buffer, sizeof buffer)) > 0)
    g_string_append_len (contents, buffer, n);
  if (n < 0)
    set_read_error (shown, g_strerror (errno), error);
  close (fd);
  *length = contents->len;
  *text = n < 0 ? NULL : g_string_free (g_steal_pointer (&contents), FALSE);
  return n >= 0;
}

static gboolean
parse (GbxProfileFile *self, const char *text, gsize length, GError **error)
{
  if (!gbx_profile_id_is_valid (self->id))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("%s: “%s” cannot be the name of a profile: use 1 to 40 of the characters "
                      "a–z, 0–9, dot, dash and underscore"),
                   self->shown, self->id);
      return FALSE;
    }
  self->text = gbx_key_text_parse (text, length, self->shown, error);
  return self->text && check (self, error);
}

GbxProfileFile *
gbx_profile_file_load (const char *path, gboolean is_system, GError **error)
{
  g_autoptr (GbxProfileFile) self = alloc_file (path);
  gsize length;

  self->is_system = is_system;
  if (!gbx_profile_read_text (path, self->shown, &self->loaded, &length, error) ||
      !parse (self, self->loaded, length, error))
    return NULL;
  return g_steal_pointer (&self);
}

GbxProfileFile *
gbx_profile_file_new (const char *path, const char *text, GError **error)
{
  g_autoptr (GbxProfileFile) self = alloc_file (path);

  return parse (self, text, strlen (text), error) ? g_steal_pointer (&self) : NULL;
}

/* ---------------------------------------------------------- all faults -- */

static gboolean
keep_fault (GPtrArray *faults, GError *error)
{
  if (error && faults->len < GBX_PROFILE_FAULTS_MAX)
    g_ptr_array_add (faults, g_strdup (error->message));
  g_clear_error (&error);
  return faults->len < GBX_PROFILE_FAULTS_MAX;
}

/* Returns the groups that have no fault themselves. */
static GHashTable *
find_faults_of_groups (GbxProfileFile *self, GPtrArray *faults)
{
  GHashTable *good = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < gbx_key_text_get_n_groups (self->text); i++)
    {
      guint line;
      GError *error = NULL;

      if (check_group (self, i, &error))
        g_hash_table_add (good, (gpointer) gbx_key_text_get_group (self->text, i, &line));
      keep_fault (faults, error);
    }
  return good;
}

static void
find_faults (GbxProfileFile *self, GPtrArray *faults)
{
  g_autoptr (GHashTable) good = find_faults_of_groups (self, faults);

  for (guint i = 0; i < gbx_key_text_get_n (self->text); i++)
    {
      GbxKeyLine line;
      GError *error = NULL;

      gbx_key_text_get (self->text, i, &line);
      if (g_hash_table_contains (good, line.group))
        check_line (self, &line, &error);
      if (!keep_fault (faults, error))
        return;
    }
}

/* By their lines. */
static int
compare_faults (gconstpointer a, gconstpointer b, gpointer data)
{
  gsize length = strlen (data) + 1;
  guint64 first = g_ascii_strtoull (*(const char *const *) a + length, NULL, 10);
  guint64 second = g_ascii_strtoull (*(const char *const *) b + length, NULL, 10);

  return first < second ? -1 : first > second;
}

GPtrArray *
gbx_profile_file_find_faults (const char *path, const char *text, gsize length)
{
  g_autoptr (GbxProfileFile) self = alloc_file (path);
  GPtrArray *faults = g_ptr_array_new_with_free_func (g_free);
  GError *error = NULL;

  self->text = gbx_key_text_parse (text, length, self->shown, &error);
  if (self->text && check_version (self, &error))
    find_faults (self, faults);
  g_ptr_array_sort_with_data (faults, compare_faults, self->shown);
  keep_fault (faults, error);
  return faults;
}

GbxProfileFile *
gbx_profile_file_ref (GbxProfileFile *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
gbx_profile_file_unref (GbxProfileFile *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_pointer (&self->text, gbx_key_text_free);
  g_free (self->loaded);
  g_free (self->id);
  g_free (self->shown);
  g_free (self->path);
  g_free (self);
}

/* --------------------------------------------------------------- saving -- */

static gboolean
set_write_error (GbxProfileFile *self, const char *why, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("%s: the profile cannot be saved: %s"),
               self->shown, why);
  return FALSE;
}

/* Nobody else may write between the look at the file and its replacement. */
static int
lock_folder (GbxProfileFile *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      set_write_error (self, g_strerror (errno), error);
      return -1;
    }
  fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0 && flock (fd, LOCK_EX) == 0)
    return fd;
  set_write_error (self, g_strerror (errno), error);
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
is_as_loaded (GbxProfileFile *self, GError **error)
{
  g_autofree char *now = NULL;
  gsize length;

  if (!self->loaded && g_access (self->path, F_OK) != 0)
    return TRUE;
  if (self->loaded && gbx_profile_read_text (self->path, self->shown, &now, &length, NULL) &&
      g_str_equal (now, self->loaded))
    return TRUE;
  return set_write_error (self,
                          self->loaded ? _ ("it was changed or removed meanwhile; try again")
                                       : _ ("a profile of this name is there already"),
                          error);
}

gboolean
gbx_profile_file_save (GbxProfileFile *self, GError **error)
{
  g_autofree char *text = gbx_key_text_to_string (self->text);
  g_autoptr (GError) local = NULL;
  int fd = lock_folder (self, error);
  gboolean good = fd >= 0 && is_as_loaded (self, error);

  if (good && !g_file_set_contents_full (
                  self->path, text, -1,
                  G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &local))
    good = set_write_error (self, local->message, error);
  if (good)
    {
      g_free (self->loaded);
      self->loaded = g_steal_pointer (&text);
    }
  if (fd >= 0)
    close (fd);
  return good;
}

static gboolean
unlink_as_loaded (GbxProfileFile *self, GError **error)
{
  if (!is_as_loaded (self, error))
    return FALSE;
  if (g_unlink (self->path) == 0 || errno == ENOENT)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("%s: the profile cannot be removed: %s"),
               self->shown, g_strerror (errno));
  return FALSE;
}

gboolean
gbx_profile_file_remove (GbxProfileFile *self, GError **error)
{
  int fd = lock_folder (self, error);
  gboolean good = fd >= 0 && unlink_as_loaded (self, error);

  if (good)
    g_clear_pointer (&self->loaded, g_free);
  if (fd >= 0)
    close (fd);
  return good;
}

gboolean
gbx_profile_file_replace (GbxProfileFile *self, const char *text, GError **error)
{
  GbxKeyText *before = self->text;

  self->text = gbx_key_text_parse (text, strlen (text), self->shown, error);
  if (self->text && check (self, error))
    {
      gbx_key_text_free (before);
      return TRUE;
    }
  g_clear_pointer (&self->text, gbx_key_text_free);
  self->text = before;
  return FALSE;
}

gboolean
gbx_profile_file_set (GbxProfileFile *self, const char *group, const char *key, const char *value,
                      GError **error)
{
  g_autofree char *before = gbx_key_text_to_string (self->text);
  g_autoptr (GbxKeyText) changed =
      gbx_key_text_parse (before, strlen (before), self->shown, error);
  g_autofree char *text = NULL;

  if (!changed)
    return FALSE;
  if (value && strpbrk (value, "\n\r"))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s: a value has one line"),
                   self->shown);
      return FALSE;
    }
  gbx_key_text_set (changed, group, key, value);
  text = gbx_key_text_to_string (changed);
  return gbx_profile_file_replace (self, text, error);
}

/* -------------------------------------------------------------- getters -- */

const char *
gbx_profile_file_get_path (GbxProfileFile *self)
{
  return self->path;
}

const char *
gbx_profile_file_get_id (GbxProfileFile *self)
{
  return self->id;
}

gboolean
gbx_profile_file_is_system (GbxProfileFile *self)
{
  return self->is_system;
}

GbxKeyText *
gbx_profile_file_get_text (GbxProfileFile *self)
{
  return self->text;
}

char *
gbx_profile_file_get_origin (GbxProfileFile *self, const GbxKeyLine *line)
{
  return g_strdup_printf ("%s:%u: %s", self->shown, line->line, line->key);
}

char **
gbx_profile_file_get_list (GbxProfileFile *self, const char *key)
{
  const char *text = gbx_key_text_lookup (self->text, "Profile", key);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = text ? g_strsplit (text, ";", -1) : NULL;

  for (guint i = 0; parts && parts[i]; i++)
    if (*g_strstrip (parts[i]))
      g_strv_builder_add (builder, parts[i]);
  return g_strv_builder_end (builder);
}
