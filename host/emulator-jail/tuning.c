/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What libvirt cannot set, or not for all of the emulator: niceness, scheduler, the priority of
 * disk accesses, and the nodes of memory.  libvirt binds only the guest's memory where it relies
 * on control groups, which an ordinary account has not. */

#include "tuning.h"

#include <errno.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Since Linux 5.15; older headers lack it. */
#define PREFERRED_MANY 5

typedef struct
{
  const char *word;
  int value;
} Word;

static const Word schedulers[] = { { "batch", SCHED_BATCH }, { "idle", SCHED_IDLE }, { NULL, 0 } };
static const Word modes[] = {
  { "strict", MPOL_BIND },
  { "preferred", PREFERRED_MANY },
  { "interleave", MPOL_INTERLEAVE },
  { NULL, 0 },
};

void
tuning_init (Tuning *self)
{
  memset (self, 0, sizeof *self);
  self->scheduler = SCHED_OTHER;
  self->io_priority = -1;
}

/* ------------------------------------------------------------- reading -- */

static bool
refuse (void)
{
  errno = EINVAL;
  return false;
}

static bool
take_word (const Word *words, const char *text, int *value)
{
  for (; words->word; words++)
    if (strcmp (words->word, text) == 0)
      {
        *value = words->value;
        return true;
      }
  return refuse ();
}

/* A number without a sign; *end is what follows. */
static bool
take_number (const char *text, int maximum, int *value, char **end)
{
  long number;

  if (*text < '0' || *text > '9')
    return refuse ();
  errno = 0;
  number = strtol (text, end, 10);
  if (errno != 0 || number > maximum)
    return refuse ();
  *value = (int) number;
  return true;
}

static bool
take_whole_number (const char *text, int maximum, int *value)
{
  char *end;

  return take_number (text, maximum, value, &end) && (*end == '\0' || refuse ());
}

/* "0-1,3" */
static bool
take_nodes (Tuning *self, const char *text)
{
  char *at = (char *) text;
  int first, last;

  for (;;)
    {
      if (!take_number (at, TUNING_NODES_MAX - 1, &first, &at))
        return false;
      last = first;
      if (*at == '-' && !take_number (at + 1, TUNING_NODES_MAX - 1, &last, &at))
        return false;
      if (first > last)
        return refuse ();
      for (; first <= last; first++)
        self->nodes[(size_t) first / TUNING_BITS] |= 1UL << ((size_t) first % TUNING_BITS);
      if (*at == '\0')
        return true;
      if (*at++ != ',')
        return refuse ();
    }
}

bool
tuning_knows (const char *word)
{
  static const char *const known[] = { "nice", "scheduler", "io-priority", "memory-mode",
                                       "memory-nodes" };

  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp (known[i], word) == 0)
      return true;
  return false;
}

bool
tuning_take (Tuning *self, const char *word, const char *value)
{
  if (strcmp (word, "nice") == 0)
    return take_whole_number (value, 19, &self->nice);
  if (strcmp (word, "scheduler") == 0)
    return take_word (schedulers, value, &self->scheduler);
  if (strcmp (word, "io-priority") == 0)
    return take_whole_number (value, 7, &self->io_priority);
  if (strcmp (word, "memory-mode") == 0)
    return take_word (modes, value, &self->memory_mode);
  return strcmp (word, "memory-nodes") == 0 ? take_nodes (self, value) : refuse ();
}

/* ------------------------------------------------------------ applying -- */

/* An ordinary process may become nicer, and never less nice than it is. */
static bool
be_nice (int nice)
{
  return nice <= getpriority (PRIO_PROCESS, 0) || setpriority (PRIO_PROCESS, 0, nice) == 0;
}

static bool
set_scheduler (int scheduler)
{
  struct sched_param none = { 0 };

  return scheduler == SCHED_OTHER || sched_setscheduler (0, scheduler, &none) == 0;
}

static bool
set_io_priority (int priority)
{
  return priority < 0 || syscall (SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
                                  IOPRIO_PRIO_VALUE (IOPRIO_CLASS_BE, priority)) == 0;
}

/* The kernel reads one bit less than it is told. */
static bool
bind_memory (const Tuning *self)
{
  unsigned long bits = TUNING_NODES_MAX + 1;

  if (self->memory_mode == 0 ||
      syscall (SYS_set_mempolicy, self->memory_mode, self->nodes, bits) == 0)
    return true;
  return errno == EINVAL && self->memory_mode == PREFERRED_MANY &&
         syscall (SYS_set_mempolicy, MPOL_PREFERRED, self->nodes, bits) == 0;
}

const char *
tuning_apply (const Tuning *self)
{
  if (!be_nice (self->nice))
    return "niceness";
  if (!set_scheduler (self->scheduler))
    return "scheduler";
  if (!set_io_priority (self->io_priority))
    return "priority of disk accesses";
  return bind_memory (self) ? NULL : "nodes of the memory";
}
