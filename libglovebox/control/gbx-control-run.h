/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/* The commands that clients of a control socket run in its sandbox: the methods Run, Signal and
 * SetTerminalSize.  Each command belongs to the connection that has started it: no other one
 * can signal it or hears of its end, and it is hung up when that connection ends, unless it has
 * no streams there. */
typedef struct _GbxControlRun GbxControlRun;

GbxControlRun *gbx_control_run_new (GbxSandbox *sandbox);
void gbx_control_run_free (GbxControlRun *self);

/* Each answers the invocation, at once or later. */
void gbx_control_run_begin (GbxControlRun *self, GDBusMethodInvocation *invocation,
                            GUnixFDList *fds, const char *const *argv, GVariant *options,
                            GVariant *streams);
void gbx_control_run_signal (GbxControlRun *self, GDBusMethodInvocation *invocation, guint process,
                             guint number);
void gbx_control_run_resize (GbxControlRun *self, GDBusMethodInvocation *invocation, guint process,
                             guint rows, guint columns);

G_END_DECLS
