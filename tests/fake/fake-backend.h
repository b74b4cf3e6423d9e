/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"
#include "gbx-protocol.h"

G_BEGIN_DECLS

/* A backend without a virtual machine: each step does what the test says, and the guest
 * is the test itself, at the other end of a socket. */
#define FAKE_TYPE_BACKEND (fake_backend_get_type ())
G_DECLARE_FINAL_TYPE (FakeBackend, fake_backend, FAKE, BACKEND, GbxBackend)

typedef enum
{
  FAKE_PREPARE,
  FAKE_START,
  FAKE_CONSOLE,
  FAKE_DISPLAY,
  FAKE_PAUSE, /* and the end of a pause */
  FAKE_END,
  FAKE_N_STEPS,
} FakeStep;

typedef enum
{
  FAKE_SUCCEED,
  FAKE_FAIL,  /* with GBX_ERROR_HYPERVISOR and the step's name */
  FAKE_HANG,  /* until it is released, interrupted or cancelled; then it fails */
  FAKE_STUCK, /* until it is released; then it succeeds */
} FakeOutcome;

FakeBackend *fake_backend_new (void);
/* The next times that the step is made; after these it succeeds. */
void fake_backend_plan (FakeBackend *self, FakeStep step, FakeOutcome outcome);
/* Waits until a worker hangs in that step. */
void fake_backend_await (FakeBackend *self, FakeStep step);
/* Ends the hanging, now and later. */
void fake_backend_release (FakeBackend *self);
/* How often the step was begun, interrupted in. */
guint fake_backend_count (FakeBackend *self, FakeStep step);
/* What it measures from now on, and how often it has. */
void fake_backend_set_usage (FakeBackend *self, const GbxUsage *usage);
guint fake_backend_count_measurements (FakeBackend *self);
guint fake_backend_count_interrupts (FakeBackend *self);
/* Whether the last end came after the guest's good-bye. */
gboolean fake_backend_was_powered_off (FakeBackend *self);
gboolean fake_backend_is_paused (FakeBackend *self);
gboolean fake_backend_is_confirmed (FakeBackend *self);
/* (transfer full): what was published last; or "". */
char *fake_backend_dup_condition (FakeBackend *self);
/* (transfer full): what was changed last, "KEY VALUE"; or "". */
char *fake_backend_dup_change (FakeBackend *self);
/* How often it would go another way; refuse: with an error instead. */
void fake_backend_set_fall_backs (FakeBackend *self, guint times);
void fake_backend_refuse_fall_back (FakeBackend *self);
void fake_backend_add_weakness (FakeBackend *self, const char *text);
/* (nullable) */
void fake_backend_set_trouble (FakeBackend *self, const char *text);
void fake_backend_set_remark (FakeBackend *self, const char *text);
void fake_backend_set_patience (FakeBackend *self, GbxWait wait, guint milliseconds);

/* ------------------------------------------------------------- its guest -- */

/* The guest's end of the console, once there is one. */
int fake_backend_get_guest (FakeBackend *self);
/* Whether the guest of the start with that number, from 1, can talk. */
gboolean fake_backend_has_console (FakeBackend *self, guint number);
/* Hangs up, as a guest that dies. */
void fake_guest_hang_up (FakeBackend *self);
void fake_guest_say_hello (FakeBackend *self);
void fake_guest_say_phase (FakeBackend *self, GbxPhase phase);
void fake_guest_say_started (FakeBackend *self);
/* text: (nullable) */
void fake_guest_say_exit (FakeBackend *self, GbxExitKind kind, guint value, const char *text);
void fake_guest_say_bye (FakeBackend *self);
void fake_guest_say_heartbeat (FakeBackend *self);
void fake_guest_say_log (FakeBackend *self, GbxLogLevel level, const char *text);
void fake_guest_say_window (FakeBackend *self, GbxWindowEvent event, const char *title);
/* numbers: of the windows, the active one first, until 0; flags: of each. */
void fake_guest_say_windows (FakeBackend *self, const guint *numbers, guint8 flags);
/* Once: it accepts the channel of figures, the first of a guest without a display, and sends these. */
void fake_guest_say_figures (FakeBackend *self, const GbxFigures *figures);
/* Once, without a display: it agrees to wait at its end. */
void fake_guest_say_held (FakeBackend *self);
/* Bytes on its standard output or error. */
void fake_guest_write (FakeBackend *self, GbxStream stream, const char *text);
/* The same of another command. */
void fake_guest_say_started_of (FakeBackend *self, guint process);
void fake_guest_say_exit_of (FakeBackend *self, guint process, GbxExitKind kind, guint value,
                             const char *text);
void fake_guest_write_of (FakeBackend *self, guint process, GbxStream stream, const char *text);
/* Reads on until a message of that type has come. */
void fake_guest_await (FakeBackend *self, GbxMessage type);

G_END_DECLS
