/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The emulator jail: libvirt starts this as the domain's <emulator>.  It gives up
 * everything that the sandbox does not need, and executes QEMU.  After an escape from
 * the virtual machine, the attacker is in a process that can open only the sandbox's
 * files, has no network, and reaches no socket of the session.
 *
 *   Should: leave QEMU able to open its libraries, the kernel, the exports and
 *   the accelerator, and to speak through its two sockets.
 *   Mustn't: continue with fewer restrictions than requested.  If the kernel cannot
 *   enforce one, the start fails with a message, which libvirt passes on.
 *
 * There are three walls; each works if another has a gap:
 *   - its own file system with only the sandbox's files, and an empty network, if
 *     namespaces are available ("isolate");
 *   - Landlock, which restricts the paths that can be opened, if the kernel has it
 *     ("landlock");
 *   - a seccomp filter, which prevents signals to other processes, new connections and
 *     other programs ("filter").  libvirt makes QEMU set one too; the user's
 *     configuration can switch that off, but not ours.
 *
 * Without GLOVEBOX_JAIL in the environment libvirt only probes the capabilities of the
 * emulator: then QEMU is started directly.  With --can-isolate as its only argument, the
 * exit status says whether namespaces are available.
 *
 * Its folder contains a link named "emulator" to the real QEMU.
 */

#include "jail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
fail (const char *format, ...)
{
  int code = errno;
  va_list args;

  fputs ("glovebox-emulator-jail: ", stderr);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fprintf (stderr, ": %s\n", strerror (code));
  exit (125);
}

static void
enter_jail (Jail *jail, char **argv)
{
  jail_tune (jail);
  leave_keyring ();
  /* The guest chooses the modes of files, within the filter's limits. */
  umask (0);
  jail_add_key (jail, argv);
  jail_connect (jail, argv);
  if (jail->isolated)
    {
      if (!enter_namespaces ())
        fail ("cannot make namespaces for the emulator");
      change_root (jail);
    }
  if (jail->with_landlock)
    restrict_files (jail);
}

static int
can_isolate (void)
{
  return enter_namespaces () && mount_new_root () ? 0 : 1;
}

int
main (int argc, char **argv)
{
  static Jail jail;
  const char *rules = getenv ("GLOVEBOX_JAIL");
  const char *slash = strrchr (argv[0], '/');
  char link[PATH_MAX], emulator[PATH_MAX];

  if (argc == 2 && strcmp (argv[1], "--can-isolate") == 0)
    return can_isolate ();
  if (!slash)
    {
      errno = EINVAL;
      fail ("has to be started by its full path");
    }
  snprintf (link, sizeof link, "%.*s/emulator", (int) (slash - argv[0]), argv[0]);
  if (!realpath (link, emulator))
    fail ("cannot find the emulator %s", link);
  unsetenv ("GLOVEBOX_JAIL");
  argv[0] = emulator;
  if (rules)
    {
      jail_read (&jail, rules);
      enter_jail (&jail, argv);
    }
  if (jail.with_filter)
    filter_and_execute (emulator, argv);
  execv (emulator, argv);
  fail ("cannot start %s", emulator);
}
