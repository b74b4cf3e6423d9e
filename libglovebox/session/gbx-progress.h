/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-protocol.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* What the user sees of a session: its name, current activity, warnings, the log and the
 * time.
 *
 * Signals, in the main context:
 * - changed (string): the value of that property of GbxSandbox has changed
 * - log (GbxLogLevel, string) and logged: as in GbxSandbox */
#define GBX_TYPE_PROGRESS (gbx_progress_get_type ())
G_DECLARE_FINAL_TYPE (GbxProgress, gbx_progress, GBX, PROGRESS, GObject)

GbxProgress *gbx_progress_new (const char *name);

void gbx_progress_begin (GbxProgress *self);
void gbx_progress_end (GbxProgress *self);
void gbx_progress_set_name (GbxProgress *self, const char *name);
/* activity: translated; fraction: 0 to 1. */
void gbx_progress_set_activity (GbxProgress *self, const char *activity, double fraction);
/* Adds a line to the notice. */
void gbx_progress_add_notice (GbxProgress *self, const char *text);
/* (nullable) (transfer full).  Returns whether it has changed. */
gboolean gbx_progress_take_trouble (GbxProgress *self, char *trouble);
/* text: valid UTF-8, without control characters except line breaks. */
void gbx_progress_add_log (GbxProgress *self, GbxLogLevel level, const char *text);
/* What the application writes, for the full log and by itself: any bytes. */
void gbx_progress_add_output (GbxProgress *self, gboolean is_stderr, GBytes *data);
/* Reports that another property of the sandbox has changed. */
void gbx_progress_notify (GbxProgress *self, const char *property);

const char *gbx_progress_get_name (GbxProgress *self);
const char *gbx_progress_get_activity (GbxProgress *self);
double gbx_progress_get_fraction (GbxProgress *self);
const char *gbx_progress_get_notice (GbxProgress *self);
const char *gbx_progress_get_trouble (GbxProgress *self);
/* Microseconds since the beginning; it stops at the end. */
gint64 gbx_progress_get_elapsed (GbxProgress *self);
char *gbx_progress_dup_log_since (GbxProgress *self, guint64 *position);
char *gbx_progress_dup_output_since (GbxProgress *self, guint64 *position);

G_END_DECLS
