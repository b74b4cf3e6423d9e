/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* Forks the process of a command, in its own session, and opens its streams.  If that fails for
 * one beside the first, it has ended. */
void gbx_start_command (GbxInit *self, GbxCommand *command);
/* The child has executed the program, or told why it could not: reports that. */
void gbx_command_executed (GbxInit *self, GbxCommand *command);

/* Returns the candidates for name in the folders of path, one per call; false if there are
 * no more.  *at starts at 0. */
bool gbx_next_candidate (const char *name, const char *path, size_t *at, char *out, size_t size);

/* In a child: executes the first candidate that is executable; otherwise returns the most
 * useful errno. */
int gbx_execute (char *const *arguments, char *const *environment, const char *path);
