/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-domain.h"
#include "gbx-virt.h"

G_BEGIN_DECLS

/* The virtual machine of one launch: libvirt's domain, QEMU's process and the listening end
 * of the console.  All functions block, except power_off(). */
typedef struct _GbxMachine GbxMachine;

/* connection: (transfer full).  The plan outlives the machine. */
GbxMachine *gbx_machine_new (GbxVirt *connection, GbxLaunchPlan *plan);
GbxMachine *gbx_machine_ref (GbxMachine *self);
/* Dropping the last reference ends the domain, if end() has not been called. */
void gbx_machine_unref (GbxMachine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxMachine, gbx_machine_unref)
/* Listens for the console, and starts the domain from the current plan.  Paused, it waits for
 * set_paused(). */
gboolean gbx_machine_start (GbxMachine *self, gboolean paused, GError **error);
/* The console's connected socket, or -1.  Then QEMU's process is known. */
int gbx_machine_accept_console (GbxMachine *self, GError **error);
/* QEMU, or 0. */
pid_t gbx_machine_get_pid (GbxMachine *self);
/* Ends the domain; libvirt accepts this even while it starts one.  From any thread. */
void gbx_machine_interrupt (GbxMachine *self);
/* Ends QEMU at once, after the guest's good-bye. */
void gbx_machine_power_off (GbxMachine *self);
/* Whether QEMU's process has exited; waits at most that long. */
gboolean gbx_machine_has_exited (GbxMachine *self, int wait_ms);
/* A limit that holds on this platform.  From any thread. */
gboolean gbx_machine_change (GbxMachine *self, const char *key, GVariant *value, GError **error);
gboolean gbx_machine_end (GbxMachine *self, GError **error);
/* From any thread, all three. */
gboolean gbx_machine_set_paused (GbxMachine *self, gboolean paused, GError **error);
gboolean gbx_machine_measure (GbxMachine *self, GbxUsage *usage, GError **error);
int gbx_machine_open_display (GbxMachine *self, GError **error);

G_END_DECLS
