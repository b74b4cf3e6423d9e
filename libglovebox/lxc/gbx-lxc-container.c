/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-container"

#include "config.h"

#include "gbx-lxc-container.h"

#include "gbx-container-domain.h"
#include "gbx-error.h"
#include "gbx-limits-change.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_SOCKETS 3
/* For a container to end by itself: after its good-bye, when it is ended, and when libvirt does not
 * answer. */
#define EXIT_MS 500
#define END_MS 100
#define LAST_MS 3000
/* Viewers that have not been accepted yet. */
#define BACKLOG 8

struct _GbxContainer
{
  gatomicrefcount references;
  GbxVirt *connection;
  GbxContainerPlan *plan; /* (unowned) */
  int console;            /* the host's end, until it is taken; or -1 */
  int last;               /* the same, to tell the container that the host is gone; or -1 */
  int process;            /* a descriptor of the container's process on the host, or -1 */
  gboolean has_domain;
};

GbxContainer *
gbx_container_new (GbxVirt *connection, GbxContainerPlan *plan)
{
  GbxContainer *self = g_new0 (GbxContainer, 1);

  g_atomic_ref_count_init (&self->references);
  self->connection = connection;
  self->plan = plan;
  self->console = self->last = self->process = -1;
  return self;
}

GbxContainer *
gbx_container_ref (GbxContainer *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

void
gbx_container_unref (GbxContainer *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  close_fd (&self->console);
  close_fd (&self->last);
  close_fd (&self->process);
  gbx_virt_unref (self->connection);
  g_free (self);
}

/* ------------------------------------------------------------- sockets -- */

static gboolean
make_console (GbxContainer *self, int *theirs)
{
  int pair[2];

  close_fd (&self->console);
  close_fd (&self->last);
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return FALSE;
  *theirs = pair[1];
  self->console = pair[0];
  fcntl (self->console, F_SETFL, O_NONBLOCK);
  self->last = fcntl (self->console, F_DUPFD_CLOEXEC, 0);
  return TRUE;
}

/* Connects to the path, or listens there. */
static int
open_socket (const char *path, gboolean listens)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  if (listens)
    unlink (path);
  if (fd >= 0 &&
      (listens ? bind (fd, (struct sockaddr *) &address, sizeof address) == 0 &&
                     listen (fd, BACKLOG) == 0
               : connect (fd, (struct sockaddr *) &address, sizeof address) == 0))
    return fd;
  if (fd >= 0)
    close (fd);
  return -1;
}

static gboolean
fail_to_open (const char *path, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot open the socket %s: %s"), path,
               g_strerror (errno));
  return FALSE;
}

static gboolean
add_socket (int *fds, guint *n, const char *path, gboolean listens, GError **error)
{
  if (!path)
    return TRUE;
  fds[*n] = open_socket (path, listens);
  return fds[*n] >= 0 ? (*n)++, TRUE : fail_to_open (path, error);
}

/* In the order of the arguments of the guest's init. */
static gboolean
make_sockets (GbxContainer *self, int *fds, guint *n, GError **error)
{
  if (!make_console (self, &fds[0]))
    return fail_to_open ("console", error);
  *n = 1;
  return add_socket (fds, n, self->plan->display_socket, TRUE, error) &&
         add_socket (fds, n, self->plan->plan->network_socket, FALSE, error);
}

/* --------------------------------------------------------------- start -- */

gboolean
gbx_container_start (GbxContainer *self, GError **error)
{
  g_autoptr (GVirConfigDomain) config = gbx_container_domain_new (self->plan, error);
  int fds[MAX_SOCKETS];
  guint n = 0;
  gboolean started;

  if (!config)
    return FALSE;
  /* A failed start may leave a domain too, if the daemon died meanwhile. */
  close_fd (&self->process);
  started = make_sockets (self, fds, &n, error);
  self->has_domain = self->has_domain || started;
  started = started && gbx_virt_start_with_files (self->connection, config, fds, n, &self->process, error);
  for (guint i = 0; i < n; i++)
    close (fds[i]);
  return started;
}

int
gbx_container_take_console (GbxContainer *self)
{
  int fd = self->console;

  self->console = -1;
  return fd;
}

/* -------------------------------------------------------------- beside -- */

void
gbx_container_interrupt (GbxContainer *self)
{
  gbx_virt_destroy (self->connection, self->plan->plan->uuid, NULL);
}

gboolean
gbx_container_set_paused (GbxContainer *self, gboolean paused, GError **error)
{
  return gbx_virt_set_paused (self->connection, self->plan->plan->uuid, paused, error);
}

gboolean
gbx_container_measure (GbxContainer *self, GbxUsage *usage, GError **error)
{
  return gbx_virt_measure (self->connection, self->plan->plan->uuid, usage, error);
}

int
gbx_container_open_display (GbxContainer *self, GError **error)
{
  int fd = self->plan->display_socket ? open_socket (self->plan->display_socket, FALSE) : -1;

  if (fd < 0)
    g_set_error (error, GBX_ERROR, GBX_ERROR_DISPLAY, _ ("Cannot connect to the display: %s"),
                 g_strerror (self->plan->display_socket ? errno : ENOENT));
  return fd;
}

/* ----------------------------------------------------------------- end -- */

/* The first process of the container ends when the host is gone, and all others with it. */
static gboolean
has_exited (GbxContainer *self, int wait_ms)
{
  struct pollfd process = { .fd = self->process, .events = POLLIN };
  int ready;

  if (self->last >= 0)
    shutdown (self->last, SHUT_WR);
  do
    ready = poll (&process, 1, wait_ms);
  while (ready < 0 && errno == EINTR);
  return self->process >= 0 && ready == 1;
}

/* Without its processes the container has ended, even if libvirt does not answer. */
gboolean
gbx_container_end (GbxContainer *self, gboolean powered_off, GError **error)
{
  g_autoptr (GError) local = NULL;

  close_fd (&self->console);
  /* libvirt looks only five times a second whether what it kills has ended. */
  if (self->has_domain && self->process >= 0)
    has_exited (self, powered_off ? EXIT_MS : END_MS);
  if (self->has_domain && !gbx_virt_destroy (self->connection, self->plan->plan->uuid, &local) &&
      !has_exited (self, LAST_MS))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  close_fd (&self->last);
  close_fd (&self->process);
  self->has_domain = FALSE;
  return TRUE;
}

gboolean
gbx_container_change (GbxContainer *self, const char *key, GVariant *value, GError **error)
{
  GbxLaunchPlan *plan = self->plan->plan;
  guint64 number = 0;

  if (!gbx_limits_are_of_group (key) && !gbx_limits_are_of_disk (key))
    return gbx_limits_refuse (key, error);
  number = g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32) ? g_variant_get_uint32 (value)
                                                               : g_variant_get_uint64 (value);
  return gbx_limits_change_group (self->connection, plan, gbx_policy_get_memory (plan->policy), key,
                                  number, error);
}
