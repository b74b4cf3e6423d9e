/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"

G_BEGIN_DECLS

/* Measures what a sandbox uses, as its backend knows it: at most once a second, only while
 * somebody looks, and once for all who look.  No function blocks. */
typedef struct _GbxMeter GbxMeter;

typedef void (*GbxMeterFunc) (gpointer user_data);

/* func is called after each measurement. */
GbxMeter *gbx_meter_new (GbxBackend *backend, GbxMeterFunc func, gpointer user_data);
/* A measurement that is under way goes on, and is thrown away. */
void gbx_meter_free (GbxMeter *self);
/* Somebody looks now: the figures are kept fresh for some seconds. */
void gbx_meter_look (GbxMeter *self);
/* The latest figures; FALSE before the first. */
gboolean gbx_meter_get (GbxMeter *self, GbxUsage *usage);

G_END_DECLS
