/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The messages between a window and glovebox-display, the confined program that decodes
 * what a guest draws. docs/display-protocol.md describes who may send what, and when.
 *
 * Each message is one packet of a fixed size over a SOCK_SEQPACKET pair: a type and six
 * numbers; unused numbers are zero.  The numbers are in the machine's byte order.  Pictures
 * are not sent here: they are in shared memory that the window created and sealed.
 *
 * Pure functions over the caller's memory, like gbx-protocol.h. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GBX_DISPLAY_PROTOCOL_VERSION 1

/* The largest screen and the largest pointer that are shown. */
#define GBX_DISPLAY_LONGEST 8192
#define GBX_CURSOR_LONGEST 256
#define GBX_CURSOR_BYTES (GBX_CURSOR_LONGEST * GBX_CURSOR_LONGEST * 4)

/* How many messages the program may send in one turn, including the last one. */
#define GBX_DISPLAY_TURN_MAX 16
/* The most connections that a display needs: the channels of SPICE. */
#define GBX_DISPLAY_CHANNELS 4

#define GBX_DISPLAY_ARGS 6

typedef enum
{
  /* program to window */
  GBX_DISPLAY_HELLO = 1,     /* version, walls (GbxDisplayWalls) */
  GBX_DISPLAY_WANT_FD = 2,   /* channel */
  GBX_DISPLAY_ANSWERED = 3,  /* the server speaks the protocol */
  GBX_DISPLAY_SIZE = 4,      /* width, height: of the guest's screen, not checked */
  GBX_DISPLAY_DAMAGE = 5,    /* serial of the frame, x, y, width, height */
  GBX_DISPLAY_CURSOR = 6,    /* GbxCursorKind, width, height, hot x, hot y */
  GBX_DISPLAY_FAILURE = 7,   /* GbxDisplayFault */
  GBX_DISPLAY_CLOSED = 8,    /* the server closed the connection */
  GBX_DISPLAY_TURN_DONE = 9, /* the window's turn */
  GBX_DISPLAY_ALIVE = 10,    /* the answer to ARE_YOU_ALIVE, in turn or not */

  /* window to program */
  GBX_DISPLAY_CURSOR_MEMORY = 32, /* with a descriptor: GBX_CURSOR_BYTES */
  GBX_DISPLAY_TURN = 33,          /* the program's turn */
  GBX_DISPLAY_FD = 34,            /* channel; with a descriptor */
  GBX_DISPLAY_FRAME = 35,         /* serial, width, height, stride; with a descriptor */
  GBX_DISPLAY_KEY = 36,           /* QEMU's key number, is pressed, X keysym */
  GBX_DISPLAY_POINTER = 37,       /* x, y */
  GBX_DISPLAY_BUTTON = 38,        /* 1 to 5 as in X11, is pressed */
  GBX_DISPLAY_LOCKS = 39,         /* GbxDisplayLocks to switch on */
  GBX_DISPLAY_ARE_YOU_ALIVE = 40,
} GbxDisplayMessageType;

/* Which confinement the program has in effect. */
typedef enum
{
  GBX_DISPLAY_WALL_SECCOMP = 1 << 0,
  GBX_DISPLAY_WALL_LANDLOCK = 1 << 1,
  GBX_DISPLAY_WALL_NAMESPACES = 1 << 2,
  GBX_DISPLAY_WALLS = (1 << 3) - 1,
} GbxDisplayWalls;

typedef enum
{
  GBX_CURSOR_DEFAULT = 0, /* the server has not sent one */
  GBX_CURSOR_HIDDEN = 1,
  GBX_CURSOR_SHAPE = 2, /* RGBA bytes, rows without a gap, in the cursor memory */
} GbxCursorKind;

typedef enum
{
  GBX_DISPLAY_FAULT_BROKEN = 1,   /* the connection, or an invalid message of the server */
  GBX_DISPLAY_FAULT_PASSWORD = 2, /* the server wants one */
  GBX_DISPLAY_FAULT_FORMAT = 3,   /* unsupported pixel format */
  GBX_DISPLAY_FAULT_MEMORY = 4,
  GBX_DISPLAY_FAULT_LAST = GBX_DISPLAY_FAULT_MEMORY,
} GbxDisplayFault;

typedef enum
{
  GBX_DISPLAY_LOCK_SCROLL = 1 << 0,
  GBX_DISPLAY_LOCK_NUM = 1 << 1,
  GBX_DISPLAY_LOCK_CAPS = 1 << 2,
  GBX_DISPLAY_LOCKS_ALL = (1 << 3) - 1,
} GbxDisplayLocks;

typedef enum
{
  GBX_DISPLAY_TO_WINDOW,
  GBX_DISPLAY_TO_PROGRAM,
} GbxDisplayDirection;

typedef struct
{
  uint32_t type;
  uint32_t args[GBX_DISPLAY_ARGS];
} GbxDisplayMessage;

/* Whether a packet is a valid message in this direction: the right size, a known type, each
 * number in its range, and a descriptor exactly if the type requires one. */
bool gbx_display_message_decode (GbxDisplayMessage *self, GbxDisplayDirection direction,
                                 const void *data, size_t size, size_t n_fds);

/* Whether messages of that type carry a descriptor. */
bool gbx_display_message_has_fd (uint32_t type);

/* The bytes of a row, and of a frame, for an allowed size. */
uint32_t gbx_display_stride (uint32_t width);
size_t gbx_display_frame_bytes (uint32_t width, uint32_t height);
