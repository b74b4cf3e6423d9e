/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The state of the guest's init, which goes through the phases one by one.
 * There is one instance; children that it forks must not send on the channel. */

#include "gbx-guest-config.h"
#include "gbx-parts.h"
#include "gbx-services.h"
#include "gbx-stream.h"
#include "gbx-util.h"

#include <signal.h>

/* What init keeps to itself in the guest's file system.  The folder belongs to
 * an account that nobody has, the configuration's private_account, so that even an
 * application of uid 0, which has no capabilities, may not enter it. */
#define GBX_PRIVATE "/run/gbx-private"

/* What init itself adds to the configured environment. */
#define GBX_OWN_ENVIRONMENT_MAX 64

typedef enum
{
  GBX_CHILD_XORG,
  GBX_CHILD_X_HELPER,
  GBX_CHILD_DBUS,
  GBX_CHILD_APPLICATION,
  GBX_N_CHILDREN,
} GbxChild;

typedef struct
{
  GbxPort port;
  GbxServices services;
  GbxParts config_parts, start_parts;
  GbxGuestConfig config;
  GbxGuestCommand command; /* valid once configured */
  GbxPhase phase;
  bool configured;  /* CONFIG and the first command's START have come */
  uint32_t heartbeat_ms; /* when the last heartbeat was sent */
  int devices;      /* news of devices, while the port is awaited */
  int signals;      /* signalfd, all signals */
  pid_t pids[GBX_N_CHILDREN]; /* 0: not started, or ended */

  /* the display */
  int late_modules; /* where the end of their loading is told; -1 */
  int display_fd;   /* Xorg's -displayfd, until it is ready; -1 */
  int helper_fd;    /* socket to the X helper; -1 */
  int dbus_fd;      /* the session bus's listening socket until its first client; -1 */

  /* the application */
  char **environment; /* NULL-terminated */
  size_t n_environment, environment_max;
  char directory[GBX_CONFIG_PATH_MAX + 1]; /* where it starts */
  GbxStreams streams;
  bool ended;       /* its first process has; exit is set */
  GbxExitReport exit;
  bool had_window, has_window;
  uint32_t settle_ms;  /* since when the desktop application may have ended; 0 */
  uint32_t kill_ms;    /* when a STOP turns into SIGKILL; 0 */
} GbxInit;

/* ------------------------------------------------------------- reporting -- */

void gbx_log (GbxInit *self, GbxLogLevel level, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
#define gbx_debug(self, ...) gbx_log (self, GBX_LOG_DEBUG, __VA_ARGS__)
#define gbx_warning(self, ...) gbx_log (self, GBX_LOG_WARNING, __VA_ARGS__)

void gbx_report_phase (GbxInit *self, GbxPhase phase);
/* The process, or the guest itself where it could not be set up. */
void gbx_report_exit (GbxInit *self, uint16_t process, const GbxExitReport *report);
void gbx_report_u32 (GbxInit *self, GbxMessage type, GbxAddress address, uint32_t value);
void gbx_report_window (GbxInit *self, const GbxWindowReport *report);

/* Tells the host, once a second, that we are alive, and what the services have to
 * say.  Wherever init may be for long it has to be called now and then. */
void gbx_heartbeat_tick (GbxInit *self);
/* In how many milliseconds it wants to be called again. */
int gbx_heartbeat_due_ms (const GbxInit *self);
/* Waits for a child that does what may take long. */
int gbx_await_child (GbxInit *self, pid_t pid);

/* The one way in which set-up fails: tells the host and powers off. */
_Noreturn void gbx_fatal (GbxInit *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
/* Sync, farewell and power off; also where everything else ends. */
_Noreturn void gbx_power_off (GbxInit *self);

/* --------------------------------------------------------------- phases -- */

void gbx_phase_modules (GbxInit *self);
/* Waits for the drivers of the display, which are loaded beside everything else. */
void gbx_await_late_modules (GbxInit *self);
void gbx_phase_root (GbxInit *self);
void gbx_phase_config (GbxInit *self);
void gbx_phase_mounts (GbxInit *self);
void gbx_phase_identity (GbxInit *self);
void gbx_phase_dbus (GbxInit *self);
void gbx_phase_xorg (GbxInit *self);
void gbx_phase_window_manager (GbxInit *self);
void gbx_phase_application (GbxInit *self);
void gbx_phase_supervision (GbxInit *self);
void gbx_phase_report (GbxInit *self);

/* Sets the machine's clock to the host's, unless it is right already. */
void gbx_set_clock (GbxInit *self, uint32_t seconds, uint32_t nanoseconds);
/* What the host says, at any time. */
void gbx_handle_frame (GbxInit *self, const GbxFrame *frame);
/* Home and run-time folder. */
void gbx_make_home (GbxInit *self);
void gbx_set_environment (GbxInit *self, const char *name, const char *value);
const char *gbx_get_environment (GbxInit *self, const char *name);
void gbx_configure_network (GbxInit *self);
/* The first client of the session bus has come. */
void gbx_start_dbus (GbxInit *self);
