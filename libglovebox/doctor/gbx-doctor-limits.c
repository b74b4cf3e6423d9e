/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-doctor"
#include "config.h"

#include "gbx-doctor-private.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "gbx-tuning-host.h"
#include "gbx-user-scope.h"

/* The check of what holds limits of a virtual machine that an ordinary account starts. */

#define WANTED (GBX_CONTROLLER_CPU | GBX_CONTROLLER_MEMORY | GBX_CONTROLLER_IO)

/* What few want, and few accounts may. */
static char *
describe_memory (void)
{
  GbxTuningHost host;

  gbx_tuning_host_read (&host, FALSE);
  return g_strdup_printf ("%s %s",
                          host.may_lock ? _ ("Memory can be locked.")
                                        : _ ("Memory cannot be locked: the limit “memlock” of "
                                             "your account is not “unlimited”."),
                          host.huge > 0 ? _ ("There are huge pages.")
                                        : _ ("There are no free huge pages."));
}

void
gbx_check_limits (GbxCheck *check, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *memory = describe_memory ();
  g_autofree char *lack = NULL;
  GbxControllers controllers = 0;

  if (geteuid () == 0)
    gbx_check_set_ok (check, g_strdup_printf (_ ("libvirt holds the limits of sandboxes. %s"), memory));
  else if (!gbx_user_scope_probe (&controllers, &error))
    gbx_check_set_warning (check,
                           g_strdup_printf (_ ("No systemd of your account can hold limits of "
                                               "processor time, memory and disks of a virtual "
                                               "machine: %s. %s"),
                                            error->message, memory),
                           NULL);
  else if ((lack = gbx_user_scope_describe_lack (WANTED, controllers)))
    gbx_check_set_warning (check, g_strdup_printf ("%s %s", lack, memory),
                           gbx_user_scope_get_delegation_command ());
  else
    gbx_check_set_ok (check, g_strdup_printf (_ ("The systemd of your account can hold limits of "
                                                 "processor time, memory and disks. %s"),
                                              memory));
}
