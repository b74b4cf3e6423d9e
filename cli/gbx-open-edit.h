/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-edits.h"
#include "gbx-policy.h"

G_BEGIN_DECLS

/* How the end of editing is decided. */
typedef enum
{
  GBX_DECIDE_ASK,     /* in a dialog, or on the terminal without a display */
  GBX_DECIDE_REPLACE, /* the files are replaced, unless somebody else has changed them */
  GBX_DECIDE_DISCARD,
} GbxDecide;

/* Shows the sandbox, waits for its end, and decides.  Takes the edits.  Returns the exit status. */
int gbx_open_edit (GbxPolicy *policy, GbxEdits *edits, GbxDecide decide, GError **error);

/* Decides about what earlier sandboxes have left.  Returns the exit status. */
int gbx_open_decide_earlier (GbxDecide decide);
/* Tells of that, or offers it in a dialog of its own. */
void gbx_open_offer_earlier (void);

G_END_DECLS
