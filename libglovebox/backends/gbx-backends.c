/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-backends"

#include "config.h"

#include "gbx-backends.h"

#include "gbx-accelerator.h"
#include "gbx-kernel.h"
#include "gbx-lxc-backend.h"
#include "gbx-policy-private.h"
#include "gbx-qemu-backend.h"
#include "gbx-virt-containers.h"

/* What no virtual machine can be without. */
static gboolean
machines_are_possible (GbxPolicy *policy)
{
  gboolean desktop = gbx_policy_get_mode (policy) == GBX_MODE_DESKTOP;
  g_autofree char *emulator = gbx_accelerator_find_qemu ();
  g_autoptr (GbxKernel) kernel = emulator ? gbx_kernel_find (desktop, NULL) : NULL;

  return kernel != NULL;
}

/* A container isolates less, so it is only the second choice; it says so in each launch, and
 * a strict one refuses it. */
static gboolean
wants_container (GbxPolicy *policy)
{
  switch (gbx_policy_get_backend (policy))
    {
    case GBX_BACKEND_KIND_LXC:
      return TRUE;
    case GBX_BACKEND_KIND_AUTO:
      return !machines_are_possible (policy) && gbx_virt_may_reach_containers ();
    default:
      return FALSE;
    }
}

GbxBackend *
gbx_backend_new (GbxPolicy *policy)
{
  return wants_container (policy) ? gbx_lxc_backend_new (policy) : gbx_qemu_backend_new (policy);
}
