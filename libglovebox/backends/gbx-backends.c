/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-backends"

#include "config.h"

#include "gbx-backends.h"

#include "gbx-qemu-backend.h"

GbxBackend *
gbx_backend_new (GbxPolicy *policy)
{
  return gbx_qemu_backend_new (policy);
}
