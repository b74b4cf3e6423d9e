/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "gbx-os.h"

G_BEGIN_DECLS

#define GBX_TYPE_KERNEL (gbx_kernel_get_type ())
/**
 * GbxKernel:
 *
 * A kernel of the host that a guest can boot, with its modules.  Immutable.
 */
G_DECLARE_FINAL_TYPE (GbxKernel, gbx_kernel, GBX, KERNEL, GObject)

GbxKernel *gbx_kernel_find (gboolean desktop, GError **error);
const char *gbx_kernel_get_release (GbxKernel *self);
const char *gbx_kernel_get_path (GbxKernel *self);
const char *gbx_kernel_get_module_directory (GbxKernel *self);
GbxVideo gbx_kernel_choose_video (GbxKernel *self, GbxVideo preferred);
gboolean gbx_kernel_has_virtiofs (GbxKernel *self);
char *gbx_kernel_prepare (GbxKernel *self, GCancellable *cancellable, GError **error);

G_END_DECLS
