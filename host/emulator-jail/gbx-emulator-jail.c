/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The emulator jail: libvirt starts this as the domain's <emulator>, and it
 * becomes QEMU after giving up all that the sandbox's policy does not name.  An
 * escape from the virtual machine lands in a process that can open the same
 * files and no others, has no network, and finds no socket of the session.
 *
 *   Should: leave QEMU able to open its libraries, the kernel, the exports and
 *   the accelerator, and to speak through its two sockets.
 *   Mustn't: go on with fewer restrictions than asked for.  What the kernel
 *   cannot enforce ends the start with a message, which libvirt passes on.
 *
 * Three walls, each of which holds where another has a gap:
 *   - a file system of its own with nothing else in it, and an empty network, where
 *     namespaces are to be had ("isolate");
 *   - Landlock, which says what may be opened, where the kernel has it ("landlock");
 *   - a filter of system calls, which leaves nobody to signal, nothing to connect
 *     to and no other program to become ("filter").  libvirt has QEMU make one too;
 *     the user's configuration can switch that off, but not ours.
 *
 * Without GLOVEBOX_JAIL in the environment libvirt is only probing what the
 * emulator can do: then QEMU is started as it is.  With --can-isolate as its
 * only argument it tells by its exit status whether there are namespaces.
 *
 * It lies in a folder beside a link named "emulator" to the real QEMU.
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
