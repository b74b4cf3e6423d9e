/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-doctor"
#include "config.h"

#include "gbx-doctor.h"

#include "gbx-error.h"
#include "gbx-virt.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define KILL "kill -9 "

/* The only daemon that is ever ended: one of this account that answers nobody. */
static gboolean
end_daemon (const GbxCheck *check, GError **error)
{
  int pid = atoi (check->command + strlen (KILL));

  if (pid <= 1 || gbx_virt_find_hung_daemon () != pid)
    return TRUE; /* It has ended, or answers again. */
  if (kill (pid, SIGKILL) == 0 || errno == ESRCH)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, _ ("Process %d cannot be ended: %s"), pid,
               g_strerror (errno));
  return FALSE;
}

static gboolean
clean (const GbxCheck *check, GError **error)
{
  g_autoptr (GError) local = NULL;

  gbx_doctor_clean (&local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static const struct
{
  const char *id;
  const char *command; /* what it begins with */
  gboolean (*mend) (const GbxCheck *check, GError **error);
} remedies[] = {
  { "libvirt", KILL, end_daemon },
  { "leftovers", "glovebox doctor --clean", clean },
};

static gssize
find_remedy (const GbxCheck *check)
{
  for (gsize i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (g_str_equal (check->id, remedies[i].id) && check->command != NULL
        && g_str_has_prefix (check->command, remedies[i].command))
      return (gssize)i;
  return -1;
}

/**
 * gbx_check_can_mend:
 * @check: (transfer none): what was found
 *
 * Tells whether gbx_check_mend_async() can do something about it, without the rights of root and
 * without a loss for the user.
 *
 * Returns: whether it can
 */
gboolean
gbx_check_can_mend (const GbxCheck *check)
{
  return find_remedy (check) >= 0;
}

static void
mend_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GbxCheck *check = data;
  GError *error = NULL;

  if (remedies[find_remedy (check)].mend (check, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * gbx_check_mend_async:
 * @check: (transfer none): what was found, and gbx_check_can_mend()
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: for the callback
 *
 * Mends what was found.
 */
void
gbx_check_mend_async (const GbxCheck *check, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_return_if_fail (gbx_check_can_mend (check));
  g_task_set_source_tag (task, gbx_check_mend_async);
  g_task_set_task_data (task, gbx_check_copy ((GbxCheck *)check), (GDestroyNotify)gbx_check_free);
  g_task_run_in_thread (task, mend_thread);
}

/**
 * gbx_check_mend_finish:
 * @result: what the callback got
 * @error: return location for a #GbxError
 *
 * Finishes gbx_check_mend_async().
 *
 * Returns: whether it is mended; %FALSE with a #GbxError
 */
gboolean
gbx_check_mend_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
