/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-unit"

#include "config.h"

#include "gbx-unit-file.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FILE_BYTES_MAX (1024 * 1024)
#define LINKS_MAX 8

/* As in systemd.unit(5), the first counts most.  SYSTEMD_UNIT_PATH replaces them, as it does there. */
static const char *const folders[] = {
  "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient",
  "/etc/systemd/system",         "/etc/systemd/system.attached", "/run/systemd/system",
  "/run/systemd/generator",      "/usr/local/lib/systemd/system", "/lib/systemd/system",
  "/usr/lib/systemd/system",
};

struct _GbxUnitFile
{
  char *name;
  char *path;       /* (nullable) */
  GPtrArray *lines; /* (element-type GbxUnitLine) */
  GStringChunk *texts;
};

/* ----------------------------------------------------------------- text -- */

static void
add_line (GbxUnitFile *self, const char *section, const char *text, const char *path, guint number)
{
  const char *equals = strchr (text, '=');
  g_autofree char *key = equals ? g_strndup (text, equals - text) : NULL;
  g_autofree char *value = equals ? g_strdup (equals + 1) : NULL;
  GbxUnitLine *line;

  if (!section || !equals)
    return;
  line = g_new0 (GbxUnitLine, 1);
  line->section = g_string_chunk_insert_const (self->texts, section);
  line->key = g_string_chunk_insert_const (self->texts, g_strstrip (key));
  line->value = g_string_chunk_insert_const (self->texts, g_strstrip (value));
  line->path = g_string_chunk_insert_const (self->texts, path);
  line->line = number;
  g_ptr_array_add (self->lines, line);
}

static gboolean
is_comment (const char *text)
{
  const char *start = text + strspn (text, " \t");

  return *start == '#' || *start == ';';
}

/* A backslash at the end of a line is a blank, and the next line belongs to it; comments between
 * them do not count. */
static void
take_text (GbxUnitFile *self, const char *text, const char *path)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) joined = g_string_new (NULL);
  g_autofree char *section = NULL;
  guint first = 0;

  for (guint i = 0; lines[i]; i++)
    {
      char *line = g_strchomp (lines[i]);
      gsize length = strlen (line);
      gboolean goes_on = length > 0 && line[length - 1] == '\\';

      if (is_comment (line))
        continue;
      if (joined->len == 0)
        first = i + 1;
      g_string_append_len (joined, line, (gssize) length - goes_on);
      if (goes_on && lines[i + 1])
        {
          g_string_append_c (joined, ' ');
          continue;
        }
      g_strstrip (joined->str);
      length = strlen (joined->str);
      if (joined->str[0] == '[' && joined->str[length - 1] == ']')
        {
          g_free (section);
          section = g_strndup (joined->str + 1, length - 2);
        }
      else if (length > 0)
        add_line (self, section, joined->str, path, first);
      g_string_truncate (joined, 0);
    }
}

/* A unit that is a link to /dev/null, or empty in a folder of the administrator, is masked. */
static gboolean
take_file (GbxUnitFile *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &text, &length, &local))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND, _ ("The unit file %s cannot be read: %s"),
                   path, local->message);
      return FALSE;
    }
  if (length > FILE_BYTES_MAX || !g_utf8_validate (text, (gssize) length, NULL))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("The unit file %s is not text, or too long"), path);
      return FALSE;
    }
  take_text (self, text, path);
  return TRUE;
}

/* -------------------------------------------------------------- finding -- */

static char **
list_folders (void)
{
  const char *search = g_getenv ("SYSTEMD_UNIT_PATH");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = search && *search ? g_strsplit (search, ":", -1) : NULL;
  gboolean with_default = !parts || g_str_has_suffix (search, ":");

  for (guint i = 0; parts && parts[i]; i++)
    if (*parts[i])
      g_strv_builder_add (builder, parts[i]);
  for (guint i = 0; with_default && i < G_N_ELEMENTS (folders); i++)
    g_strv_builder_add (builder, folders[i]);
  return g_strv_builder_end (builder);
}

/* "redis@a.service" → "redis@.service" */
static char *
template_of (const char *name)
{
  const char *at = strchr (name, '@');
  const char *dot = strrchr (name, '.');

  if (!at || !dot || dot < at || dot == at + 1)
    return NULL;
  return g_strdup_printf ("%.*s@%s", (int) (at - name), name, dot);
}

