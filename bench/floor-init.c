/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The yardstick: an init that does nothing and powers off, in the quickest way
 * there is.  The virtual machine is run with -no-reboot, so that a reset ends it. */

#include <sys/reboot.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <sys/io.h>
#endif

int
main (void)
{
#if defined(__x86_64__) || defined(__i386__)
  if (ioperm (0x64, 1, 1) == 0)
    outb (0xfe, 0x64);
#endif
  reboot (RB_AUTOBOOT);
  for (;;)
    pause ();
}
