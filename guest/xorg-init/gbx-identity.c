/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "identity": the application's account and environment.
 *
 * Should: create a home, a runtime folder, a host name and an environment like those of
 * a fresh login, plus the configuration's variables.
 * Mustn't: use anything of init's own environment, which came from the kernel's command
 * line. */

#include "gbx-init.h"

#include <errno.h>
#include <net/if.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---------------------------------------------------------- environment -- */

static size_t
find_variable (GbxInit *self, const char *name, size_t length)
{
  size_t at = 0;

  while (at < self->n_environment && (strncmp (self->environment[at], name, length) != 0 ||
                                      self->environment[at][length] != '='))
    at++;
  return at;
}

static void
set_assignment (GbxInit *self, char *assignment)
{
  size_t at = find_variable (self, assignment, strcspn (assignment, "="));

  if (at == self->environment_max)
    return;
  self->environment[at] = assignment;
  if (at == self->n_environment)
    self->environment[++self->n_environment] = NULL;
}

void
gbx_set_environment (GbxInit *self, const char *name, const char *value)
{
  char *assignment;

  /* Lives until the machine ends. */
  if (asprintf (&assignment, "%s=%s", name, value) < 0)
    gbx_fatal (self, "out of memory");
  set_assignment (self, assignment);
}

const char *
gbx_get_environment (GbxInit *self, const char *name)
{
  size_t length = strlen (name);
  size_t at = find_variable (self, name, length);

  return at < self->n_environment ? self->environment[at] + length + 1 : NULL;
}

/* For one application: nobody uses the accessibility bus, and each virtual file system
 * would start a daemon. */
static void
make_desktop_environment (GbxInit *self)
{
  gbx_set_environment (self, "XDG_SESSION_TYPE", "x11");
  gbx_set_environment (self, "GDK_BACKEND", "x11");
  gbx_set_environment (self, "QT_QPA_PLATFORM", "xcb");
  gbx_set_environment (self, "NO_AT_BRIDGE", "1");
  gbx_set_environment (self, "GTK_A11Y", "none");
  gbx_set_environment (self, "GIO_USE_VFS", "local");
  /* Java recognises window managers by name, and assumes that an unknown one adds a frame
   * to every window: it would wait for the frame, and not follow its size. */
  gbx_set_environment (self, "_JAVA_AWT_WM_NONREPARENTING", "1");
  /* AppImages mount themselves by default, but there is no device for that here. */
  gbx_set_environment (self, "APPIMAGE_EXTRACT_AND_RUN", "1");
  /* The card renders nothing.  Otherwise Mesa tries to, and complains that it may not. */
  gbx_set_environment (self, "LIBGL_ALWAYS_SOFTWARE", "1");
  if (!self->config.opengl)
    gbx_set_environment (self, "GSK_RENDERER", "cairo");
  /* For uid 0, bubblewrap counts on capabilities that it has not here, and WebKit would show
   * nothing. */
  if (self->config.uid == 0)
    gbx_set_environment (self, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
}

/* Of the passwd that the host composed, if the guest has that shell. */
static void
set_shell (GbxInit *self)
{
  FILE *file = fopen ("/etc/passwd", "re");
  const char *shell = "/bin/sh";
  struct passwd *entry;

  while (file && (entry = fgetpwent (file)))
    if (entry->pw_uid == self->config.uid)
      {
        if (entry->pw_shell[0] == '/' && access (entry->pw_shell, X_OK) == 0)
          shell = entry->pw_shell;
        break;
      }
  gbx_set_environment (self, "SHELL", shell);
  if (file)
    fclose (file);
}

static void
make_environment (GbxInit *self)
{
  GbxGuestConfig *config = &self->config;
  char runtime[64];

  snprintf (runtime, sizeof runtime, "/run/user/%u", config->uid);
  gbx_set_environment (self, "HOME", config->home);
  gbx_set_environment (self, "USER", config->user);
  gbx_set_environment (self, "LOGNAME", config->user);
  set_shell (self);
  gbx_set_environment (self, "PATH", "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games");
  gbx_set_environment (self, "XDG_RUNTIME_DIR", runtime);
  if (config->desktop)
    make_desktop_environment (self);
  for (size_t i = 0; i < self->first.command.n_env; i++)
    set_assignment (self, self->first.command.env[i]);
}

/* ------------------------------------------------------------------------ */

static void
choose_directory (GbxInit *self)
{
  const char *wanted = self->first.command.directory;
  struct stat st;

  if (!wanted[0])
    wanted = self->config.home;
  else if (stat (wanted, &st) != 0 || !S_ISDIR (st.st_mode))
    gbx_fatal (self, "there is no folder %s in the sandbox to work in; choose another "
                     "folder, or share it", wanted);
  snprintf (self->first.directory, sizeof self->first.directory, "%s", wanted);
  gbx_set_environment (self, "PWD", self->first.directory);
}

static void
bring_up_loopback (void)
{
  gbx_autofd fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };

  /* A kernel without IPv4 has no loopback to bring up. */
  if (fd >= 0)
    ioctl (fd, SIOCSIFFLAGS, &request);
}

void
gbx_phase_identity (GbxInit *self)
{
  const char *hostname = self->config.hostname[0] ? self->config.hostname : "glovebox";

  if (sethostname (hostname, strlen (hostname)) != 0)
    gbx_warning (self, "cannot set the host name: %s", strerror (errno));
  gbx_make_home (self);
  make_environment (self);
  choose_directory (self);
  bring_up_loopback ();
  if (self->config.service)
    gbx_allow_low_ports (self);
  if (self->config.network)
    gbx_configure_network (self);
}
