/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/* Another process's running sandbox, by its control socket: docs/control.md.  No function blocks.
 * A process that does not answer within seconds is an error that says so.
 *
 * Signals: changed: a property has another value; closed: the sandbox has ended, or its process;
 * ended (guint process, int status, gboolean by_sandbox): a command of this client has ended. */
#define GBX_TYPE_CONTROL_CLIENT (gbx_control_client_get_type ())
G_DECLARE_FINAL_TYPE (GbxControlClient, gbx_control_client, GBX, CONTROL_CLIENT, GObject)

/* name: of the sandbox. */
void gbx_control_client_open_async (const char *name, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);
GbxControlClient *gbx_control_client_open_finish (GAsyncResult *result, GError **error);

const char *gbx_control_client_get_name (GbxControlClient *self);
gboolean gbx_control_client_is_closed (GbxControlClient *self);
/* A property that is a text; "" if it has none: "Title", "Profile", "DesktopId", "Icon", "Summary",
 * "Condition", "Backend". */
char *gbx_control_client_dup_text (GbxControlClient *self, const char *property);
gboolean gbx_control_client_get_has_window (GbxControlClient *self);
gboolean gbx_control_client_get_paused (GbxControlClient *self);
/* Seconds since 1970. */
gint64 gbx_control_client_get_started_at (GbxControlClient *self);

/* Each has gbx_control_client_call_finish(), which may be given NULL for the rest. */
void gbx_control_client_present_async (GbxControlClient *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
void gbx_control_client_pause_async (GbxControlClient *self, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
void gbx_control_client_resume_async (GbxControlClient *self, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
/* Changes a limit; value: as in a profile. */
void gbx_control_client_set_async (GbxControlClient *self, const char *key, const char *value,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
/* Finishes when the sandbox has been asked to stop; "closed" tells that it has. */
void gbx_control_client_stop_async (GbxControlClient *self, GCancellable *cancellable,
                                    GAsyncReadyCallback callback, gpointer user_data);

/* A socket for a GbxFilesClient, which the caller closes; -1 on error.  put: files are to be put
 * in; otherwise they can be listed and got. */
void gbx_control_client_open_files_async (GbxControlClient *self, gboolean put,
                                          GCancellable *cancellable, GAsyncReadyCallback callback,
                                          gpointer user_data);
int gbx_control_client_open_files_finish (GbxControlClient *self, GAsyncResult *result,
                                          GError **error);
/* Starts a command; finishes when the guest has executed it.  argv: (array zero-terminated=1).
 * options: (nullable): a vardict, see docs/control.md.  streams: (nullable) three descriptors. */
void gbx_control_client_run_async (GbxControlClient *self, const char *const *argv,
                                   GVariant *options, const int *streams, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
/* The number of the process, or 0. */
guint gbx_control_client_run_finish (GbxControlClient *self, GAsyncResult *result, GError **error);
/* Without an answer. */
void gbx_control_client_signal (GbxControlClient *self, guint process, int number);
void gbx_control_client_set_terminal_size (GbxControlClient *self, guint process, guint rows,
                                           guint columns);

/* Any method. parameters, streams: (nullable); patience_ms: -1 for the usual one. */
void gbx_control_client_call_async (GbxControlClient *self, const char *method,
                                    GVariant *parameters, GUnixFDList *streams, int patience_ms,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
/* *answer: (transfer full): a tuple; *streams: (transfer full) (nullable). */
gboolean gbx_control_client_call_finish (GbxControlClient *self, GAsyncResult *result,
                                         GVariant **answer, GUnixFDList **streams, GError **error);

/* Any property, as it is now; gbx_control_client_call_finish() gives a tuple of it, "(v)". */
void gbx_control_client_get_property_async (GbxControlClient *self, const char *property,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
/* What the sandbox uses, for a GbxLoad.  To read it is to look: it is measured meanwhile. */
void gbx_control_client_read_figures_async (GbxControlClient *self, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full): a dictionary. */
GVariant *gbx_control_client_read_figures_finish (GbxControlClient *self, GAsyncResult *result,
                                                  GError **error);

G_END_DECLS
