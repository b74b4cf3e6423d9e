/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-desktop"

#include "config.h"

#include "gbx-installed-application.h"

#include <string.h>

/* Whoever writes an entry chooses its texts.  What is longer than this is no name. */
#define TEXT_MAX 200
/* Launchers that Glovebox has made, and its own entries: in a sandbox they would start nothing. */
#define OWN_PREFIX "org.glovebox.Glovebox"

enum
{
  FIELD_NAME,
  FIELD_GENERIC,
  FIELD_KEYWORDS,
  FIELD_COMMAND,
  N_FIELDS
};

struct _GbxApplication
{
  GObject parent_instance;

  char *id, *name;
  char *summary; /* (nullable) */
  char *command;
  char *path; /* (nullable) */
  GIcon *icon;
  char *collation_key;
  guint categories;
  char **category_names;
  char **mime_types;
  gboolean takes_files;
  char *profile; /* (nullable) */
  gboolean is_profile_changed;
  char *fields[N_FIELDS]; /* (nullable): folded, for the search */
};

G_DEFINE_FINAL_TYPE (GbxApplication, gbx_application, G_TYPE_OBJECT)

static const struct
{
  const char *name;
  GbxCategory category;
} categories[] = {
  { "AudioVideo", GBX_CATEGORY_MULTIMEDIA },  { "Audio", GBX_CATEGORY_MULTIMEDIA },
  { "Video", GBX_CATEGORY_MULTIMEDIA },       { "Development", GBX_CATEGORY_DEVELOPMENT },
  { "Education", GBX_CATEGORY_EDUCATION },    { "Science", GBX_CATEGORY_EDUCATION },
  { "Game", GBX_CATEGORY_GAMES },             { "Graphics", GBX_CATEGORY_GRAPHICS },
  { "Network", GBX_CATEGORY_INTERNET },       { "Office", GBX_CATEGORY_OFFICE },
  { "Settings", GBX_CATEGORY_SETTINGS },      { "System", GBX_CATEGORY_SYSTEM },
  { "Utility", GBX_CATEGORY_ACCESSORIES },
};

/* -------------------------------------------------------------- reading -- */

/* One line of bounded length, without what turns the direction of other text. */
static char *
clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) out = g_string_new (NULL);
  guint n = 0;

  for (const char *at = valid; *at && n < TEXT_MAX; at = g_utf8_next_char (at), n++)
    {
      gunichar c = g_utf8_get_char (at);
      gboolean turns = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);

      g_string_append_unichar (out, g_unichar_iscntrl (c) || turns ? ' ' : c);
    }
  return g_strdup (g_strstrip (out->str));
}

/* (nullable) */
static char *
clean_or_null (const char *text)
{
  g_autofree char *cleaned = text ? clean (text) : NULL;

  return cleaned && *cleaned ? g_steal_pointer (&cleaned) : NULL;
}

/* Lower case without accents, so that "e" finds "é". */
static char *
fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *at = normal; at && *at; at = g_utf8_next_char (at))
    if (g_unichar_type (g_utf8_get_char (at)) != G_UNICODE_NON_SPACING_MARK)
      g_string_append_unichar (out, g_utf8_get_char (at));
  return g_utf8_casefold (out->str, -1);
}

static void
read_categories (GbxApplication *self, GDesktopAppInfo *info)
{
  const char *list = g_desktop_app_info_get_categories (info);

  self->category_names = g_strsplit (list ? list : "", ";", -1);
  for (guint i = 0; i < G_N_ELEMENTS (categories); i++)
    if (g_strv_contains ((const char *const *) self->category_names, categories[i].name))
      self->categories |= categories[i].category;
  if (self->categories == 0)
    self->categories = GBX_CATEGORY_OTHER;
}

static char **
copy_mime_types (GAppInfo *info)
{
  const char **types = g_app_info_get_supported_types (info);

  return types ? g_strdupv ((char **) types) : g_new0 (char *, 1);
}

/* The program of an Exec line must be one.  A word that begins with a dash is an option for
 * whatever starts the line, and "glovebox" would start a sandbox in a sandbox. */
static gboolean
is_usable_command (const char *line)
{
  g_auto (GStrv) words = NULL;
  g_autofree char *program = NULL;

  if (!line || !g_shell_parse_argv (line, NULL, &words, NULL) || !*words[0] || words[0][0] == '-')
    return FALSE;
  program = g_path_get_basename (words[0]);
  return !g_str_equal (program, "glovebox") && !g_str_has_prefix (program, "glovebox-");
}

static void
read_fields (GbxApplication *self, GDesktopAppInfo *info)
{
  const char *generic = g_desktop_app_info_get_generic_name (info);
  const char *const *keywords = g_desktop_app_info_get_keywords (info);
  g_autofree char *list = keywords ? g_strjoinv (" ", (char **) keywords) : NULL;
  g_autofree char *line = g_filename_display_name (self->command);

  self->fields[FIELD_NAME] = fold (self->name);
  self->fields[FIELD_GENERIC] = generic ? fold (generic) : NULL;
  self->fields[FIELD_KEYWORDS] = list ? fold (list) : NULL;
  self->fields[FIELD_COMMAND] = fold (line);
}

