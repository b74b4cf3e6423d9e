/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"
#include "gbx-guest.h"
#include "gbx-progress.h"

G_BEGIN_DECLS

/* Looks once a second whether a running sandbox is in trouble: its guest does not
 * answer, or a helper of the backend has ended.  People see it as the progress's
 * trouble, other processes as the condition that the backend publishes. */
typedef struct _GbxWatch GbxWatch;

/* The three outlive it.  time_divisor: the time limits are divided by this. */
GbxWatch *gbx_watch_new (GbxBackend *backend, GbxGuest *guest, GbxProgress *progress,
                         guint time_divisor);
void gbx_watch_free (GbxWatch *self);

G_END_DECLS
