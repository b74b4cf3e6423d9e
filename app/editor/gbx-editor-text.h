/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pure functions on the text of a profile's layer, which is valid.  Each returns a new text
 * (transfer full); comments and what is unknown stay as they are. */

/* %NULL as a value removes the key, with its translations. */
char *gbx_editor_text_set (const char *text, const char *group, const char *key,
                           const char *value);
char *gbx_editor_text_remove_group (const char *text, const char *group);
/* Without all settings, shares and variables; and, unless it @is_own, without what it says of the
 * profile: then the system's layer says that. */
char *gbx_editor_text_clear (const char *text, gboolean is_own);
/* Whether it says nothing. */
gboolean gbx_editor_text_is_blank (const char *text);
/* (nullable): what it says of one key. */
char *gbx_editor_text_lookup (const char *text, const char *group, const char *key);
gboolean gbx_editor_text_has_group (const char *text, const char *group);
/* @theirs with the changes from @base to @mine. */
char *gbx_editor_text_merge (const char *base, const char *mine, const char *theirs);

G_END_DECLS
