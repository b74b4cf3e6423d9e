/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launchers"

#include "config.h"

#include "gbx-launcher-entry.h"

#include "gbx-categories.h"
#include "gbx-error.h"
#include "gbx-guest-programs.h"
#include "gbx-paths.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Desktop Entry Specification 1.5. */

#define ENTRY G_KEY_FILE_DESKTOP_GROUP
#define REMOVE_ACTION "glovebox-remove"
#define KEY_SOURCE "X-Glovebox-Source"
#define KEY_PATH "X-Glovebox-SourceFile"
#define KEY_PROFILE "X-Glovebox-Profile"
#define KEY_SUFFIX "X-Glovebox-Suffix"
#define KEY_MIME "X-Glovebox-Mime"
#define KEY_ICON_FILES "X-Glovebox-IconFiles"
#define KEY_CHECKSUM "X-Glovebox-Checksum"

/* No other key of the original is kept.  Some would make the desktop treat the launcher as the
 * original: DBusActivatable and Implements start it on the bus, X-GNOME-… binds it to services. */
static const char *const kept[] = { "Name", "GenericName", "Comment", "Keywords", NULL };
static const char *const kept_in_action[] = { "Name", NULL };

/* The kinds of types that exist; others are spelling mistakes. */
static const char *const media[] = { "application", "audio",   "font",      "image", "inode",
                                     "message",     "model",   "multipart", "text",  "video",
                                     "chemical",    NULL };

void
gbx_launcher_entry_free (GbxLauncherEntry *self)
{
  g_free (self->id);
  g_free (self->source);
  g_free (self->path);
  g_free (self->profile);
  g_free (self->suffix);
  g_free (self->icon);
  g_strfreev (self->icon_files);
  g_free (self->checksum);
  g_free (self);
}

/* ---------------------------------------------------------------- words -- */

char *
gbx_launcher_entry_quote (const char *word)
{
  GString *out = g_string_new (NULL);
  gboolean quoted = !*word || strpbrk (word, " \t\n\"'\\><~|&;$*?#()`");

  for (const char *at = word; *at; at++)
    {
      if (strchr ("\"`$\\", *at))
        g_string_append_c (out, '\\');
      else if (*at == '%')
        g_string_append_c (out, '%');
      g_string_append_c (out, *at);
    }
  if (quoted)
    {
      g_string_prepend_c (out, '"');
      g_string_append_c (out, '"');
    }
  return g_string_free (out, FALSE);
}

/* What may stand in a value that is not text for people. */
static gboolean
is_printable_ascii (const char *text)
{
  for (; *text; text++)
    if (!g_ascii_isprint (*text))
      return FALSE;
  return TRUE;
}

