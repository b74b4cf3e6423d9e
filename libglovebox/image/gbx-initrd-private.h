/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-initrd.h"
#include "gbx-module-set.h"

G_BEGIN_DECLS

/* Writes an initrd to the descriptor: the init, and the modules, decompressed, in that
 * order.  The same input gives the same bytes. */
gboolean gbx_initrd_write (int fd, GBytes *init, GPtrArray *modules, GCancellable *cancellable,
                           GError **error);

/* Like gbx_initrd_prepare (), but with another init than the installed one. */
char *gbx_initrd_prepare_with (GbxKernel *kernel, GbxInitrdFlags flags, const char *init_path,
                               GCancellable *cancellable, GError **error);

/* Without the signature at its end, if it has one: (transfer full). */
GBytes *gbx_initrd_strip_signature (GBytes *module);

G_END_DECLS
