/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Frames, fields and messages of the guest protocol: see gbx-protocol.h. */

#include "gbx-protocol.h"

#include <string.h>

static uint16_t
get_u16 (const uint8_t *at)
{
  return (uint16_t) (at[0] | at[1] << 8);
}

static uint32_t
get_u32 (const uint8_t *at)
{
  return at[0] | (uint32_t) at[1] << 8 | (uint32_t) at[2] << 16 | (uint32_t) at[3] << 24;
}

static void
put_u16 (uint8_t *at, uint16_t value)
{
  at[0] = value & 0xff;
  at[1] = value >> 8;
}

static void
put_u32 (uint8_t *at, uint32_t value)
{
  put_u16 (at, value & 0xffff);
  put_u16 (at + 2, value >> 16);
}

/* ------------------------------------------------------------- frames -- */

/* What a frame may be about. */
typedef enum
{
  GUEST,   /* the guest itself: process 0 */
  PROCESS, /* one of its commands */
  EITHER,
} Subject;

typedef struct
{
  uint8_t type;
  bool to_guest, to_host;
  Subject subject;
  uint32_t shortest, longest; /* of the payload */
} FrameRule;

/* Every frame that exists.  An invalid length ends the connection before any byte of the
 * payload is read. */
static const FrameRule frame_rules[] = {
  { GBX_MSG_HELLO, true, true, GUEST, 10, 74 },
  { GBX_MSG_DATA, true, true, EITHER, 1, GBX_DATA_MAX },
  { GBX_MSG_CLOSE, true, true, EITHER, 0, 0 },
  { GBX_MSG_CREDIT, true, true, EITHER, 4, 4 },
  { GBX_MSG_OPEN, true, true, EITHER, 9, 8 + GBX_CHANNEL_NAME_MAX },
  { GBX_MSG_OPENED, true, true, EITHER, 4, 4 },
  { GBX_MSG_REFUSED, true, true, EITHER, 5, 4 + GBX_TITLE_MAX },
  { GBX_MSG_CONFIG, true, false, GUEST, 2, GBX_PAYLOAD_MAX },
  { GBX_MSG_WINSIZE, true, false, PROCESS, 4, 4 },
  { GBX_MSG_SIGNAL, true, false, PROCESS, 4, 4 },
  { GBX_MSG_STOP, true, false, GUEST, 4, 4 },
  { GBX_MSG_DISPLAY, true, false, GUEST, 4, 4 },
  { GBX_MSG_TIME, true, false, GUEST, 8, 8 },
  { GBX_MSG_START, true, false, PROCESS, 2, GBX_PAYLOAD_MAX },
  { GBX_MSG_CLOSE_WINDOWS, true, false, GUEST, 0, 0 },
  { GBX_MSG_USE_WINDOW, true, false, GUEST, 4, 4 },
  { GBX_MSG_PHASE, false, true, GUEST, 5, 5 },
  { GBX_MSG_STARTED, false, true, PROCESS, 4, 4 },
  { GBX_MSG_EXIT, false, true, EITHER, 10, 10 + GBX_TEXT_MAX },
  { GBX_MSG_LOG, false, true, GUEST, 9, 9 + GBX_TEXT_MAX },
  { GBX_MSG_HEARTBEAT, false, true, GUEST, 12, 12 },
  { GBX_MSG_WINDOW, false, true, GUEST, 9, 9 + GBX_TITLE_MAX },
  { GBX_MSG_BYE, false, true, GUEST, 0, 0 },
  { GBX_MSG_WINDOWS, false, true, GUEST, 1, 1 + GBX_WINDOWS_MAX * (9 + GBX_TITLE_MAX) },
};

static const FrameRule *
find_rule (uint8_t type, GbxDirection direction)
{
  for (size_t i = 0; i < sizeof frame_rules / sizeof *frame_rules; i++)
    {
      const FrameRule *rule = &frame_rules[i];

      if (rule->type == type)
        return (direction == GBX_DIRECTION_TO_GUEST ? rule->to_guest : rule->to_host) ? rule : NULL;
    }
  return NULL;
}

static bool
process_is_valid (const FrameRule *rule, uint16_t process)
{
  if (process > GBX_PROCESS_LAST)
    return false;
  return rule->subject == EITHER || (rule->subject == GUEST) == (process == GBX_PROCESS_GUEST);
}

