/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <handy.h>

G_BEGIN_DECLS

/* Why nothing was started, for someone who has no terminal to read it on. */
#define GBX_TYPE_FAILURE_WINDOW (gbx_failure_window_get_type ())
G_DECLARE_FINAL_TYPE (GbxFailureWindow, gbx_failure_window, GBX, FAILURE_WINDOW, HdyWindow)

/* @name: (nullable): of what was to be started; @message: one sentence */
GtkWidget *gbx_failure_window_new (GtkApplication *application, const char *name,
                                   const char *message);

G_END_DECLS
