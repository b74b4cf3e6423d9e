/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See gbx-file-limit.h.
 *
 * Should: cost next to nothing while few files are looked at.
 * Mustn't: let a program see an error because a folder is large. */

#include "gbx-file-limit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* A listing of a folder makes the kernel remember many thousand files in a second, also while
 * it forgets: so that begins early. */
#define LOOK_MS 40
#define PART_OF_LIMIT 4
#define STEP_OF_LIMIT 32
#define SLABS_MAX 65536

/* All file systems together: cheap to read. */
static unsigned long
count_all (int inodes)
{
  char text[64];
  ssize_t length = pread (inodes, text, sizeof text - 1, 0);

  text[length > 0 ? length : 0] = '\0';
  return strtoul (text, NULL, 10);
}

/* Those of virtiofs; ULONG_MAX where the kernel does not tell. */
static unsigned long
count_served (void)
{
  static char text[SLABS_MAX];

  if (gbx_read_file ("/proc/slabinfo", text, sizeof text) < 0)
    return (unsigned long) -1;
  return gbx_file_limit_count (text, "fuse_inode");
}

static void
forget (void)
{
  gbx_autofd fd = open ("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

  /* The folders' and files' records, and not the contents. */
  if (fd >= 0 && write (fd, "2", 1) != 1)
    return;
}

/* The exact count costs milliseconds, so it waits until there are more files by a part of the
 * limit.  counted_at: how many there were at the last one. */
static void
look (unsigned long limit, unsigned long all, unsigned long *counted_at)
{
  if (all < *counted_at)
    *counted_at = all;
  if (all < limit / PART_OF_LIMIT || all - *counted_at < limit / STEP_OF_LIMIT)
    return;
  *counted_at = all;
  if (count_served () < limit / PART_OF_LIMIT)
    return;
  forget ();
  *counted_at = 0;
}

static _Noreturn void
watch (const GbxInit *self, int inodes)
{
  const struct timespec pause = { 0, LOOK_MS * 1000000L };
  unsigned long counted_at = 0;

  prctl (PR_SET_NAME, "glovebox-limit");
  for (;;)
    {
      look (self->config.files_max, count_all (inodes), &counted_at);
      nanosleep (&pause, NULL);
    }
}

void
gbx_file_limit_watch (GbxInit *self)
{
  gbx_autofd inodes = -1;
  pid_t pid;

  if (self->config.files_max == 0)
    return;
  inodes = open ("/proc/sys/fs/inode-nr", O_RDONLY | O_CLOEXEC);
  pid = inodes >= 0 ? fork () : -1;
  if (pid == 0)
    watch (self, inodes);
  if (pid < 0)
    gbx_warning (self, "large folders may not be listed in full: %s", strerror (errno));
}
