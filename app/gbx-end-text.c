/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-end-text.h"

#include "gbx-error.h"
#include "gbx-leftover.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>

/* As in a shell, a status above 128 stands for the signal that ended the program. */
static int
signal_of_status (int status)
{
  return status > 128 && status <= 128 + 64 ? status - 128 : 0;
}

/* ------------------------------------------------------------- reading -- */

gboolean
gbx_end_text_speaks_of_opengl (const char *output)
{
  /* Of GLX, of toolkits and of programs; in lower case. */
  static const char *const words[]
      = { "opengl", "glx", "libgl ", "libgl:", "libegl", "eglinit", "egl_", "gl context",
          "double-buffered visual" };
  g_autofree char *lower = g_ascii_strdown (output, -1);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (lower, words[i]))
      return TRUE;
  return FALSE;
}

static gboolean
offers_opengl (GbxSandbox *sandbox)
{
  GbxOpengl opengl = gbx_policy_get_opengl (gbx_sandbox_get_policy (sandbox));

  return opengl == GBX_OPENGL_ON
         || (opengl == GBX_OPENGL_AUTO
             && gbx_sandbox_get_accelerator (sandbox) == GBX_ACCELERATOR_KVM);
}

void
gbx_end_read (GbxEnd *end, GbxSandbox *sandbox)
{
  GbxPolicy *policy = gbx_sandbox_get_policy (sandbox);
  guint64 position = 0;
  g_autofree char *output = gbx_sandbox_dup_output_since (sandbox, &position);

  *end = (GbxEnd){ .title = gbx_policy_get_title (policy),
                   .reason = gbx_sandbox_get_reason (sandbox),
                   .status = gbx_sandbox_get_exit_status (sandbox),
                   .started = gbx_sandbox_get_started (sandbox),
                   .drawn = gbx_sandbox_get_drawn (sandbox),
                   .out_of_memory = gbx_sandbox_get_ran_out_of_memory (sandbox),
                   .lost_home = gbx_sandbox_get_started (sandbox)
                                && gbx_leftover_is_possible (policy),
                   .memory = gbx_policy_get_memory (policy),
                   .limit = gbx_policy_get_timeout (policy),
                   .error = gbx_sandbox_get_error (sandbox) };
  end->lacks_opengl = end->started && end->reason == GBX_END_EXITED && end->status != 0
                      && !offers_opengl (sandbox) && gbx_end_text_speaks_of_opengl (output);
}

/* ------------------------------------------------------------- heading -- */

/* Others are sent by somebody on purpose. */
static gboolean
is_crash (int number)
{
  static const int crashes[] = { SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS };

  for (guint i = 0; i < G_N_ELEMENTS (crashes); i++)
    if (number == crashes[i])
      return TRUE;
  return FALSE;
}

static const char *
choose_heading_of_exit (const GbxEnd *end)
{
  int number = signal_of_status (end->status);

  if (!end->started && (end->status == 126 || end->status == 127))
    return _ ("%s could not be started");
  if (end->status == 0)
    return _ ("%s has ended");
  if (end->out_of_memory)
    return _ ("%s ran out of memory");
  if (is_crash (number))
    return _ ("%s crashed");
  if (number)
    return _ ("%s was ended by a signal");
  return _ ("%s quit with an error");
}

static const char *
choose_heading (const GbxEnd *end)
{
  if (end->reason == GBX_END_EXITED)
    return choose_heading_of_exit (end);
  if (end->reason == GBX_END_STOPPED)
    return _ ("%s was stopped");
  return _ ("The sandbox of %s failed");
}

char *
gbx_end_text_heading (const GbxEnd *end)
{
  g_auto (GStrv) parts = g_strsplit (choose_heading (end), "%s", 2);

  return g_strconcat (parts[0], end->title, parts[1], NULL);
}

/* ---------------------------------------------------------------- body -- */

