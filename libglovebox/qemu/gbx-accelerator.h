/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library.
 *
 * /dev/kvm can exist, open, and still run no guest, and no interface tells.
 * What a launch or `glovebox doctor` found out is kept until the host's kernel,
 * its QEMU or its processor is another.
 */

#include "gbx-policy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a guest is started with: KVM or TCG.  With TCG *why tells the reason, translated.
 * GBX_ACCELERATOR_AUTO and an error where KVM was asked for by name, and is not there.
 * Reads files. */
GbxAccelerator gbx_accelerator_choose (GbxAccelerator wanted, char **why, GError **error);

/* Whether KVM is there, may be used, and is not remembered as broken; else why
 * not, translated.  Cheap enough for every launch. */
gboolean gbx_accelerator_kvm_usable (char **why);

/* The same without what is remembered: the device alone. */
gboolean gbx_accelerator_kvm_present (char **why);

void gbx_accelerator_remember_broken (const char *why);
void gbx_accelerator_forget (void);

/* (nullable): the path of the QEMU of the host's architecture. */
char *gbx_accelerator_find_qemu (void);

G_END_DECLS
