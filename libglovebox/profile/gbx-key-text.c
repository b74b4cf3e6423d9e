/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-key-text.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  char *raw;    /* without the line feed */
  char *group;  /* which it belongs to; NULL before the first group */
  char *key;    /* NULL for a blank line, a comment and a group's head */
  char *locale; /* or NULL */
  char *value;
  gboolean is_head;
} Line;

struct _GbxKeyText
{
  GPtrArray *lines; /* (element-type Line) */
  GPtrArray *keys;  /* those with a key: (element-type Line), not owned */
  gboolean ends_without_newline;
};

static void
line_free (gpointer data)
{
  Line *line = data;

  g_free (line->raw);
  g_free (line->group);
  g_free (line->key);
  g_free (line->locale);
  g_free (line->value);
  g_free (line);
}

GbxKeyText *
gbx_key_text_new (void)
{
  GbxKeyText *self = g_new0 (GbxKeyText, 1);

  self->lines = g_ptr_array_new_with_free_func (line_free);
  self->keys = g_ptr_array_new ();
  return self;
}

void
gbx_key_text_free (GbxKeyText *self)
{
  g_ptr_array_unref (self->keys);
  g_ptr_array_unref (self->lines);
  g_free (self);
}

/* After a change of the lines. */
static void
collect_keys (GbxKeyText *self)
{
  g_ptr_array_set_size (self->keys, 0);
  for (guint i = 0; i < self->lines->len; i++)
    if (((Line *) self->lines->pdata[i])->key)
      g_ptr_array_add (self->keys, self->lines->pdata[i]);
}

/* ------------------------------------------------------------- parsing -- */

G_GNUC_PRINTF (4, 5) static gboolean
fail (GError **error, const char *name, guint line, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, "%s:%u: %s", name, line, message);
  return FALSE;
}

static gboolean
is_word (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && !strchr ("-_.@", text[i]))
      return FALSE;
  return length > 0;
}

static gboolean
parse_head (Line *line, const char *text, const char *name, guint number, GError **error)
{
  gsize length = strlen (text);

  if (length < 3 || text[length - 1] != ']' || strpbrk (text + 1, "[") ||
      strchr (text + 1, ']') != text + length - 1)
    return fail (error, name, number, _ ("“%s” is not a group: write it as in [Network]"), text);
  line->group = g_strndup (text + 1, length - 2);
  line->is_head = TRUE;
  return TRUE;
}

static gboolean
parse_key (Line *line, const char *text, const char *name, guint number, GError **error)
{
  const char *equals = strchr (text, '=');
  const char *bracket = strchr (text, '[');
  gsize length;

  if (!equals)
    return fail (error, name, number,
                 _ ("“%s” is neither a group, a comment nor KEY=VALUE"), text);
  for (length = (gsize) (equals - text); length > 0 && g_ascii_isspace (text[length - 1]);)
    length--;
  if (bracket && bracket < text + length)
    {
      if (text[length - 1] != ']' || !is_word (bracket + 1, (gsize) (text + length - bracket) - 2))
        return fail (error, name, number, _ ("“%.*s” is not a key with a language, as in Name[de]"),
                     (int) length, text);
      line->locale = g_strndup (bracket + 1, (gsize) (text + length - bracket) - 2);
      length = (gsize) (bracket - text);
    }
  if (!is_word (text, length))
    return fail (error, name, number, _ ("“%.*s” is not a key: use letters, digits, “-” and “_”"),
                 (int) length, text);
  line->key = g_strndup (text, length);
  line->value = g_strstrip (g_strdup (equals + 1));
  return TRUE;
}

static Line *
parse_line (const char *raw, const char *group, const char *name, guint number, GError **error)
{
  Line *line = g_new0 (Line, 1);
  g_autofree char *text = g_strstrip (g_strdup (raw));
  gboolean good;

  line->raw = g_strdup (raw);
  if (!*text || *text == '#')
    good = TRUE;
  else if (*text == '[')
    good = parse_head (line, text, name, number, error);
  else if (!group)
    good = fail (error, name, number, _ ("“%s” is before the first group, as in [Profile]"), text);
  else
    good = parse_key (line, text, name, number, error);
  if (!line->group)
    line->group = g_strdup (group);
  if (good)
    return line;
  line_free (line);
  return NULL;
}

