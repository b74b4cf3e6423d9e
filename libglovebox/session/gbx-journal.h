/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The last lines that a sandbox had to say, 1000 at most, for people. */
typedef struct _GbxJournal GbxJournal;

GbxJournal *gbx_journal_new (void);
void gbx_journal_free (GbxJournal *self);
/* text: valid UTF-8 without control characters but line breaks. */
void gbx_journal_add (GbxJournal *self, const char *text);
/* Any bytes, which need not end with a line.  Whether a line was completed. */
gboolean gbx_journal_add_output (GbxJournal *self, GBytes *data);
/* Adds what the last output left without a line break.  Whether there was something. */
gboolean gbx_journal_end_output (GbxJournal *self);
/* (transfer full): the kept lines since position, which is 0 or as the last call left
 * it; each ends with a line break. */
char *gbx_journal_dup_since (GbxJournal *self, guint64 *position);

/* (transfer full): text of the guest's as people may see it: UTF-8, and no control
 * characters but line breaks. */
char *gbx_journal_clean (const char *text);

G_END_DECLS
