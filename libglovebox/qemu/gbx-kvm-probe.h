/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: tests by running a guest whether KVM works.  No interface reports
 * that. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  GBX_KVM_WORKS,
  GBX_KVM_BROKEN,  /* *why is set, translated */
  GBX_KVM_UNKNOWN, /* QEMU could not be run, or the test was cancelled: *error is set */
} GbxKvmProbe;

/* Boots the kernel with KVM and only a serial port, until it reports that it is done;
 * blocks for at most that many milliseconds.  The initrd is nullable: without one the
 * kernel ends by itself.  QEMU has exited when this returns. */
GbxKvmProbe
gbx_kvm_probe (const char *qemu, const char *kernel, const char *initrd, guint deadline_ms,
               GCancellable *cancellable, char **why, GError **error);

G_END_DECLS