static gboolean
is_text (const char *value)
{
  if (!g_utf8_validate (value, -1, NULL))
    return FALSE;
  for (const char *at = value; *at; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

/* Paths and names of files may have any bytes. */
static void
set_bytes (GKeyFile *file, const char *key, const char *bytes)
{
  g_autofree char *escaped = bytes ? g_strescape (bytes, NULL) : NULL;

  if (escaped)
    g_key_file_set_string (file, ENTRY, key, escaped);
}

static char *
get_bytes (GKeyFile *file, const char *key)
{
  g_autofree char *escaped = g_key_file_get_string (file, ENTRY, key, NULL);

  return escaped ? g_strcompress (escaped) : NULL;
}

GbxLauncherEntry *
gbx_launcher_entry_read (GKeyFile *file, const char *id)
{
  g_autofree char *source = get_bytes (file, KEY_SOURCE);
  GbxLauncherEntry *self;

  if (!source || !*source)
    return NULL;
  self = g_new0 (GbxLauncherEntry, 1);
  self->id = g_strdup (id);
  self->source = g_steal_pointer (&source);
  self->path = get_bytes (file, KEY_PATH);
  self->profile = g_key_file_get_string (file, ENTRY, KEY_PROFILE, NULL);
  self->suffix = g_key_file_get_string (file, ENTRY, KEY_SUFFIX, NULL);
  self->mime = g_key_file_get_boolean (file, ENTRY, KEY_MIME, NULL);
  self->icon = g_key_file_get_string (file, ENTRY, "Icon", NULL);
  self->icon_files = g_key_file_get_string_list (file, ENTRY, KEY_ICON_FILES, NULL, NULL);
  self->checksum = g_key_file_get_string (file, ENTRY, KEY_CHECKSUM, NULL);
  for (guint i = 0; self->icon_files && self->icon_files[i]; i++)
    {
      char *escaped = self->icon_files[i];

      self->icon_files[i] = g_strcompress (escaped);
      g_free (escaped);
    }
  return self;
}

/* -------------------------------------------------------------- copying -- */

/* "Name" of "Name[de]"; %NULL if the locale has characters that no locale has. */
static char *
get_base (const char *key)
{
  const char *locale = strchr (key, '[');
  gsize length = locale ? strspn (locale + 1, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_@.-") : 0;

  if (!locale)
    return g_strdup (key);
  if (length == 0 || strcmp (locale + 1 + length, "]") != 0)
    return NULL;
  return g_strndup (key, (gsize) (locale - key));
}

static gboolean
is_good (GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *value = g_key_file_get_value (file, group, key, NULL);

  return value && *value && is_text (value);
}

/* The texts in all languages.  One without an untranslated text would not be valid. */
static void
copy_texts (GKeyFile *from, GKeyFile *to, const char *group, const char *const *bases)
{
  g_auto (GStrv) keys = g_key_file_get_keys (from, group, NULL, NULL);

  for (guint i = 0; keys && keys[i]; i++)
    {
      g_autofree char *base = get_base (keys[i]);
      g_autofree char *value = g_key_file_get_value (from, group, keys[i], NULL);

      if (base && g_strv_contains (bases, base) && is_good (from, group, base) &&
          is_good (from, group, keys[i]))
        g_key_file_set_value (to, group, keys[i], value);
    }
}

static void
append_suffix (GKeyFile *file, const char *suffix)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, ENTRY, NULL, NULL);
  g_auto (GStrv) parts = g_strsplit (suffix, "\\", -1);
  g_autofree char *raw = g_strjoinv ("\\\\", parts);

  for (guint i = 0; keys[i]; i++)
    if (g_str_equal (keys[i], "Name") || g_str_has_prefix (keys[i], "Name["))
      {
        g_autofree char *value = g_key_file_get_value (file, ENTRY, keys[i], NULL);
        g_autofree char *longer = g_strdup_printf ("%s %s", value, raw);

        g_key_file_set_value (file, ENTRY, keys[i], longer);
      }
}

/* An entry without a usable name is known by that of its file. */
static void
ensure_name (GbxLauncherEntry *self, GKeyFile *file, const char *group, const char *otherwise)
{
  g_autofree char *name = NULL;

  if (g_key_file_has_key (file, group, "Name", NULL))
    return;
  name = g_path_get_basename (otherwise);
  if (g_str_has_suffix (name, ".desktop"))
    name[strlen (name) - strlen (".desktop")] = '\0';
  otherwise = name;
  g_autofree char *shown = gbx_path_show (otherwise);
  g_key_file_set_string (file, group, "Name", shown);
}

static gboolean
is_type (const char *type)
{
  const char *slash = strchr (type, '/');
  g_autofree char *kind = slash ? g_strndup (type, (gsize) (slash - type)) : NULL;

  return kind && slash[1] && (g_strv_contains (media, kind) || g_str_has_prefix (kind, "x-")) &&
         strspn (slash + 1, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "!#$&-^_.+") ==
             strlen (slash + 1) &&
         strspn (kind, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-") == strlen (kind);
}

char **
gbx_launcher_entry_list_types (GKeyFile *original)
{
  g_auto (GStrv) all = g_key_file_get_string_list (original, ENTRY, "MimeType", NULL, NULL);
  g_autoptr (GStrvBuilder) types = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; all && all[i]; i++)
    if (is_type (all[i]) && g_hash_table_add (seen, all[i]))
      g_strv_builder_add (types, all[i]);
  return g_strv_builder_end (types);
}

static void
set_list (GKeyFile *file, const char *key, char **list)
{
  if (list && list[0])
    g_key_file_set_string_list (file, ENTRY, key, (const char *const *) list,
                                g_strv_length (list));
}

static void
copy_lists (GbxLauncherEntry *self, GKeyFile *from, GKeyFile *to)
{
  g_auto (GStrv) categories = g_key_file_get_string_list (from, ENTRY, "Categories", NULL, NULL);
  g_auto (GStrv) valid = gbx_categories_filter ((const char *const *) categories);
  g_auto (GStrv) types = self->mime ? gbx_launcher_entry_list_types (from) : NULL;

  set_list (to, "Categories", valid);
  set_list (to, "MimeType", types);
}

/* ----------------------------------------------------------------- Exec -- */

/* "%F" of "viewer --new %F": what the desktop puts in that place, glovebox passes on. */
static const char *
find_code (const char *line)
{
  static const char *const codes[] = { "%f", "%F", "%u", "%U" };

  for (const char *at = strchr (line, '%'); at && at[1]; at = strchr (at + 2, '%'))
    for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
      if (codes[i][1] == at[1])
        return codes[i];
  return NULL;
}

static void
append_word (GString *line, const char *word)
{
  g_autofree char *quoted = gbx_launcher_entry_quote (word);

  if (line->len > 0)
    g_string_append_c (line, ' ');
  g_string_append (line, quoted);
}

/* The program and the options of the original are not in the line: glovebox reads them when it
 * starts.  So nothing of it can be taken for an option of ours. */
static char *
make_exec (GbxLauncherEntry *self, const char *command, const char *action, const char *original)
{
  GString *line = g_string_new (NULL);
  const char *code = find_code (original);

  append_word (line, is_printable_ascii (command) ? command : "glovebox");
  append_word (line, "run");
  if (self->profile)
    {
      append_word (line, "--profile");
      append_word (line, self->profile);
    }
  if (action)
    {
      append_word (line, "--action");
      append_word (line, action);
    }
  append_word (line, "--");
  /* A name that this file cannot hold is found by the launcher's own. */
  append_word (line, is_printable_ascii (self->source) ? self->source : self->id);
  if (code)
    g_string_append_printf (line, " %s", code);
  return g_string_free (line, FALSE);
}

/* (transfer full) (nullable): the program that the entry needs. */
static char *
find_program (GKeyFile *original)
{
  g_autofree char *tried = g_key_file_get_string (original, ENTRY, "TryExec", NULL);
  g_autofree char *line = g_key_file_get_string (original, ENTRY, "Exec", NULL);
  g_auto (GStrv) words = NULL;

  if (!tried && line && g_shell_parse_argv (line, NULL, &words, NULL))
    tried = g_strdup (*gbx_guest_programs_skip_env ((const char *const *) words));
  return tried ? gbx_guest_programs_find (tried) : NULL;
}

/* -------------------------------------------------------------- actions -- */

static gboolean
is_action_name (const char *name)
{
  return *name && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-") == strlen (name) &&
         !g_str_equal (name, REMOVE_ACTION);
}

/* Only the session's bus could start an action without an Exec line, and that without a sandbox. */
static gboolean
add_action (GbxLauncherEntry *self, GKeyFile *from, GKeyFile *to, const char *name,
            const char *command)
{
  g_autofree char *group = g_strconcat ("Desktop Action ", name, NULL);
  g_autofree char *line = g_key_file_get_string (from, group, "Exec", NULL);
  g_autofree char *exec = NULL;

  if (!is_action_name (name) || !line || !g_shell_parse_argv (line, NULL, NULL, NULL) ||
      g_key_file_has_group (to, group))
    return FALSE;
  copy_texts (from, to, group, kept_in_action);
  ensure_name (self, to, group, name);
  exec = make_exec (self, command, name, line);
  g_key_file_set_string (to, group, "Exec", exec);
  return TRUE;
}

static void
add_remove_action (GbxLauncherEntry *self, GKeyFile *to, const char *command)
{
  static const char *const name = N_ ("Remove from Menu");
  const char *group = "Desktop Action " REMOVE_ACTION;
  const char *language = g_get_language_names ()[0];
  g_autofree char *lean = g_strndup (language, strcspn (language, ".@"));
  g_autofree char *key = g_strdup_printf ("Name[%s]", lean);
  GString *line = g_string_new (NULL);

  append_word (line, is_printable_ascii (command) ? command : "glovebox");
  append_word (line, "launcher");
  append_word (line, "remove");
  append_word (line, "--");
  append_word (line, self->id);
  g_key_file_set_string (to, group, "Name", name);
  if (_ (name) != name)
    g_key_file_set_string (to, group, key, _ (name));
  g_key_file_set_string (to, group, "Exec", line->str);
  g_string_free (line, TRUE);
}

static void
add_actions (GbxLauncherEntry *self, GKeyFile *from, GKeyFile *to, const char *command)
{
  g_auto (GStrv) names = g_key_file_get_string_list (from, ENTRY, "Actions", NULL, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  for (guint i = 0; names && names[i]; i++)
    if (add_action (self, from, to, names[i], command))
      g_strv_builder_add (builder, names[i]);
  g_strv_builder_add (builder, REMOVE_ACTION);
  all = g_strv_builder_end (builder);
  set_list (to, "Actions", all);
  add_remove_action (self, to, command);
}

/* --------------------------------------------------------------- public -- */

gboolean
gbx_launcher_entry_check (GKeyFile *original, const char *source, GError **error)
{
  g_autofree char *type = g_key_file_get_string (original, ENTRY, "Type", NULL);
  g_autofree char *line = g_key_file_get_string (original, ENTRY, "Exec", NULL);
  g_autofree char *shown = gbx_path_show (source);

  if (g_strcmp0 (type, G_KEY_FILE_DESKTOP_TYPE_APPLICATION) != 0)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("“%s” is not the entry of an application"),
                 shown);
  else if (g_key_file_get_boolean (original, ENTRY, "Hidden", NULL))
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                 _ ("The application “%s” is removed by its entry (Hidden=true)"), shown);
  else if (!line && g_key_file_get_boolean (original, ENTRY, "DBusActivatable", NULL))
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("“%s” has no Exec line, since only the session’s bus starts this application; a "
                    "sandbox cannot"),
                 shown);
  else if (!line || !g_shell_parse_argv (line, NULL, NULL, NULL))
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("“%s” has no usable Exec line"), shown);
  else
    return TRUE;
  return FALSE;
}

