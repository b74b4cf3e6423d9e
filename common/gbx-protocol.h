/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The protocol between the host and the guest's init, over one virtio-serial
 * port.  docs/guest-protocol.md describes it byte by byte.
 *
 * Everything here is a pure function on the caller's memory: no allocation, no I/O, no
 * GLib.  The library and the static guest init share this code; tests/fuzz feeds it hostile
 * bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GBX_PORT_NAME "org.glovebox.console.0"

#define GBX_PROTOCOL_VERSION 2u
#define GBX_PROTOCOL_MAGIC 0x31584247u /* "GBX1", little endian */

/* Every frame starts with type u8, channel u8, process u16, length u32. */
#define GBX_HEADER_SIZE 8u

/* The largest payload of any frame, and the smaller limits within it. */
#define GBX_PAYLOAD_MAX 65536u
#define GBX_DATA_MAX 32768u
#define GBX_TEXT_MAX 1024u
#define GBX_TITLE_MAX 256u
#define GBX_WINDOWS_MAX 32u
#define GBX_CHANNEL_NAME_MAX 32u
/* The total limit of a message that is sent in parts: CONFIG and START. */
#define GBX_PARTS_MAX (4u * 1024 * 1024)
#define GBX_FRAME_MAX (GBX_HEADER_SIZE + GBX_PAYLOAD_MAX)

/* The guest itself, the first command, and those that are started beside it.  The number of one
 * of these is free again after its EXIT. */
#define GBX_PROCESS_GUEST 0u
#define GBX_PROCESS_FIRST 1u
#define GBX_PROCESS_SECOND 2u
#define GBX_PROCESS_LAST 32u
#define GBX_N_PROCESSES (GBX_PROCESS_LAST + 1)

/* Only the guest itself and the first command have channels that are opened by name. */
#define GBX_N_CHANNEL_PROCESSES (GBX_PROCESS_FIRST + 1)

/* Numbers of channels that are opened by name.  Each process and each side has its own
 * numbers, so that both sides never choose the same. */
#define GBX_CHANNEL_OF_HOST 16u
#define GBX_CHANNEL_OF_GUEST 32u
#define GBX_CHANNELS_EACH 16u
#define GBX_CHANNELS_BOTH (2 * GBX_CHANNELS_EACH)

/* How much a sender may send on a stream before it gets more credit. */
#define GBX_WINDOW_INITIAL 262144u
/* No legitimate peer ever holds more credit than this. */
#define GBX_WINDOW_MAX 1048576u

typedef enum
{
  /* both ways */
  GBX_MSG_HELLO = 1,
  GBX_MSG_DATA = 2,    /* payload: bytes of the stream or channel */
  GBX_MSG_CLOSE = 3,   /* the stream has ended, or nobody reads it any more */
  GBX_MSG_CREDIT = 4,  /* u32: how many more bytes may be sent */
  GBX_MSG_OPEN = 5,    /* a channel by its name */
  GBX_MSG_OPENED = 6,  /* u32: initial credit in bytes */
  GBX_MSG_REFUSED = 7, /* text: the reason */

  /* host to guest */
  GBX_MSG_CONFIG = 16,  /* in parts: of the guest */
  GBX_MSG_WINSIZE = 17, /* u16 rows, u16 columns of the terminal */
  GBX_MSG_SIGNAL = 18,  /* u32 signal number for a command */
  GBX_MSG_STOP = 19,    /* u32 milliseconds between SIGTERM and SIGKILL */
  GBX_MSG_DISPLAY = 20, /* u16 width, u16 height, in pixels */
  GBX_MSG_TIME = 21,    /* the host's clock, now */
  GBX_MSG_START = 22,   /* in parts: a command */
  GBX_MSG_CLOSE_WINDOWS = 24, /* asks every window to close */
  GBX_MSG_USE_WINDOW = 25,    /* u32: the number of the window to activate */

  /* guest to host */
  GBX_MSG_PHASE = 32,
  GBX_MSG_STARTED = 33,
  GBX_MSG_EXIT = 34,
  GBX_MSG_LOG = 35,
  GBX_MSG_HEARTBEAT = 36,
  GBX_MSG_WINDOW = 37,
  GBX_MSG_BYE = 38, /* file systems are synced; the guest may be switched off */
  GBX_MSG_WINDOWS = 40, /* all windows of the application */
} GbxMessage;