static char *
find_in_folders (char **search, const char *name)
{
  for (guint i = 0; search[i]; i++)
    {
      g_autofree char *path = g_build_filename (search[i], name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        return g_steal_pointer (&path);
    }
  return NULL;
}

static char *
find_path (char **search, const char *name)
{
  g_autofree char *template = template_of (name);
  char *path = find_in_folders (search, name);

  return path || !template ? path : find_in_folders (search, template);
}

/* A link to a unit of another name is an alias: "redis.service" is "redis-server.service".  The
 * instance stays. */
static char *
follow_alias (const char *name, const char *target)
{
  g_autofree char *base = g_path_get_basename (target);
  const char *at = strchr (name, '@');
  const char *base_at = strchr (base, '@');
  const char *dot = strrchr (name, '.');

  if (at && base_at && base_at[1] == '.')
    return g_strdup_printf ("%.*s@%.*s%s", (int) (base_at - base), base, (int) (dot - at - 1),
                            at + 1, base_at + 1);
  return g_steal_pointer (&base);
}

static gboolean
locate (GbxUnitFile *self, char **search, GError **error)
{
  for (guint i = 0; i < LINKS_MAX; i++)
    {
      g_autofree char *path = find_path (search, self->name);
      g_autofree char *target = path ? g_file_read_link (path, NULL) : NULL;
      g_autofree char *alias = NULL;

      if (!path)
        break;
      if (g_strcmp0 (target, "/dev/null") == 0)
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("The unit %s is masked on this computer: %s is a link to /dev/null; "
                          "unmask it, or name another unit"),
                       self->name, path);
          return FALSE;
        }
      alias = target ? follow_alias (self->name, target) : NULL;
      if (!alias || g_str_equal (alias, self->name) || !g_str_has_suffix (alias, ".service"))
        {
          self->path = g_steal_pointer (&path);
          return TRUE;
        }
      g_free (self->name);
      self->name = g_steal_pointer (&alias);
    }
  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
               _ ("There is no unit %s on this computer; “systemctl list-unit-files "
                  "--type=service” lists the units, and the package of the service has to be "
                  "installed"),
               self->name);
  return FALSE;
}

/* ------------------------------------------------------------- drop-ins -- */

/* The folders' names for a unit "a-b@c.service", from the least special one: service.d, a-.service.d,
 * a-b@.service.d, a-b@c.service.d. */
static GPtrArray *
list_drop_in_names (const char *name)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *template = template_of (name);
  const char *end = strrchr (name, '.');

  g_ptr_array_add (list, g_strdup ("service.d"));
  for (const char *dash = strchr (name, '-'); dash && dash < end; dash = strchr (dash + 1, '-'))
    if (dash[1] != '.')
      g_ptr_array_add (list, g_strdup_printf ("%.*s-.service.d", (int) (dash - name), name));
  if (template)
    g_ptr_array_add (list, g_strconcat (template, ".d", NULL));
  g_ptr_array_add (list, g_strconcat (name, ".d", NULL));
  return list;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Of files with the same name only that of the first folder counts. */
static void
collect (GHashTable *found, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_suffix (name, ".conf") && !g_hash_table_contains (found, name))
      g_hash_table_insert (found, g_strdup (name), g_build_filename (folder, name, NULL));
}

static void
add_key (gpointer key, gpointer value, gpointer names)
{
  g_ptr_array_add (names, key);
}

