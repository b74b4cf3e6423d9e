/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <libvirt/libvirt.h>

G_BEGIN_DECLS

/* libvirt's calls that change limits of a running domain. */
typedef enum
{
  GBX_VIRT_SCHEDULER, /* shares and quotas */
  GBX_VIRT_MEMORY,    /* KiB */
  GBX_VIRT_DISKS,     /* weight, and rates of disks of the computer */
  GBX_VIRT_DISK,      /* rates of the domain's first disk */
} GbxVirtLimits;

/* name: libvirt's, of one parameter.  value: of the type that libvirt documents; sunk if it
 * floats.  For gbx-virt.c alone. */
gboolean gbx_virt_limits_change (virDomainPtr domain, GbxVirtLimits kind, const char *name,
                                 GVariant *value, GError **error);
/* Pins the threads of a virtual machine that libvirt knows, and their control groups. */
gboolean gbx_virt_limits_pin (virDomainPtr domain, GArray *processors, GError **error);

G_END_DECLS
