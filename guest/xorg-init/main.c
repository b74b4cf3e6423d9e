/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The init of a Glovebox guest: runs its phases in order and then ends the guest.
 * ARCHITECTURE.md describes the rest. */

#include "gbx-init.h"

#include "gbx-heartbeat.h"
#include "gbx-place.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

typedef struct
{
  GbxPhase phase;
  void (*run) (GbxInit *self); /* fails through gbx_fatal() */
  bool needs_desktop;
} Phase;

static const Phase phases[] = {
  { GBX_PHASE_MODULES, gbx_phase_modules, false },
  { GBX_PHASE_ROOT, gbx_phase_root, false },
  { GBX_PHASE_CONFIG, gbx_phase_config, false },
  { GBX_PHASE_MOUNTS, gbx_phase_mounts, false },
  { GBX_PHASE_IDENTITY, gbx_phase_identity, false },
  { GBX_PHASE_DBUS, gbx_phase_dbus, false },
  { GBX_PHASE_XORG, gbx_phase_xorg, true },
  { GBX_PHASE_WINDOW_MANAGER, gbx_phase_window_manager, true },
  { GBX_PHASE_APPLICATION, gbx_phase_application, false },
  { GBX_PHASE_SUPERVISION, gbx_phase_supervision, false },
  { GBX_PHASE_REPORT, gbx_phase_report, false },
};

static void
watch_signals (GbxInit *self)
{
  sigset_t all;

  /* Blocked, so that init receives them when it polls; children unblock them. */
  sigfillset (&all);
  sigprocmask (SIG_SETMASK, &all, NULL);
  self->signals = signalfd (-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Without a console the kernel starts init without stdin, stdout and stderr, and the first
 * opened files would get their numbers. */
static void
occupy_standard_descriptors (void)
{
  int fd = open ("/", O_RDONLY);

  while (fd >= 0 && fd < STDERR_FILENO)
    fd = dup (fd);
  if (fd > STDERR_FILENO)
    close (fd);
}

int
main (int argc, char **argv)
{
  static GbxInit self; /* a megabyte: too much for a stack */

  if (getpid () != 1)
    {
      static const char text[] = "glovebox-init is the first process of a guest, and of no use elsewhere\n";

      return write (STDERR_FILENO, text, sizeof text - 1) < 0 ? 2 : 1;
    }
  occupy_standard_descriptors ();
  self.place = gbx_place_choose (argc, argv);
  gbx_port_init (&self.port);
  gbx_offer_services (&self);
  gbx_command_init (&self.first, GBX_PROCESS_FIRST);
  self.devices = self.display_fd = self.helper_fd = self.dbus_fd = -1;
  watch_signals (&self);
  for (size_t i = 0; i < GBX_N_ELEMENTS (phases); i++)
    {
      if (phases[i].needs_desktop && !self.config.desktop)
        continue;
      /* The first reports itself: after the hello. */
      if (phases[i].phase != GBX_PHASE_MODULES)
        gbx_report_phase (&self, phases[i].phase);
      phases[i].run (&self);
    }
  gbx_power_off (&self);
}
