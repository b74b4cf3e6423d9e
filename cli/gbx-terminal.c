/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-terminal.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct _GbxTerminal
{
  struct termios before;
};

gboolean
gbx_terminal_is_foreground (void)
{
  /* -1: no terminal, or not our controlling terminal, which could stop us. */
  pid_t foreground = tcgetpgrp (STDIN_FILENO);

  return foreground < 0 || foreground == getpgrp ();
}

gboolean
gbx_terminal_get_size (guint *rows, guint *columns)
{
  struct winsize size;

  if (ioctl (STDIN_FILENO, TIOCGWINSZ, &size) != 0)
    return FALSE;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return TRUE;
}

GbxTerminal *
gbx_terminal_enter_raw (void)
{
  GbxTerminal *self = g_new0 (GbxTerminal, 1);
  struct termios raw;

  if (tcgetattr (STDIN_FILENO, &self->before) != 0)
    {
      g_free (self);
      return NULL;
    }
  raw = self->before;
  cfmakeraw (&raw);
  tcsetattr (STDIN_FILENO, TCSADRAIN, &raw);
  return self;
}

void
gbx_terminal_leave (GbxTerminal *self)
{
  tcsetattr (STDIN_FILENO, TCSADRAIN, &self->before);
  g_free (self);
}
