/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-summary-private.h"

#include "gbx-profile-place.h"

#include <string.h>

struct _GbxFacts
{
  GbxResolution *resolution; /* borrowed; or NULL */
  GbxPolicy *policy;         /* borrowed; or NULL */
  GPtrArray *shares;
  GPtrArray *variables;
};

static void
share_free (gpointer data)
{
  GbxShareFact *share = data;

  g_free (share->path);
  g_free (share->guest_path);
  g_free (share->name);
  g_free (share->fault);
  g_free (share);
}

static GbxFacts *
alloc_facts (void)
{
  GbxFacts *self = g_new0 (GbxFacts, 1);

  self->shares = g_ptr_array_new_with_free_func (share_free);
  self->variables = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
gbx_facts_free (GbxFacts *self)
{
  g_ptr_array_unref (self->shares);
  g_ptr_array_unref (self->variables);
  g_free (self);
}

/* As a launch would see it now: a profile may name what does not exist here. */
static void
look_at_share (GbxShareFact *fact, GbxResolvedShare *share)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxShare) made = NULL;

  fact->path = gbx_profile_place_expand (share->path, share->origin, &error);
  if (!fact->path)
    {
      fact->path = g_strdup (share->path);
      fact->fault = g_strdup (error->message);
      return;
    }
  made = gbx_share_new (fact->path, fact->guest_path, fact->writable, &error);
  fact->exists = made || g_file_test (fact->path, G_FILE_TEST_EXISTS);
  fact->is_folder = made ? gbx_share_is_directory (made) : g_file_test (fact->path, G_FILE_TEST_IS_DIR);
  if (made || (fact->optional && !fact->exists))
    return;
  fact->fault = g_strdup (error->message);
}

static void
add_resolved (GbxFacts *self, GbxResolvedShare *share)
{
  GbxShareFact *fact = g_new0 (GbxShareFact, 1);

  fact->name = g_strdup (share->name);
  fact->guest_path = g_strdup (share->guest_path);
  fact->writable = g_str_equal (share->access, "rw");
  fact->optional = g_str_equal (share->presence, "optional");
  if (share->path)
    look_at_share (fact, share);
  g_ptr_array_add (self->shares, fact);
}

static void
add_share (GbxFacts *self, GbxShare *share)
{
  GbxShareFact *fact = g_new0 (GbxShareFact, 1);
  const char *guest_path = gbx_share_get_guest_path (share);

  fact->path = g_strdup (gbx_share_get_path (share));
  fact->guest_path = g_strcmp0 (guest_path, fact->path) == 0 ? NULL : g_strdup (guest_path);
  fact->writable = gbx_share_get_writable (share);
  fact->exists = TRUE;
  fact->is_folder = gbx_share_is_directory (share);
  g_ptr_array_add (self->shares, fact);
}

GbxFacts *
gbx_facts_of_resolution (GbxResolution *resolution)
{
  GbxFacts *self = alloc_facts ();
  GPtrArray *shares = gbx_resolution_get_shares (resolution);
  GPtrArray *variables = gbx_resolution_get_variables (resolution);

  self->resolution = resolution;
  for (guint i = 0; i < shares->len; i++)
    add_resolved (self, shares->pdata[i]);
  g_ptr_array_extend (self->variables, variables, (GCopyFunc)g_strdup, NULL);
  return self;
}

GbxFacts *
gbx_facts_of_policy (GbxPolicy *policy)
{
  GbxFacts *self = alloc_facts ();
  GPtrArray *shares = gbx_policy_get_shares (policy);
  const char *const *environment = gbx_policy_get_environment (policy);

  self->policy = policy;
  for (guint i = 0; i < shares->len; i++)
    add_share (self, shares->pdata[i]);
  for (guint i = 0; environment && environment[i]; i++)
    g_ptr_array_add (self->variables, g_strndup (environment[i], strcspn (environment[i], "=")));
  return self;
}

GVariant *
gbx_facts_get_value (GbxFacts *self, const char *key)
{
  if (self->policy)
    return gbx_policy_dup_value (self->policy, key);
  return gbx_values_resolve (gbx_resolution_get_values (self->resolution), key);
}

char *
gbx_facts_get_word (GbxFacts *self, const char *key)
{
  g_autoptr (GVariant) value = gbx_facts_get_value (self, key);

  return g_variant_dup_string (value, NULL);
}

guint64
gbx_facts_get_number (GbxFacts *self, const char *key)
{
  g_autoptr (GVariant) value = gbx_facts_get_value (self, key);

  return g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64) ? g_variant_get_uint64 (value)
                                                             : g_variant_get_uint32 (value);
}

GPtrArray *
gbx_facts_get_shares (GbxFacts *self)
{
  return self->shares;
}

GPtrArray *
gbx_facts_get_variables (GbxFacts *self)
{
  return self->variables;
}
