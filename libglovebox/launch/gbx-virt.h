/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-usage.h"

#include "gbx-virt-limits.h"

#include <gio/gio.h>
#include <libvirt-gconfig/libvirt-gconfig.h>

G_BEGIN_DECLS

/* libvirt-gconfig has no autoptr cleanups. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GVirConfigDomain, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GVirConfigDomainOs, g_object_unref)

/* Marks Glovebox's domains in libvirt's <metadata>. */
#define GBX_METADATA_NAMESPACE "https://glovebox.invalid/xmlns/sandbox/1"
/* The attribute with the sandbox's folder: root has several runtime folders, but only one
 * libvirt. */
#define GBX_METADATA_RUNTIME "runtime"
#define GBX_DOMAIN_PREFIX "glovebox-"

/* The few functions of libvirt that Glovebox needs, as blocking calls for worker threads.
 *
 * It uses libvirt directly instead of libvirt-gobject.  A GVirConnection receives libvirt's
 * events in the main context.  If a worker drops the last reference, an event may arrive
 * while it is being freed (libvirt-glib 4.0; this crashed one launch in forty).  Glovebox
 * does not need the events: the console's socket reports the end of QEMU earlier. */
typedef struct _GbxVirt GbxVirt;

/* Connects to the account's own daemon; for root, libvirt uses the system's. */
#define GBX_VIRT_URI "qemu:///session"

GbxVirt *gbx_virt_open (const char *uri, GError **error);
/* The process ID of a daemon that is alive but accepts no connections any more; or 0. */
int gbx_virt_find_hung_daemon (void);
GbxVirt *gbx_virt_ref (GbxVirt *self);
/* Dropping the last reference ends a domain that was started by it. */
void gbx_virt_unref (GbxVirt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxVirt, gbx_virt_unref)

/* Starts a transient domain that ends with this connection. paused: its processors stand still
 * until set_paused() lets them go on. */
gboolean gbx_virt_start (GbxVirt *self, GVirConfigDomain *config, gboolean paused,
                         GError **error);
/* The same for a container, which gets copies of these descriptors from number 3 on.  *process: a
 * descriptor of the process that keeps it; or -1. */
gboolean gbx_virt_start_with_files (GbxVirt *self, GVirConfigDomain *config, int *files,
                                    guint n_files, int *process, GError **error);
/* Ends a domain if it still runs.  Uses a new connection if the old one is broken, as after
 * a restart of libvirtd. */
gboolean gbx_virt_destroy (GbxVirt *self, const char *uuid, GError **error);
/* Stops the processors of a domain, or lets them go on. */
gboolean gbx_virt_set_paused (GbxVirt *self, const char *uuid, gboolean paused, GError **error);
/* What the domain uses, as libvirt's statistics have it; what is missing stays unknown.  It
 * opens no new connection. */
gboolean gbx_virt_measure (GbxVirt *self, const char *uuid, GbxUsage *usage, GError **error);
/* Changes a limit of a running domain: see gbx-virt-limits.h. */
gboolean gbx_virt_change (GbxVirt *self, const char *uuid, GbxVirtLimits kind, const char *name,
                          GVariant *value, GError **error);
/* Pins the threads that libvirt knows, and their control groups. */
gboolean gbx_virt_pin (GbxVirt *self, const char *uuid, GArray *processors, GError **error);
int gbx_virt_open_graphics (GbxVirt *self, const char *uuid, GError **error);
/* Glovebox's domains of that runtime folder, found by metadata: (element-type utf8) UUID →
 * name of the sandbox */
GHashTable *gbx_virt_list (GbxVirt *self, const char *runtime, GError **error);

G_END_DECLS
