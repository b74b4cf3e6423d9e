/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The text of a key file, line by line.  GKeyFile does not know the line of a key, accepts a
 * group or a key twice, and does not write back what it read byte for byte. */
typedef struct _GbxKeyText GbxKeyText;

/* A line "KEY=VALUE" or "KEY[LOCALE]=VALUE".  The texts belong to the GbxKeyText. */
typedef struct
{
  const char *group;
  const char *key;
  const char *locale; /* or NULL */
  const char *value;  /* without blanks at both ends */
  guint line;         /* from 1 */
} GbxKeyLine;

#define GBX_KEY_TEXT_BYTES_MAX (1024 * 1024)

/* @name is for errors: "NAME:LINE: what is wrong". */
GbxKeyText *gbx_key_text_parse (const char *text, gsize length, const char *name, GError **error);
GbxKeyText *gbx_key_text_new (void);
void gbx_key_text_free (GbxKeyText *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxKeyText, gbx_key_text_free)

/* (transfer full): what was parsed, byte for byte, with the changes. */
char *gbx_key_text_to_string (GbxKeyText *self);

guint gbx_key_text_get_n (GbxKeyText *self);
void gbx_key_text_get (GbxKeyText *self, guint index, GbxKeyLine *line);
/* (transfer none) (nullable): the value without a locale. */
const char *gbx_key_text_lookup (GbxKeyText *self, const char *group, const char *key);
/* (transfer none) (nullable): the value in the language of the user, else the plain one. */
const char *gbx_key_text_lookup_locale (GbxKeyText *self, const char *group, const char *key);
guint gbx_key_text_get_n_groups (GbxKeyText *self);
/* The name, and its line. */
const char *gbx_key_text_get_group (GbxKeyText *self, guint index, guint *line);

/* Replaces the value in its line; or adds a line at the end of the group, or a group at the
 * end of the text.  %NULL removes the line. */
void gbx_key_text_set (GbxKeyText *self, const char *group, const char *key, const char *value);
/* Removes "KEY[LOCALE]=…" in all languages. */
void gbx_key_text_remove_translations (GbxKeyText *self, const char *group, const char *key);
/* Removes the groups that have neither keys nor comments. */
void gbx_key_text_tidy (GbxKeyText *self);
gboolean gbx_key_text_has_comments (GbxKeyText *self);
/* Removes the group with its lines and the comments in it. */
void gbx_key_text_remove_group (GbxKeyText *self, const char *group);

G_END_DECLS