/* The channels that every process has without opening them. */
typedef enum
{
  GBX_STREAM_NONE = 0,
  GBX_STREAM_STDIN = 1,
  GBX_STREAM_STDOUT = 2,
  GBX_STREAM_STDERR = 3,
} GbxStream;
#define GBX_N_STREAMS 4

typedef enum
{
  GBX_DIRECTION_TO_GUEST,
  GBX_DIRECTION_TO_HOST,
} GbxDirection;

/* In the order in which the guest runs them. */
typedef enum
{
  GBX_PHASE_MODULES = 1,
  GBX_PHASE_ROOT = 2,
  GBX_PHASE_CONFIG = 3,
  GBX_PHASE_MOUNTS = 4,
  GBX_PHASE_IDENTITY = 5,
  GBX_PHASE_DBUS = 6,
  GBX_PHASE_XORG = 7,
  GBX_PHASE_WINDOW_MANAGER = 8,
  GBX_PHASE_APPLICATION = 9,
  GBX_PHASE_SUPERVISION = 10,
  GBX_PHASE_REPORT = 11,
  GBX_PHASE_LAST = GBX_PHASE_REPORT,
} GbxPhase;

typedef enum
{
  GBX_EXIT_STATUS = 0,         /* value: 0 to 255 */
  GBX_EXIT_SIGNAL = 1,         /* value: signal number, 1 to 64 */
  GBX_EXIT_NOT_FOUND = 2,      /* value: errno */
  GBX_EXIT_NOT_EXECUTABLE = 3, /* value: errno */
  GBX_EXIT_SETUP_FAILED = 4,   /* value: the GbxPhase that failed */
  GBX_EXIT_LAST = GBX_EXIT_SETUP_FAILED,
} GbxExitKind;

typedef enum
{
  GBX_LOG_ERROR = 0,
  GBX_LOG_WARNING = 1,
  GBX_LOG_INFO = 2,
  GBX_LOG_DEBUG = 3,
  GBX_LOG_LAST = GBX_LOG_DEBUG,
} GbxLogLevel;

typedef enum
{
  GBX_WINDOW_MAPPED = 0, /* a window is on the screen, after none */
  GBX_WINDOW_DRAWN = 1,  /* a window has contents, after none */
  GBX_WINDOW_TITLE = 2,  /* the title of the active window changed */
  GBX_WINDOW_NONE = 3,   /* the last window is gone */
  GBX_WINDOW_CLASS = 4,  /* the class of a new window, in place of a title */
  GBX_WINDOW_SIZE = 5,   /* a window needs a screen of this size */
  GBX_WINDOW_LAST = GBX_WINDOW_SIZE,
} GbxWindowEvent;

/* Flags of a window in the list. */
enum
{
  GBX_WINDOW_CLOSES = 1 << 0, /* it can be asked to close */
  GBX_WINDOW_MODAL = 1 << 1,  /* it must be answered before its parent can be used */
};

/* ------------------------------------------------------------- frames -- */

typedef struct
{
  uint8_t type;
  uint8_t channel;
  uint16_t process;
  uint32_t length;
  const uint8_t *payload; /* into the decoder; valid until the next call */
} GbxFrame;

/* Splits a byte stream into frames.  Holds at most one frame. */
typedef struct
{
  GbxDirection direction;
  size_t start; /* of the unconsumed bytes */
  size_t end;
  const char *error; /* static text; once set, the stream is dead */
  uint8_t buffer[GBX_FRAME_MAX];
} GbxDecoder;