bool
gbx_channel_is_named (uint8_t channel)
{
  return channel >= GBX_CHANNEL_OF_HOST && channel < GBX_CHANNEL_OF_HOST + GBX_CHANNELS_BOTH;
}

bool
gbx_channel_is_opened_from (uint8_t channel, GbxDirection to)
{
  /* What goes to the guest comes from the host. */
  return gbx_channel_is_named (channel) &&
         (channel < GBX_CHANNEL_OF_GUEST) == (to == GBX_DIRECTION_TO_GUEST);
}

/* Each stream has one direction: stdin to the guest, the others to the host; credit goes in
 * the opposite direction.  Either side may close an output: the guest because it has ended,
 * the host because nobody reads it any more. */
static bool
stream_is_valid (uint8_t type, uint8_t stream, GbxDirection direction)
{
  bool to_guest = direction == GBX_DIRECTION_TO_GUEST;
  bool is_output = stream == GBX_STREAM_STDOUT || stream == GBX_STREAM_STDERR;

  if (type == GBX_MSG_CLOSE && to_guest && is_output)
    return true;
  if (type == GBX_MSG_CREDIT)
    to_guest = !to_guest;
  return to_guest ? stream == GBX_STREAM_STDIN : is_output;
}

/* The guest itself has no streams, but it may have channels. */
static bool
channel_is_valid (uint8_t type, uint16_t process, uint8_t channel, GbxDirection direction)
{
  if (gbx_channel_is_named (channel) && process >= GBX_N_CHANNEL_PROCESSES)
    return false;
  switch (type)
    {
    case GBX_MSG_DATA:
    case GBX_MSG_CLOSE:
    case GBX_MSG_CREDIT:
      return gbx_channel_is_named (channel) ||
             (process != GBX_PROCESS_GUEST && stream_is_valid (type, channel, direction));
    case GBX_MSG_OPEN:
      return gbx_channel_is_opened_from (channel, direction);
    case GBX_MSG_OPENED:
    case GBX_MSG_REFUSED:
      return gbx_channel_is_named (channel) && !gbx_channel_is_opened_from (channel, direction);
    default:
      return channel == GBX_STREAM_NONE;
    }
}

void
gbx_decoder_init (GbxDecoder *self, GbxDirection direction)
{
  self->direction = direction;
  self->start = self->end = 0;
  self->error = NULL;
}

uint8_t *
gbx_decoder_space (GbxDecoder *self, size_t *n)
{
  if (self->start > 0)
    {
      memmove (self->buffer, self->buffer + self->start, self->end - self->start);
      self->end -= self->start;
      self->start = 0;
    }
  *n = sizeof self->buffer - self->end;
  return self->buffer + self->end;
}

void
gbx_decoder_filled (GbxDecoder *self, size_t n)
{
  size_t room = sizeof self->buffer - self->end;

  self->end += n < room ? n : room;
}

static int
decoder_fail (GbxDecoder *self, const char *error)
{
  self->error = error;
  return -1;
}

int
gbx_decoder_next (GbxDecoder *self, GbxFrame *frame)
{
  const uint8_t *header = self->buffer + self->start;
  size_t available = self->end - self->start;
  const FrameRule *rule;
  uint32_t length;

  if (self->error)
    return -1;
  if (available < GBX_HEADER_SIZE)
    return 0;

  length = get_u32 (header + 4);
  rule = find_rule (header[0], self->direction);
  if (!rule)
    return decoder_fail (self, "unknown frame type");
  if (!process_is_valid (rule, get_u16 (header + 2)))
    return decoder_fail (self, "frame of a process it cannot have");
  if (!channel_is_valid (header[0], get_u16 (header + 2), header[1], self->direction))
    return decoder_fail (self, "frame on a channel it cannot have");
  if (length < rule->shortest || length > rule->longest)
    return decoder_fail (self, "frame length out of range");
  if (available - GBX_HEADER_SIZE < length)
    return 0;

  frame->type = header[0];
  frame->channel = header[1];
  frame->process = get_u16 (header + 2);
  frame->length = length;
  frame->payload = header + GBX_HEADER_SIZE;
  self->start += GBX_HEADER_SIZE + length;
  return 1;
}

