/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

G_BEGIN_DECLS

/* The control socket of a running sandbox, for other processes of the same account: D-Bus
 * without a bus, in the sandbox's runtime folder.  docs/control.md describes it.  Every process
 * that owns a sandbox has one of these beside it.  The socket is there from the moment when the
 * sandbox has its name until it has ended; its folder is removed with the sandbox.
 *
 * Signals; a handler that returns TRUE has done it:
 * - present: show the window; without a handler it is an error
 * - stop: without a handler the sandbox is stopped */
#define GBX_TYPE_CONTROL (gbx_control_get_type ())
G_DECLARE_FINAL_TYPE (GbxControl, gbx_control, GBX, CONTROL, GObject)

#define GBX_CONTROL_PATH "/org/glovebox/Sandbox1"
#define GBX_CONTROL_INTERFACE "org.glovebox.Sandbox1"

/* Before the launch. */
GbxControl *gbx_control_new (GbxSandbox *sandbox);

G_END_DECLS
