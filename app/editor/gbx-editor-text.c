/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-text"

#include "config.h"

#include "gbx-editor-text.h"

#include "gbx-key-text.h"
#include "gbx-profile-keys.h"

#include <string.h>

/* It was checked when it was loaded or written. */
static GbxKeyText *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GbxKeyText *parsed = gbx_key_text_parse (text, strlen (text), "", &error);

  g_assert_no_error (error);
  return parsed;
}

char *
gbx_editor_text_set (const char *text, const char *group, const char *key, const char *value)
{
  g_autoptr (GbxKeyText) parsed = parse (text);

  gbx_key_text_set (parsed, group, key, value);
  /* A translation would still be shown. */
  gbx_key_text_remove_translations (parsed, group, key);
  gbx_key_text_tidy (parsed);
  return gbx_key_text_to_string (parsed);
}

char *
gbx_editor_text_remove_group (const char *text, const char *group)
{
  g_autoptr (GbxKeyText) parsed = parse (text);

  gbx_key_text_remove_group (parsed, group);
  gbx_key_text_tidy (parsed);
  return gbx_key_text_to_string (parsed);
}

char *
gbx_editor_text_lookup (const char *text, const char *group, const char *key)
{
  g_autoptr (GbxKeyText) parsed = parse (text);

  return g_strdup (gbx_key_text_lookup (parsed, group, key));
}

gboolean
gbx_editor_text_has_group (const char *text, const char *group)
{
  g_autoptr (GbxKeyText) parsed = parse (text);

  for (guint i = 0; i < gbx_key_text_get_n_groups (parsed); i++)
    if (g_str_equal (gbx_key_text_get_group (parsed, i, NULL), group))
      return TRUE;
  return FALSE;
}

/* ---------------------------------------------------------------- all of it -- */

static gboolean
is_needed (const GbxKeyLine *line)
{
  return g_str_equal (line->group, "Profile")
         && (g_str_equal (line->key, "Version") || g_str_equal (line->key, "Id"));
}

static gboolean
is_cleared (const GbxKeyLine *line, gboolean is_own)
{
  if (is_needed (line) || g_str_has_prefix (line->key, "X-"))
    return FALSE;
  if (g_str_equal (line->group, "Profile"))
    return !is_own;
  return g_str_equal (line->group, "Environment") || gbx_profile_key_share (line->group)
         || gbx_profile_key_is_group (line->group);
}

char *
gbx_editor_text_clear (const char *text, gboolean is_own)
{
  g_autoptr (GbxKeyText) parsed = parse (text);

  for (guint i = gbx_key_text_get_n (parsed); i-- > 0;)
    {
      GbxKeyLine line;
      g_autofree char *group = NULL;
      g_autofree char *key = NULL;

      /* Translations went with their key. */
      if (i >= gbx_key_text_get_n (parsed))
        continue;
      gbx_key_text_get (parsed, i, &line);
      if (!is_cleared (&line, is_own))
        continue;
      group = g_strdup (line.group);
      key = g_strdup (line.key);
      gbx_key_text_set (parsed, group, key, NULL);
      gbx_key_text_remove_translations (parsed, group, key);
    }
  gbx_key_text_tidy (parsed);
  return gbx_key_text_to_string (parsed);
}

gboolean
gbx_editor_text_is_blank (const char *text)
{
  g_autoptr (GbxKeyText) parsed = parse (text);

  for (guint i = 0; i < gbx_key_text_get_n (parsed); i++)
    {
      GbxKeyLine line;

      gbx_key_text_get (parsed, i, &line);
      if (!is_needed (&line))
        return FALSE;
    }
  return !gbx_key_text_has_comments (parsed);
}

/* -------------------------------------------------------------------- merge -- */

/* What @from says and @to says otherwise becomes in @into as @to has it. */
static void
carry_over (GbxKeyText *from, GbxKeyText *to, GbxKeyText *into)
{
  for (guint i = 0; i < gbx_key_text_get_n (from); i++)
    {
      GbxKeyLine line;
      const char *value;

      gbx_key_text_get (from, i, &line);
      value = gbx_key_text_lookup (to, line.group, line.key);
      if (!line.locale && g_strcmp0 (line.value, value) != 0)
        gbx_key_text_set (into, line.group, line.key, value);
    }
}

char *
gbx_editor_text_merge (const char *base, const char *mine, const char *theirs)
{
  g_autoptr (GbxKeyText) before = parse (base);
  g_autoptr (GbxKeyText) after = parse (mine);
  g_autoptr (GbxKeyText) merged = parse (theirs);

  /* Changed and removed keys are among the former ones, new keys among the latter. */
  carry_over (before, after, merged);
  for (guint i = 0; i < gbx_key_text_get_n (after); i++)
    {
      GbxKeyLine line;

      gbx_key_text_get (after, i, &line);
      if (!line.locale && !gbx_key_text_lookup (before, line.group, line.key))
        gbx_key_text_set (merged, line.group, line.key, line.value);
    }
  gbx_key_text_tidy (merged);
  return gbx_key_text_to_string (merged);
}
