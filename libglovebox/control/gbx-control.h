/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

G_BEGIN_DECLS

#define GBX_TYPE_CONTROL (gbx_control_get_type ())
/**
 * GbxControl:
 *
 * The control socket of a running sandbox, for other processes of the same account: D-Bus without a
 * bus, in the sandbox's runtime folder; docs/control.md describes it.  Every process that owns a
 * sandbox has one of these beside it, so that `glovebox list`, `stop`, `top` and
 * [class@Glovebox.RunningSandbox] reach it.
 *
 * The socket is there from the moment when the sandbox has its name until it has ended; its folder
 * is removed with the sandbox.
 */
G_DECLARE_FINAL_TYPE (GbxControl, gbx_control, GBX, CONTROL, GObject)

/**
 * GBX_CONTROL_PATH:
 *
 * The only object on the socket.
 */
#define GBX_CONTROL_PATH "/org/glovebox/Sandbox1"
/**
 * GBX_CONTROL_INTERFACE:
 *
 * The interface of the object.
 */
#define GBX_CONTROL_INTERFACE "org.glovebox.Sandbox1"

GbxControl *gbx_control_new (GbxSandbox *sandbox);

G_END_DECLS
