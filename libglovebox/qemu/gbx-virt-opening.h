/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-virt.h"

G_BEGIN_DECLS

/* A connection to libvirt under way.  A daemon that hangs does not even refuse
 * one, and nothing tears a thread out of that: so the thread is left behind. */
typedef struct _GbxVirtOpening GbxVirtOpening;

GbxVirtOpening *gbx_virt_opening_begin (const char *uri);
/* Blocking, for half a minute at the most: (transfer full).  Frees it. */
GbxVirt *gbx_virt_opening_end (GbxVirtOpening *self, GCancellable *cancellable, GError **error);
void gbx_virt_opening_unref (GbxVirtOpening *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxVirtOpening, gbx_virt_opening_unref)

G_END_DECLS
