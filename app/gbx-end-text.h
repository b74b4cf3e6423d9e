/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

G_BEGIN_DECLS

/* Pure functions that say in plain words why a sandbox ended.  (transfer full) */

/* For the end page, which is not shown after a time limit, a cancelled launch or success. */
char *gbx_end_text_heading (const char *title, GbxEndReason reason, int status);
char *gbx_end_text_body (GbxEndReason reason, int status, const char *error);
/* The same in one line, for a terminal or a script; the limit is in seconds. */
char *gbx_end_text_line (const char *title, GbxEndReason reason, int status, const char *error,
                         guint limit);

G_END_DECLS
