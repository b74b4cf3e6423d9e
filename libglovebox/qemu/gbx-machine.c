/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-machine"

#include "config.h"

#include "gbx-machine.h"

#include "gbx-error.h"
#include "gbx-jail.h"
#include "gbx-limits-change.h"
#include "gbx-limits-xml.h"
#include "gbx-machine-change.h"
#include "gbx-number-set.h"
#include "gbx-paths.h"
#include "gbx-process-usage.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* QEMU connects to the console before libvirt reports the start. */
#define CONNECT_TIMEOUT_MS 5000

struct _GbxMachine
{
  gatomicrefcount references;
  GbxVirt *connection;
  GbxLaunchPlan *plan; /* (unowned) */
  int listener;        /* for the console, or -1 */
  int process;         /* a descriptor of QEMU's process, or -1 */
  pid_t pid;           /* the same process, or 0 */
  gboolean has_domain;
};

GbxMachine *
gbx_machine_new (GbxVirt *connection, GbxLaunchPlan *plan)
{
  GbxMachine *self = g_new0 (GbxMachine, 1);

  g_atomic_ref_count_init (&self->references);
  self->connection = connection;
  self->plan = plan;
  self->listener = self->process = -1;
  return self;
}

static void
stop_listening (GbxMachine *self)
{
  if (self->listener < 0)
    return;
  close (self->listener);
  self->listener = -1;
  unlink (self->plan->console_socket);
}

GbxMachine *
gbx_machine_ref (GbxMachine *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
gbx_machine_unref (GbxMachine *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  stop_listening (self);
  if (self->process >= 0)
    close (self->process);
  gbx_virt_unref (self->connection);
  g_free (self);
}

/* --------------------------------------------------------------- start -- */

static gboolean
listen_for_console (GbxMachine *self, GError **error)
{
  const char *path = self->plan->console_socket;
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  stop_listening (self);
  self->listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  unlink (path);
  if (self->listener >= 0 &&
      bind (self->listener, (struct sockaddr *) &address, sizeof address) == 0 &&
      listen (self->listener, 1) == 0)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot listen on %s: %s"), path,
               g_strerror (errno));
  return FALSE;
}

/* Where AppArmor confines libvirt, it may not execute a jail outside of /usr/bin. */
static void
advise (GError *error)
{
  g_autofree char *jail = gbx_path_program ("glovebox-emulator-jail");
  g_autofree char *advice = jail ? gbx_jail_advise (jail, gbx_jail_apparmor_is_on ()) : NULL;
  g_autofree char *message = NULL;

  if (!advice)
    return;
  message = g_steal_pointer (&error->message);
  error->message = g_strdup_printf ("%s; %s", message, advice);
}

gboolean
gbx_machine_start (GbxMachine *self, gboolean paused, GError **error)
{
  g_autoptr (GVirConfigDomain) config = gbx_domain_new (self->plan, error);
  g_autoptr (GError) local = NULL;

  if (!config || !listen_for_console (self, error))
    return FALSE;
  /* A failed start may leave a domain too, if the daemon died meanwhile. */
  self->has_domain = TRUE;
  if (gbx_virt_start (self->connection, config, paused, &local))
    return TRUE;
  advise (local);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* QEMU is the process at the other end of the console. */
static void
watch_process (GbxMachine *self, int console)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  if (self->process >= 0)
    close (self->process);
  self->process = -1;
  self->pid = 0;
  if (getsockopt (console, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.pid <= 0)
    return;
  self->process = syscall (SYS_pidfd_open, peer.pid, 0);
  self->pid = peer.pid;
}

int
gbx_machine_accept_console (GbxMachine *self, GError **error)
{
  struct pollfd poll_fd = { .fd = self->listener, .events = POLLIN };
  int fd = -1, ready;

  do
    ready = poll (&poll_fd, 1, CONNECT_TIMEOUT_MS);
  while (ready < 0 && errno == EINTR);
  if (ready == 1)
    fd = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  stop_listening (self);
  if (fd >= 0)
    watch_process (self, fd);
  else
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
                         _ ("QEMU did not connect to the sandbox's console"));
  return fd;
}