void
gbx_frame_header (uint8_t *out, GbxMessage type, uint16_t process, uint8_t channel,
                  uint32_t length)
{
  out[0] = type;
  out[1] = channel;
  put_u16 (out + 2, process);
  put_u32 (out + 4, length);
}

/* ------------------------------------------------------------- fields -- */

void
gbx_reader_init (GbxReader *self, const void *data, size_t length)
{
  self->at = data;
  self->left = length;
  self->failed = false;
}

static const uint8_t *
reader_take (GbxReader *self, size_t n)
{
  const uint8_t *at = self->at;

  if (self->failed || n > self->left)
    {
      self->failed = true;
      return NULL;
    }
  if (n > 0)
    self->at += n;
  self->left -= n;
  return at;
}

uint8_t
gbx_read_u8 (GbxReader *self)
{
  const uint8_t *at = reader_take (self, 1);

  return at ? *at : 0;
}

uint16_t
gbx_read_u16 (GbxReader *self)
{
  const uint8_t *at = reader_take (self, 2);

  return at ? get_u16 (at) : 0;
}

uint32_t
gbx_read_u32 (GbxReader *self)
{
  const uint8_t *at = reader_take (self, 4);

  return at ? get_u32 (at) : 0;
}

const uint8_t *
gbx_read_bytes (GbxReader *self, size_t max, size_t *length)
{
  uint32_t n = gbx_read_u32 (self);

  *length = 0;
  if (self->failed || n > max)
    {
      self->failed = true;
      return NULL;
    }
  *length = n;
  return reader_take (self, n);
}

bool
gbx_read_text (GbxReader *self, char *out, size_t max)
{
  size_t length;
  const uint8_t *at = gbx_read_bytes (self, max, &length);

  out[0] = '\0';
  if (self->failed || (length > 0 && memchr (at, '\0', length)))
    {
      self->failed = true;
      return false;
    }
  if (length > 0)
    memcpy (out, at, length);
  out[length] = '\0';
  return true;
}

bool
gbx_reader_done (const GbxReader *self)
{
  return !self->failed && self->left == 0;
}

bool
gbx_fill (uint8_t *buffer, size_t *held, size_t wanted, const uint8_t **data, size_t *length)
{
  size_t n = wanted > *held ? wanted - *held : 0;

  if (n > *length)
    n = *length;
  if (n > 0)
    memcpy (buffer + *held, *data, n);
  *held += n;
  *data += n;
  *length -= n;
  return *held >= wanted;
}

void
gbx_writer_init (GbxWriter *self, void *buffer, size_t size)
{
  self->buffer = buffer;
  self->size = size;
  self->length = 0;
  self->failed = false;
}

static uint8_t *
writer_take (GbxWriter *self, size_t n)
{
  uint8_t *at = self->buffer + self->length;

  if (self->failed || n > self->size - self->length)
    {
      self->failed = true;
      return NULL;
    }
  self->length += n;
  return at;
}

void
gbx_write_u8 (GbxWriter *self, uint8_t value)
{
  uint8_t *at = writer_take (self, 1);

  if (at)
    *at = value;
}

void
gbx_write_u16 (GbxWriter *self, uint16_t value)
{
  uint8_t *at = writer_take (self, 2);

  if (at)
    put_u16 (at, value);
}

void
gbx_write_u32 (GbxWriter *self, uint32_t value)
{
  uint8_t *at = writer_take (self, 4);

  if (at)
    put_u32 (at, value);
}

void
gbx_write_bytes (GbxWriter *self, const void *data, size_t length)
{
  uint8_t *at;

  if (length > GBX_PARTS_MAX)
    {
      self->failed = true;
      return;
    }
  gbx_write_u32 (self, (uint32_t) length);
  at = writer_take (self, length);
  if (at && length > 0)
    memcpy (at, data, length);
}

void
gbx_write_text (GbxWriter *self, const char *text)
{
  gbx_write_bytes (self, text, strlen (text));
}

/* ----------------------------------------------------------- messages -- */

static GbxReader
payload_reader (const GbxFrame *frame)
{
  GbxReader reader;

  gbx_reader_init (&reader, frame->payload, frame->length);
  return reader;
}

void
gbx_hello_encode (const GbxHello *self, GbxWriter *writer)
{
  gbx_write_u32 (writer, GBX_PROTOCOL_MAGIC);
  gbx_write_u16 (writer, self->version);
  gbx_write_text (writer, self->software);
}

