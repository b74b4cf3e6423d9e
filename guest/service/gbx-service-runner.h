/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* glovebox-service starts a service in a guest and watches over it, as systemd does on a host: one
 * unit, as one account without privileges.
 *
 * The host writes to its standard input: first the description, then one letter for each order.
 * It writes what happens to its standard output, a line each.  Everything that the service
 * itself writes goes to its standard error.  docs/services.md has both. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

typedef enum
{
  GBX_COMMAND_CONDITION,
  GBX_COMMAND_PRE,
  GBX_COMMAND_START,
  GBX_COMMAND_POST,
  GBX_COMMAND_RELOAD,
  GBX_COMMAND_STOP,
  GBX_COMMAND_STOP_POST,
  GBX_N_COMMANDS,
} GbxCommandKind;

typedef enum
{
  GBX_TYPE_SIMPLE,
  GBX_TYPE_FORKING,
  GBX_TYPE_ONESHOT,
  GBX_TYPE_NOTIFY,
} GbxServiceType;

typedef enum
{
  GBX_RESTART_NO,
  GBX_RESTART_ALWAYS,
  GBX_RESTART_ON_SUCCESS,
  GBX_RESTART_ON_FAILURE,
  GBX_RESTART_ON_ABNORMAL,
  GBX_RESTART_ON_ABORT,
  GBX_RESTART_ON_WATCHDOG,
} GbxRestart;

typedef enum
{
  GBX_KILL_ALL,
  GBX_KILL_MIXED,
  GBX_KILL_PROCESS,
  GBX_KILL_NONE,
} GbxKillMode;

typedef struct
{
  GbxCommandKind kind;
  bool may_fail;
  bool literal;  /* its arguments are not expanded */
  bool own_name; /* its first argument is the program's name for itself */
  char *program;
  char **arguments; /* NULL-terminated, without the name */
  size_t n_arguments;
} GbxServiceCommand;

/* Exit statuses, and signals, that mean something of their own. */
typedef struct
{
  uint8_t statuses[256];
  uint8_t signals[65];
} GbxStatusSet;

typedef struct
{
  GbxServiceType type;
  GbxServiceCommand *commands;
  size_t n_commands;
  char **environment; /* NULL-terminated */
  size_t n_environment;
  char **folders; /* "0755:/run/x", NULL-terminated */
  size_t n_folders;
  char *directory; /* NULL: the root */
  bool directory_may_fail;
  char *pid_file; /* NULL */
  char *output, *errors; /* "null", "append:PATH", "truncate:PATH", "file:PATH"; NULL: the log */
  mode_t umask;
  struct
  {
    bool is_set;
    struct rlimit limit;
  } limits[RLIM_NLIMITS];
  int nice, oom_score;
  bool has_nice, has_oom_score, ignores_pipe;
  bool remains, guesses_main, notifies_all;
  GbxRestart restart;
  GbxKillMode kill_mode;
  int kill_signal, final_signal, watchdog_signal;
  bool sends_hangup, never_kills;
  /* Milliseconds; 0: no limit. */
  uint64_t restart_ms, start_ms, stop_ms, watchdog_ms, runtime_ms, burst_ms;
  unsigned burst;
  GbxStatusSet success, prevents_restart, forces_restart;
} GbxServiceSpec;

typedef struct
{
  pid_t pid; /* 0: none */
  bool ended;
  int status; /* of waitpid() */
} GbxWatched;

typedef struct
{
  GbxServiceSpec spec;
  int orders, events, signals, notify;
  GbxWatched main, control;
  bool stop_wanted, reload_wanted;
  bool is_ready;      /* the service has told so */
  uint64_t fed_ms;    /* when the watchdog was fed last */
  uint64_t starts_ms[64]; /* of the last starts, for the limit of restarts */
  unsigned n_starts;
  const char *result; /* as in SERVICE_RESULT */
} GbxService;

/* -------------------------------------------------- gbx-service-spec.c -- */

/* Reads the description up to its end.  NULL, or what is wrong with it. */
const char *gbx_service_spec_read (GbxServiceSpec *self, int fd);
/* One item of it: "key=value". */
const char *gbx_service_spec_take (GbxServiceSpec *self, const char *item);
void gbx_service_spec_init (GbxServiceSpec *self);
const char *gbx_service_spec_get (const GbxServiceSpec *self, const char *variable);

/* ------------------------------------------------ gbx-service-expand.c -- */

/* The arguments of a command with its variables replaced: "${A}" anywhere, "$A" as a word of its
 * own, which becomes any number of words, "$$" a dollar.  NULL-terminated; never freed. */
char **gbx_service_expand (const GbxServiceCommand *command, char *const *environment);

/* ----------------------------------------------- gbx-service-command.c -- */

/* Makes the folders of the service. */
void gbx_service_make_folders (GbxService *self);
/* Starts it, and waits until it is executed; 0: it cannot be, which was told. */
pid_t gbx_service_spawn (GbxService *self, const GbxServiceCommand *command);
/* Runs those of a kind one after the other, until deadline; 0 is no deadline.  Whether all that
 * matter have succeeded. */
bool gbx_service_run_commands (GbxService *self, GbxCommandKind kind, uint64_t deadline);

/* --------------------------------------------- gbx-service-processes.c -- */

/* Sends a signal to all processes that the service has started; 0 only counts them. */
unsigned gbx_service_signal_all (int number);
bool gbx_service_has_process (pid_t pid);
/* The only process there is, or 0. */
pid_t gbx_service_find_only_process (void);

/* ----------------------------------------------- gbx-service-notify.c -- */

/* -1 on error. */
int gbx_service_notify_open (void);
void gbx_service_notify_close (GbxService *self);
const char *gbx_service_notify_path (void);
void gbx_service_notify_read (GbxService *self);

/* ---------------------------------------------------------------- main -- */

uint64_t gbx_service_now (void);
/* Handles what happens, for at most so long; -1: until something does. */
void gbx_service_pump (GbxService *self, int timeout_ms);
/* A line to the host. */
void gbx_service_tell (GbxService *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));
/* A line to the log. */
void gbx_service_log (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
