/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "gbx-policy.h"
#include "gbx-state.h"

G_BEGIN_DECLS

#define GBX_TYPE_SANDBOX (gbx_sandbox_get_type ())
/**
 * GbxSandbox:
 *
 * One running instance, which belongs to this process.  It is launched once, and ends with the
 * process.  Another process reaches it only if a [class@Glovebox.Control] is beside it.
 *
 * All of it belongs to the thread of the default main context, and all properties are notified
 * there.  Without a sink, #GbxSandbox::output has what the application writes.
 */
G_DECLARE_FINAL_TYPE (GbxSandbox, gbx_sandbox, GBX, SANDBOX, GObject)

GbxSandbox *gbx_sandbox_new (GbxPolicy *policy);

void gbx_sandbox_launch_async (GbxSandbox *self, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_sandbox_launch_finish (GbxSandbox *self, GAsyncResult *result, GError **error);

void gbx_sandbox_wait_async (GbxSandbox *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_sandbox_wait_finish (GbxSandbox *self, GAsyncResult *result, GError **error);

void gbx_sandbox_add_weakness (GbxSandbox *self, const char *weakness);
void gbx_sandbox_stop (GbxSandbox *self, guint grace_ms);
void gbx_sandbox_kill (GbxSandbox *self);
void gbx_sandbox_set_paused_async (GbxSandbox *self, gboolean paused, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean gbx_sandbox_set_paused_finish (GbxSandbox *self, GAsyncResult *result, GError **error);
void gbx_sandbox_change_async (GbxSandbox *self, const char *key, GVariant *value,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_sandbox_change_finish (GbxSandbox *self, GAsyncResult *result, GError **error);
gboolean gbx_sandbox_get_paused (GbxSandbox *self);

void gbx_sandbox_set_holds (GbxSandbox *self, gboolean holds);
gboolean gbx_sandbox_get_holding (GbxSandbox *self);
void gbx_sandbox_release (GbxSandbox *self);
int gbx_sandbox_open_files (GbxSandbox *self, gboolean put, GError **error);

const char *gbx_sandbox_get_name (GbxSandbox *self);
GbxPolicy *gbx_sandbox_get_policy (GbxSandbox *self);
GbxSandboxState gbx_sandbox_get_state (GbxSandbox *self);
GbxEndReason gbx_sandbox_get_reason (GbxSandbox *self);
const GError *gbx_sandbox_get_error (GbxSandbox *self);
const char *gbx_sandbox_get_condition (GbxSandbox *self);
GVariant *gbx_sandbox_dup_figures (GbxSandbox *self);
void gbx_sandbox_look (GbxSandbox *self);
const char *gbx_sandbox_get_activity (GbxSandbox *self);
double gbx_sandbox_get_fraction (GbxSandbox *self);
GbxAccelerator gbx_sandbox_get_accelerator (GbxSandbox *self);
GbxDisplayProtocol gbx_sandbox_get_display_protocol (GbxSandbox *self);
const char *gbx_sandbox_get_notice (GbxSandbox *self);
const char *gbx_sandbox_get_trouble (GbxSandbox *self);
const char *gbx_sandbox_get_title (GbxSandbox *self);
GVariant *gbx_sandbox_dup_windows (GbxSandbox *self);
gboolean gbx_sandbox_get_drawn (GbxSandbox *self);
gboolean gbx_sandbox_get_settled (GbxSandbox *self);
gboolean gbx_sandbox_get_has_window (GbxSandbox *self);
const char *gbx_sandbox_get_window_class (GbxSandbox *self);
gboolean gbx_sandbox_get_pointer_hidden (GbxSandbox *self);
gint64 gbx_sandbox_get_elapsed (GbxSandbox *self);
int gbx_sandbox_get_exit_status (GbxSandbox *self);
gboolean gbx_sandbox_get_ran_out_of_memory (GbxSandbox *self);
gboolean gbx_sandbox_get_started (GbxSandbox *self);
char *gbx_sandbox_describe (GbxPolicy *policy, GError **error);
char *gbx_sandbox_dup_log (GbxSandbox *self);
char *gbx_sandbox_dup_log_since (GbxSandbox *self, guint64 *position);
char *gbx_sandbox_dup_output_since (GbxSandbox *self, guint64 *position);

void gbx_sandbox_open_display_async (GbxSandbox *self, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
int gbx_sandbox_open_display_finish (GbxSandbox *self, GAsyncResult *result, GError **error);

void gbx_sandbox_set_terminal_size (GbxSandbox *self, guint rows, guint columns);
void gbx_sandbox_set_display_size (GbxSandbox *self, guint width, guint height);
void gbx_sandbox_close_windows (GbxSandbox *self);
void gbx_sandbox_use_window (GbxSandbox *self, guint number);
void gbx_sandbox_set_scale (GbxSandbox *self, guint scale);
/* Before the launch: what applications should look like. */
void gbx_sandbox_set_appearance (GbxSandbox *self, GVariant *settings);
/* The guest's keyboard layout, in XKB's names; and which one of several is in use. */
void gbx_sandbox_set_keyboard (GbxSandbox *self, const char *model, const char *layout,
                               const char *variant, const char *options);
void gbx_sandbox_set_keyboard_group (GbxSandbox *self, guint group);
/* Input that does not come with the display. */
void gbx_sandbox_send_button (GbxSandbox *self, guint button, gboolean pressed);
void gbx_sandbox_send_motion (GbxSandbox *self, int x, int y);
void gbx_sandbox_send_signal (GbxSandbox *self, int signal_number);

/* Before the launch. */
void gbx_sandbox_set_source (GbxSandbox *self, GInputStream *source);
void gbx_sandbox_set_sink (GbxSandbox *self, gboolean is_stderr, GOutputStream *sink);

G_END_DECLS