static gboolean
take_all (GbxUnitFile *self, GHashTable *found, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_hash_table_foreach (found, add_key, names);
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      const char *path = g_hash_table_lookup (found, names->pdata[i]);
      g_autofree char *target = g_file_read_link (path, NULL);

      if (g_strcmp0 (target, "/dev/null") != 0 && !take_file (self, path, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_drop_ins (GbxUnitFile *self, char **search, GError **error)
{
  g_autoptr (GPtrArray) names = list_drop_in_names (self->name);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = names->len; i-- > 0;)
    for (guint j = 0; search[j]; j++)
      {
        g_autofree char *folder = g_build_filename (search[j], names->pdata[i], NULL);

        collect (found, folder);
      }
  return take_all (self, found, error);
}

static gboolean
take_private (GbxUnitFile *self, const char *folder, GError **error)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  collect (found, folder);
  return take_all (self, found, error);
}

/* --------------------------------------------------------------- public -- */

static GbxUnitFile *
unit_file_new (const char *name)
{
  GbxUnitFile *self = g_new0 (GbxUnitFile, 1);

  self->name = g_str_has_suffix (name, ".service") ? g_strdup (name)
                                                   : g_strconcat (name, ".service", NULL);
  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->texts = g_string_chunk_new (4096);
  return self;
}

static gboolean
check_name (GbxUnitFile *self, const char *name, GError **error)
{
  static const char *const kinds[] = { ".socket", ".target", ".timer", ".path",
                                       ".mount",  ".device", ".slice", ".scope" };
  const char *at = strchr (name, '@');

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_suffix (name, kinds[i]))
      {
        g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                     _ ("“%s” is no service: only units that end in .service can be run in a "
                        "sandbox"),
                     name);
        return FALSE;
      }
  if (strchr (name, '/') || strlen (name) > 200 || name[0] == '.' || name[0] == '\0'
      || !g_utf8_validate (name, -1, NULL) || strpbrk (name, " \t\n"))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("“%s” cannot be the name of a unit; it is a name such as apache2.service"),
                   name);
      return FALSE;
    }
  if (at && (at[1] == '\0' || g_str_equal (at + 1, ".service")))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("The unit %s is a template: give it an instance, as in %.*s@NAME.service"),
                   self->name, (int) (at - name), name);
      return FALSE;
    }
  return TRUE;
}

GbxUnitFile *
gbx_unit_file_find (const char *name, const char *private, GError **error)
{
  g_autoptr (GbxUnitFile) self = unit_file_new (name);
  g_auto (GStrv) search = list_folders ();

  if (!check_name (self, name, error) || !locate (self, search, error)
      || !take_file (self, self->path, error) || !take_drop_ins (self, search, error)
      || (private && !take_private (self, private, error)))
    return NULL;
  return g_steal_pointer (&self);
}

GbxUnitFile *
gbx_unit_file_new_from_text (const char *name, const char *text, GError **error)
{
  g_autoptr (GbxUnitFile) self = unit_file_new (name);

  if (!check_name (self, name, error))
    return NULL;
  take_text (self, text, name);
  return g_steal_pointer (&self);
}

void
gbx_unit_file_free (GbxUnitFile *self)
{
  g_free (self->name);
  g_free (self->path);
  g_ptr_array_unref (self->lines);
  g_string_chunk_free (self->texts);
  g_free (self);
}

const char *
gbx_unit_file_get_name (GbxUnitFile *self)
{
  return self->name;
}

const char *
gbx_unit_file_get_path (GbxUnitFile *self)
{
  return self->path;
}

guint
gbx_unit_file_get_n_lines (GbxUnitFile *self)
{
  return self->lines->len;
}

const GbxUnitLine *
gbx_unit_file_get_line (GbxUnitFile *self, guint index)
{
  return self->lines->pdata[index];
}

static gboolean
is_of (const GbxUnitLine *line, const char *section, const char *key)
{
  return g_str_equal (line->section, section) && g_str_equal (line->key, key);
}

const char *
gbx_unit_file_get (GbxUnitFile *self, const char *section, const char *key)
{
  for (guint i = self->lines->len; i-- > 0;)
    {
      const GbxUnitLine *line = self->lines->pdata[i];

      if (is_of (line, section, key))
        return *line->value ? line->value : NULL;
    }
  return NULL;
}

char **
gbx_unit_file_list (GbxUnitFile *self, const char *section, const char *key)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  for (guint i = 0; i < self->lines->len; i++)
    {
      const GbxUnitLine *line = self->lines->pdata[i];

      if (!is_of (line, section, key))
        continue;
      if (*line->value)
        g_ptr_array_add (list, (gpointer) line->value);
      else
        g_ptr_array_set_size (list, 0);
    }
  g_ptr_array_add (list, NULL);
  return g_strdupv ((char **) list->pdata);
}

gboolean
gbx_unit_exists (const char *name)
{
  g_auto (GStrv) search = list_folders ();
  g_autofree char *path = find_path (search, name);

  return path != NULL;
}
