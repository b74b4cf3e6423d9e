/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: whether KVM really runs a guest, found out by
 * running one.  Nothing that can be asked tells. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  GBX_KVM_WORKS,
  GBX_KVM_BROKEN,  /* *why is set, translated */
  GBX_KVM_UNKNOWN, /* QEMU could not be run, or it was cancelled: *error is set */
} GbxKvmProbe;

/* Boots the kernel with KVM and without any device but a serial port, until it
 * has said that it is through; blocking, at most that many milliseconds.  The
 * initrd is nullable: without one the kernel ends by itself.  QEMU is gone when
 * this returns. */
GbxKvmProbe
gbx_kvm_probe (const char *qemu, const char *kernel, const char *initrd, guint deadline_ms,
               GCancellable *cancellable, char **why, GError **error);

G_END_DECLS
