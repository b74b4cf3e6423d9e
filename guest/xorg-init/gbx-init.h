/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The state of the guest's init, which runs the phases one by one.  There is one instance;
 * its forked children must not send on the port. */

#include "gbx-command.h"
#include "gbx-guest-config.h"
#include "gbx-parts.h"
#include "gbx-services.h"
#include "gbx-stream.h"
#include "gbx-util.h"

#include <signal.h>
#include <sys/types.h>

/* Init's private files in the guest's file system.  The folder belongs to an account that
 * no process has, the configuration's private_account.  So even an application with uid 0,
 * which has no capabilities, may not enter it. */
#define GBX_PRIVATE "/run/gbx-private"

/* The most variables that init itself adds to the configured environment. */
#define GBX_OWN_ENVIRONMENT_MAX 64

typedef struct _GbxPlace GbxPlace;

/* A node of /dev, for every program. */
typedef struct
{
  const char *name;
  mode_t mode;
  unsigned major, minor;
} GbxNode;

typedef enum
{
  GBX_CHILD_XORG,
  GBX_CHILD_X_HELPER,
  GBX_CHILD_KEYMAP, /* xkbcomp, which loads a keymap */
  GBX_CHILD_DBUS,
  GBX_CHILD_FRAMES, /* carries those of a container's network */
  GBX_CHILD_FILES, /* brings changed files to the host */
  GBX_N_CHILDREN,
} GbxChild;

struct _GbxInit
{
  const GbxPlace *place;
  GbxPort port;
  GbxServices services;
  GbxParts config_parts;
  GbxGuestConfig config;
  GbxPhase phase;
  bool configured;  /* CONFIG and the first command's START have arrived */
  bool home_on_disk; /* a kept home */
  dev_t home_device; /* the file system that the home is in */
  uint32_t heartbeat_ms; /* when the last heartbeat was sent */
  int devices;      /* device events, while it waits for the port */
  int signals;      /* signalfd, all signals */
  pid_t pids[GBX_N_CHILDREN]; /* 0: not started, or ended */

  /* the display */
  int late_modules; /* pipe that reports the end of loading; -1 */
  int display_fd;   /* Xorg's -displayfd, until it is ready; -1 */
  int helper_fd;    /* socket to the X helper; -1 */
  uint8_t group;    /* of the keymap, that the host wants */
  int dbus_fd;      /* the session bus's listening socket until its first client; -1 */

  /* the application */
  char **environment; /* NULL-terminated */
  size_t n_environment, environment_max;
  GbxCommand first; /* valid once configured */
  GbxCommand *others[GBX_N_PROCESSES]; /* by number, from GBX_PROCESS_SECOND on; NULL */
  bool had_window, has_window;
  uint32_t settle_ms;  /* since when the desktop application seems to have ended; 0 */
  uint32_t kill_ms;    /* when SIGKILL follows a STOP; 0 */
};

/* ------------------------------------------------------------- reporting -- */

void gbx_log (GbxInit *self, GbxLogLevel level, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));
#define gbx_debug(self, ...) gbx_log (self, GBX_LOG_DEBUG, __VA_ARGS__)
#define gbx_warning(self, ...) gbx_log (self, GBX_LOG_WARNING, __VA_ARGS__)

void gbx_report_phase (GbxInit *self, GbxPhase phase);
/* About the process, or about the guest itself if it could not be set up. */
void gbx_report_exit (GbxInit *self, uint16_t process, const GbxExitReport *report);
void gbx_report_u32 (GbxInit *self, GbxMessage type, GbxAddress address, uint32_t value);
void gbx_report_window (GbxInit *self, const GbxWindowReport *report);
void gbx_report_windows (GbxInit *self, const GbxWindowList *list);

/* Sends a heartbeat and the data of the services once a second.  Long operations of init
 * must call it regularly. */
void gbx_heartbeat_tick (GbxInit *self);
/* In how many milliseconds to call it again. */
int gbx_heartbeat_due_ms (const GbxInit *self);
/* Waits for a child with a long operation. */
int gbx_await_child (GbxInit *self, pid_t pid);

/* Every failure of the set-up ends here: reports to the host and powers off. */
_Noreturn void gbx_fatal (GbxInit *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
/* Syncs, says good-bye and powers off; every run of init ends here. */
_Noreturn void gbx_power_off (GbxInit *self);

/* --------------------------------------------------------------- phases -- */

void gbx_phase_modules (GbxInit *self);
/* Waits for the display's drivers, which are loaded in parallel. */
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

/* Handles a frame of the host, at any time. */
void gbx_handle_frame (GbxInit *self, const GbxFrame *frame);
/* Creates the home and the runtime folder. */
void gbx_make_home (GbxInit *self);
void gbx_set_environment (GbxInit *self, const char *name, const char *value);
const char *gbx_get_environment (GbxInit *self, const char *name);
void gbx_configure_network (GbxInit *self);
/* For a service, which has no privileges. */
void gbx_allow_low_ports (GbxInit *self);
/* The first client has connected to the session bus. */
void gbx_start_dbus (GbxInit *self);
