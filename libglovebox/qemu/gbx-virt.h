/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <libvirt-gconfig/libvirt-gconfig.h>

G_BEGIN_DECLS

/* The little of libvirt that Glovebox needs, in blocking calls for worker threads.
 *
 * It is libvirt's own interface and not libvirt-gobject's: a GVirConnection takes
 * libvirt's events in the main context, and when its last reference goes in a
 * worker, an event may reach it while it is being freed (libvirt-glib 4.0; that
 * crashed one launch in forty).  Glovebox needs none of the events: the console's
 * socket tells of QEMU's end sooner. */
typedef struct _GbxVirt GbxVirt;

/* The account's own daemon; for root libvirt takes it for the system's. */
#define GBX_VIRT_URI "qemu:///session"

GbxVirt *gbx_virt_open (const char *uri, GError **error);
/* The number of a daemon that lives but takes no connections any more; or 0. */
int gbx_virt_find_hung_daemon (void);
GbxVirt *gbx_virt_ref (GbxVirt *self);
/* A domain that was started by it ends with the last reference. */
void gbx_virt_unref (GbxVirt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxVirt, gbx_virt_unref)

/* Starts a transient domain that ends with this connection. */
gboolean gbx_virt_start (GbxVirt *self, GVirConfigDomain *config, GError **error);
/* Ends a domain if it still runs, over a new connection where the old one has
 * broken, as after a restart of libvirtd. */
gboolean gbx_virt_destroy (GbxVirt *self, const char *uuid, GError **error);
int gbx_virt_open_graphics (GbxVirt *self, const char *uuid, GError **error);
/* Our domains of that runtime folder, by metadata: (element-type utf8) UUID → name of
 * the sandbox */
GHashTable *gbx_virt_list (GbxVirt *self, const char *runtime, GError **error);

G_END_DECLS
