/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-virt.h"

G_BEGIN_DECLS

/* A pending connection to libvirt.  A daemon that hangs does not even refuse a connection,
 * and a thread that waits for it cannot be interrupted; so the thread is abandoned. */
typedef struct _GbxVirtOpening GbxVirtOpening;

GbxVirtOpening *gbx_virt_opening_begin (const char *uri);
/* Blocks for at most half a minute.  Frees self. (transfer full) */
GbxVirt *gbx_virt_opening_end (GbxVirtOpening *self, GCancellable *cancellable, GError **error);
void gbx_virt_opening_unref (GbxVirtOpening *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxVirtOpening, gbx_virt_opening_unref)

G_END_DECLS
