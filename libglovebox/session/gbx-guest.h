/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-console.h"
#include "gbx-guest-request.h"
#include "gbx-input-channel.h"
#include "gbx-process.h"

G_BEGIN_DECLS

/* The guest's progress, as it reports it. */
typedef enum
{
  GBX_GUEST_CONNECTED, /* it has sent nothing yet */
  GBX_GUEST_GREETED,   /* it sent its hello */
  GBX_GUEST_STARTED,   /* the application has been started */
  GBX_GUEST_EXITED,    /* the application has ended; the guest writes its last changes */
  GBX_GUEST_FINISHED,  /* it sent its good-bye: everything is written, and it can be switched off */
} GbxGuestStage;

/* The application's streams on the host; each is nullable. */
typedef struct
{
  GInputStream *source;
  GOutputStream *out, *err;
} GbxStreams;

/* The host's view of the guest, from its messages on the console.  The guest is not
 * trusted: a message that is malformed, repeated or out of order closes the console with an
 * error.
 *
 * Signals, in the main context:
 * - stage (GbxGuestStage): it has reached that stage
 * - phase (GbxPhase, guint uptime in milliseconds): of its set-up
 * - log (GbxLogLevel, string): sanitized text
 * - output (gboolean is_stderr, GBytes)
 * - closed (GError or NULL): the console was closed, or the guest broke the protocol
 * - figures: there are new ones, once a second
 * - size (guint width, guint height): a window needs a screen of that size, in pixels
 * - notify for title, windows, drawn, settled, has-window, window-class and
 *   pointer-hidden, as in GbxSandbox */
#define GBX_TYPE_GUEST (gbx_guest_get_type ())
G_DECLARE_FINAL_TYPE (GbxGuest, gbx_guest, GBX, GUEST, GObject)

/* Takes ownership of the connected socket. */
GbxGuest *gbx_guest_new (int fd, const GbxStreams *streams, gboolean is_desktop);
/* Answers the hello. */
void gbx_guest_configure (GbxGuest *self, const GbxGuestRequest *request);
void gbx_guest_ask_to_stop (GbxGuest *self, guint grace_ms);
void gbx_guest_send_signal (GbxGuest *self, int signal_number);
void gbx_guest_set_terminal_size (GbxGuest *self, guint rows, guint columns);
/* Starts another command. command: its START.  (transfer full); NULL if too many run. */
GbxProcess *gbx_guest_run (GbxGuest *self, GBytes *command, const GbxStreams *streams);
void gbx_guest_set_display_size (GbxGuest *self, guint width, guint height);
void gbx_guest_close_windows (GbxGuest *self);
void gbx_guest_use_window (GbxGuest *self, guint number);
/* (nullable) (transfer none): from STARTED on, for a desktop. */
GbxInputChannel *gbx_guest_get_input (GbxGuest *self);
/* From STARTED on.  Keeps the guest from ending after its application, until it is released: so
 * that its files can be saved. */
void gbx_guest_hold (GbxGuest *self);
void gbx_guest_release (GbxGuest *self);
/* Whether the guest has agreed to wait. */
gboolean gbx_guest_is_held (GbxGuest *self);
/* A socket for a GbxFilesClient that only gets files, or only puts them.  -1 if there are too
 * many, or the guest has ended. */
int gbx_guest_open_files (GbxGuest *self, gboolean put);
/* Closes the console.  After this, only signals about its output are emitted. */
void gbx_guest_close (GbxGuest *self);

GbxGuestStage gbx_guest_get_stage (GbxGuest *self);
/* (nullable): how the application ended, once it has. */
const GbxExitReport *gbx_guest_get_exit (GbxGuest *self);
gboolean gbx_guest_has_started (GbxGuest *self);
const char *gbx_guest_get_title (GbxGuest *self);
/* (transfer none): as gbx_sandbox_get_windows(). */
GVariant *gbx_guest_get_windows (GbxGuest *self);
gboolean gbx_guest_get_drawn (GbxGuest *self);
gboolean gbx_guest_get_settled (GbxGuest *self);
gboolean gbx_guest_get_has_window (GbxGuest *self);
const char *gbx_guest_get_window_class (GbxGuest *self);
gboolean gbx_guest_get_pointer_hidden (GbxGuest *self);
/* It goes on after a pause: what it has missed is no silence, and its clock is behind. */
void gbx_guest_tell_resumed (GbxGuest *self);
/* FALSE before the guest has told any. */
gboolean gbx_guest_get_figures (GbxGuest *self, GbxFigures *figures);
/* Microseconds since the last message from the guest. */
gint64 gbx_guest_get_silence (GbxGuest *self);

/* Finishes when every byte received so far has reached its sink; fails if one could not be
 * written. */
void gbx_guest_drain_async (GbxGuest *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_guest_drain_finish (GbxGuest *self, GAsyncResult *result, GError **error);
/* Stops waiting for blocked sinks; their remaining output is lost. */
void gbx_guest_discard_output (GbxGuest *self);

G_END_DECLS
