/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-profile-match.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The list of the strongest layer that has one. */
static char **
find_list (GPtrArray *layers, const char *key, gboolean *is_users)
{
  for (guint i = layers->len; i-- > 0;)
    if (gbx_key_text_lookup (gbx_profile_file_get_text (layers->pdata[i]), "Profile", key))
      {
        *is_users = !gbx_profile_file_is_system (layers->pdata[i]);
        return gbx_profile_file_get_list (layers->pdata[i], key);
      }
  return g_new0 (char *, 1);
}

/* "image/png" is named by itself and by "image" with a star. */
static gboolean
is_named (const char *pattern, const char *text)
{
  gsize length = strlen (pattern);

  if (length > 2 && g_str_has_suffix (pattern, "/*"))
    return strncmp (pattern, text, length - 1) == 0;
  return g_str_equal (pattern, text);
}

/* 0: not named, 1: by the system, 2: by the user. */
static guint
names_one (GPtrArray *layers, const char *key, const char *const *texts)
{
  gboolean is_users = FALSE;
  g_auto (GStrv) patterns = find_list (layers, key, &is_users);

  for (guint i = 0; patterns[i]; i++)
    for (guint j = 0; texts && texts[j]; j++)
      if (is_named (patterns[i], texts[j]))
        return is_users ? 2 : 1;
  return 0;
}

/* The application counts more than a MIME type, and that more than a category; what the user
 * says of it counts more than what the system says.  0 for nothing. */
static guint
score (GPtrArray *layers, const char *desktop_id, const char *const *mime_types,
       const char *const *categories)
{
  const char *const ids[] = { desktop_id, NULL };

  guint named = names_one (layers, "Applications", ids);

  if (named > 0)
    return 4 + named;
  named = names_one (layers, "MimeTypes", mime_types);
  return named > 0 ? 2 + named : names_one (layers, "Categories", categories);
}

char *
gbx_profile_match (GbxProfileStore *store, const char *desktop_id, const char *const *mime_types,
                   const char *const *categories, GPtrArray *warnings)
{
  g_auto (GStrv) ids = gbx_profile_store_list (store);
  const char *best = GBX_PROFILE_DEFAULT;
  guint best_score = 0;

  for (guint i = 0; ids[i]; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) layers = gbx_profile_store_load (store, ids[i], &error);
      g_autoptr (GPtrArray) readable =
          layers ? g_ptr_array_ref (layers) : gbx_profile_store_load_readable (store, ids[i]);
      guint its_score = score (readable, desktop_id, mime_types, categories);

      /* Where the rest of it names the application, the launch is refused: another profile might
       * allow more. */
      if (!layers && its_score == 0)
        g_ptr_array_add (warnings, g_strdup_printf (_ ("the profile “%s” is left out: %s"), ids[i],
                                                    error->message));
      if (its_score <= best_score)
        continue;
      best = ids[i];
      best_score = its_score;
    }
  return g_strdup (best);
}
