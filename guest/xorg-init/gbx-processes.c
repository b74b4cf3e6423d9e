/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The processes of the application, however they were started: init is the parent of all
 * orphans, so only /proc shows them. */

#include "gbx-supervise.h"

#include "gbx-files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pid_t
parent_of (pid_t pid)
{
  char path[64], text[512];
  const char *at;
  char state;
  int parent = 0;

  snprintf (path, sizeof path, "/proc/%d/stat", pid);
  if (gbx_read_file (path, text, sizeof text) < 0)
    return 0;
  /* The name may hold anything, parentheses too. */
  at = strrchr (text, ')');
  if (!at || sscanf (at + 1, " %c %d", &state, &parent) != 2 || state == 'Z')
    return 0;
  return parent;
}

typedef enum
{
  OF_NOBODY, /* a zombie, a kernel thread, the bus itself, init's own */
  OF_APPLICATION,
  OF_BUS, /* started by the bus at a client's request */
} Origin;

static Origin
origin_of (GbxInit *self, pid_t pid)
{
  pid_t bus = self->pids[GBX_CHILD_DBUS];
  pid_t at = pid;

  if (pid == bus || pid == self->pids[GBX_CHILD_FILES] || gbx_files_is_worker (pid))
    return OF_NOBODY;
  for (int depth = 0; depth < 64 && at > 1; depth++)
    {
      if (at == bus)
        return OF_BUS;
      at = parent_of (at);
    }
  return at == 1 ? OF_APPLICATION : OF_NOBODY;
}

unsigned
gbx_signal_user_processes (GbxInit *self, int number, unsigned *of_bus)
{
  DIR *dir = opendir ("/proc");
  struct dirent *entry;
  unsigned count = 0, count_of_bus = 0;

  while (dir && (entry = readdir (dir)))
    {
      pid_t pid = (pid_t) strtol (entry->d_name, NULL, 10);
      struct stat st;
      Origin origin;

      if (pid <= 1 || fstatat (dirfd (dir), entry->d_name, &st, 0) != 0 ||
          st.st_uid != self->config.uid)
        continue;
      origin = origin_of (self, pid);
      if (origin == OF_NOBODY)
        continue;
      /* If the user has uid 0, init's own processes look the same; they are its direct
       * children, or kernel threads, whose parent is 2. */
      if (number > 0)
        kill (pid, number);
      count++;
      count_of_bus += origin == OF_BUS;
    }
  if (dir)
    closedir (dir);
  if (of_bus)
    *of_bus = count_of_bus;
  return count;
}
