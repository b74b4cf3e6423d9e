/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-end-text.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

/* As in a shell, a status above 128 stands for the signal that ended the program. */
static int
signal_of_status (int status)
{
  return status > 128 && status <= 128 + 64 ? status - 128 : 0;
}

char *
gbx_end_text_heading (const char *title, GbxEndReason reason, int status)
{
  switch (reason)
    {
    case GBX_END_EXITED:
      if (status == 126 || status == 127)
        return g_strdup_printf (_ ("%s could not be started"), title);
      if (signal_of_status (status))
        return g_strdup_printf (_ ("%s crashed"), title);
      return g_strdup_printf (_ ("%s quit with an error"), title);
    case GBX_END_STOPPED:
      return g_strdup_printf (_ ("%s was stopped"), title);
    default:
      return g_strdup_printf (_ ("The sandbox of %s failed"), title);
    }
}

static char *
describe_status (int status)
{
  int number = signal_of_status (status);

  if (status == 127)
    return g_strdup (_ ("The program was not found in the sandbox. Check the command, and that "
                        "the program is installed under /usr or shared with the sandbox."));
  if (status == 126)
    return g_strdup (_ ("The file was found in the sandbox but cannot be executed. Check that it "
                        "is a program and that its permissions allow it."));
  if (number == SIGKILL)
    return g_strdup (_ ("It was killed, perhaps because the sandbox ran out of memory. "
                        "More can be given with --memory."));
  if (number)
    return g_strdup_printf (_ ("A signal ended it: %s. The log may tell more."),
                            strsignal (number));
  return g_strdup_printf (_ ("Its exit status is %d. The log may tell more."), status);
}

char *
gbx_end_text_body (GbxEndReason reason, int status, const char *error)
{
  switch (reason)
    {
    case GBX_END_EXITED:
      return describe_status (status);
    case GBX_END_STOPPED:
      return g_strdup (_ ("Everything in the sandbox is gone, except what is in writable shares."));
    default:
      return g_strdup (error ? error : _ ("The sandbox ended for an unknown reason. See the log."));
    }
}

char *
gbx_end_text_line (const char *title, GbxEndReason reason, int status, const char *error,
                   guint limit)
{
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;

  switch (reason)
    {
    case GBX_END_TIMEOUT:
      return g_strdup_printf (ngettext ("the time limit of %u second has passed; the sandbox was "
                                        "stopped",
                                        "the time limit of %u seconds has passed; the sandbox was "
                                        "stopped",
                                        limit),
                              limit);
    case GBX_END_CANCELLED:
      return g_strdup_printf (_ ("the start of %s was cancelled"), title);
    case GBX_END_FAILED:
      if (error)
        return g_strdup (error);
      G_GNUC_FALLTHROUGH;
    default:
      heading = gbx_end_text_heading (title, reason, status);
      body = gbx_end_text_body (reason, status, error);
      /* Translators: a heading and the sentences below it, in one line. */
      return g_strdup_printf (_ ("%s. %s"), heading, body);
    }
}