/* The line of what is the same as the last line, or 0. */
static guint
find_duplicate (GbxKeyText *self)
{
  Line *last = self->lines->pdata[self->lines->len - 1];

  for (guint i = 0; i + 1 < self->lines->len && (last->is_head || last->key); i++)
    {
      Line *line = self->lines->pdata[i];

      if (line->is_head == last->is_head && g_strcmp0 (line->group, last->group) == 0 &&
          g_strcmp0 (line->key, last->key) == 0 && g_strcmp0 (line->locale, last->locale) == 0 &&
          (line->is_head || line->key))
        return i + 1;
    }
  return 0;
}

static gboolean
check_text (const char *text, gsize length, const char *name, GError **error)
{
  const char *end, *bad;
  guint line = 1;

  if (length > GBX_KEY_TEXT_BYTES_MAX)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("%s: the file is too large (%lu bytes): the limit is %d bytes"), name,
                   (gulong) length, GBX_KEY_TEXT_BYTES_MAX);
      return FALSE;
    }
  if (!g_utf8_validate_len (text, length, &end))
    {
      for (const char *at = text; at < end; at++)
        line += *at == '\n';
      return fail (error, name, line,
                   *end ? _ ("it is not UTF-8") : _ ("it contains a NUL character"));
    }
  for (bad = text; bad < text + length; bad++)
    {
      line += *bad == '\n';
      if (*bad == '\r')
        return fail (error, name, line,
                     _ ("it contains a carriage return: save the file with Unix line ends"));
      if (g_ascii_iscntrl (*bad) && *bad != '\n' && *bad != '\t')
        return fail (error, name, line, _ ("it contains a control character"));
    }
  return TRUE;
}

/* More would take long to compare with each other. */
#define LINES_MAX 4000

GbxKeyText *
gbx_key_text_parse (const char *text, gsize length, const char *name, GError **error)
{
  g_autoptr (GbxKeyText) self = gbx_key_text_new ();
  g_auto (GStrv) raw = NULL;
  const char *group = NULL;
  guint n;

  if (!check_text (text, length, name, error))
    return NULL;
  raw = g_strsplit (text, "\n", -1);
  n = g_strv_length (raw);
  self->ends_without_newline = length > 0 && text[length - 1] != '\n';
  if (n > LINES_MAX)
    {
      fail (error, name, LINES_MAX, _ ("the file has more than %d lines"), LINES_MAX);
      return NULL;
    }
  for (guint i = 0; i < n && !(i + 1 == n && !*raw[i]); i++)
    {
      Line *line = parse_line (raw[i], group, name, i + 1, error);
      guint other;

      if (!line)
        return NULL;
      g_ptr_array_add (self->lines, line);
      group = line->group;
      other = find_duplicate (self);
      if (other > 0)
        {
          fail (error, name, i + 1,
                line->is_head ? _ ("the group “%s” was there already, in line %u")
                              : _ ("the key “%s” was there already, in line %u"),
                line->is_head ? line->group : line->key, other);
          return NULL;
        }
    }
  collect_keys (self);
  return g_steal_pointer (&self);
}

char *
gbx_key_text_to_string (GbxKeyText *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->lines->len; i++)
    {
      g_string_append (text, ((Line *) self->lines->pdata[i])->raw);
      if (i + 1 < self->lines->len || !self->ends_without_newline)
        g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

/* ------------------------------------------------------------- reading -- */

guint
gbx_key_text_get_n (GbxKeyText *self)
{
  return self->keys->len;
}

static guint
line_number (GbxKeyText *self, Line *line)
{
  guint index = 0;

  g_ptr_array_find (self->lines, line, &index);
  return index + 1;
}

void
gbx_key_text_get (GbxKeyText *self, guint index, GbxKeyLine *line)
{
  Line *found = self->keys->pdata[index];

  line->group = found->group;
  line->key = found->key;
  line->locale = found->locale;
  line->value = found->value;
  line->line = line_number (self, found);
}

static Line *
find (GbxKeyText *self, const char *group, const char *key, const char *locale)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      Line *line = self->keys->pdata[i];

      if (g_str_equal (line->key, key) && g_str_equal (line->group, group) &&
          g_strcmp0 (line->locale, locale) == 0)
        return line;
    }
  return NULL;
}

const char *
gbx_key_text_lookup (GbxKeyText *self, const char *group, const char *key)
{
  Line *line = find (self, group, key, NULL);

  return line ? line->value : NULL;
}

const char *
gbx_key_text_lookup_locale (GbxKeyText *self, const char *group, const char *key)
{
  const char *const *languages = g_get_language_names ();

  for (guint i = 0; languages[i]; i++)
    {
      Line *line = find (self, group, key, languages[i]);

      if (line)
        return line->value;
    }
  return gbx_key_text_lookup (self, group, key);
}

