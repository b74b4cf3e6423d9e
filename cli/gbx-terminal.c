/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-terminal.h"

#include "gbx-job.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct _GbxTerminal
{
  struct termios before;
};

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

  if (tcgetattr (STDIN_FILENO, &self->before) != 0)
    {
      g_free (self);
      return NULL;
    }
  gbx_terminal_set_raw (self, TRUE);
  return self;
}

void
gbx_terminal_set_raw (GbxTerminal *self, gboolean raw)
{
  struct termios modes = self->before;

  if (raw)
    cfmakeraw (&modes);
  tcsetattr (STDIN_FILENO, TCSADRAIN, &modes);
}

void
gbx_terminal_leave (GbxTerminal *self)
{
  if (gbx_job_is_foreground ())
    gbx_terminal_set_raw (self, FALSE);
  g_free (self);
}
