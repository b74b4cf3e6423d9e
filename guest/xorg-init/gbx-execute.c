/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Finds a program like execvpe(), with PATH of the program's environment. */

#include "gbx-application.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
gbx_next_candidate (const char *name, const char *path, size_t *at, char *out, size_t size)
{
  size_t total = strlen (path);

  if (strchr (name, '/'))
    return (*at)++ == 0 && snprintf (out, size, "%s", name) < (int) size;

  while (*at <= total)
    {
      size_t length = strcspn (path + *at, ":");
      const char *folder = path + *at;
      int written;

      *at += length + 1;
      /* An empty entry means the working folder. */
      written = length == 0 ? snprintf (out, size, "./%s", name)
                            : snprintf (out, size, "%.*s/%s", (int) length, folder, name);
      if (written < (int) size)
        return true;
    }
  return false;
}

/* As shells tell it: a program of another kind of machine, or none, has a NUL in what
 * would be its first line. */
static bool
is_binary (const char *file)
{
  char start[128];
  gbx_autofd fd = open (file, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd >= 0 ? read (fd, start, sizeof start) : -1;
  const char *line_end = length > 0 ? memchr (start, '\n', length) : NULL;

  if (length <= 0)
    return false;
  return memchr (start, '\0', line_end ? line_end - start : length) ||
         (length >= 4 && memcmp (start, "\177ELF", 4) == 0);
}

/* Text without a #! line is run by the shell, as every shell does it. */
static void
execute_script (const char *file, char *const *arguments, char *const *environment)
{
  size_t n = 0;
  char **list;

  while (arguments[n])
    n++;
  list = calloc (n + 2, sizeof *list);
  if (!list)
    return;
  list[0] = (char *) "/bin/sh";
  list[1] = (char *) file;
  for (size_t i = 1; i < n; i++)
    list[i + 1] = arguments[i];
  execve ("/bin/sh", list, environment);
  free (list);
}

int
gbx_execute (char *const *arguments, char *const *environment, const char *path)
{
  char file[4096 + 256];
  int error = ENOENT;
  size_t at = 0;

  while (gbx_next_candidate (arguments[0], path ? path : "/usr/bin:/bin", &at, file, sizeof file))
    {
      int failed;

      execve (file, arguments, environment);
      failed = errno;
      if (failed == ENOEXEC && !is_binary (file))
        execute_script (file, arguments, environment);
      if (failed != ENOENT && failed != ENOTDIR)
        error = failed;
    }
  return error;
}
