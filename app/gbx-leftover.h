/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

G_BEGIN_DECLS

/* What an application leaves in a home that is thrown away: looks for it when the application
 * has ended, and lets the sandbox wait until the user has decided.
 *
 * Signal: found: there are files, or it could not be found out whether there are. */
#define GBX_TYPE_LEFTOVER (gbx_leftover_get_type ())
G_DECLARE_FINAL_TYPE (GbxLeftover, gbx_leftover, GBX, LEFTOVER, GObject)

/* Whether the home of a policy is thrown away, and its user wants to be asked before. */
gboolean gbx_leftover_is_possible (GbxPolicy *policy);

GbxLeftover *gbx_leftover_new (void);
/* Before the launch of the sandbox; it must have gbx_sandbox_set_holds(). */
void gbx_leftover_watch (GbxLeftover *self, GbxSandbox *sandbox);
/* If nobody is there to answer, what is lost is told on stderr. */
void gbx_leftover_set_attended (GbxLeftover *self, gboolean attended);
/* The user has decided: the sandbox ends. */
void gbx_leftover_release (GbxLeftover *self);

/* After "found".  (transfer none) (element-type GbxChangedFile) (nullable): NULL with an error. */
GPtrArray *gbx_leftover_get_files (GbxLeftover *self, gboolean *more);
const GError *gbx_leftover_get_error (GbxLeftover *self);

G_END_DECLS