void gbx_decoder_init (GbxDecoder *self, GbxDirection direction);
/* Where to put the next bytes; *n is at least 1 unless a whole frame is waiting. */
uint8_t *gbx_decoder_space (GbxDecoder *self, size_t *n);
void gbx_decoder_filled (GbxDecoder *self, size_t n);
/* 1: *frame is set; 0: more bytes are needed; -1: self->error says why. */
int gbx_decoder_next (GbxDecoder *self, GbxFrame *frame);

/* Writes the header; out has GBX_HEADER_SIZE bytes. */
void gbx_frame_header (uint8_t *out, GbxMessage type, uint16_t process, uint8_t channel,
                       uint32_t length);
/* Whether the number is that of a named channel, and of that side. */
bool gbx_channel_is_named (uint8_t channel);
bool gbx_channel_is_opened_from (uint8_t channel, GbxDirection to);

/* ------------------------------------------------------------- fields -- */

typedef struct
{
  const uint8_t *at;
  size_t left;
  bool failed; /* sticky */
} GbxReader;

void gbx_reader_init (GbxReader *self, const void *data, size_t length);
uint8_t gbx_read_u8 (GbxReader *self);
uint16_t gbx_read_u16 (GbxReader *self);
uint32_t gbx_read_u32 (GbxReader *self);
/* u32 length and that many bytes, at most max; NULL and failed beyond it. */
const uint8_t *gbx_read_bytes (GbxReader *self, size_t max, size_t *length);
/* The same into a NUL-terminated buffer of max + 1 bytes; refuses NULs inside. */
bool gbx_read_text (GbxReader *self, char *out, size_t max);
/* There was no failure, and no bytes are left. */
bool gbx_reader_done (const GbxReader *self);

/* For records that come in parts: moves bytes from *data to the end of the buffer, which holds
 * *held of them, until it holds as many as wanted.  The caller has bounded wanted by the buffer.
 * False if there are not enough yet. */
bool gbx_fill (uint8_t *buffer, size_t *held, size_t wanted, const uint8_t **data, size_t *length);

typedef struct
{
  uint8_t *buffer;
  size_t size;
  size_t length;
  bool failed; /* sticky: it did not fit */
} GbxWriter;

void gbx_writer_init (GbxWriter *self, void *buffer, size_t size);
void gbx_write_u8 (GbxWriter *self, uint8_t value);
void gbx_write_u16 (GbxWriter *self, uint16_t value);
void gbx_write_u32 (GbxWriter *self, uint32_t value);
void gbx_write_bytes (GbxWriter *self, const void *data, size_t length);
void gbx_write_text (GbxWriter *self, const char *text);

/* ----------------------------------------------------------- messages -- */

typedef struct
{
  uint16_t version;
  char software[65]; /* "glovebox 0.1.0" */
} GbxHello;

typedef struct
{
  GbxPhase phase;
  uint32_t uptime_ms; /* of the guest's kernel */
} GbxPhaseReport;

typedef struct
{
  GbxExitKind kind;
  uint32_t value;
  bool out_of_memory; /* the guest's kernel has ended a process for want of it */
  char text[GBX_TEXT_MAX + 1]; /* the reason, except for a status and a signal; not sanitized */
} GbxExitReport;

typedef struct
{
  GbxLogLevel level;
  uint32_t uptime_ms;
  char text[GBX_TEXT_MAX + 1];
} GbxLogLine;

typedef struct
{
  uint32_t seconds; /* since 1970-01-01 UTC */
  uint32_t nanoseconds;
} GbxTime;

typedef struct
{
  uint32_t uptime_ms;
  GbxTime clock; /* the guest's, at that moment */
} GbxHeartbeat;

/* The record of the channel "figures", once a second. */
#define GBX_FIGURES_CHANNEL "figures"
#define GBX_FIGURES_SIZE 20u

