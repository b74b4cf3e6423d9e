/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The heartbeat, the table of services, and the guest's load: the channel "figures". */

#include "gbx-heartbeat.h"

#include "gbx-file-records.h"
#include "gbx-files.h"
#include "gbx-input-records.h"
#include "gbx-input.h"
#include "gbx-place.h"
#include "gbx-supervise.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BEAT_MS 1000

/* -------------------------------------------------------------- figures -- */

static void
send_figures (GbxServices *services, GbxAddress address)
{
  GbxInit *self = services->owner;
  uint8_t buffer[GBX_FIGURES_SIZE];
  GbxFigures figures = {
    .uptime_ms = gbx_uptime_ms (),
    .busy_permille = self->place->get_busy_permille (),
    .memory_total_kib = (uint32_t) self->place->get_memory_kib (),
    .memory_available_kib = self->place->get_available_kib (),
  };
  GbxWriter writer;

  if (self->configured)
    figures.n_processes = gbx_signal_user_processes (self, 0, NULL);
  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_figures_encode (&figures, &writer);
  /* Without credit, records are skipped. */
  gbx_services_send (services, address, buffer, writer.length);
}

static const GbxService table[] = {
  { .name = GBX_FIGURES_CHANNEL, .second = send_figures },
  { .name = GBX_INPUT_CHANNEL, .window = GBX_INPUT_RECORD_MAX, .opened = gbx_input_opened,
    .take = gbx_input_take },
  { .name = GBX_POINTER_CHANNEL, .opened = gbx_pointer_opened },
  { .name = GBX_FILES_CHANNEL, .window = GBX_FILES_WINDOW, .opened = gbx_files_opened,
    .take = gbx_files_take, .closed = gbx_files_closed },
  { .name = GBX_PUT_CHANNEL, .window = GBX_FILES_WINDOW, .opened = gbx_put_opened,
    .take = gbx_files_take, .closed = gbx_files_closed },
  { .name = GBX_HOLD_CHANNEL },
};

void
gbx_offer_services (GbxInit *self)
{
  gbx_services_init (&self->services, &self->port, self, table, GBX_N_ELEMENTS (table));
}

/* ------------------------------------------------------------ heartbeat -- */

static void
send_heartbeat (GbxInit *self)
{
  uint8_t buffer[16];
  struct timespec now = { 0 };
  GbxHeartbeat beat = { .uptime_ms = gbx_uptime_ms () };
  GbxWriter writer;

  clock_gettime (CLOCK_REALTIME, &now);
  beat.clock.seconds = (uint32_t) now.tv_sec;
  beat.clock.nanoseconds = (uint32_t) now.tv_nsec;
  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_heartbeat_encode (&beat, &writer);
  gbx_port_send (&self->port, GBX_MSG_HEARTBEAT, GBX_TO_GUEST, buffer, writer.length,
                 GBX_QUEUE_LOG_MAX);
}

int
gbx_heartbeat_due_ms (const GbxInit *self)
{
  uint32_t since = gbx_uptime_ms () - self->heartbeat_ms;

  return since >= BEAT_MS ? 0 : (int) (BEAT_MS - since);
}

void
gbx_heartbeat_tick (GbxInit *self)
{
  if (gbx_heartbeat_due_ms (self) > 0)
    return;
  self->heartbeat_ms = gbx_uptime_ms ();
  send_heartbeat (self);
  gbx_services_second (&self->services);
  if (self->place->second)
    self->place->second ();
  gbx_port_flush (&self->port);
}

int
gbx_await_child (GbxInit *self, pid_t pid)
{
  gbx_autofd fd = (int) syscall (SYS_pidfd_open, pid, 0);
  struct pollfd ended = { fd, POLLIN, 0 };
  int status = 0;

  while (fd >= 0 && poll (&ended, 1, gbx_heartbeat_due_ms (self)) <= 0)
    gbx_heartbeat_tick (self);
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  return status;
}
