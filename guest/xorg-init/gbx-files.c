/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See gbx-files.h.
 *
 * Should: move bytes between the channels and the workers, within the credit of both sides.
 * Mustn't: open a file of the user's, or wait for a worker. */

#include "gbx-files.h"

#include "gbx-confine.h"
#include "gbx-file-worker.h"
#include "gbx-place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

typedef struct
{
  GbxAddress address;
  bool used;
  int fd; /* to the worker */
  size_t start, end; /* of what it has not taken yet */
  uint8_t buffer[GBX_FILES_WINDOW];
} Worker;

static Worker workers[GBX_FILE_WORKERS_MAX];
/* A process may live a little longer than its channel. */
static pid_t pids[4 * GBX_FILE_WORKERS_MAX];
static GbxPutFiles *put;
static int64_t began;

void
gbx_files_begin (GbxInit *self)
{
  void *memory = mmap (NULL, sizeof *put, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                       0);

  put = memory == MAP_FAILED ? NULL : memory;
  began = self->home_on_disk ? time (NULL) : 0;
}

/* ---------------------------------------------------------- the process -- */

/* What it takes to become the user for good, which only a child does that executes a program. */
#define RIGHTS_TO_BECOME                                                                           \
  (1u << CAP_SETUID | 1u << CAP_SETGID | 1u << CAP_SETPCAP | 1u << CAP_SETFCAP)

static bool
set_rights (uint32_t effective)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3] = {
    { .effective = effective, .permitted = RIGHTS_TO_BECOME },
  };

  return syscall (SYS_capset, &header, rights) == 0;
}

/* Files are opened as the user, without any capability. */
static bool
take_rights (const GbxInit *self)
{
  setfsgid (self->config.gid);
  setfsuid (self->config.uid);
  return (uid_t) setfsuid (self->config.uid) == self->config.uid && set_rights (0);
}

static bool
become_user (void *data)
{
  const GbxInit *self = data;

  gbx_confine_process ();
  return set_rights (RIGHTS_TO_BECOME) && gbx_confine_privileges (self->config.uid) &&
         gbx_confine_account (self->config.uid, self->config.gid, NULL, 0) &&
         self->place->confine_system_calls ();
}

static _Noreturn void
work (GbxInit *self, int fd, bool takes)
{
  static const char *left_out[GBX_CONFIG_SHARES_MAX + 1];
  GbxFileWorker worker = { .fd = fd, .home = self->config.home, .takes = takes, .since = began,
                           .left_out = left_out, .put = put, .become_user = become_user,
                           .data = self };

  prctl (PR_SET_NAME, "glovebox-files");
  for (size_t i = 0; i < self->config.n_shares; i++)
    left_out[i] = self->config.shares[i].path;
  if (close_range (3, (unsigned) fd - 1, 0) != 0 || close_range ((unsigned) fd + 1, ~0U, 0) != 0 ||
      !take_rights (self))
    _exit (1);
  gbx_file_worker_run (&worker);
  _exit (0);
}

static pid_t *
free_pid (void)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (pids); i++)
    if (pids[i] == 0)
      return &pids[i];
  return NULL;
}

static bool
start (GbxInit *self, Worker *worker, bool takes)
{
  pid_t *pid = free_pid ();
  int ends[2];

  if (!pid || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return false;
  *pid = fork ();
  if (*pid == 0)
    work (self, ends[1], takes);
  close (ends[1]);
  worker->fd = ends[0];
  if (*pid > 0)
    return true;
  *pid = 0;
  gbx_close_fd (&worker->fd);
  return false;
}

bool
gbx_files_is_worker (pid_t pid)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (pids); i++)
    if (pids[i] == pid)
      return true;
  return false;
}

void
gbx_files_reaped (pid_t pid)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (pids); i++)
    if (pids[i] == pid)
      pids[i] = 0;
}

/* ----------------------------------------------------------- the channels -- */

static Worker *
find (GbxAddress address)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (workers); i++)
    if (workers[i].used && workers[i].address.process == address.process &&
        workers[i].address.channel == address.channel)
      return &workers[i];
  return NULL;
}

static void
opened (GbxServices *services, GbxAddress address, bool takes)
{
  GbxInit *self = services->owner;
  Worker *worker = NULL;

  for (size_t i = 0; i < GBX_N_ELEMENTS (workers) && !worker; i++)
    if (!workers[i].used)
      worker = &workers[i];
  if (!worker || self->phase < GBX_PHASE_SUPERVISION || !start (self, worker, takes))
    {
      gbx_services_close (services, address);
      return;
    }
  worker->used = true;
  worker->address = address;
  worker->start = worker->end = 0;
}

void
gbx_files_opened (GbxServices *services, GbxAddress address)
{
  opened (services, address, false);
}

void
gbx_put_opened (GbxServices *services, GbxAddress address)
{
  opened (services, address, true);
}

static void
release (Worker *worker)
{
  gbx_close_fd (&worker->fd);
  worker->used = false;
}

void
gbx_files_closed (GbxServices *services, GbxAddress address)
{
  Worker *worker = find (address);

  if (worker)
    release (worker);
}

/* The credit is the size of the buffer, so everything fits. */
void
gbx_files_take (GbxServices *services, GbxAddress address, const uint8_t *data, size_t length)
{
  Worker *worker = find (address);

  if (!worker)
    return;
  memmove (worker->buffer, worker->buffer + worker->start, worker->end - worker->start);
  worker->end -= worker->start;
  worker->start = 0;
  if (length > sizeof worker->buffer - worker->end)
    return;
  memcpy (worker->buffer + worker->end, data, length);
  worker->end += length;
}

/* ----------------------------------------------------------------- bytes -- */

void
gbx_files_fill_polled (GbxInit *self, struct pollfd *fds)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (workers); i++)
    {
      const Worker *worker = &workers[i];
      short events = 0;

      if (worker->used && gbx_services_credit (&self->services, worker->address) > 0)
        events |= POLLIN;
      if (worker->used && worker->end > worker->start)
        events |= POLLOUT;
      fds[i] = (struct pollfd) { events ? worker->fd : -1, events, 0 };
    }
}

static void
pump_in (GbxInit *self, Worker *worker)
{
  ssize_t n = send (worker->fd, worker->buffer + worker->start, worker->end - worker->start,
                    MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n > 0)
    {
      worker->start += (size_t) n;
      gbx_services_grant (&self->services, worker->address, (uint32_t) n);
    }
  else if (n < 0 && errno != EAGAIN && errno != EINTR)
    worker->start = worker->end; /* it has gone; what it has said comes first */
}

static void
pump_out (GbxInit *self, Worker *worker)
{
  static uint8_t piece[GBX_DATA_MAX];
  size_t most = gbx_services_credit (&self->services, worker->address);
  ssize_t n = most > 0 ? recv (worker->fd, piece, most, MSG_DONTWAIT) : -1;

  if (n > 0)
    gbx_services_send (&self->services, worker->address, piece, (size_t) n);
  if (n > 0 || most == 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
    return;
  gbx_services_close (&self->services, worker->address);
  release (worker);
}

void
gbx_files_pump (GbxInit *self, const struct pollfd *fds)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (workers); i++)
    {
      if (!workers[i].used || fds[i].fd != workers[i].fd)
        continue;
      if ((fds[i].revents & (POLLOUT | POLLHUP | POLLERR)) && workers[i].end > workers[i].start)
        pump_in (self, &workers[i]);
      if (fds[i].revents & (POLLIN | POLLHUP | POLLERR))
        pump_out (self, &workers[i]);
    }
}
