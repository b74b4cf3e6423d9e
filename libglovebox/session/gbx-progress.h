/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-protocol.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* What a session shows of itself to people: its name, what it does now, warnings, the
 * log and the time.
 *
 * Signals, in the main context:
 * - changed (string): that property of GbxSandbox has another value
 * - log (GbxLogLevel, string) and logged: as GbxSandbox has them */
#define GBX_TYPE_PROGRESS (gbx_progress_get_type ())
G_DECLARE_FINAL_TYPE (GbxProgress, gbx_progress, GBX, PROGRESS, GObject)

GbxProgress *gbx_progress_new (const char *name);

void gbx_progress_begin (GbxProgress *self);
void gbx_progress_end (GbxProgress *self);
void gbx_progress_set_name (GbxProgress *self, const char *name);
/* activity: translated; fraction: 0 to 1. */
void gbx_progress_set_activity (GbxProgress *self, const char *activity, double fraction);
/* Adds a sentence to the notice. */
void gbx_progress_add_notice (GbxProgress *self, const char *text);
/* (nullable) (transfer full).  Whether it is another one than before. */
gboolean gbx_progress_take_trouble (GbxProgress *self, char *trouble);
/* text: valid UTF-8 without control characters but line breaks. */
void gbx_progress_add_log (GbxProgress *self, GbxLogLevel level, const char *text);
/* The application's errors, for whoever shows the whole log: any bytes. */
void gbx_progress_add_output (GbxProgress *self, GBytes *data);
/* Another property of the sandbox has changed. */
void gbx_progress_notify (GbxProgress *self, const char *property);

const char *gbx_progress_get_name (GbxProgress *self);
const char *gbx_progress_get_activity (GbxProgress *self);
double gbx_progress_get_fraction (GbxProgress *self);
const char *gbx_progress_get_notice (GbxProgress *self);
const char *gbx_progress_get_trouble (GbxProgress *self);
/* Microseconds since the beginning; it stops at the end. */
gint64 gbx_progress_get_elapsed (GbxProgress *self);
char *gbx_progress_dup_log_since (GbxProgress *self, guint64 *position);

G_END_DECLS
