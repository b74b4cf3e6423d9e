/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The commands of the guest: their START, streams and end.
 *
 * Should: end one command without any effect on the others.
 * Mustn't: end the guest because one beside the first cannot be started. */

#include "gbx-application.h"
#include "gbx-supervise.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What was written to a terminal reaches its master through a kernel thread. */
#define TERMINAL_DRAIN_MS 50

void
gbx_command_init (GbxCommand *self, uint16_t process)
{
  self->process = process;
  self->told = -1;
  gbx_streams_init (&self->streams, process);
}

static void
free_command (GbxCommand *self)
{
  gbx_streams_close (&self->streams);
  gbx_close_fd (&self->told);
  free (self->environment);
  free (self->pointers);
  free (self->parts.data);
  free (self);
}

GbxCommand *
gbx_command_find (GbxInit *init, uint16_t process)
{
  return process == GBX_PROCESS_FIRST ? &init->first : init->others[process];
}

/* ----------------------------------------------------------------- start -- */

const char *
gbx_command_read (GbxCommand *self)
{
  size_t n = gbx_guest_command_measure (self->parts.data, self->parts.length);

  self->pointers = calloc (n, sizeof *self->pointers);
  if (!self->pointers)
    return "there is no memory for it";
  return gbx_guest_command_decode (&self->command, self->parts.data, self->parts.length,
                                   self->pointers, n);
}

static bool
is_same_variable (const char *one, const char *other)
{
  size_t length = strcspn (one, "=");

  return strncmp (one, other, length) == 0 && other[length] == '=';
}

static void
put_variable (char **list, size_t *n, char *assignment)
{
  size_t at = 0;

  while (at < *n && !is_same_variable (assignment, list[at]))
    at++;
  list[at] = assignment;
  if (at == *n)
    list[++*n] = NULL;
}

/* That of the first command, and its own variables above. */
static bool
make_environment (GbxInit *init, GbxCommand *self)
{
  GbxGuestCommand *command = &self->command;
  size_t n = init->n_environment;

  self->environment = calloc (n + command->n_env + 2, sizeof *self->environment);
  if (!self->environment)
    return false;
  memcpy (self->environment, init->environment, n * sizeof *self->environment);
  snprintf (self->directory, sizeof self->directory, "%s",
            command->directory[0] ? command->directory : init->config.home);
  snprintf (self->pwd, sizeof self->pwd, "PWD=%s", self->directory);
  put_variable (self->environment, &n, self->pwd);
  for (size_t i = 0; i < command->n_env; i++)
    put_variable (self->environment, &n, command->env[i]);
  return true;
}

static void
refuse (GbxCommand *self, const char *why)
{
  self->ended = true;
  self->exit = (GbxExitReport) { .kind = GBX_EXIT_NOT_EXECUTABLE };
  snprintf (self->exit.text, sizeof self->exit.text, "%s", why);
}

static void
start (GbxInit *init, GbxCommand *self)
{
  if (init->kill_ms || init->phase != GBX_PHASE_SUPERVISION)
    refuse (self, "the sandbox is ending");
  else if (!make_environment (init, self))
    refuse (self, "there is no memory for it");
  else
    gbx_start_command (init, self);
}

void
gbx_command_take_part (GbxInit *init, const GbxFrame *frame)
{
  GbxCommand *self = init->others[frame->process];
  const char *error;

  if (init->phase < GBX_PHASE_SUPERVISION)
    gbx_fatal (init, "the host started a second command before the first");
  if (!self)
    {
      self = init->others[frame->process] = calloc (1, sizeof *self);
      if (!self)
        gbx_fatal (init, "out of memory");
      gbx_command_init (self, frame->process);
    }
  error = gbx_parts_add (&self->parts, frame);
  if (!error && self->parts.complete)
    error = gbx_command_read (self);
  if (error)
    gbx_fatal (init, "the host's command cannot be used: %s", error);
  if (self->parts.complete)
    start (init, self);
}

void
gbx_command_signal (GbxInit *init, GbxCommand *self, int number)
{
  /* It has its own session, so its process group has its ID. */
  if (self->pid > 0)
    kill (-self->pid, number);
  else if (self->ended && self->process == GBX_PROCESS_FIRST)
    gbx_signal_user_processes (init, number, NULL);
}

/* --------------------------------------------------------------- streams -- */

