/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"

G_BEGIN_DECLS

/* Containers by libvirt's system daemon, on the host's own kernel.  The account has to be in
 * the group of that daemon. */
#define GBX_TYPE_LXC_BACKEND (gbx_lxc_backend_get_type ())
G_DECLARE_FINAL_TYPE (GbxLxcBackend, gbx_lxc_backend, GBX, LXC_BACKEND, GbxBackend)

/* (transfer full) */
GbxBackend *gbx_lxc_backend_new (GbxPolicy *policy);

G_END_DECLS
