/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the host is told, and the end. */

#include "gbx-init.h"

#include "gbx-mounts.h"
#include "gbx-power.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define FAREWELL_MS 5000

static void
send_writer (GbxInit *self, GbxMessage type, GbxWriter *writer, size_t limit)
{
  if (!writer->failed &&
      gbx_channel_send (&self->channel, type, GBX_STREAM_NONE, writer->buffer, writer->length, limit))
    gbx_channel_flush (&self->channel);
}

static void
log_va (GbxInit *self, GbxLogLevel level, const char *format, va_list arguments)
{
  uint8_t buffer[GBX_TEXT_MAX + 16];
  GbxLogLine line = { .level = level, .uptime_ms = gbx_uptime_ms () };
  GbxWriter writer;

  if (level == GBX_LOG_DEBUG && !self->config.verbose)
    return;
  vsnprintf (line.text, sizeof line.text, format, arguments);
  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_log_encode (&line, &writer);
  send_writer (self, GBX_MSG_LOG, &writer, GBX_QUEUE_LOG_MAX);
}

void
gbx_log (GbxInit *self, GbxLogLevel level, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  log_va (self, level, format, arguments);
  va_end (arguments);
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
}

void
gbx_report_exit (GbxInit *self, GbxExitKind kind, uint32_t value)
{
  uint8_t buffer[16];
  GbxExitReport report = { kind, value };
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_exit_encode (&report, &writer);
  send_writer (self, GBX_MSG_EXIT, &writer, GBX_QUEUE_SIZE);
}

void
gbx_report_u32 (GbxInit *self, GbxMessage type, GbxStream stream, uint32_t value)
{
  uint8_t buffer[4];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_write_u32 (&writer, value);
  if (gbx_channel_send (&self->channel, type, stream, buffer, writer.length, GBX_QUEUE_SIZE))
    gbx_channel_flush (&self->channel);
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

/* ------------------------------------------------------------ heartbeat -- */

/* Since the last call, of all processors, 0 to 1000. */
static uint32_t
busy_permille (void)
{
  static unsigned long long last_busy, last_all;
  unsigned long long t[8] = { 0 }, busy, all, permille;
  char text[512];

  if (gbx_read_file ("/proc/stat", text, sizeof text) < 0)
    return 0;
  sscanf (text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2], &t[3], &t[4],
          &t[5], &t[6], &t[7]);
  busy = t[0] + t[1] + t[2] + t[5] + t[6] + t[7];
  all = busy + t[3] + t[4]; /* idle, waiting for I/O */
  permille = all > last_all && busy >= last_busy ? (busy - last_busy) * 1000 / (all - last_all) : 0;
  last_busy = busy;
  last_all = all;
  return permille > 1000 ? 1000 : (uint32_t) permille;
}

/* Cached pages of /usr can be given back, so "free" alone would mislead. */
static uint32_t
available_kib (void)
{
  char text[1024];
  const char *at;
  unsigned long kib = 0;

  if (gbx_read_file ("/proc/meminfo", text, sizeof text) < 0)
    return 0;
  at = strstr (text, "MemAvailable:");
  if (at)
    sscanf (at, "MemAvailable: %lu", &kib);
  return (uint32_t) kib;
}

void
gbx_report_heartbeat (GbxInit *self)
{
  uint8_t buffer[16];
  struct sysinfo info;
  GbxHeartbeat beat = { .uptime_ms = gbx_uptime_ms () };
  GbxWriter writer;

  if (sysinfo (&info) == 0)
    beat.memory_total_kib = (uint32_t) ((uint64_t) info.totalram * info.mem_unit / 1024);
  beat.memory_available_kib = available_kib ();
  beat.busy_permille = busy_permille ();
  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_heartbeat_encode (&beat, &writer);
  send_writer (self, GBX_MSG_HEARTBEAT, &writer, GBX_QUEUE_DATA_MAX);
}

/* -------------------------------------------------------------- the end -- */

void
gbx_power_off (GbxInit *self)
{
  /* Writers have to end before their file systems go. */
  kill (-1, SIGKILL);
  if (!self->channel.gone)
    gbx_channel_drain (&self->channel, FAREWELL_MS);
  gbx_unmount_shares (self);
  if (!self->channel.gone)
    {
      gbx_channel_send (&self->channel, GBX_MSG_BYE, GBX_STREAM_NONE, NULL, 0, GBX_QUEUE_SIZE);
      gbx_channel_drain (&self->channel, FAREWELL_MS);
    }
  gbx_reset_machine ();
}

void
gbx_fatal (GbxInit *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  log_va (self, GBX_LOG_ERROR, format, arguments);
  va_end (arguments);
  gbx_report_exit (self, GBX_EXIT_SETUP_FAILED, self->phase);
  gbx_power_off (self);
}
