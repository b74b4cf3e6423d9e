/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

G_BEGIN_DECLS

typedef enum
{
  GBX_CLOSING_NOT,
  GBX_CLOSING_WAITING, /* the windows were asked to close */
  GBX_CLOSING_ASKING,  /* the application has opened a window since, to ask something */
  GBX_CLOSING_OVERDUE, /* nothing has happened for a while */
} GbxClosingState;

/* Asks the application's windows to close, so that it can ask its own questions about unsaved
 * work, and watches what comes of it.  "notify::state" tells of it.  The state is
 * GBX_CLOSING_NOT again when the application ends, and when its user has answered a question
 * and the windows stay. */
#define GBX_TYPE_CLOSING (gbx_closing_get_type ())
G_DECLARE_FINAL_TYPE (GbxClosing, gbx_closing, GBX, CLOSING, GObject)

GbxClosing *gbx_closing_new (void);
/* FALSE if the application does not run, or has no window, or one that cannot be asked. */
gboolean gbx_closing_begin (GbxClosing *self, GbxSandbox *sandbox);
/* Waits no longer; the application may close its windows all the same. */
void gbx_closing_end (GbxClosing *self);
GbxClosingState gbx_closing_get_state (GbxClosing *self);

G_END_DECLS
