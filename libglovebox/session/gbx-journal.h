/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The last lines of a sandbox's log, at most 1000. */
typedef struct _GbxJournal GbxJournal;

GbxJournal *gbx_journal_new (void);
void gbx_journal_free (GbxJournal *self);
/* text: valid UTF-8, without control characters except line breaks. */
void gbx_journal_add (GbxJournal *self, const char *text);
/* data: any bytes of that stream; they need not end with a complete line.  Returns whether a
 * line was completed.  A line of one stream is never mixed with one of the other. */
gboolean gbx_journal_add_output (GbxJournal *self, gboolean is_stderr, GBytes *data);
/* Adds the rest of the output that has no line break.  Returns whether there was any. */
gboolean gbx_journal_end_output (GbxJournal *self);
/* (transfer full): the kept lines since position, which is 0 or as the last call left
 * it; each ends with a line break. */
char *gbx_journal_dup_since (GbxJournal *self, guint64 *position);

/* (transfer full): text from the guest, made safe to show: UTF-8, without control
 * characters except line breaks. */
char *gbx_journal_clean (const char *text);

G_END_DECLS