void
gbx_command_fill_polled (GbxInit *init, GbxCommand *self, struct pollfd *fds)
{
  GbxStreams *streams = &self->streams;
  bool reads_out = gbx_output_wants_read (&streams->out, &init->port);
  bool reads_err = gbx_output_wants_read (&streams->err, &init->port);

  fds[0] = (struct pollfd) {
    gbx_input_wants_write (&streams->input) ? streams->input.fd : -1, POLLOUT, 0
  };
  /* A descriptor at end of file would always be ready while there is no credit. */
  fds[1] = (struct pollfd) { reads_out ? streams->out.fd : -1, POLLIN, 0 };
  fds[2] = (struct pollfd) { reads_err ? streams->err.fd : -1, POLLIN, 0 };
  fds[3] = (struct pollfd) { self->told, POLLIN, 0 };
}

void
gbx_command_pump (GbxInit *init, GbxCommand *self, const struct pollfd *fds)
{
  GbxStreams *streams = &self->streams;
  uint32_t credit = gbx_input_pump (streams);

  if (credit > 0)
    gbx_report_u32 (init, GBX_MSG_CREDIT, (GbxAddress) { self->process, GBX_STREAM_STDIN }, credit);
  if (fds[1].revents)
    gbx_output_pump (&streams->out, &init->port);
  if (fds[2].revents)
    gbx_output_pump (&streams->err, &init->port);
  if (fds[3].revents && self->told >= 0)
    gbx_command_executed (init, self);
}

/* A background process of the command may keep its outputs open, or write forever: wait only
 * for what has been written until now. */
static bool
output_is_drained (GbxInit *init, GbxCommand *self, GbxOutput *output)
{
  bool is_terminal = self->command.terminal && output == &self->streams.out;

  if (!is_terminal || gbx_uptime_ms () - self->ended_ms >= TERMINAL_DRAIN_MS)
    gbx_output_limit (output);
  while (gbx_output_pump (output, &init->port))
    ;
  if (output->fd >= 0 && output->rest != 0)
    return false;
  gbx_output_close (output, &init->port);
  return true;
}

bool
gbx_command_is_drained (GbxInit *init, GbxCommand *self)
{
  bool out_drained, err_drained;

  gbx_streams_release_terminal (&self->streams);
  out_drained = output_is_drained (init, self, &self->streams.out);
  err_drained = output_is_drained (init, self, &self->streams.err);
  return out_drained && err_drained;
}

/* --------------------------------------------------------------- the end -- */

static void
take_status (GbxInit *init, GbxCommand *self, int status)
{
  /* The end may be noticed before the start. */
  if (self->told >= 0)
    gbx_command_executed (init, self);
  self->pid = 0;
  if (self->ended) /* it was never executed */
    return;
  self->ended = true;
  self->ended_ms = gbx_uptime_ms ();
  self->exit.kind = WIFSIGNALED (status) ? GBX_EXIT_SIGNAL : GBX_EXIT_STATUS;
  self->exit.value = WIFSIGNALED (status) ? WTERMSIG (status) : WEXITSTATUS (status);
  if (self->process == GBX_PROCESS_FIRST || self->command.keeps)
    init->settle_ms = self->ended_ms;
}

bool
gbx_commands_reaped (GbxInit *init, pid_t pid, int status)
{
  for (uint16_t process = GBX_PROCESS_FIRST; process < GBX_N_PROCESSES; process++)
    {
      GbxCommand *command = gbx_command_find (init, process);

      if (!command || command->pid != pid)
        continue;
      take_status (init, command, status);
      return true;
    }
  return false;
}

void
gbx_commands_finish (GbxInit *init)
{
  for (uint16_t process = GBX_PROCESS_SECOND; process < GBX_N_PROCESSES; process++)
    {
      GbxCommand *command = init->others[process];

      if (!command || !command->ended || !gbx_command_is_drained (init, command))
        continue;
      gbx_report_exit (init, process, &command->exit);
      free_command (command);
      init->others[process] = NULL;
    }
}

bool
gbx_commands_keep (const GbxInit *init)
{
  for (uint16_t process = GBX_PROCESS_SECOND; process < GBX_N_PROCESSES; process++)
    {
      const GbxCommand *command = init->others[process];

      if (command && command->parts.complete && command->command.keeps)
        return true;
    }
  return false;
}

bool
gbx_commands_are_ending (const GbxInit *init)
{
  for (uint16_t process = GBX_PROCESS_SECOND; process < GBX_N_PROCESSES; process++)
    if (init->others[process] && init->others[process]->ended)
      return true;
  return false;
}
