/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One command that the host has started: the first, or one beside it. */

#include "gbx-guest-config.h"
#include "gbx-parts.h"
#include "gbx-stream.h"

#include <poll.h>
#include <sys/types.h>

typedef struct _GbxInit GbxInit;

typedef struct
{
  uint16_t process;
  GbxParts parts;   /* of its START */
  char **pointers;  /* its texts in the parts */
  GbxGuestCommand command;
  char **environment; /* NULL-terminated; the first has init's */
  char directory[GBX_CONFIG_PATH_MAX + 1];
  char pwd[GBX_CONFIG_PATH_MAX + 8]; /* the variable */
  GbxStreams streams;
  int told;  /* pipe: the child has executed it, or tells why not; -1 */
  pid_t pid; /* of its first process; 0: not started, or ended */
  bool ended; /* exit is set */
  uint32_t ended_ms;
  GbxExitReport exit;
} GbxCommand;

void gbx_command_init (GbxCommand *self, uint16_t process);
/* Reads START, once its parts are complete.  NULL, or a static text: what is wrong. */
const char *gbx_command_read (GbxCommand *self);

/* The command of a frame; NULL if it has ended, or never was. */
GbxCommand *gbx_command_find (GbxInit *init, uint16_t process);
/* A part of the START of a command beside the first. */
void gbx_command_take_part (GbxInit *init, const GbxFrame *frame);
/* To its process group. */
void gbx_command_signal (GbxInit *init, GbxCommand *self, int number);

/* Three descriptors for each command, and one that tells of its start. */
#define GBX_COMMAND_POLLED 4u
void gbx_command_fill_polled (GbxInit *init, GbxCommand *self, struct pollfd *fds);
void gbx_command_pump (GbxInit *init, GbxCommand *self, const struct pollfd *fds);
/* A child of init has ended; returns whether it was a command's. */
bool gbx_commands_reaped (GbxInit *init, pid_t pid, int status);
/* Passes on what has been written until now.  Whether that is done. */
bool gbx_command_is_drained (GbxInit *init, GbxCommand *self);
/* Reports the commands beside the first that have ended and are drained. */
void gbx_commands_finish (GbxInit *init);
/* Whether the guest must not end yet, because of one beside the first. */
bool gbx_commands_keep (const GbxInit *init);
/* Whether one has ended and is not reported yet. */
bool gbx_commands_are_ending (const GbxInit *init);