bool
gbx_hello_decode (GbxHello *self, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);
  uint32_t magic = gbx_read_u32 (&reader);

  self->version = gbx_read_u16 (&reader);
  gbx_read_text (&reader, self->software, sizeof self->software - 1);
  return gbx_reader_done (&reader) && magic == GBX_PROTOCOL_MAGIC;
}

void
gbx_phase_encode (const GbxPhaseReport *self, GbxWriter *writer)
{
  gbx_write_u8 (writer, self->phase);
  gbx_write_u32 (writer, self->uptime_ms);
}

bool
gbx_phase_decode (GbxPhaseReport *self, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);

  self->phase = gbx_read_u8 (&reader);
  self->uptime_ms = gbx_read_u32 (&reader);
  return gbx_reader_done (&reader) && self->phase >= GBX_PHASE_MODULES &&
         self->phase <= GBX_PHASE_LAST;
}

void
gbx_exit_encode (const GbxExitReport *self, GbxWriter *writer)
{
  gbx_write_u8 (writer, self->kind);
  gbx_write_u32 (writer, self->value);
  gbx_write_u8 (writer, self->out_of_memory ? 1 : 0);
  gbx_write_text (writer, self->text);
}

bool
gbx_exit_decode (GbxExitReport *self, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);
  uint8_t memory;

  self->kind = gbx_read_u8 (&reader);
  self->value = gbx_read_u32 (&reader);
  memory = gbx_read_u8 (&reader);
  self->out_of_memory = memory == 1;
  gbx_read_text (&reader, self->text, GBX_TEXT_MAX);
  if (!gbx_reader_done (&reader) || self->kind > GBX_EXIT_LAST || memory > 1)
    return false;
  if (self->kind == GBX_EXIT_SETUP_FAILED)
    return self->value >= GBX_PHASE_MODULES && self->value <= GBX_PHASE_LAST;
  /* The guest itself has no exit status; it powers off. */
  if (frame->process == GBX_PROCESS_GUEST)
    return false;
  if (self->kind == GBX_EXIT_STATUS)
    return self->value <= 255 && !self->text[0];
  if (self->kind == GBX_EXIT_SIGNAL)
    return self->value >= 1 && self->value <= 64 && !self->text[0];
  return self->value <= 4095;
}

void
gbx_log_encode (const GbxLogLine *self, GbxWriter *writer)
{
  gbx_write_u8 (writer, self->level);
  gbx_write_u32 (writer, self->uptime_ms);
  gbx_write_text (writer, self->text);
}

bool
gbx_log_decode (GbxLogLine *self, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);

  self->level = gbx_read_u8 (&reader);
  self->uptime_ms = gbx_read_u32 (&reader);
  gbx_read_text (&reader, self->text, GBX_TEXT_MAX);
  return gbx_reader_done (&reader) && self->level <= GBX_LOG_LAST;
}

void
gbx_time_encode (const GbxTime *self, GbxWriter *writer)
{
  gbx_write_u32 (writer, self->seconds);
  gbx_write_u32 (writer, self->nanoseconds);
}

static bool
read_time (GbxReader *reader, GbxTime *time)
{
  time->seconds = gbx_read_u32 (reader);
  time->nanoseconds = gbx_read_u32 (reader);
  return time->nanoseconds < 1000000000;
}

bool
gbx_time_decode (GbxTime *self, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);

  return read_time (&reader, self) && gbx_reader_done (&reader);
}

void
gbx_heartbeat_encode (const GbxHeartbeat *self, GbxWriter *writer)
{
  gbx_write_u32 (writer, self->uptime_ms);
  gbx_time_encode (&self->clock, writer);
}

bool
gbx_heartbeat_decode (GbxHeartbeat *self, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);

  self->uptime_ms = gbx_read_u32 (&reader);
  return read_time (&reader, &self->clock) && gbx_reader_done (&reader);
}

void
gbx_figures_encode (const GbxFigures *self, GbxWriter *writer)
{
  gbx_write_u32 (writer, self->uptime_ms);
  gbx_write_u32 (writer, self->busy_permille);
  gbx_write_u32 (writer, self->memory_total_kib);
  gbx_write_u32 (writer, self->memory_available_kib);
  gbx_write_u32 (writer, self->n_processes);
}

