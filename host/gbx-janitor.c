/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The janitor: waits until the process that owns a sandbox ends.  If that process could not
 * clean up (SIGKILL, a crash), it starts the clean-up.
 *
 *   glovebox-janitor FOLDER COMMAND [ARG…]
 *
 * Standard input is a pipe whose other end only the owner has.  At end of file, if FOLDER
 * still exists, it executes COMMAND. It is this small because one waits beside every
 * sandbox.
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
  /* The terminal's ^C is for the sandbox's owner, which cleans up by itself. */
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
