/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "gbx-policy.h"

G_BEGIN_DECLS

typedef enum
{
  GBX_SANDBOX_PREPARING, /* kernel, initrd, root and helpers on the host */
  GBX_SANDBOX_BOOTING,   /* the domain runs; the guest's init has not said hello */
  GBX_SANDBOX_STARTING,  /* init works through its phases */
  GBX_SANDBOX_RUNNING,   /* the application has been started */
  GBX_SANDBOX_STOPPING,
  GBX_SANDBOX_ENDED,     /* and everything is cleaned up; see the reason */
} GbxSandboxState;

typedef enum
{
  GBX_END_NONE,      /* has not ended */
  GBX_END_EXITED,    /* the application ended: see exit-status */
  GBX_END_STOPPED,   /* the user asked for it */
  GBX_END_CANCELLED, /* before the application ran */
  GBX_END_TIMEOUT,   /* the policy's time limit */
  GBX_END_FAILED,    /* see the error: launch failed, guest died or misbehaved */
} GbxEndReason;

#define GBX_TYPE_SANDBOX (gbx_sandbox_get_type ())
/**
 * GbxSandbox:
 *
 * One running instance.  Properties, all notified in the main context it was made in:
 * - `name` (string), `policy` (#GbxPolicy)
 * - `state` (#GbxSandboxState), `reason` (#GbxEndReason)
 * - `activity` (string): what it is doing now, translated, for people: "Starting the kernel"
 * - `fraction` (double, 0 to 1): how far the launch is
 * - `accelerator` (#GbxAccelerator): KVM or TCG once the domain exists, AUTO before
 * - `notice` (string, nullable): a warning that the window must show: the fallback to TCG
 * - `title` (string, nullable): the guest's active window; untrusted, but valid UTF-8
 *   without control characters, at most 256 bytes
 * - `drawn` (boolean): the application's first window has contents
 * - `settled` (boolean): it has been drawn and the guest is idle, or nearly
 *
 * Signals: `log` (GbxLogLevel level, string text): from the guest and the launch;
 * `logged`: the kept log has a new line, from there or from the application;
 * `output` (boolean is_stderr, GBytes data): only where no sink was set.
 */
G_DECLARE_FINAL_TYPE (GbxSandbox, gbx_sandbox, GBX, SANDBOX, GObject)

GbxSandbox *gbx_sandbox_new (GbxPolicy *policy);

/* Runs the sandbox up to RUNNING; a failure ends it and cleans up. */
void gbx_sandbox_launch_async (GbxSandbox *self, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_sandbox_launch_finish (GbxSandbox *self, GAsyncResult *result, GError **error);

/* Done when the sandbox is ENDED and cleaned up, at once if it is already. */
void gbx_sandbox_wait_async (GbxSandbox *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_sandbox_wait_finish (GbxSandbox *self, GAsyncResult *result, GError **error);

/* Asks the application to end (SIGTERM), and ends it after the grace time. */
void gbx_sandbox_stop (GbxSandbox *self, guint grace_ms);
/* Destroys the domain at once. */
void gbx_sandbox_kill (GbxSandbox *self);

const char *gbx_sandbox_get_name (GbxSandbox *self);
GbxPolicy *gbx_sandbox_get_policy (GbxSandbox *self);
GbxSandboxState gbx_sandbox_get_state (GbxSandbox *self);
GbxEndReason gbx_sandbox_get_reason (GbxSandbox *self);
const GError *gbx_sandbox_get_error (GbxSandbox *self); /* (nullable) */
const char *gbx_sandbox_get_activity (GbxSandbox *self);
double gbx_sandbox_get_fraction (GbxSandbox *self);
GbxAccelerator gbx_sandbox_get_accelerator (GbxSandbox *self);
const char *gbx_sandbox_get_notice (GbxSandbox *self);
const char *gbx_sandbox_get_title (GbxSandbox *self);
gboolean gbx_sandbox_get_drawn (GbxSandbox *self);
gboolean gbx_sandbox_get_settled (GbxSandbox *self);
/* Microseconds since the launch began; stops at the end. */
gint64 gbx_sandbox_get_elapsed (GbxSandbox *self);
/* As a shell would give it: status, 128+n, 125, 126, 127; 124 for a time-out. */
int gbx_sandbox_get_exit_status (GbxSandbox *self);
/* Whether the application itself was started, whatever became of it. */
gboolean gbx_sandbox_get_started (GbxSandbox *self);
/* libvirt's description of what would be started, as XML; starts nothing; blocking. */
char *gbx_sandbox_describe (GbxPolicy *policy, GError **error);
/* The last log lines (at most 1,000), oldest first, of the launch, the guest and, from an
 * application with a window, its standard error: (transfer full) */
char *gbx_sandbox_dup_log (GbxSandbox *self);
/* Those since the position, which is 0 at first and moves on: (transfer full) */
char *gbx_sandbox_dup_log_since (GbxSandbox *self, guint64 *position);

/* A connected descriptor to the domain's display; one call a channel. */
void gbx_sandbox_open_display_async (GbxSandbox *self, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
int gbx_sandbox_open_display_finish (GbxSandbox *self, GAsyncResult *result, GError **error);

/* The terminal and the display as the user sizes them. */
void gbx_sandbox_set_terminal_size (GbxSandbox *self, guint rows, guint columns);
void gbx_sandbox_set_display_size (GbxSandbox *self, guint width, guint height);
/* Before the launch: device pixels for each of the application's, 1 by default. */
void gbx_sandbox_set_scale (GbxSandbox *self, guint scale);
/* Before the launch: how the guest takes the keys, in XKB's words. */
void gbx_sandbox_set_keyboard (GbxSandbox *self, const char *model, const char *layout,
                               const char *variant, const char *options);
void gbx_sandbox_send_signal (GbxSandbox *self, int signal_number);

/* Before the launch.  Without a source the application's stdin is empty.  With a
 * sink the stream's bytes go there under flow control and the end closes it. */
void gbx_sandbox_set_source (GbxSandbox *self, GInputStream *source);
void gbx_sandbox_set_sink (GbxSandbox *self, gboolean is_stderr, GOutputStream *sink);

G_END_DECLS