bool
gbx_figures_decode (GbxFigures *self, const void *data, size_t length)
{
  GbxReader reader;

  gbx_reader_init (&reader, data, length);
  self->uptime_ms = gbx_read_u32 (&reader);
  self->busy_permille = gbx_read_u32 (&reader);
  self->memory_total_kib = gbx_read_u32 (&reader);
  self->memory_available_kib = gbx_read_u32 (&reader);
  self->n_processes = gbx_read_u32 (&reader);
  return gbx_reader_done (&reader) && self->busy_permille <= 1000 &&
         self->memory_available_kib <= self->memory_total_kib;
}

void
gbx_window_encode (const GbxWindowReport *self, GbxWriter *writer)
{
  gbx_write_u8 (writer, self->event);
  gbx_write_u16 (writer, self->width);
  gbx_write_u16 (writer, self->height);
  gbx_write_text (writer, self->title);
}

bool
gbx_window_decode (GbxWindowReport *self, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);

  self->event = gbx_read_u8 (&reader);
  self->width = gbx_read_u16 (&reader);
  self->height = gbx_read_u16 (&reader);
  gbx_read_text (&reader, self->title, GBX_TITLE_MAX);
  return gbx_reader_done (&reader) && self->event <= GBX_WINDOW_LAST;
}

void
gbx_windows_encode (const GbxWindowList *self, GbxWriter *writer)
{
  gbx_write_u8 (writer, self->n);
  for (size_t i = 0; i < self->n; i++)
    {
      gbx_write_u32 (writer, self->entries[i].number);
      gbx_write_u8 (writer, self->entries[i].flags);
      gbx_write_text (writer, self->entries[i].title);
    }
}

static bool
read_window (GbxWindowList *self, size_t at, GbxReader *reader)
{
  GbxWindowEntry *entry = &self->entries[at];
  bool valid;

  entry->number = gbx_read_u32 (reader);
  entry->flags = gbx_read_u8 (reader);
  valid = gbx_read_text (reader, entry->title, GBX_TITLE_MAX) && entry->number > 0 &&
          !(entry->flags & ~(GBX_WINDOW_CLOSES | GBX_WINDOW_MODAL));
  for (size_t i = 0; i < at; i++)
    valid = valid && self->entries[i].number != entry->number;
  return valid;
}

bool
gbx_windows_decode (GbxWindowList *self, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);

  self->n = gbx_read_u8 (&reader);
  if (self->n > GBX_WINDOWS_MAX)
    return false;
  for (size_t i = 0; i < self->n; i++)
    if (!read_window (self, i, &reader))
      return false;
  return gbx_reader_done (&reader);
}

void
gbx_open_encode (const GbxOpenRequest *self, GbxWriter *writer)
{
  gbx_write_u32 (writer, self->window);
  gbx_write_text (writer, self->name);
}

bool
gbx_open_decode (GbxOpenRequest *self, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);

  self->window = gbx_read_u32 (&reader);
  gbx_read_text (&reader, self->name, GBX_CHANNEL_NAME_MAX);
  return gbx_reader_done (&reader) && self->window <= GBX_WINDOW_MAX && self->name[0] &&
         !self->name[strspn (self->name, "abcdefghijklmnopqrstuvwxyz0123456789-")];
}

bool
gbx_refused_decode (char *text, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);

  return gbx_read_text (&reader, text, GBX_TITLE_MAX) && gbx_reader_done (&reader) && text[0];
}

bool
gbx_part_decode (bool *last, const uint8_t **data, size_t *length, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);
  uint8_t flag = gbx_read_u8 (&reader);

  *last = flag == 1;
  *data = reader.at;
  *length = reader.left;
  return !reader.failed && flag <= 1;
}

bool
gbx_u32_decode (uint32_t *value, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);

  *value = gbx_read_u32 (&reader);
  return gbx_reader_done (&reader);
}

bool
gbx_pair_decode (uint16_t *first, uint16_t *second, const GbxFrame *frame)
{
  GbxReader reader = payload_reader (frame);

  *first = gbx_read_u16 (&reader);
  *second = gbx_read_u16 (&reader);
  return gbx_reader_done (&reader) && *first > 0 && *second > 0;
}
