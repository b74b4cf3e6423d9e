/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GBX_TYPE_RUNNING_SANDBOX (gbx_running_sandbox_get_type ())
/**
 * GbxRunningSandbox:
 *
 * A sandbox that runs in any process of this account, reached by its control socket: what
 * `glovebox list`, `stop`, `set`, `get` and `put` use.
 *
 * gbx_running_sandbox_list() tells which ones there are, and gbx_running_sandbox_open_async()
 * connects to one of them.  No function blocks.  All of it belongs to the thread of the default main
 * context.  A process that does not answer within 8 seconds is an error that says so.
 *
 * The properties are kept up to date, and notified.
 */
G_DECLARE_FINAL_TYPE (GbxRunningSandbox, gbx_running_sandbox, GBX, RUNNING_SANDBOX, GObject)

char **gbx_running_sandbox_list (void);
void gbx_running_sandbox_open_async (const char *name, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
GbxRunningSandbox *gbx_running_sandbox_open_finish (GAsyncResult *result, GError **error);

const char *gbx_running_sandbox_get_name (GbxRunningSandbox *self);
char *gbx_running_sandbox_dup_title (GbxRunningSandbox *self);
char *gbx_running_sandbox_dup_profile (GbxRunningSandbox *self);
char *gbx_running_sandbox_dup_summary (GbxRunningSandbox *self);
char *gbx_running_sandbox_dup_condition (GbxRunningSandbox *self);
gboolean gbx_running_sandbox_get_has_window (GbxRunningSandbox *self);
gboolean gbx_running_sandbox_get_paused (GbxRunningSandbox *self);
gint64 gbx_running_sandbox_get_started_at (GbxRunningSandbox *self);
gboolean gbx_running_sandbox_get_closed (GbxRunningSandbox *self);

void gbx_running_sandbox_read_figures_async (GbxRunningSandbox *self, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
GVariant *gbx_running_sandbox_read_figures_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                                   GError **error);

void gbx_running_sandbox_set_async (GbxRunningSandbox *self, const char *key, const char *text,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean gbx_running_sandbox_set_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                         GError **error);
void gbx_running_sandbox_set_paused_async (GbxRunningSandbox *self, gboolean paused,
                                           GCancellable *cancellable, GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean gbx_running_sandbox_set_paused_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                                GError **error);
void gbx_running_sandbox_present_async (GbxRunningSandbox *self, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_running_sandbox_present_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                             GError **error);
void gbx_running_sandbox_stop_async (GbxRunningSandbox *self, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_running_sandbox_stop_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                          GError **error);

void gbx_running_sandbox_run_async (GbxRunningSandbox *self, const char *const *argv,
                                    GVariant *options, int input, int output, int errors,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
guint gbx_running_sandbox_run_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                      GError **error);
void gbx_running_sandbox_send_signal (GbxRunningSandbox *self, guint process, int signal_number);

void gbx_running_sandbox_list_files_async (GbxRunningSandbox *self, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
GVariant *gbx_running_sandbox_list_files_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                                 GError **error);
void gbx_running_sandbox_save_file_async (GbxRunningSandbox *self, const char *path,
                                         const char *folder, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
char *gbx_running_sandbox_save_file_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                           GError **error);
void gbx_running_sandbox_put_files_async (GbxRunningSandbox *self, const char *const *paths,
                                          const char *folder, GCancellable *cancellable,
                                          GAsyncReadyCallback callback, gpointer user_data);
char **gbx_running_sandbox_put_files_finish (GbxRunningSandbox *self, GAsyncResult *result,
                                             GError **error);

G_END_DECLS
