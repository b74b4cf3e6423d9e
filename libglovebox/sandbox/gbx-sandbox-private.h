/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-console.h"
#include "gbx-launcher.h"
#include "gbx-sandbox.h"

G_BEGIN_DECLS

/* Shared between gbx-sandbox.c (the object), gbx-sandbox-session.c (one launch
 * from beginning to end) and gbx-sandbox-messages.c (what the guest says in it). */
struct _GbxSandbox
{
  GObject parent_instance;

  GbxPolicy *policy;
  GbxSandboxState state;
  GbxEndReason reason;
  GError *error;
  char *activity;
  double fraction;
  GbxAccelerator accelerator;
  char *notice;
  char *title;
  gboolean drawn, settled;
  gint64 started, ended; /* monotonic, microseconds */
  GQueue log;            /* (element-type utf8), at most LOG_LINES_MAX */
  guint64 log_count;     /* lines ever logged */
  GString *error_line;   /* of the application's errors, not yet complete */
  GPtrArray *waiters;    /* (element-type GTask) */

  GInputStream *source;           /* (nullable) */
  GOutputStream *out, *err_stream; /* (nullable) */
  guint scale;
  GbxKeyboard *keyboard; /* (nullable): the system's */

  /* one launch */
  GbxLauncher *launcher;
  GbxConsole *console;
  GTask *launch; /* until RUNNING */
  GCancellable *cancellable;
  gulong cancel_handler;
  gboolean said_hello, said_bye, cleaning, booting;
  gboolean may_fall_back; /* KVM was not asked for by name */
  GbxExitReport exit;
  gboolean has_exit, has_started;
  guint deadline; /* hello, then bye, then the output's end */
  guint time_limit;
  guint watchdog;           /* over a worker that waits for libvirt */
  gboolean is_overdue;      /* the domain's start */
  char *kvm_fault;          /* why the guest was started again without KVM */
  gint64 booted;            /* monotonic, microseconds */
  guint heartbeats_since_drawn;
  guint pending_width, pending_height;
};

void gbx_sandbox_set_state (GbxSandbox *self, GbxSandboxState state);
void gbx_sandbox_set_activity (GbxSandbox *self, const char *activity, double fraction);
void gbx_sandbox_add_notice (GbxSandbox *self, const char *notice);
void gbx_sandbox_set_title (GbxSandbox *self, const char *title);
void gbx_sandbox_set_flag (GbxSandbox *self, const char *property, gboolean *flag);
void gbx_sandbox_set_accelerator (GbxSandbox *self, GbxAccelerator accelerator);
void gbx_sandbox_add_log (GbxSandbox *self, GbxLogLevel level, const char *text);
/* Only for whoever shows the whole log: the signal "log" does not tell of it. */
void gbx_sandbox_keep_log (GbxSandbox *self, const char *text);
/* Answers the caller of the launch; takes the error, if any. */
void gbx_sandbox_return_launch (GbxSandbox *self, GError *error);
void gbx_sandbox_finish (GbxSandbox *self);

/* The guest's text as people may see it: UTF-8, no control characters. */
char *gbx_sandbox_clean_text (const char *text);

/* gbx-sandbox-session.c */
void gbx_session_begin (GbxSandbox *self);
/* Ends it for that reason; takes the error, if any. */
void gbx_session_end (GbxSandbox *self, GbxEndReason reason, GError *error);
void gbx_session_stop (GbxSandbox *self, guint grace_ms, GbxEndReason reason);
/* There is one deadline at a time; the function clears self->deadline. */
void gbx_session_set_deadline (GbxSandbox *self, guint milliseconds, GSourceFunc passed);
void gbx_session_clear_deadline (GbxSandbox *self);
/* The guest has so long, and what its clean-up takes, to say good-bye. */
void gbx_session_await_bye (GbxSandbox *self, guint grace_ms);

/* The guest is up: with KVM it has to start the application in time. */
void gbx_session_await_start (GbxSandbox *self);
/* The application has been started without KVM, after a failure with it. */
void gbx_session_judge_kvm (GbxSandbox *self);

/* gbx-sandbox-messages.c */
void gbx_session_handle_frame (GbxConsole *console, guint type, const GbxFrame *frame,
                               gpointer user_data);
void gbx_session_handle_output (GbxConsole *console, gboolean is_stderr, GBytes *data,
                                gpointer user_data);
/* What the application wrote last may lack the line break. */
void gbx_session_log_error_line (GbxSandbox *self);
/* Ends the session by the exit that the guest has reported. */
void gbx_session_conclude (GbxSandbox *self);

G_END_DECLS
