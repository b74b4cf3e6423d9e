/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The guard sets up the namespace's interfaces with iproute2.  The commands consist of
 * constants and numbers. */

#include "gbx-guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char complaint[512];

/* Where distributions have it; the user's PATH does not matter. */
static void __attribute__ ((noreturn))
become_tool (const char *name, int input, int output)
{
  static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/bin", "/bin" };
  char *const environment[] = { "LC_ALL=C", NULL };
  char path[64];
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGPIPE, SIG_DFL);
  if (dup2 (input, STDIN_FILENO) >= 0 && dup2 (output, STDOUT_FILENO) >= 0 &&
      dup2 (output, STDERR_FILENO) >= 0)
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
      {
        snprintf (path, sizeof path, "%s/%s", folders[i], name);
        execve (path, (char *[]) { (char *) name, "-batch", "-", NULL }, environment);
      }
  dprintf (STDERR_FILENO, "%s does not start (on Debian: apt-get install iproute2)", name);
  _exit (127);
}

/* Its first line, and only if it failed. */
static const char *
await_tool (pid_t pid, int output)
{
  size_t length = 0;
  ssize_t n;
  int status = -1;

  while (length < sizeof complaint - 1 &&
         (n = read (output, complaint + length, sizeof complaint - 1 - length)) > 0)
    length += n;
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (status == 0)
    return NULL;
  complaint[length] = '\0';
  complaint[strcspn (complaint, "\n")] = '\0';
  return *complaint ? complaint : "iproute2 failed";
}

const char *
guard_tool_run (const char *name, const char *commands)
{
  size_t length = strlen (commands);
  int input[2], output[2];
  const char *result;
  pid_t pid;

  if (pipe2 (input, O_CLOEXEC) != 0 || pipe2 (output, O_CLOEXEC) != 0)
    return strerror (errno);
  pid = fork ();
  if (pid == 0)
    become_tool (name, input[0], output[1]);
  close (input[0]);
  close (output[1]);
  /* It fits into the pipe. */
  if (pid < 0 || write (input[1], commands, length) != (ssize_t) length)
    result = strerror (errno);
  close (input[1]);
  if (pid > 0)
    result = await_tool (pid, output[0]);
  close (output[0]);
  return result;
}
