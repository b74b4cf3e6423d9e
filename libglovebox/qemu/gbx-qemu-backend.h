/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"

G_BEGIN_DECLS

/* Virtual machines by QEMU under libvirt, of the host's architecture, with the host's
 * kernel.  It chooses between KVM and TCG, and falls back from one to the other. */
#define GBX_TYPE_QEMU_BACKEND (gbx_qemu_backend_get_type ())
G_DECLARE_FINAL_TYPE (GbxQemuBackend, gbx_qemu_backend, GBX, QEMU_BACKEND, GbxBackend)

/* (transfer full) */
GbxBackend *gbx_qemu_backend_new (GbxPolicy *policy);

G_END_DECLS
