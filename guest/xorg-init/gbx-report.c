/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reports to the host, and the end. */

#include "gbx-init.h"

#include "gbx-kept-home.h"
#include "gbx-mounts.h"
#include "gbx-place.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FAREWELL_MS 5000

static void
send_writer (GbxInit *self, GbxMessage type, GbxWriter *writer, size_t limit)
{
  if (!writer->failed &&
      gbx_port_send (&self->port, type, GBX_TO_GUEST, writer->buffer, writer->length, limit))
    gbx_port_flush (&self->port);
}

void
gbx_log (GbxInit *self, GbxLogLevel level, const char *format, ...)
{
  uint8_t buffer[GBX_TEXT_MAX + 16];
  GbxLogLine line = { .level = level, .uptime_ms = gbx_uptime_ms () };
  GbxWriter writer;
  va_list arguments;

  if (level == GBX_LOG_DEBUG && !self->config.verbose)
    return;
  va_start (arguments, format);
  vsnprintf (line.text, sizeof line.text, format, arguments);
  va_end (arguments);
  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_log_encode (&line, &writer);
  send_writer (self, GBX_MSG_LOG, &writer, GBX_QUEUE_LOG_MAX);
}

void
gbx_report_phase (GbxInit *self, GbxPhase phase)
{
  uint8_t buffer[16];
  GbxPhaseReport report = { phase, gbx_uptime_ms () };
  GbxWriter writer;

  self->phase = phase;
  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_phase_encode (&report, &writer);
  send_writer (self, GBX_MSG_PHASE, &writer, GBX_QUEUE_SIZE);
  gbx_heartbeat_tick (self);
}

void
gbx_report_exit (GbxInit *self, uint16_t process, const GbxExitReport *report)
{
  uint8_t buffer[GBX_TEXT_MAX + 16];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_exit_encode (report, &writer);
  if (gbx_port_send (&self->port, GBX_MSG_EXIT, (GbxAddress) { process, GBX_STREAM_NONE }, buffer,
                     writer.length, GBX_QUEUE_SIZE))
    gbx_port_flush (&self->port);
}

void
gbx_report_u32 (GbxInit *self, GbxMessage type, GbxAddress address, uint32_t value)
{
  uint8_t buffer[4];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_write_u32 (&writer, value);
  if (gbx_port_send (&self->port, type, address, buffer, writer.length, GBX_QUEUE_SIZE))
    gbx_port_flush (&self->port);
}

void
gbx_report_window (GbxInit *self, const GbxWindowReport *report)
{
  uint8_t buffer[GBX_TITLE_MAX + 16];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_window_encode (report, &writer);
  send_writer (self, GBX_MSG_WINDOW, &writer, GBX_QUEUE_LOG_MAX);
}

void
gbx_report_windows (GbxInit *self, const GbxWindowList *list)
{
  static uint8_t buffer[1 + GBX_WINDOWS_MAX * (9 + GBX_TITLE_MAX)];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_windows_encode (list, &writer);
  send_writer (self, GBX_MSG_WINDOWS, &writer, GBX_QUEUE_LOG_MAX);
}

/* -------------------------------------------------------------- the end -- */

void
gbx_power_off (GbxInit *self)
{
  /* Writers must end before their file systems are unmounted. */
  kill (-1, SIGKILL);
  if (!self->port.gone)
    gbx_port_drain (&self->port, FAREWELL_MS);
  gbx_unmount_shares (self);
  gbx_close_home_disk (self);
  if (!self->port.gone)
    {
      gbx_port_send (&self->port, GBX_MSG_BYE, GBX_TO_GUEST, NULL, 0, GBX_QUEUE_SIZE);
      gbx_port_drain (&self->port, FAREWELL_MS);
    }
  self->place->end ();
  for (;;)
    pause ();
}

void
gbx_fatal (GbxInit *self, const char *format, ...)
{
  GbxExitReport report = { GBX_EXIT_SETUP_FAILED, self->phase, false, "" };
  va_list arguments;

  va_start (arguments, format);
  vsnprintf (report.text, sizeof report.text, format, arguments);
  va_end (arguments);
  gbx_log (self, GBX_LOG_ERROR, "%s", report.text);
  gbx_report_exit (self, GBX_PROCESS_GUEST, &report);
  gbx_power_off (self);
}
