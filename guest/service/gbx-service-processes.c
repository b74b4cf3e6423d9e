/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The processes of the service: all that descend from this one.  A process that has lost its
 * parent becomes a child of this one, so none escapes. */

#include "gbx-service-runner.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  pid_t pid, parent;
  bool ours;
} Process;

typedef struct
{
  Process *list;
  size_t n;
} Processes;

/* The name in the file may hold anything, but the last ")" ends it. */
static bool
read_process (pid_t pid, Process *process)
{
  char path[64], text[512];
  char *end;
  char state;
  int parent, fd;
  ssize_t n;

  snprintf (path, sizeof path, "/proc/%d/stat", (int) pid);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  n = fd < 0 ? -1 : read (fd, text, sizeof text - 1);
  if (fd >= 0)
    close (fd);
  if (n <= 0)
    return false;
  text[n] = '\0';
  end = strrchr (text, ')');
  if (!end || sscanf (end + 1, " %c %d", &state, &parent) != 2 || state == 'Z')
    return false;
  *process = (Process) { pid, parent, false };
  return true;
}

static Processes
read_all (void)
{
  Processes all = { NULL, 0 };
  DIR *dir = opendir ("/proc");
  struct dirent *entry;

  while (dir && (entry = readdir (dir)))
    {
      Process *larger;
      Process one;

      if (entry->d_name[0] < '1' || entry->d_name[0] > '9'
          || !read_process ((pid_t) atoi (entry->d_name), &one))
        continue;
      larger = realloc (all.list, (all.n + 1) * sizeof *larger);
      if (!larger)
        abort ();
      all.list = larger;
      all.list[all.n++] = one;
    }
  if (dir)
    closedir (dir);
  return all;
}

static void
mark_ours (Processes *all)
{
  pid_t self = getpid ();
  bool more = true;

  while (more)
    {
      more = false;
      for (size_t i = 0; i < all->n; i++)
        for (size_t j = 0; j < all->n && !all->list[i].ours; j++)
          if (all->list[i].parent == self
              || (all->list[j].ours && all->list[j].pid == all->list[i].parent))
            more = all->list[i].ours = true;
    }
}

unsigned
gbx_service_signal_all (int number)
{
  Processes all = read_all ();
  unsigned count = 0;

  mark_ours (&all);
  for (size_t i = 0; i < all.n; i++)
    if (all.list[i].ours)
      {
        count++;
        if (number)
          kill (all.list[i].pid, number);
      }
  free (all.list);
  return count;
}

bool
gbx_service_has_process (pid_t pid)
{
  Processes all = read_all ();
  bool found = false;

  mark_ours (&all);
  for (size_t i = 0; i < all.n; i++)
    found |= all.list[i].ours && all.list[i].pid == pid;
  free (all.list);
  return found;
}

/* Of those without a parent in the service there must be one. */
pid_t
gbx_service_find_only_process (void)
{
  Processes all = read_all ();
  pid_t self = getpid (), found = 0;
  unsigned count = 0;

  for (size_t i = 0; i < all.n; i++)
    if (all.list[i].parent == self)
      {
        found = all.list[i].pid;
        count++;
      }
  free (all.list);
  return count == 1 ? found : 0;
}
