/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-doctor-containers"
#include "config.h"

#include "gbx-doctor-private.h"

#include <glib/gi18n-lib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <unistd.h>

#include "gbx-backends.h"
#include "gbx-container-plan.h"
#include "gbx-id-ranges.h"
#include "gbx-policy-private.h"
#include "gbx-virt-containers.h"

/* Containers are a choice: where they were never set up, that is no fault of the computer. */
static void
explain (GbxCheck *check, const char *sentence)
{
  gbx_check_set_ok (check, g_strdup_printf (_ ("Sandboxes are virtual machines; there are no "
                                               "containers here. %s."),
                                            sentence));
}

static void
complain (GbxCheck *check, const char *sentence, char *command)
{
  gbx_check_set_warning (
      check, g_strdup_printf (_ ("Containers do not work, virtual machines do. %s."), sentence),
      command);
}

static void
take_error (void *user_data, virErrorPtr error)
{
}

/* Whoever is in the group wants containers. */
static gboolean
check_connection (GbxCheck *check)
{
  g_autofree char *sentence = NULL;
  virConnectPtr connection;
  GbxRefusal refusal;

  virSetErrorFunc (NULL, take_error);
  connection = virConnectOpen (gbx_virt_get_container_uri ());
  if (connection)
    {
      virConnectClose (connection);
      return TRUE;
    }
  refusal = gbx_virt_get_refusal ();
  sentence = gbx_virt_describe_refusal (refusal);
  if (refusal == GBX_REFUSAL_OLD_LOGIN || refusal == GBX_REFUSAL_OTHER)
    complain (check, sentence, NULL);
  else
    explain (check, sentence);
  return FALSE;
}

static gboolean
check_ids (GbxCheck *check)
{
  g_autoptr (GError) error = NULL;
  GbxIdRange uids, gids;

  if (gbx_id_ranges_find (&uids, &gids, &error))
    return TRUE;
  complain (check, error->message, NULL);
  return FALSE;
}

/* Starts one. */
static gboolean
try_one (GbxCheck *check, GCancellable *cancellable)
{
  static const char *const command[] = { "true", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_EXEC);
  g_autoptr (GbxPolicy) policy = NULL;
  g_autoptr (GbxBackend) backend = NULL;
  g_autoptr (GError) error = NULL;

  gbx_policy_builder_set_command (builder, command);
  gbx_policy_builder_set_name (builder, "doctor");
  gbx_policy_builder_set_text (builder, "backend.kind", "lxc", "doctor", NULL);
  policy = gbx_policy_builder_build (builder, &error);
  backend = policy ? gbx_backend_new (policy) : NULL;
  if (backend && gbx_backend_try (backend, cancellable, &error))
    return TRUE;
  complain (check, error->message, NULL);
  return FALSE;
}

void
gbx_check_containers (GbxCheck *check, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    explain (check, _ ("A container of root's would not keep root out of this computer"));
  else if (!check_connection (check) || !check_ids (check) || !try_one (check, cancellable))
    return;
  else if (!gbx_container_find_display_server (&error))
    complain (check, error->message, NULL);
  else
    gbx_check_set_ok (check, g_strdup (_ ("A container was started, and its guest answered. It "
                                          "shares the kernel of this computer, so it isolates less "
                                          "than a virtual machine.")));
}
