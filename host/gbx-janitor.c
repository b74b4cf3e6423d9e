/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The janitor: waits for the process that holds a sandbox to end, and if that
 * process could not clean up (SIGKILL, a crash), has it done.
 *
 *   glovebox-janitor FOLDER COMMAND [ARG…]
 *
 * Standard input is a pipe whose other end only the holder has.  At its end, if
 * FOLDER is still there, COMMAND is executed.  It stays this small because one
 * waits beside every sandbox.
 */

#include <errno.h>
#include <signal.h>
#include <unistd.h>

int
main (int argc, char **argv)
{
  char byte;
  ssize_t n;

  if (argc < 3)
    return 2;
  /* The terminal's ^C is for the sandbox's holder, which cleans up by itself. */
  setsid ();
  signal (SIGINT, SIG_IGN);
  signal (SIGTERM, SIG_IGN);
  signal (SIGHUP, SIG_IGN);
  do
    n = read (STDIN_FILENO, &byte, 1);
  while (n > 0 || (n < 0 && errno == EINTR));

  if (access (argv[1], F_OK) != 0)
    return 0;
  signal (SIGINT, SIG_DFL);
  signal (SIGTERM, SIG_DFL);
  execv (argv[2], argv + 2);
  return 127;
}