typedef struct
{
  uint32_t uptime_ms;
  uint32_t busy_permille; /* of all vCPUs since the last record, 0 to 1000 */
  uint32_t memory_total_kib;
  uint32_t memory_available_kib;
  uint32_t n_processes; /* of the user, without the session bus */
} GbxFigures;

typedef struct
{
  char name[GBX_CHANNEL_NAME_MAX + 1]; /* of a-z, 0-9 and dashes */
  uint32_t window; /* the receiver's initial credit */
} GbxOpenRequest;

typedef struct
{
  GbxWindowEvent event;
  uint16_t width;
  uint16_t height;
  char title[GBX_TITLE_MAX + 1]; /* not sanitized, may be invalid UTF-8 */
} GbxWindowReport;

typedef struct
{
  uint32_t number; /* not 0; higher than that of each older window */
  uint8_t flags;
  char title[GBX_TITLE_MAX + 1]; /* not sanitized, may be invalid UTF-8 */
} GbxWindowEntry;

typedef struct
{
  uint8_t n; /* the most recently used ones, the active one first */
  GbxWindowEntry entries[GBX_WINDOWS_MAX];
} GbxWindowList;

/* Each encode appends the payload to a writer.  Each decode returns false for anything but
 * exactly one valid message with every value in range. */
void gbx_hello_encode (const GbxHello *self, GbxWriter *writer);
bool gbx_hello_decode (GbxHello *self, const GbxFrame *frame);
void gbx_phase_encode (const GbxPhaseReport *self, GbxWriter *writer);
bool gbx_phase_decode (GbxPhaseReport *self, const GbxFrame *frame);
void gbx_exit_encode (const GbxExitReport *self, GbxWriter *writer);
/* STATUS and SIGNAL are for a process and have no text; SETUP_FAILED may also be for the
 * guest. */
bool gbx_exit_decode (GbxExitReport *self, const GbxFrame *frame);
void gbx_log_encode (const GbxLogLine *self, GbxWriter *writer);
bool gbx_log_decode (GbxLogLine *self, const GbxFrame *frame);
void gbx_heartbeat_encode (const GbxHeartbeat *self, GbxWriter *writer);
bool gbx_heartbeat_decode (GbxHeartbeat *self, const GbxFrame *frame);
void gbx_window_encode (const GbxWindowReport *self, GbxWriter *writer);
bool gbx_window_decode (GbxWindowReport *self, const GbxFrame *frame);
void gbx_windows_encode (const GbxWindowList *self, GbxWriter *writer);
/* No number comes twice. */
bool gbx_windows_decode (GbxWindowList *self, const GbxFrame *frame);
void gbx_time_encode (const GbxTime *self, GbxWriter *writer);
bool gbx_time_decode (GbxTime *self, const GbxFrame *frame);
void gbx_figures_encode (const GbxFigures *self, GbxWriter *writer);
bool gbx_figures_decode (GbxFigures *self, const void *data, size_t length);
void gbx_open_encode (const GbxOpenRequest *self, GbxWriter *writer);
bool gbx_open_decode (GbxOpenRequest *self, const GbxFrame *frame);
/* REFUSED: text has GBX_TITLE_MAX + 1 bytes; it is not empty. */
bool gbx_refused_decode (char *text, const GbxFrame *frame);
/* One part of CONFIG or START: a byte that is 1 for the last part, and data. */
bool gbx_part_decode (bool *last, const uint8_t **data, size_t *length, const GbxFrame *frame);
/* CREDIT, OPENED, SIGNAL, STOP, USE_WINDOW and STARTED: one u32. */
bool gbx_u32_decode (uint32_t *value, const GbxFrame *frame);
/* WINSIZE (rows, columns) and DISPLAY (width, height): two u16, neither 0. */
bool gbx_pair_decode (uint16_t *first, uint16_t *second, const GbxFrame *frame);
