/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

G_BEGIN_DECLS

/* Why a sandbox ended, in plain words: pure functions.  (transfer full) */

/* For the end page, which shows no time limit, no cancelled launch, no success. */
char *gbx_end_text_heading (const char *title, GbxEndReason reason, int status);
char *gbx_end_text_body (GbxEndReason reason, int status, const char *error);
/* The same in one line, for a terminal or a script; the limit is in seconds. */
char *gbx_end_text_line (const char *title, GbxEndReason reason, int status, const char *error,
                         guint limit);

G_END_DECLS
