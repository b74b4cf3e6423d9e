/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The description of a service, which the host writes: items "key=value", each ended by a NUL
 * byte; an empty one is the end. */

#include "gbx-service-runner.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ITEM_MAX (256 * 1024)
#define ITEMS_MAX 20000

/* -------------------------------------------------------------- memory -- */

/* It all lives as long as the program. */
static void
append (char ***list, size_t *n, const char *text)
{
  char **larger = realloc (*list, (*n + 2) * sizeof **list);

  if (!larger || !(larger[*n] = strdup (text)))
    abort ();
  larger[++*n] = NULL;
  *list = larger;
}

static char *
copy (const char *text)
{
  char *copied = strdup (text);

  if (!copied)
    abort ();
  return copied;
}

/* --------------------------------------------------------------- items -- */

typedef const char *(*Take) (GbxServiceSpec *self, const char *value);

static int
find_word (const char *value, const char *const *words, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp (value, words[i]) == 0)
      return (int) i;
  return -1;
}

#define FIND(value, words) find_word (value, words, sizeof words / sizeof words[0])

static const char *
take_type (GbxServiceSpec *self, const char *value)
{
  static const char *const words[] = { "simple", "forking", "oneshot", "notify" };
  int at = FIND (value, words);

  self->type = at < 0 ? GBX_TYPE_SIMPLE : (GbxServiceType) at;
  return at < 0 ? "unknown type" : NULL;
}

static const char *
take_restart (GbxServiceSpec *self, const char *value)
{
  static const char *const words[] = { "no", "always", "on-success", "on-failure", "on-abnormal",
                                       "on-abort", "on-watchdog" };
  int at = FIND (value, words);

  self->restart = at < 0 ? GBX_RESTART_NO : (GbxRestart) at;
  return at < 0 ? "unknown restart" : NULL;
}

static const char *
take_kill_mode (GbxServiceSpec *self, const char *value)
{
  static const char *const words[] = { "control-group", "mixed", "process", "none" };
  int at = FIND (value, words);

  self->kill_mode = at < 0 ? GBX_KILL_ALL : (GbxKillMode) at;
  return at < 0 ? "unknown kill mode" : NULL;
}

/* KIND:FLAGS:PROGRAM; the flags are "-" (may fail), "@" (own name) and "l" (literal) */
static const char *
take_command (GbxServiceSpec *self, const char *value)
{
  static const char *const words[] = { "condition", "pre", "start", "post", "reload", "stop",
                                       "stop-post" };
  char kind[16] = "";
  const char *flags = strchr (value, ':');
  const char *program = flags ? strchr (flags + 1, ':') : NULL;
  GbxServiceCommand *larger, *command;
  int at;

  if (!program || (size_t) (flags - value) >= sizeof kind)
    return "malformed command";
  memcpy (kind, value, (size_t) (flags - value));
  at = FIND (kind, words);
  larger = realloc (self->commands, (self->n_commands + 1) * sizeof *larger);
  if (at < 0 || !larger)
    return "unknown command";
  self->commands = larger;
  command = &self->commands[self->n_commands++];
  *command = (GbxServiceCommand) { .kind = (GbxCommandKind) at, .program = copy (program + 1) };
  for (const char *c = flags + 1; c < program; c++)
    {
      command->may_fail |= *c == '-';
      command->literal |= *c == 'l';
      command->own_name |= *c == '@';
    }
  return NULL;
}

static const char *
take_argument (GbxServiceSpec *self, const char *value)
{
  GbxServiceCommand *command = self->n_commands ? &self->commands[self->n_commands - 1] : NULL;

  if (!command)
    return "an argument of no command";
  append (&command->arguments, &command->n_arguments, value);
  return NULL;
}

static const char *
take_environment (GbxServiceSpec *self, const char *value)
{
  if (!strchr (value, '='))
    return "malformed variable";
  append (&self->environment, &self->n_environment, value);
  return NULL;
}

static const char *
take_folder (GbxServiceSpec *self, const char *value)
{
  append (&self->folders, &self->n_folders, value);
  return NULL;
}

static const char *
take_directory (GbxServiceSpec *self, const char *value)
{
  self->directory_may_fail = value[0] == '-';
  self->directory = copy (value + self->directory_may_fail);
  return NULL;
}

/* NUMBER:SOFT:HARD; the host's libraries have the same numbers. */
static const char *
take_limit (GbxServiceSpec *self, const char *value)
{
  unsigned number;
  unsigned long long soft, hard;

  if (sscanf (value, "%u:%llu:%llu", &number, &soft, &hard) != 3 || number >= RLIM_NLIMITS)
    return "malformed limit";
  self->limits[number].is_set = true;
  self->limits[number].limit.rlim_cur = (rlim_t) soft;
  self->limits[number].limit.rlim_max = (rlim_t) hard;
  return NULL;
}

static const char *
take_statuses (GbxStatusSet *set, const char *value)
{
  int number = atoi (value + 1);

  if (value[0] == 's' && number >= 0 && number <= 255)
    set->statuses[number] = 1;
  else if (value[0] == 'k' && number > 0 && number <= 64)
    set->signals[number] = 1;
  else
    return "malformed status";
  return NULL;
}

static const char *
take_success (GbxServiceSpec *self, const char *value)
{
  return take_statuses (&self->success, value);
}

static const char *
take_prevents (GbxServiceSpec *self, const char *value)
{
  return take_statuses (&self->prevents_restart, value);
}

static const char *
take_forces (GbxServiceSpec *self, const char *value)
{
  return take_statuses (&self->forces_restart, value);
}

static const char *
take_nice (GbxServiceSpec *self, const char *value)
{
  self->nice = atoi (value);
  self->has_nice = true;
  return NULL;
}

