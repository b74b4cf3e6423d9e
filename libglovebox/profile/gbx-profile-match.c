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

/* A profile of the store, with the layers that can be read. */
typedef struct
{
  char *id;
  GPtrArray *layers;
  char *trouble; /* (nullable): why a layer cannot be read */
} Candidate;

struct _GbxProfileMatcher
{
  GPtrArray *candidates; /* (element-type Candidate) */
};

static void
candidate_free (gpointer data)
{
  Candidate *self = data;

  g_free (self->id);
  g_ptr_array_unref (self->layers);
  g_free (self->trouble);
  g_free (self);
}

static Candidate *
candidate_new (GbxProfileStore *store, const char *id)
{
  Candidate *self = g_new0 (Candidate, 1);
  g_autoptr (GError) error = NULL;

  self->id = g_strdup (id);
  self->layers = gbx_profile_store_load (store, id, &error);
  if (!self->layers)
    self->layers = gbx_profile_store_load_readable (store, id);
  self->trouble = error ? g_strdup (error->message) : NULL;
  return self;
}

GbxProfileMatcher *
gbx_profile_matcher_new (GbxProfileStore *store)
{
  GbxProfileMatcher *self = g_new0 (GbxProfileMatcher, 1);
  g_auto (GStrv) ids = gbx_profile_store_list (store);

  self->candidates = g_ptr_array_new_with_free_func (candidate_free);
  for (guint i = 0; ids[i]; i++)
    g_ptr_array_add (self->candidates, candidate_new (store, ids[i]));
  return self;
}

void
gbx_profile_matcher_free (GbxProfileMatcher *self)
{
  g_ptr_array_unref (self->candidates);
  g_free (self);
}

/* (nullable): NULL for the default. */
static Candidate *
find_best (GbxProfileMatcher *self, const char *desktop_id, const char *const *mime_types,
           const char *const *categories, GPtrArray *warnings)
{
  Candidate *best = NULL;
  guint best_score = 0;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *it = self->candidates->pdata[i];
      guint its_score = score (it->layers, desktop_id, mime_types, categories);

      /* Where the rest of it names the application, the launch is refused: another profile might
       * allow more. */
      if (it->trouble && its_score == 0 && warnings)
        g_ptr_array_add (warnings, g_strdup_printf (_ ("the profile “%s” is left out: %s"), it->id,
                                                    it->trouble));
      if (its_score <= best_score)
        continue;
      best = it;
      best_score = its_score;
    }
  return best;
}

/* A layer of the user, if there is one, is the last. */
static gboolean
is_users (Candidate *candidate)
{
  GPtrArray *layers = candidate->layers;

  return layers->len > 0 && !gbx_profile_file_is_system (layers->pdata[layers->len - 1]);
}

const char *
gbx_profile_matcher_find (GbxProfileMatcher *self, const char *desktop_id,
                          const char *const *mime_types, const char *const *categories,
                          gboolean *is_changed)
{
  Candidate *best = find_best (self, desktop_id, mime_types, categories, NULL);

  *is_changed = best && is_users (best);
  return best ? best->id : GBX_PROFILE_DEFAULT;
}

char *
gbx_profile_match (GbxProfileStore *store, const char *desktop_id, const char *const *mime_types,
                   const char *const *categories, GPtrArray *warnings)
{
  g_autoptr (GbxProfileMatcher) matcher = gbx_profile_matcher_new (store);
  Candidate *best = find_best (matcher, desktop_id, mime_types, categories, warnings);

  return g_strdup (best ? best->id : GBX_PROFILE_DEFAULT);
}
