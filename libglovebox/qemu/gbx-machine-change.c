/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-machine"

#include "config.h"

#include "gbx-machine-change.h"

#include "gbx-error.h"
#include "gbx-number-set.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

/* libvirt knows the main thread of the emulator, and those of processors and disks; these calls
 * reach all. */

typedef struct
{
  const char *key;
  cpu_set_t processors;
  int scheduler;
  int nice;
} Change;

static void
take_processors (Change *change, const char *text)
{
  g_autoptr (GArray) set = *text ? gbx_number_set_parse (text) : gbx_number_set_of_processors ();

  CPU_ZERO (&change->processors);
  for (guint i = 0; i < set->len; i++)
    if (g_array_index (set, guint, i) < CPU_SETSIZE)
      CPU_SET (g_array_index (set, guint, i), &change->processors);
}

static int
find_scheduler (const char *word)
{
  if (g_str_equal (word, "batch"))
    return SCHED_BATCH;
  return g_str_equal (word, "idle") ? SCHED_IDLE : SCHED_OTHER;
}

static void
take (Change *change, const char *key, GVariant *value)
{
  memset (change, 0, sizeof *change);
  change->key = key;
  if (g_str_equal (key, "resources.cpu-set"))
    take_processors (change, g_variant_get_string (value, NULL));
  else if (g_str_equal (key, "resources.scheduler"))
    change->scheduler = find_scheduler (g_variant_get_string (value, NULL));
  else
    change->nice = (int) g_variant_get_uint32 (value);
}

static int
apply (const Change *change, pid_t thread)
{
  struct sched_param none = { 0 };

  if (g_str_equal (change->key, "resources.cpu-set"))
    return sched_setaffinity (thread, sizeof change->processors, &change->processors);
  if (g_str_equal (change->key, "resources.scheduler"))
    return sched_setscheduler (thread, change->scheduler, &none);
  return setpriority (PRIO_PROCESS, (id_t) thread, change->nice);
}

/* The number of threads, or -1.  One that has just ended is no error. */
static int
apply_to_all (const Change *change, pid_t process)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%d/task", process);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  int n = 0;

  while (dir && (name = g_dir_read_name (dir)))
    {
      if (apply (change, (pid_t) g_ascii_strtoll (name, NULL, 10)) != 0 && errno != ESRCH)
        return -1;
      n++;
    }
  return n;
}

gboolean
gbx_machine_change_is_of_threads (const char *key)
{
  static const char *const keys[] = { "resources.cpu-set", "resources.scheduler",
                                      "resources.nice", NULL };

  return g_strv_contains (keys, key);
}

/* A thread may start another one meanwhile, which has what its creator had: the second time gets
 * it. */
gboolean
gbx_machine_change_threads (pid_t process, const char *key, GVariant *value, GError **error)
{
  Change change;

  take (&change, key, value);
  if (process > 0 && apply_to_all (&change, process) >= 0 && apply_to_all (&change, process) >= 0)
    return TRUE;
  if (errno == EACCES || errno == EPERM)
    g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                 _ ("%s can only give a running sandbox less: this account may not give back what "
                    "it has taken"),
                 key);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, _ ("%s cannot be changed: %s"), key,
                 g_strerror (errno));
  return FALSE;
}
