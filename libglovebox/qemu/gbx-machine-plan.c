/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-machine-plan"

#include "config.h"

#include "gbx-machine-plan.h"

#include "gbx-accelerator.h"
#include "gbx-error.h"
#include "gbx-home-disk.h"
#include "gbx-initrd.h"
#include "gbx-jail.h"
#include "gbx-policy-private.h"
#include "gbx-share-servers.h"

#include <glib/gi18n-lib.h>

/* The display device that both the system and the kernel's modules support. */
static gboolean
choose_video (GbxLaunchPlan *plan, GbxKernel *kernel, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxOs) os = gbx_os_detect (cancellable, error);

  if (!os)
    return FALSE;
  plan->video = gbx_kernel_choose_video (kernel, gbx_os_get_video (os));
  return TRUE;
}

/* QEMU can limit what it serves itself, and nobody can limit a server. */
static gboolean
limits_disks (GbxLaunchPlan *plan)
{
  static const char *const keys[] = { "resources.disk-read", "resources.disk-write",
                                      "resources.disk-read-operations",
                                      "resources.disk-write-operations" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (gbx_launch_plan_holds (plan, keys[i]))
      return TRUE;
  return FALSE;
}

static gboolean
choose_kernel (GbxLaunchPlan *plan, GCancellable *cancellable, GError **error)
{
  gboolean desktop = gbx_policy_get_mode (plan->policy) == GBX_MODE_DESKTOP;
  gboolean network = gbx_policy_get_network (plan->policy) != GBX_NETWORK_NONE;
  GbxInitrdFlags flags = network ? GBX_INITRD_NETWORK : GBX_INITRD_EXEC;
  g_autoptr (GbxKernel) kernel = gbx_kernel_find (desktop, error);

  if (!kernel || (desktop && !choose_video (plan, kernel, cancellable, error)))
    return FALSE;
  if (gbx_home_disk_is_wanted (plan->policy))
    flags |= GBX_INITRD_HOME;
  if (desktop)
    flags |= gbx_initrd_flags_for_video (plan->video);
  plan->has_share_servers = gbx_share_servers_are_possible (plan) &&
                            gbx_kernel_has_virtiofs (kernel) && !limits_disks (plan);
  if (plan->has_share_servers)
    flags |= GBX_INITRD_VIRTIOFS;
  plan->kernel = gbx_kernel_prepare (kernel, cancellable, error);
  if (plan->kernel)
    plan->initrd = gbx_initrd_prepare (kernel, flags, cancellable, error);
  return plan->initrd != NULL;
}

/* qboot does nothing but start the kernel: a tenth of a second less than SeaBIOS
 * under TCG.  It comes with QEMU, but not with every distribution's. */
static void
find_firmware (GbxLaunchPlan *plan)
{
  const char *qboot = "/usr/share/qemu/qboot.rom";

  if (g_file_test (qboot, G_FILE_TEST_IS_REGULAR))
    plan->firmware = g_strdup (qboot);
}

static gboolean
find_emulator (GbxLaunchPlan *plan, GError **error)
{
  find_firmware (plan);
  plan->emulator = gbx_accelerator_find_qemu ();
  if (plan->emulator)
    return TRUE;
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
                       _ ("QEMU is not installed (on Debian: apt-get install qemu-system-x86)"));
  return FALSE;
}

gboolean
gbx_machine_plan_make (GbxPreparation *preparation, GCancellable *cancellable, GError **error)
{
  GbxLaunchPlan *plan = gbx_preparation_get_plan (preparation);

  gbx_launch_plan_check_limits (plan, FALSE);
  if (!find_emulator (plan, error) || !gbx_preparation_claim (preparation, error) ||
      !gbx_preparation_open_home (preparation, cancellable, error) ||
      !choose_kernel (plan, cancellable, error) ||
      !gbx_preparation_compose_root (preparation, error))
    return FALSE;
  gbx_preparation_place_network (preparation);
  return gbx_jail_prepare (plan, error) && gbx_preparation_name_groups (preparation, error);
}
