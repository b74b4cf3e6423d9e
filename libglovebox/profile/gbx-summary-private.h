/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-summary.h"

G_BEGIN_DECLS

/* gbx-summary-facts.c: what the sentence and the lines are made from, whether it is a profile
 * or the policy of a sandbox. */

typedef struct
{
  char *path;       /* on the host; or NULL: it is chosen at the launch */
  char *guest_path; /* or NULL: the same */
  char *name;       /* in the profile; or NULL */
  char *fault;      /* why it cannot be shared; or NULL */
  gboolean writable;
  gboolean optional;
  gboolean exists; /* otherwise nobody knows what it will be */
  gboolean is_folder;
} GbxShareFact;

typedef struct _GbxFacts GbxFacts;

GbxFacts *gbx_facts_of_resolution (GbxResolution *resolution);
GbxFacts *gbx_facts_of_policy (GbxPolicy *policy);
void gbx_facts_free (GbxFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxFacts, gbx_facts_free)

/* (transfer full): the value or the default. */
GVariant *gbx_facts_get_value (GbxFacts *self, const char *key);
char *gbx_facts_get_word (GbxFacts *self, const char *key);
guint64 gbx_facts_get_number (GbxFacts *self, const char *key);
/* (element-type GbxShareFact) */
GPtrArray *gbx_facts_get_shares (GbxFacts *self);
/* (element-type utf8): names of variables. */
GPtrArray *gbx_facts_get_variables (GbxFacts *self);

/* gbx-summary-text.c */

/* "1 GiB", "768 MiB". */
char *gbx_summary_size (guint64 bytes);
/* "2 hours", "15 minutes", "90 seconds". */
char *gbx_summary_duration (guint seconds);
/* The labels of the devices that are on, or off; NULL if there are none. */
char *gbx_summary_devices (GbxFacts *facts, gboolean on);
char *gbx_summary_resources (GbxFacts *facts);
/* The limits that are set beside memory and processors: "Download: 1M, …"; NULL if there are none. */
char *gbx_summary_limits (GbxFacts *facts);
char *gbx_summary_facts_sentence (GbxFacts *facts);

/* gbx-summary-lines.c */
GPtrArray *gbx_summary_facts_lines (GbxFacts *facts);

G_END_DECLS
