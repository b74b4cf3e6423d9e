/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-doctor"
#include "config.h"

#include "gbx-doctor-private.h"

#include <glib/gi18n-lib.h>

#include "gbx-home.h"
#include "gbx-initrd.h"
#include "gbx-packages.h"
#include "gbx-paths.h"

/* The check of kept homes; a sandbox with a temporary home needs none of it. */

static gboolean
lacks_program (GbxCheck *check, const char *name, GbxPackage package)
{
  g_autofree char *path = gbx_path_command (name);

  if (path != NULL)
    return FALSE;
  gbx_check_set_warning (
      check, g_strdup_printf (_ ("The program %s is not installed: no home can be kept."), name),
      gbx_packages_command (package));

  return TRUE;
}

static gboolean
lacks_module (GbxCheck *check, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxKernel) kernel = gbx_kernel_find (FALSE, &error);
  g_autofree char *initrd = kernel != NULL ? gbx_initrd_prepare (kernel, GBX_INITRD_HOME,
                                                                 cancellable, &error)
                                           : NULL;

  if (initrd != NULL)
    return FALSE;
  gbx_check_set_warning (check, g_strdup (error->message),
                         gbx_packages_command (GBX_PACKAGE_KERNEL));

  return TRUE;
}

static void
check_list (GbxCheck *check)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) homes = gbx_home_list (&error);

  if (homes == NULL)
    {
      gbx_check_set_warning (check, g_strdup (error->message), NULL);
      return;
    }
  for (guint i = 0; i < homes->len; i++)
    {
      GbxHomeInfo *info = homes->pdata[i];

      if (info->trouble != NULL)
        {
          gbx_check_set_warning (check, g_strdup (info->trouble), NULL);
          return;
        }
    }
  gbx_check_set_ok (check, g_strdup_printf (ngettext ("%u home is kept; more can be made.",
                                                      "%u homes are kept; more can be made.",
                                                      homes->len),
                                            homes->len));
}

void
gbx_check_homes (GbxCheck *check, GCancellable *cancellable)
{
  if (!lacks_program (check, "mke2fs", GBX_PACKAGE_E2FSPROGS)
      && !lacks_program (check, "qemu-img", GBX_PACKAGE_QEMU_IMG)
      && !lacks_module (check, cancellable))
    check_list (check);
}
