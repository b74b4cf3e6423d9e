/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-console.h"
#include "gbx-guest-request.h"

G_BEGIN_DECLS

/* How far the guest is, by its own word. */
typedef enum
{
  GBX_GUEST_CONNECTED, /* it has said nothing yet */
  GBX_GUEST_GREETED,   /* hello: it is up */
  GBX_GUEST_STARTED,   /* the application has been started */
  GBX_GUEST_EXITED,    /* the application has ended; the guest writes what is left */
  GBX_GUEST_FINISHED,  /* good-bye: all is written, and power may go */
} GbxGuestStage;

/* The application's streams on the host; each is nullable. */
typedef struct
{
  GInputStream *source;
  GOutputStream *out, *err;
} GbxStreams;

/* The guest as the host knows it: what it has said so far over the console.  The guest
 * is not trusted: whatever comes malformed, twice or out of order closes the console
 * with an error.
 *
 * Signals, in the main context:
 * - stage (GbxGuestStage): it is further
 * - phase (GbxPhase, guint uptime in milliseconds): of its set-up
 * - log (GbxLogLevel, string): clean text
 * - output (gboolean is_stderr, GBytes)
 * - closed (GError or NULL): the console has gone, or the guest broke the protocol
 * - notify for title, drawn and settled, as in GbxSandbox */
#define GBX_TYPE_GUEST (gbx_guest_get_type ())
G_DECLARE_FINAL_TYPE (GbxGuest, gbx_guest, GBX, GUEST, GObject)

/* Takes over the connected socket. */
GbxGuest *gbx_guest_new (int fd, const GbxStreams *streams, gboolean is_desktop);
/* Answers the hello. */
void gbx_guest_configure (GbxGuest *self, const GbxGuestRequest *request);
void gbx_guest_ask_to_stop (GbxGuest *self, guint grace_ms);
void gbx_guest_send_signal (GbxGuest *self, int signal_number);
void gbx_guest_set_terminal_size (GbxGuest *self, guint rows, guint columns);
void gbx_guest_set_display_size (GbxGuest *self, guint width, guint height);
/* Closes the console; no signal comes any more but those of its output. */
void gbx_guest_close (GbxGuest *self);

GbxGuestStage gbx_guest_get_stage (GbxGuest *self);
/* (nullable): how the application ended, once it has. */
const GbxExitReport *gbx_guest_get_exit (GbxGuest *self);
gboolean gbx_guest_has_started (GbxGuest *self);
const char *gbx_guest_get_title (GbxGuest *self);
gboolean gbx_guest_get_drawn (GbxGuest *self);
gboolean gbx_guest_get_settled (GbxGuest *self);
/* Microseconds since the guest said anything. */
gint64 gbx_guest_get_silence (GbxGuest *self);

/* Done once every byte received so far has reached its sink; fails when one of them
 * could not be written. */
void gbx_guest_drain_async (GbxGuest *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_guest_drain_finish (GbxGuest *self, GAsyncResult *result, GError **error);
/* Waits no longer for sinks that take nothing: what they have not got is lost. */
void gbx_guest_discard_output (GbxGuest *self);

G_END_DECLS
