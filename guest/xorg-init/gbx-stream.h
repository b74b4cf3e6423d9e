/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The application's stdin, stdout and stderr, and their flow control: nobody
 * sends more than the other side has given credit for, so that memory stays
 * bounded on both, whatever the application and the host do. */

#include "gbx-port.h"

#include <sys/types.h>

typedef struct
{
  GbxAddress address;
  int fd;          /* of the application's stdout or stderr; -1: it has ended */
  bool closed;     /* CLOSE has been sent, or the stream is not used */
  uint32_t credit; /* what may still be sent */
  int rest;        /* of the output, once the application has ended; -1: unlimited */
} GbxOutput;

typedef struct
{
  int fd;           /* to the application's stdin; -1: not yet there, or ended */
  bool unread;      /* nobody will read what comes */
  bool closing;     /* the host has ended it */
  uint32_t owed;    /* consumed, and not yet credited to the host */
  size_t start, end;
  uint8_t buffer[GBX_WINDOW_INITIAL];
} GbxInput;

typedef struct
{
  int terminal; /* the pty's master, which is fd of stdin and stdout too; -1 */
  int slave;    /* its other side, which init holds as well while the application runs; -1 */
  GbxInput input;
  GbxOutput out, err;
} GbxStreams;

void gbx_streams_init (GbxStreams *self);

/* False when the host breaks the rules of flow control. */
bool gbx_streams_accept (GbxStreams *self, const uint8_t *data, size_t length);
bool gbx_output_credit (GbxOutput *self, uint32_t bytes);

/* Whether the supervision should poll for it. */
bool gbx_output_wants_read (const GbxOutput *self, const GbxPort *port);
bool gbx_input_wants_write (const GbxInput *self);

/* Moves what goes without waiting.  gbx_output_pump says whether the output
 * may have more now; it sends CLOSE at the end of file. */
bool gbx_output_pump (GbxOutput *self, GbxPort *port);
/* Returns what the host has to be credited with. */
uint32_t gbx_input_pump (GbxStreams *self);
void gbx_output_close (GbxOutput *self, GbxPort *port);
/* Only what has been written until now is still sent: a background process
 * may write for ever. */
void gbx_output_limit (GbxOutput *self);
/* The application has done with its terminal: what is left is the output. */
void gbx_streams_release_terminal (GbxStreams *self);
/* The host's reader of that output has gone: the application finds its pipe
 * broken, or its terminal hung up. */
void gbx_streams_break (GbxStreams *self, GbxStream stream, GbxPort *port);
