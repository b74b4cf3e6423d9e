/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-container-plan.h"
#include "gbx-virt.h"

G_BEGIN_DECLS

/* The container of one launch: libvirt's domain and the sockets that it gets.  All functions
 * block. */
typedef struct _GbxContainer GbxContainer;

/* connection: (transfer full).  The plan outlives the container. */
GbxContainer *gbx_container_new (GbxVirt *connection, GbxContainerPlan *plan);
GbxContainer *gbx_container_ref (GbxContainer *self);
/* Dropping the last reference ends the domain, if end() has not been called. */
void gbx_container_unref (GbxContainer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxContainer, gbx_container_unref)
/* Makes the sockets, and starts the domain from the plan. */
gboolean gbx_container_start (GbxContainer *self, GError **error);
/* The host's end of the console, once. */
int gbx_container_take_console (GbxContainer *self);
/* Ends the domain.  From any thread, like the following ones. */
void gbx_container_interrupt (GbxContainer *self);
gboolean gbx_container_set_paused (GbxContainer *self, gboolean paused, GError **error);
gboolean gbx_container_measure (GbxContainer *self, GbxUsage *usage, GError **error);
/* One more connection to the container's display, or -1. */
int gbx_container_open_display (GbxContainer *self, GError **error);
/* A limit that holds for containers.  From any thread. */
gboolean gbx_container_change (GbxContainer *self, const char *key, GVariant *value,
                               GError **error);
/* powered_off: the guest has said good-bye. */
gboolean gbx_container_end (GbxContainer *self, gboolean powered_off, GError **error);

G_END_DECLS