pid_t
gbx_machine_get_pid (GbxMachine *self)
{
  return self->pid;
}

/* ----------------------------------------------------------------- end -- */

void
gbx_machine_interrupt (GbxMachine *self)
{
  gbx_virt_destroy (self->connection, self->plan->uuid, NULL);
}

/* After QEMU has closed its monitor, libvirt checks only five times a second whether the
 * process has ended; and QEMU closes the monitor well before it ends.  If QEMU is killed,
 * libvirt need not wait. */
void
gbx_machine_power_off (GbxMachine *self)
{
  if (self->process >= 0)
    syscall (SYS_pidfd_send_signal, self->process, SIGKILL, NULL, 0);
}

gboolean
gbx_machine_has_exited (GbxMachine *self, int wait_ms)
{
  struct pollfd process = { .fd = self->process, .events = POLLIN };

  return self->process >= 0 && poll (&process, 1, wait_ms) == 1;
}

/* Without its process the domain has ended, even if libvirt does not answer. */
gboolean
gbx_machine_end (GbxMachine *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  stop_listening (self);
  if (self->has_domain && !gbx_virt_destroy (self->connection, self->plan->uuid, &local) &&
      !gbx_machine_has_exited (self, 0))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->has_domain = FALSE;
  return TRUE;
}

gboolean
gbx_machine_set_paused (GbxMachine *self, gboolean paused, GError **error)
{
  return gbx_virt_set_paused (self->connection, self->plan->uuid, paused, error);
}

/* libvirt knows no disk of a guest that has its files by 9p; the kernel knows what QEMU has
 * read and written for it, the disk of a kept home among it. */
gboolean
gbx_machine_measure (GbxMachine *self, GbxUsage *usage, GError **error)
{
  pid_t pid = self->pid;

  if (!gbx_virt_measure (self->connection, self->plan->uuid, usage, error))
    return FALSE;
  if (pid > 0)
    gbx_process_usage_read (pid, usage);
  return TRUE;
}

int
gbx_machine_open_display (GbxMachine *self, GError **error)
{
  return gbx_virt_open_graphics (self->connection, self->plan->uuid, error);
}

/* -------------------------------------------------------------- changes -- */

/* libvirt's groups of the threads, which they cannot leave. */
static gboolean
pin_group (GbxMachine *self, const char *text, GError **error)
{
  g_autoptr (GArray) set = *text ? gbx_number_set_parse (text) : gbx_number_set_of_processors ();

  return gbx_virt_pin (self->connection, self->plan->uuid, set, error);
}

static guint64
get_number (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return g_variant_get_uint32 (value);
  return g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64) ? g_variant_get_uint64 (value) : 0;
}

gboolean
gbx_machine_change (GbxMachine *self, const char *key, GVariant *value, GError **error)
{
  if (g_str_equal (key, "resources.cpu-set") &&
      self->plan->platform == GBX_PLATFORM_QEMU_SYSTEM &&
      !pin_group (self, g_variant_get_string (value, NULL), error))
    return FALSE;
  if (gbx_machine_change_is_of_threads (key))
    return gbx_machine_change_threads (self->pid, key, value, error);
  if (gbx_limits_are_of_disk (key))
    return gbx_limits_change_disk (self->connection, self->plan, key, get_number (value), error);
  return gbx_limits_are_of_group (key) && self->plan->platform == GBX_PLATFORM_QEMU_SYSTEM
             ? gbx_limits_change_group (
                   self->connection, self->plan,
                   gbx_policy_get_memory (self->plan->policy) + GBX_LIMITS_EMULATOR_MEMORY, key,
                   get_number (value), error)
             : gbx_limits_refuse (key, error);
}
