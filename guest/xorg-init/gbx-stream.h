/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The application's stdin, stdout and stderr, and their flow control: each side sends only
 * what it has credit for, so that memory is bounded on both sides. */

#include "gbx-port.h"

#include <sys/types.h>

typedef struct
{
  GbxAddress address;
  int fd;          /* of the application's stdout or stderr; -1: it has ended */
  bool closed;     /* CLOSE has been sent, or the stream is not used */
  uint32_t credit; /* what may still be sent */
  int rest;        /* bytes of output that may follow after the application's end; -1: unlimited */
} GbxOutput;

typedef struct
{
  int fd;           /* to the application's stdin; -1: not open yet, or ended */
  bool unread;      /* nobody will read the data */
  bool closing;     /* the host has ended it */
  uint32_t owed;    /* consumed, but not yet credited to the host */
  size_t start, end;
  uint8_t buffer[GBX_WINDOW_INITIAL];
} GbxInput;

typedef struct
{
  int terminal; /* the pty's master, also the fd of stdin and stdout; -1 */
  int slave;    /* its slave, which init keeps open while the application runs; -1 */
  GbxInput input;
  GbxOutput out, err;
} GbxStreams;

void gbx_streams_init (GbxStreams *self, uint16_t process);
/* Closes all that is open, and sends nothing. */
void gbx_streams_close (GbxStreams *self);

/* False if the host breaks the rules of flow control. */
bool gbx_streams_accept (GbxStreams *self, const uint8_t *data, size_t length);
bool gbx_output_credit (GbxOutput *self, uint32_t bytes);

/* Whether the supervision should poll for it. */
bool gbx_output_wants_read (const GbxOutput *self, const GbxPort *port);
bool gbx_input_wants_write (const GbxInput *self);

/* Transfers as much as possible without waiting. gbx_output_pump returns whether there may
 * be more output now; it sends CLOSE at the end of file. */
bool gbx_output_pump (GbxOutput *self, GbxPort *port);
/* Returns how much credit to give to the host. */
uint32_t gbx_input_pump (GbxStreams *self);
void gbx_output_close (GbxOutput *self, GbxPort *port);
/* From now on, sends only what has already been written, because a background process may
 * write forever. */
void gbx_output_limit (GbxOutput *self);
/* The application does not use its terminal any more; only the output remains. */
void gbx_streams_release_terminal (GbxStreams *self);
/* The host's reader of that output is gone: breaks the application's pipe, or hangs up its
 * terminal. */
void gbx_streams_break (GbxStreams *self, GbxStream stream, GbxPort *port);
