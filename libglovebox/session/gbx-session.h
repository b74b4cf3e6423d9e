/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"
#include "gbx-guest.h"
#include "gbx-policy.h"
#include "gbx-progress.h"
#include "gbx-state.h"

G_BEGIN_DECLS

/* Where one launch is.  Each state has at most one time limit, which begins when the
 * state is entered; gbx-session.c has the table. */
typedef enum
{
  GBX_SESSION_NEW,          /* not launched */
  GBX_SESSION_PREPARING,    /* a worker of the backend prepares the host */
  GBX_SESSION_LAUNCHING,    /* a worker starts the guest */
  GBX_SESSION_CANCELLING,   /* it will end, but the worker still prepares */
  GBX_SESSION_WITHDRAWING,  /* it will end, but the worker still starts the guest */
  GBX_SESSION_INTERRUPTING, /* the start has been made to fail */
  GBX_SESSION_BOOTING,      /* the console is there; the guest has not said hello */
  GBX_SESSION_SETTING_UP,   /* the guest runs its phases */
  GBX_SESSION_RUNNING,      /* the application has been started */
  GBX_SESSION_STOPPING,     /* the application has been asked to end */
  GBX_SESSION_HOLDING,      /* the application has ended; its files can still be saved */
  GBX_SESSION_LEAVING,      /* the application has ended; the guest writes its last changes */
  GBX_SESSION_POWERING_OFF, /* the guest has said good-bye */
  GBX_SESSION_CLEANING_UP,  /* a worker ends the guest and removes what was prepared */
  GBX_SESSION_DRAINING,     /* the last output is being passed to its readers */
  GBX_SESSION_ENDED,
} GbxSessionState;

/* One launch of a sandbox, from preparation to clean-up.  It controls a backend and the
 * guest.
 *
 * Signals, in the main context; its progress has more:
 * - output (gboolean is_stderr, GBytes): as in GbxSandbox
 * - size (guint, guint): as GbxSandbox::size-wanted
 * - launched: the application has been started
 * - ended: everything is cleaned up, and the reason is known */
#define GBX_TYPE_SESSION (gbx_session_get_type ())
G_DECLARE_FINAL_TYPE (GbxSession, gbx_session, GBX, SESSION, GObject)

GbxSession *gbx_session_new (GbxPolicy *policy, GbxBackend *backend, const GbxStreams *streams);
void gbx_session_begin (GbxSession *self);
/* Asks the application to end, and ends it after the grace time.  Before the application
 * runs, this cancels the launch.  While the session cleans up, slow readers of the output
 * get the grace time. */
void gbx_session_stop (GbxSession *self, guint grace_ms);
/* Ends the session without asking the application.  While the session cleans up, it stops
 * waiting for readers. */
void gbx_session_kill (GbxSession *self);
/* The caller has cancelled the launch. */
void gbx_session_cancel (GbxSession *self);

/* Stops the guest's processors, or lets them go on.  Only while the application runs; then it is
 * no error to ask for what is already so.  A stop lets a paused guest go on. */
void gbx_session_set_paused_async (GbxSession *self, gboolean paused,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_session_set_paused_finish (GbxSession *self, GAsyncResult *result, GError **error);
/* Changes a limit while the application runs. */
void gbx_session_change_async (GbxSession *self, const GbxSetting *setting, GVariant *value,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_session_change_finish (GbxSession *self, GAsyncResult *result, GError **error);
gboolean gbx_session_get_paused (GbxSession *self);
/* Before the application runs: at its end, the guest waits for gbx_session_release(), unless the
 * session was killed or its time limit has passed. */
void gbx_session_set_holds (GbxSession *self, gboolean holds);
void gbx_session_release (GbxSession *self);
/* While the application runs, or the guest waits: as gbx_guest_open_files(). */
int gbx_session_open_files (GbxSession *self, gboolean put, GError **error);

/* Runs another command in the guest, while its application runs.  (transfer full). */
GbxProcess *gbx_session_run (GbxSession *self, const GbxCommandSpec *spec,
                             const GbxStreams *streams, GError **error);

/* Isolation is weaker than it could be for a reason outside of the backend: a sentence.
 * It is told once; a strict run ends. */
void gbx_session_add_weakness (GbxSession *self, const char *weakness);

void gbx_session_send_signal (GbxSession *self, int signal_number);
void gbx_session_set_terminal_size (GbxSession *self, guint rows, guint columns);
/* If the application does not run yet, the size is stored until then. */
void gbx_session_set_display_size (GbxSession *self, guint width, guint height);
/* Likewise. */
void gbx_session_set_keyboard (GbxSession *self, const GbxKeyboard *keyboard);
void gbx_session_set_keyboard_group (GbxSession *self, guint group);
/* Unless the application runs, these do nothing. */
void gbx_session_close_windows (GbxSession *self);
void gbx_session_use_window (GbxSession *self, guint number);
void gbx_session_send_input (GbxSession *self, const GbxInputRecord *record);
void gbx_session_open_display_async (GbxSession *self, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
int gbx_session_open_display_finish (GbxSession *self, GAsyncResult *result, GError **error);

/* (transfer none): what the user sees of the session. */
GbxProgress *gbx_session_get_progress (GbxSession *self);
GbxSessionState gbx_session_get_state (GbxSession *self);
/* Somebody wants to know what it uses: it is measured from now on, for some seconds.  Each
 * measurement is a change of the property "figures". */
void gbx_session_look (GbxSession *self);
/* FALSE before it was measured. */
gboolean gbx_session_get_usage (GbxSession *self, GbxUsage *usage);
/* One of GBX_CONDITION_RUNNING and so on. */
const char *gbx_session_get_condition (GbxSession *self);
GbxEndReason gbx_session_get_reason (GbxSession *self);
const GError *gbx_session_get_error (GbxSession *self);
GbxAccelerator gbx_session_get_accelerator (GbxSession *self);
/* (nullable): from the first boot on. */
GbxGuest *gbx_session_get_guest (GbxSession *self);

/* For the tests: divides the time limits by this factor. */
void gbx_session_set_time_divisor (GbxSession *self, guint factor);

G_END_DECLS