static char *
describe_memory (const GbxEnd *end)
{
  g_autofree char *size = g_format_size_full (end->memory, G_FORMAT_SIZE_IEC_UNITS);

  return g_strdup_printf (_ ("The sandbox has %s of memory, and the application needed more. Start "
                             "it with a larger “--memory”."),
                          size);
}

static char *
describe_status (int status, gboolean drawn)
{
  int number = signal_of_status (status);

  if (status == 0)
    return g_strdup (drawn ? _ ("It quit without an error.")
                           : _ ("It quit without an error, and has opened no window."));
  if (number)
    return g_strdup_printf (_ ("Signal %d ended it: %s."), number, strsignal (number));
  return g_strdup_printf (_ ("Its exit status is %d."), status);
}

static char *
describe_exit (const GbxEnd *end)
{
  g_autofree char *status = describe_status (end->status, end->drawn);

  if (!end->started && end->status == 127)
    return g_strdup (_ ("The program was not found in the sandbox. Check the command, and that "
                        "the program is installed under /usr or shared with the sandbox."));
  if (!end->started && end->status == 126)
    return g_strdup (_ ("The file was found in the sandbox but cannot be executed. Check that it "
                        "is a program and that its permissions allow it."));
  if (end->out_of_memory)
    return describe_memory (end);
  if (end->lacks_opengl)
    return g_strdup_printf (_ ("%s It seems to need OpenGL, which this sandbox does not offer. "
                               "Start it with “--opengl on”."),
                            status);
  return g_steal_pointer (&status);
}

static char *
describe_failure (const GbxEnd *end)
{
  const char *why = end->error ? end->error->message
                               : _ ("The sandbox ended for an unknown reason. See the log.");

  return end->lost_home ? g_strconcat (why, "\n\n",
                                       _ ("Files that the application has left in its temporary "
                                          "home are lost."),
                                       NULL)
                        : g_strdup (why);
}

char *
gbx_end_text_body (const GbxEnd *end)
{
  switch (end->reason)
    {
    case GBX_END_EXITED:
      return describe_exit (end);
    case GBX_END_STOPPED:
      return g_strdup (_ ("Everything in the sandbox is gone, except what is in writable shares."));
    default:
      return describe_failure (end);
    }
}

/* ---------------------------------------------------------------- line -- */

char *
gbx_end_text_line (const GbxEnd *end)
{
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;

  switch (end->reason)
    {
    case GBX_END_TIMEOUT:
      return g_strdup_printf (ngettext ("the time limit of %u second has passed; the sandbox was "
                                        "stopped",
                                        "the time limit of %u seconds has passed; the sandbox was "
                                        "stopped",
                                        end->limit),
                              end->limit);
    case GBX_END_CANCELLED:
      return g_strdup_printf (_ ("the start of %s was cancelled"), end->title);
    case GBX_END_FAILED:
      if (end->error)
        return g_strdup (end->error->message);
      G_GNUC_FALLTHROUGH;
    default:
      heading = gbx_end_text_heading (end);
      body = gbx_end_text_body (end);
      /* Translators: a heading and the sentences below it, in one line. */
      return g_strdup_printf (_ ("%s. %s"), heading, body);
    }
}

/* ------------------------------------------------------------- restart -- */

gboolean
gbx_end_text_restart_helps (const GbxEnd *end)
{
  static const int passing[] = { GBX_ERROR_TIMEOUT, GBX_ERROR_HYPERVISOR, GBX_ERROR_GUEST };

  if (end->reason == GBX_END_STOPPED)
    return TRUE;
  if (end->reason == GBX_END_EXITED)
    return end->started && !end->out_of_memory && !end->lacks_opengl
           && signal_of_status (end->status) != 0;
  for (guint i = 0; i < G_N_ELEMENTS (passing); i++)
    if (g_error_matches (end->error, GBX_ERROR, passing[i]))
      return TRUE;
  return FALSE;
}
