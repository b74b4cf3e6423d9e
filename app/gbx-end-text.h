/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

G_BEGIN_DECLS

/* Why a sandbox ended, in plain words: pure functions.  (transfer full) */
char *gbx_end_text_heading (const char *title, GbxEndReason reason, int status);
char *gbx_end_text_body (GbxEndReason reason, int status, const char *error);

G_END_DECLS