static const char *
take_oom (GbxServiceSpec *self, const char *value)
{
  self->oom_score = atoi (value);
  self->has_oom_score = true;
  return NULL;
}

static const char *
take_umask (GbxServiceSpec *self, const char *value)
{
  self->umask = (mode_t) strtoul (value, NULL, 8) & 0777;
  return NULL;
}

static const char *
take_burst (GbxServiceSpec *self, const char *value)
{
  self->burst = (unsigned) strtoul (value, NULL, 10);
  return NULL;
}

static const struct
{
  const char *key;
  Take take;
} items[] = {
  { "type", take_type },           { "command", take_command },   { "arg", take_argument },
  { "env", take_environment },     { "folder", take_folder },     { "directory", take_directory },
  { "limit", take_limit },         { "restart", take_restart },   { "kill-mode", take_kill_mode },
  { "success", take_success },     { "prevent", take_prevents },  { "force", take_forces },
  { "nice", take_nice },           { "oom", take_oom },           { "umask", take_umask },
  { "burst", take_burst },
};

static const struct
{
  const char *key;
  size_t offset;
} times[] = {
  { "restart-ms", offsetof (GbxServiceSpec, restart_ms) },
  { "start-ms", offsetof (GbxServiceSpec, start_ms) },
  { "stop-ms", offsetof (GbxServiceSpec, stop_ms) },
  { "watchdog-ms", offsetof (GbxServiceSpec, watchdog_ms) },
  { "runtime-ms", offsetof (GbxServiceSpec, runtime_ms) },
  { "burst-ms", offsetof (GbxServiceSpec, burst_ms) },
};

static const struct
{
  const char *key;
  size_t offset;
} texts[] = {
  { "pid-file", offsetof (GbxServiceSpec, pid_file) },
  { "output", offsetof (GbxServiceSpec, output) },
  { "errors", offsetof (GbxServiceSpec, errors) },
};

static const struct
{
  const char *key;
  size_t offset;
} numbers[] = {
  { "kill-signal", offsetof (GbxServiceSpec, kill_signal) },
  { "final-signal", offsetof (GbxServiceSpec, final_signal) },
  { "watchdog-signal", offsetof (GbxServiceSpec, watchdog_signal) },
};

static const struct
{
  const char *key;
  size_t offset;
} switches[] = {
  { "remains", offsetof (GbxServiceSpec, remains) },
  { "guesses-main", offsetof (GbxServiceSpec, guesses_main) },
  { "notifies-all", offsetof (GbxServiceSpec, notifies_all) },
  { "ignores-pipe", offsetof (GbxServiceSpec, ignores_pipe) },
  { "sends-hangup", offsetof (GbxServiceSpec, sends_hangup) },
  { "never-kills", offsetof (GbxServiceSpec, never_kills) },
};

#define MATCH(table, i) (strlen (table[i].key) == length && strncmp (item, table[i].key, length) == 0)
#define FIELD(type, table, i) ((type *) (void *) ((char *) self + table[i].offset))
#define COUNT(table) (sizeof table / sizeof table[0])

const char *
gbx_service_spec_take (GbxServiceSpec *self, const char *item)
{
  const char *value = strchr (item, '=');
  size_t length = value ? (size_t) (value - item) : 0;

  if (!value)
    return "an item without a value";
  value++;
  for (size_t i = 0; i < COUNT (items); i++)
    if (MATCH (items, i))
      return items[i].take (self, value);
  for (size_t i = 0; i < COUNT (times); i++)
    if (MATCH (times, i))
      return *FIELD (uint64_t, times, i) = strtoull (value, NULL, 10), NULL;
  for (size_t i = 0; i < COUNT (texts); i++)
    if (MATCH (texts, i))
      return *FIELD (char *, texts, i) = copy (value), NULL;
  for (size_t i = 0; i < COUNT (numbers); i++)
    if (MATCH (numbers, i))
      return *FIELD (int, numbers, i) = atoi (value), NULL;
  for (size_t i = 0; i < COUNT (switches); i++)
    if (MATCH (switches, i))
      return *FIELD (bool, switches, i) = value[0] == '1', NULL;
  return "an unknown item";
}

/* ------------------------------------------------------------- reading -- */

void
gbx_service_spec_init (GbxServiceSpec *self)
{
  *self = (GbxServiceSpec) { .umask = 022, .kill_signal = SIGTERM, .final_signal = SIGKILL,
                             .watchdog_signal = SIGABRT, .ignores_pipe = true,
                             .guesses_main = true, .burst = 5, .burst_ms = 10000,
                             .restart_ms = 100, .start_ms = 90000, .stop_ms = 90000 };
}

const char *
gbx_service_spec_read (GbxServiceSpec *self, int fd)
{
  char *item = malloc (ITEM_MAX);
  size_t length = 0, count = 0;
  const char *problem = item ? NULL : "out of memory";

  gbx_service_spec_init (self);
  /* Byte by byte, since what follows the end is an order. */
  while (!problem)
    {
      ssize_t n = read (fd, item + length, 1);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        problem = "it ends too early";
      else if (item[length])
        problem = ++length == ITEM_MAX ? "an item is too long" : NULL;
      else if (length == 0)
        break;
      else
        {
          problem = ++count > ITEMS_MAX ? "it is too long" : gbx_service_spec_take (self, item);
          length = 0;
        }
    }
  free (item);
  return problem;
}

const char *
gbx_service_spec_get (const GbxServiceSpec *self, const char *variable)
{
  size_t length = strlen (variable);

  for (size_t i = self->n_environment; i-- > 0;)
    if (strncmp (self->environment[i], variable, length) == 0
        && self->environment[i][length] == '=')
      return self->environment[i] + length + 1;
  return NULL;
}
