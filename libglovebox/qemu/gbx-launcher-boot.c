/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launcher"

#include "config.h"

#include "gbx-launcher-private.h"

#include "gbx-error.h"
#include "gbx-jail.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* The start of the domain, and the end of it and of all that was prepared. */

/* QEMU connects to the console before libvirt says that it has started. */
#define CONNECT_TIMEOUT_MS 5000
#define EMULATOR_LOG_LINES 8
#define EMULATOR_LOG_BYTES 16384
/* From the guest's good-bye to the end of QEMU, which has its memory to give back. */
#define EXIT_MS 500

static int
listen_on (const char *path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  unlink (path);
  if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0 &&
      listen (fd, 1) == 0)
    return fd;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot listen on %s: %s"), path,
               g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Whoever is at the other end of the console is QEMU. */
static void
watch_process (GbxLauncher *self, int console)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  if (self->process >= 0)
    close (self->process);
  self->process = -1;
  if (getsockopt (console, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid > 0)
    self->process = syscall (SYS_pidfd_open, peer.pid, 0);
}

/* libvirt looks for the end of a process only five times a second, once QEMU has let
 * go of its monitor; and QEMU does so well before it ends.  Not so when it is killed:
 * then there is nothing to look for. */
void
gbx_launcher_power_off (GbxLauncher *self)
{
  if (self->process >= 0)
    syscall (SYS_pidfd_send_signal, self->process, SIGKILL, NULL, 0);
}

static int
accept_console (GbxLauncher *self, int listener, GError **error)
{
  struct pollfd poll_fd = { .fd = listener, .events = POLLIN };
  int fd = -1, ready;

  do
    ready = poll (&poll_fd, 1, CONNECT_TIMEOUT_MS);
  while (ready < 0 && errno == EINTR);
  if (ready == 1)
    fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0)
    watch_process (self, fd);
  else
    g_set_error_literal (error, GBX_ERROR,
                         self->plan->accelerator == GBX_ACCELERATOR_KVM ? GBX_ERROR_ACCELERATOR
                                                                        : GBX_ERROR_HYPERVISOR,
                         _ ("QEMU did not connect to the sandbox's console"));
  return fd;
}

static gboolean
has_exited (GbxLauncher *self, int wait_ms)
{
  struct pollfd process = { .fd = self->process, .events = POLLIN };

  return self->process >= 0 && poll (&process, 1, wait_ms) == 1;
}

/* Without its process a domain is no more, even if libvirt does not answer. */
static gboolean
end_domain (GbxLauncher *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (self->has_domain && !gbx_virt_destroy (self->connection, self->plan->uuid, &local) &&
      !has_exited (self, 0))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->has_domain = FALSE;
  return TRUE;
}

/* The helper serves one QEMU and ends with it: a second start needs another. */
static gboolean
end_first_start (GbxLauncher *self, GError **error)
{
  if (!self->started)
    {
      self->started = TRUE;
      return TRUE;
    }
  if (!end_domain (self, error))
    return FALSE;
  g_clear_pointer (&self->network, gbx_network_helper_stop);
  return gbx_launch_start_network (self, error);
}

static gboolean
start_domain (GbxLauncher *self, GVirConfigDomain *config, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *jail = NULL;
  g_autofree char *advice = NULL;

  /* Also a start that fails may have left one: where the daemon died over it. */
  self->has_domain = TRUE;
  if (gbx_virt_start (self->connection, config, &local))
    return TRUE;
  jail = gbx_path_program ("glovebox-emulator-jail");
  advice = jail ? gbx_jail_explain (local->message, jail, gbx_jail_apparmor_is_on ()) : NULL;
  if (advice)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, advice);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

int
gbx_launch_boot (GbxLauncher *self, GError **error)
{
  g_autoptr (GVirConfigDomain) config = NULL;
  int listener, fd = -1;

  if (!end_first_start (self, error))
    return -1;
  config = gbx_backend_create_config (self->backend, self->plan, error);
  if (!config)
    return -1;
  listener = listen_on (self->plan->console_socket, error);
  if (listener < 0)
    return -1;
  if (start_domain (self, config, error) && gbx_launch_join_root (self, error))
    fd = accept_console (self, listener, error);
  close (listener);
  unlink (self->plan->console_socket);
  return fd;
}

/* ------------------------------------------------------------ clean up -- */

/* Where libvirt has QEMU write what it has to say. */
static char *
emulator_log (GbxLauncher *self)
{
  g_autofree char *file = g_strconcat (GBX_DOMAIN_PREFIX, self->plan->name, ".log", NULL);

  if (self->plan->by_root)
    return g_build_filename ("/var/log/libvirt/qemu", file, NULL);
  return g_build_filename (g_get_user_cache_dir (), "libvirt", "qemu", "log", file, NULL);
}

/* It names the shares, and libvirt keeps it for ever. */
static void
remove_emulator_log (GbxLauncher *self)
{
  g_autofree char *path = self->plan->name ? emulator_log (self) : NULL;

  if (path)
    g_unlink (path);
}

static void
remove_root (GbxLauncher *self)
{
  g_autofree char *root = gbx_runtime_get_file (self->runtime, "root");

  gbx_path_remove_tree (root);
}

gboolean
gbx_launch_clean_up (GbxLauncher *self, gboolean powered_off, GError **error)
{
  gboolean ended;

  gbx_launch_join_root (self, NULL);
  /* While libvirt takes note of it, what nobody uses any more is removed. */
  if (powered_off && has_exited (self, EXIT_MS))
    remove_root (self);
  ended = end_domain (self, error);

  g_clear_pointer (&self->network, gbx_network_helper_stop);
  /* The folder stays when the domain could not be ended: it names the domain
   * for the next sweep. */
  if (!ended)
    gbx_runtime_keep (self->runtime);
  else
    remove_emulator_log (self);
  g_clear_pointer (&self->runtime, gbx_runtime_free);
  g_clear_pointer (&self->connection, gbx_virt_unref);
  return ended;
}

char *
gbx_launcher_dup_emulator_log (GbxLauncher *self)
{
  g_autofree char *path = emulator_log (self);
  g_autofree char *text = g_malloc0 (EMULATOR_LOG_BYTES + 1);
  g_auto (GStrv) lines = NULL;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  gssize length;
  guint n;

  if (fd < 0)
    return NULL;
  /* Of a short one this fails, and all of it is read. */
  lseek (fd, -EMULATOR_LOG_BYTES, SEEK_END);
  length = read (fd, text, EMULATOR_LOG_BYTES);
  close (fd);
  if (length <= 0)
    return NULL;
  g_strchomp (text);
  lines = g_strsplit (text, "\n", -1);
  n = g_strv_length (lines);
  return g_strjoinv ("\n", lines + (n > EMULATOR_LOG_LINES ? n - EMULATOR_LOG_LINES : 0));
}