static gboolean
has_file_code (const char *line)
{
  for (const char *at = strchr (line, '%'); at && at[1]; at = strchr (at + 2, '%'))
    if (strchr ("fFuU", at[1]))
      return TRUE;
  return FALSE;
}

GbxApplication *
gbx_application_new (GDesktopAppInfo *info)
{
  GAppInfo *app = G_APP_INFO (info);
  const char *id = g_app_info_get_id (app);
  const char *line = g_app_info_get_commandline (app);
  g_autofree char *name = clean_or_null (g_app_info_get_display_name (app));
  GIcon *icon = g_app_info_get_icon (app);
  GbxApplication *self;

  if (!id || !name || !g_app_info_should_show (app) || !is_usable_command (line)
      || g_str_has_prefix (id, OWN_PREFIX))
    return NULL;
  self = g_object_new (GBX_TYPE_APPLICATION, NULL);
  self->id = g_strdup (id);
  self->name = g_steal_pointer (&name);
  self->summary = clean_or_null (g_app_info_get_description (app));
  if (!self->summary)
    self->summary = clean_or_null (g_desktop_app_info_get_generic_name (info));
  self->command = g_strdup (line);
  self->path = g_strdup (g_desktop_app_info_get_filename (info));
  self->icon = icon ? g_object_ref (icon) : g_themed_icon_new ("application-x-executable");
  self->collation_key = g_utf8_collate_key (self->name, -1);
  read_categories (self, info);
  self->mime_types = copy_mime_types (app);
  self->takes_files = has_file_code (line);
  read_fields (self, info);
  return self;
}

/* --------------------------------------------------------------- object -- */

static void
gbx_application_finalize (GObject *object)
{
  GbxApplication *self = GBX_APPLICATION (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->summary);
  g_free (self->command);
  g_free (self->path);
  g_object_unref (self->icon);
  g_free (self->collation_key);
  g_strfreev (self->category_names);
  g_strfreev (self->mime_types);
  g_free (self->profile);
  for (guint i = 0; i < N_FIELDS; i++)
    g_free (self->fields[i]);
  G_OBJECT_CLASS (gbx_application_parent_class)->finalize (object);
}

static void
gbx_application_class_init (GbxApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_application_finalize;
}

static void
gbx_application_init (GbxApplication *self)
{
}

void
gbx_application_set_profile (GbxApplication *self, const char *id, gboolean is_changed)
{
  g_free (self->profile);
  self->profile = g_strdup (id);
  self->is_profile_changed = is_changed;
}

const char *
gbx_application_get_id (GbxApplication *self)
{
  return self->id;
}

const char *
gbx_application_get_name (GbxApplication *self)
{
  return self->name;
}

const char *
gbx_application_get_summary (GbxApplication *self)
{
  return self->summary;
}

const char *
gbx_application_get_command (GbxApplication *self)
{
  return self->command;
}

const char *
gbx_application_get_path (GbxApplication *self)
{
  return self->path;
}

GIcon *
gbx_application_get_icon (GbxApplication *self)
{
  return self->icon;
}

const char *
gbx_application_get_collation_key (GbxApplication *self)
{
  return self->collation_key;
}

guint
gbx_application_get_categories (GbxApplication *self)
{
  return self->categories;
}

const char *const *
gbx_application_get_category_names (GbxApplication *self)
{
  return (const char *const *) self->category_names;
}

const char *const *
gbx_application_get_mime_types (GbxApplication *self)
{
  return (const char *const *) self->mime_types;
}

gboolean
gbx_application_takes_files (GbxApplication *self)
{
  return self->takes_files;
}

const char *
gbx_application_get_profile (GbxApplication *self)
{
  return self->profile;
}

gboolean
gbx_application_is_profile_changed (GbxApplication *self)
{
  return self->is_profile_changed;
}

/* --------------------------------------------------------------- search -- */

char **
gbx_application_make_words (const char *text)
{
  g_autofree char *folded = fold (text);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit_set (folded, " \t\n", -1);
  gboolean is_empty = TRUE;

  for (guint i = 0; parts[i]; i++)
    if (*parts[i])
      {
        g_strv_builder_add (words, parts[i]);
        is_empty = FALSE;
      }
  return is_empty ? NULL : g_strv_builder_end (words);
}

/* 3: at the beginning of the text; 2: of a word; 1: elsewhere; 0: it is not in it. */
static guint
find_word (const char *text, const char *word)
{
  const char *at = text ? strstr (text, word) : NULL;
  guint best = 0;

  for (; at; at = strstr (at + 1, word))
    {
      if (at == text)
        return 3;
      if (!g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at))))
        return 2;
      best = 1;
    }
  return best;
}

/* A better field is worth more than a better place in it. */
static guint
rate_word (GbxApplication *self, const char *word)
{
  for (guint i = 0; i < N_FIELDS; i++)
    {
      guint place = find_word (self->fields[i], word);

      if (place > 0)
        return (N_FIELDS - i) * 4 + place;
    }
  return 0;
}

guint
gbx_application_match (GbxApplication *self, const char *const *words)
{
  guint total = 0;

  for (guint i = 0; words[i]; i++)
    {
      guint rating = rate_word (self, words[i]);

      if (rating == 0)
        return 0;
      total += rating;
    }
  return total;
}