guint
gbx_key_text_get_n_groups (GbxKeyText *self)
{
  guint n = 0;

  for (guint i = 0; i < self->lines->len; i++)
    n += ((Line *) self->lines->pdata[i])->is_head;
  return n;
}

const char *
gbx_key_text_get_group (GbxKeyText *self, guint index, guint *line)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *head = self->lines->pdata[i];

      if (!head->is_head || index-- > 0)
        continue;
      if (line)
        *line = i + 1;
      return head->group;
    }
  g_return_val_if_reached (NULL);
}

/* ------------------------------------------------------------- changes -- */

static Line *
make_line (const char *group, const char *key, const char *value)
{
  Line *line = g_new0 (Line, 1);

  line->group = g_strdup (group);
  line->key = g_strdup (key);
  line->value = g_strdup (value);
  line->is_head = !key;
  line->raw = key ? g_strdup_printf ("%s=%s", key, value) : g_strdup_printf ("[%s]", group);
  return line;
}

/* Behind the last line of the group that is not blank. */
static guint
end_of_group (GbxKeyText *self, const char *group)
{
  guint end = 0;

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (g_strcmp0 (line->group, group) == 0 && *line->raw)
        end = i + 1;
    }
  return end;
}

static void
add_line (GbxKeyText *self, const char *group, const char *key, const char *value)
{
  guint end = end_of_group (self, group);

  if (end == 0)
    {
      if (self->lines->len > 0)
        {
          Line *blank = g_new0 (Line, 1);

          blank->raw = g_strdup ("");
          g_ptr_array_add (self->lines, blank);
        }
      g_ptr_array_add (self->lines, make_line (group, NULL, NULL));
      end = self->lines->len;
    }
  g_ptr_array_insert (self->lines, (int) end, make_line (group, key, value));
}

void
gbx_key_text_set (GbxKeyText *self, const char *group, const char *key, const char *value)
{
  Line *line = find (self, group, key, NULL);

  if (line && value)
    {
      g_free (line->raw);
      g_free (line->value);
      line->raw = g_strdup_printf ("%s=%s", key, value);
      line->value = g_strdup (value);
    }
  else if (line)
    g_ptr_array_remove (self->lines, line);
  else if (value)
    add_line (self, group, key, value);
  self->ends_without_newline = FALSE;
  collect_keys (self);
}

void
gbx_key_text_remove_group (GbxKeyText *self, const char *group)
{
  for (guint i = self->lines->len; i-- > 0;)
    if (g_strcmp0 (((Line *) self->lines->pdata[i])->group, group) == 0)
      g_ptr_array_remove_index (self->lines, i);
  collect_keys (self);
}

void
gbx_key_text_remove_translations (GbxKeyText *self, const char *group, const char *key)
{
  for (guint i = self->lines->len; i-- > 0;)
    {
      Line *line = self->lines->pdata[i];

      if (line->locale && g_str_equal (line->group, group) && g_str_equal (line->key, key))
        g_ptr_array_remove_index (self->lines, i);
    }
  collect_keys (self);
}

static gboolean
is_empty (Line *line)
{
  return line->raw[strspn (line->raw, " \t")] == '\0';
}

static gboolean
has_contents (GbxKeyText *self, const char *group)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (!line->is_head && g_strcmp0 (line->group, group) == 0 && !is_empty (line))
        return TRUE;
    }
  return FALSE;
}

static void
remove_last_blanks (GbxKeyText *self)
{
  while (self->lines->len > 0 && is_empty (self->lines->pdata[self->lines->len - 1]))
    g_ptr_array_remove_index (self->lines, self->lines->len - 1);
}

void
gbx_key_text_tidy (GbxKeyText *self)
{
  gboolean removed = FALSE;

  for (guint i = self->lines->len; i-- > 0;)
    {
      Line *line = self->lines->pdata[i];
      g_autofree char *group = line->is_head ? g_strdup (line->group) : NULL;

      if (!group || has_contents (self, group))
        continue;
      gbx_key_text_remove_group (self, group);
      removed = TRUE;
    }
  if (removed)
    remove_last_blanks (self);
}

gboolean
gbx_key_text_has_comments (GbxKeyText *self)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];

      if (!line->key && !line->is_head && !is_empty (line))
        return TRUE;
    }
  return FALSE;
}
