/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * GbxSandboxState:
 * @GBX_SANDBOX_PREPARING: kernel, initrd, root and helpers on the host
 * @GBX_SANDBOX_BOOTING: the domain starts or runs; the guest's init has not said hello
 * @GBX_SANDBOX_STARTING: init runs its phases
 * @GBX_SANDBOX_RUNNING: the application has been started
 * @GBX_SANDBOX_STOPPING: the application is asked to end, or the host cleans up
 * @GBX_SANDBOX_ENDED: it has ended and everything is cleaned up; see the reason
 *
 * The states of a sandbox, in order.
 */
typedef enum
{
  GBX_SANDBOX_PREPARING,
  GBX_SANDBOX_BOOTING,
  GBX_SANDBOX_STARTING,
  GBX_SANDBOX_RUNNING,
  GBX_SANDBOX_STOPPING,
  GBX_SANDBOX_ENDED,
} GbxSandboxState;

/**
 * GbxEndReason:
 * @GBX_END_NONE: it has not ended
 * @GBX_END_EXITED: the application ended: see gbx_sandbox_get_exit_status()
 * @GBX_END_STOPPED: the user stopped it
 * @GBX_END_CANCELLED: the user cancelled it before the application ran
 * @GBX_END_TIMEOUT: the policy's time limit passed
 * @GBX_END_FAILED: the launch failed, the guest died or misbehaved: see gbx_sandbox_get_error()
 *
 * Why a sandbox ended.
 */
typedef enum
{
  GBX_END_NONE,
  GBX_END_EXITED,
  GBX_END_STOPPED,
  GBX_END_CANCELLED,
  GBX_END_TIMEOUT,
  GBX_END_FAILED,
} GbxEndReason;

G_END_DECLS
