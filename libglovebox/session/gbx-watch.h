/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"
#include "gbx-guest.h"
#include "gbx-progress.h"

G_BEGIN_DECLS

/* Checks once a second whether a running sandbox has trouble: its guest does not answer, or
 * a helper of the backend has ended.  It sets the progress's trouble for the user, and the
 * condition that the backend publishes for other processes. */
typedef struct _GbxWatch GbxWatch;

/* The three objects must outlive it. time_divisor: divides the time limits. */
GbxWatch *gbx_watch_new (GbxBackend *backend, GbxGuest *guest, GbxProgress *progress,
                         guint time_divisor);
/* The condition when there is no trouble: RUNNING, PAUSED or STOPPING.  A paused guest need not
 * answer. */
void gbx_watch_set_usual (GbxWatch *self, const char *condition);
/* One of GBX_CONDITION_RUNNING and so on. */
const char *gbx_watch_get_condition (GbxWatch *self);
void gbx_watch_free (GbxWatch *self);

G_END_DECLS
