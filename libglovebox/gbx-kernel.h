/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "gbx-os.h"

G_BEGIN_DECLS

#define GBX_TYPE_KERNEL (gbx_kernel_get_type ())
G_DECLARE_FINAL_TYPE (GbxKernel, gbx_kernel, GBX, KERNEL, GObject)

/* Finds the kernel for the guest: $GLOVEBOX_KERNEL, else the running one, else the
 * newest that is readable and has the guest's modules.  GBX_ERROR_KERNEL or
 * GBX_ERROR_MODULE.  Blocking, call it in a worker thread. */
GbxKernel *gbx_kernel_find (gboolean desktop, GError **error);
const char *gbx_kernel_get_release (GbxKernel *self);
const char *gbx_kernel_get_path (GbxKernel *self);
const char *gbx_kernel_get_module_directory (GbxKernel *self);
/* The preferred video device, or the best one that the kernel has a driver for. */
GbxVideo gbx_kernel_choose_video (GbxKernel *self, GbxVideo preferred);
/* The uncompressed ELF image, made and cached at need, or the
 * kernel file itself where there is no such image; blocking. */
char *gbx_kernel_prepare (GbxKernel *self, GCancellable *cancellable, GError **error);

G_END_DECLS
