/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-process-usage"

#include "config.h"

#include "gbx-process-usage.h"

#include <string.h>
#include <unistd.h>

static char *
read_file (int pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", pid, name);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

/* Lines "name: value". */
static gboolean
find (const char *text, const char *name, guint64 *value)
{
  const char *at = strstr (text, name);

  if (!at || (at != text && at[-1] != '\n'))
    return FALSE;
  *value = g_ascii_strtoull (at + strlen (name), NULL, 10);
  return TRUE;
}

static gboolean
find_disk (int pid, guint64 *read, guint64 *written)
{
  g_autofree char *text = read_file (pid, "io");

  return text && find (text, "read_bytes:", read) && find (text, "write_bytes:", written);
}

static void
read_disk (int pid, GbxUsage *usage)
{
  guint64 read, written;

  if (!find_disk (pid, &read, &written))
    return;
  gbx_usage_set (usage, GBX_USAGE_DISK_READ, read);
  gbx_usage_set (usage, GBX_USAGE_DISK_WRITTEN, written);
}

void
gbx_process_usage_add_disk (int pid, GbxUsage *usage)
{
  guint64 read, written;

  if (!find_disk (pid, &read, &written))
    return;
  gbx_usage_add (usage, GBX_USAGE_DISK_READ, read);
  gbx_usage_add (usage, GBX_USAGE_DISK_WRITTEN, written);
}

/* The fields 14 and 15, in ticks; the second one is a name in parentheses, of any
 * characters. */
static G_GNUC_NO_INLINE guint64
find_ticks (const char *text)
{
  const char *name_end = strrchr (text, ')');
  g_auto (GStrv) fields = name_end ? g_strsplit (name_end, " ", 15) : NULL;

  if (!fields || g_strv_length (fields) < 14)
    return 0;
  return g_ascii_strtoull (fields[12], NULL, 10) + g_ascii_strtoull (fields[13], NULL, 10);
}

static void
read_time (int pid, GbxUsage *usage)
{
  g_autofree char *text = read_file (pid, "stat");
  guint64 nanoseconds = G_GUINT64_CONSTANT (1000000000) / sysconf (_SC_CLK_TCK);

  if (text)
    gbx_usage_set (usage, GBX_USAGE_CPU_TIME, find_ticks (text) * nanoseconds);
}

static void
read_memory (int pid, GbxUsage *usage)
{
  g_autofree char *text = read_file (pid, "status");
  guint64 kib;

  if (text && find (text, "VmRSS:", &kib))
    gbx_usage_set (usage, GBX_USAGE_MEMORY, kib * 1024);
}

void
gbx_process_usage_read (int pid, GbxUsage *usage)
{
  read_disk (pid, usage);
  if (!usage->known[GBX_USAGE_CPU_TIME])
    read_time (pid, usage);
  if (!usage->known[GBX_USAGE_MEMORY])
    read_memory (pid, usage);
}