static void
set_origin (GbxLauncherEntry *self, GKeyFile *file)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) files = NULL;

  for (guint i = 0; self->icon_files && self->icon_files[i]; i++)
    {
      g_autofree char *escaped = g_strescape (self->icon_files[i], NULL);

      g_strv_builder_add (builder, escaped);
    }
  files = g_strv_builder_end (builder);
  set_bytes (file, KEY_SOURCE, self->source);
  set_bytes (file, KEY_PATH, self->path);
  if (self->profile)
    g_key_file_set_string (file, ENTRY, KEY_PROFILE, self->profile);
  if (self->suffix)
    g_key_file_set_string (file, ENTRY, KEY_SUFFIX, self->suffix);
  if (self->mime)
    g_key_file_set_boolean (file, ENTRY, KEY_MIME, TRUE);
  set_list (file, KEY_ICON_FILES, files);
  if (self->checksum)
    g_key_file_set_string (file, ENTRY, KEY_CHECKSUM, self->checksum);
}

GKeyFile *
gbx_launcher_entry_make (GbxLauncherEntry *self, GKeyFile *original, const char *command)
{
  GKeyFile *file = g_key_file_new ();
  g_autofree char *line = g_key_file_get_string (original, ENTRY, "Exec", NULL);
  g_autofree char *exec = make_exec (self, command, NULL, line);
  g_autofree char *program = find_program (original);
  g_autofree char *class = g_strndup (self->id, strlen (self->id) - strlen (".desktop"));

  g_key_file_set_string (file, ENTRY, "Type", G_KEY_FILE_DESKTOP_TYPE_APPLICATION);
  copy_texts (original, file, ENTRY, kept);
  ensure_name (self, file, ENTRY, self->source);
  if (self->suffix)
    append_suffix (file, self->suffix);
  g_key_file_set_string (file, ENTRY, "Exec", exec);
  if (program && is_printable_ascii (program))
    g_key_file_set_string (file, ENTRY, "TryExec", program);
  g_key_file_set_string (file, ENTRY, "Icon", self->icon ? self->icon : "application-x-executable");
  /* A terminal, if the application needs one, is in the sandbox. */
  g_key_file_set_boolean (file, ENTRY, "Terminal", FALSE);
  g_key_file_set_boolean (file, ENTRY, "StartupNotify", TRUE);
  g_key_file_set_string (file, ENTRY, "StartupWMClass", class);
  copy_lists (self, original, file);
  set_origin (self, file);
  add_actions (self, original, file, command);
  return file;
}
