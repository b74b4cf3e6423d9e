/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library.
 *
 * /dev/kvm can exist and open, and still not run a guest; no interface reports that.  The
 * result of a launch or of `glovebox doctor` is stored until the host's kernel, QEMU or
 * processor changes.
 */

#include "gbx-policy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Returns KVM or TCG. With TCG *why is the reason, translated.  Returns
 * GBX_ACCELERATOR_AUTO and an error if KVM was requested but is not usable.  Reads files. */
GbxAccelerator gbx_accelerator_choose (GbxAccelerator wanted, char **why, GError **error);

/* Whether KVM exists, may be used, and is not remembered as broken; otherwise *why says
 * why, translated.  Cheap enough forevery launch. */
gboolean gbx_accelerator_kvm_usable (char **why);

/* The same without the remembered result: checks only the device. */
gboolean gbx_accelerator_kvm_present (char **why);

void gbx_accelerator_remember_broken (const char *why);
void gbx_accelerator_forget (void);

/* (nullable): the path of the QEMU of the host's architecture. */
char *gbx_accelerator_find_qemu (void);

G_END_DECLS
