/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-machine"

#include "config.h"

#include "gbx-machine-tuning.h"

#include "gbx-jail.h"

#include <sched.h>
#include <string.h>
#include <sys/resource.h>

static void
write_number (GByteArray *rules, const char *word, guint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  gbx_jail_write_part (rules, word);
  gbx_jail_write_part (rules, text);
}

static void
write_word (GByteArray *rules, const char *word, const char *value)
{
  gbx_jail_write_part (rules, word);
  gbx_jail_write_part (rules, value);
}

/* Half of the share is a step of the eight that the kernel has; 4 is what others have.  It counts
 * where the disk's scheduler knows priorities, also without control groups. */
static guint
get_io_priority (guint64 weight)
{
  guint priority = 4;

  for (; weight < 100 && priority < 7; weight *= 2)
    priority++;
  for (; weight >= 200 && priority > 0; weight /= 2)
    priority--;
  return priority;
}

void
gbx_machine_tuning_write (GByteArray *rules, GbxPolicy *policy, gboolean is_emulator)
{
  guint64 nice = gbx_policy_get_number (policy, "resources.nice");
  guint64 weight = gbx_policy_get_number (policy, "resources.disk-weight");
  const char *scheduler = gbx_policy_get_text (policy, "resources.scheduler");
  const char *mode = gbx_policy_get_text (policy, "resources.numa-mode");
  const char *nodes = gbx_policy_get_text (policy, "resources.numa-nodes");

  if (nice > 0)
    write_number (rules, "nice", nice);
  if (weight != 100)
    write_number (rules, "io-priority", get_io_priority (weight));
  /* libvirt sets it for single threads of the emulator, and late. */
  if (!g_str_equal (scheduler, "other"))
    write_word (rules, "scheduler", scheduler);
  if (*nodes == '\0' || (is_emulator && !g_str_equal (mode, "strict")))
    return;
  write_word (rules, "memory-mode", mode);
  write_word (rules, "memory-nodes", nodes);
}

static int
get_scheduler (GbxPolicy *policy)
{
  const char *word = gbx_policy_get_text (policy, "resources.scheduler");

  if (g_str_equal (word, "batch"))
    return SCHED_BATCH;
  return g_str_equal (word, "idle") ? SCHED_IDLE : SCHED_OTHER;
}

/* What they start later inherits it.  That one has just ended is no error here: its end is
 * noticed elsewhere. */
void
gbx_machine_tuning_apply (GbxPolicy *policy, GArray *pids)
{
  int nice = (int) gbx_policy_get_number (policy, "resources.nice");
  int scheduler = get_scheduler (policy);
  struct sched_param none = { 0 };

  for (guint i = 0; i < pids->len; i++)
    {
      pid_t pid = g_array_index (pids, pid_t, i);

      if (nice > getpriority (PRIO_PROCESS, (id_t) pid))
        setpriority (PRIO_PROCESS, (id_t) pid, nice);
      if (scheduler != SCHED_OTHER)
        sched_setscheduler (pid, scheduler, &none);
    }
}
