/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-difference.h"
#include "gbx-import.h"
#include "gbx-summary.h"

G_BEGIN_DECLS

/* A profile from elsewhere, looked at before it is taken over.  Nothing of it is run, and all
 * texts are safe to show: one line each, bounded, of plain characters. */
typedef struct _GbxReview GbxReview;

/* Reads the file: a profile of Glovebox, a configuration of Windows Sandbox, or a profile of
 * Firejail.  %NULL with an error if it is none of them or cannot be read; a profile with faults
 * is reviewed.  It may take long: use a thread. */
GbxReview *gbx_review_new (const char *path, GError **error);
void gbx_review_free (GbxReview *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxReview, gbx_review_free)

/* What it calls itself, else its file. */
const char *gbx_review_get_title (GbxReview *self);
/* (nullable): how it describes itself. */
const char *gbx_review_get_description (GbxReview *self);
GbxForeign gbx_review_get_foreign (GbxReview *self);
/* (nullable): the profile that has its name already. */
const char *gbx_review_get_installed (GbxReview *self);
/* A name that is free. */
const char *gbx_review_get_id (GbxReview *self);
/* (nullable): "Offline. …"; %NULL with faults. */
const char *gbx_review_get_sentence (GbxReview *self);
/* (element-type GbxSummaryLine): what it would allow, the riskiest first; empty with faults. */
GPtrArray *gbx_review_get_lines (GbxReview *self);
/* (element-type GbxDifference): from the profile that has its name already. */
GPtrArray *gbx_review_get_differences (GbxReview *self);
/* (element-type utf8): what is not taken over from another program, and what does not hold. */
GPtrArray *gbx_review_get_notes (GbxReview *self);
/* (element-type utf8): why it cannot be imported, with file and line. */
GPtrArray *gbx_review_get_faults (GbxReview *self);

/* %NULL if a profile can get that name, else a sentence that says why not. */
char *gbx_review_check_id (GbxReview *self, const char *id);
/* Saves it as a profile of the user; never over one that is there. */
gboolean gbx_review_import (GbxReview *self, const char *id, GError **error);

G_END_DECLS
