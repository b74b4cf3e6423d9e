/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-session-error.h"

#include "gbx-error.h"
#include "gbx-journal.h"
#include "gbx-phase-text.h"

#include <glib/gi18n-lib.h>

GError *
gbx_session_error_of_fault (GbxFault fault, GbxBackend *backend)
{
  guint patience;

  switch (fault)
    {
    case GBX_FAULT_SILENT:
      patience = gbx_backend_get_patience (backend, GBX_WAIT_HELLO);
      return g_error_new (GBX_ERROR, GBX_ERROR_TIMEOUT,
                          _ ("The guest did not start within %u seconds; the computer may be "
                             "very busy, or the kernel unsuitable. “glovebox doctor” checks it"),
                          patience / 1000);
    case GBX_FAULT_HANGS:
      patience = gbx_backend_get_patience (backend, GBX_WAIT_SET_UP);
      return g_error_new (GBX_ERROR, GBX_ERROR_TIMEOUT,
                          _ ("The guest did not start the application within %u seconds; a "
                             "verbose run shows how far it gets"),
                          patience / 1000);
    default:
      return g_error_new_literal (
          GBX_ERROR, GBX_ERROR_GUEST,
          _ ("The sandbox ended unexpectedly: it crashed, was killed, or ran out of "
             "memory; the sandbox's log ends with the emulator's last messages"));
    }
}

GError *
gbx_session_error_of_setup (const GbxExitReport *exit)
{
  g_autofree char *text = gbx_journal_clean (exit->text);

  return g_error_new (GBX_ERROR, GBX_ERROR_GUEST,
                      _ ("The guest could not set itself up (%s): %s"),
                      gbx_phase_text_describe (exit->value), text);
}

GError *
gbx_session_error_of_unwritten (void)
{
  return g_error_new_literal (
      GBX_ERROR, GBX_ERROR_GUEST,
      _ ("The application ended, but the sandbox ended before everything was written; check "
         "whether the files in writable shares are complete"));
}

GError *
gbx_session_error_of_weakness (const char *weakness)
{
  return g_error_new (GBX_ERROR, GBX_ERROR_ISOLATION,
                      _ ("Not run, because the isolation would be weaker than required: %s"),
                      weakness);
}

GError *
gbx_session_error_of_overdue_launch (guint seconds)
{
  return g_error_new (GBX_ERROR, GBX_ERROR_HYPERVISOR,
                      _ ("libvirt did not start the sandbox within %u seconds"), seconds);
}

GError *
gbx_session_error_of_no_answer (void)
{
  return g_error_new_literal (
      GBX_ERROR, GBX_ERROR_HYPERVISOR,
      _ ("libvirt does not answer, so the sandbox may not have ended yet; end libvirt's "
         "daemon, as with “pkill libvirtd”, and see “glovebox doctor”"));
}
