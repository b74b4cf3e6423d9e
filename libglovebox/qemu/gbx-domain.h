/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"

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

/* (transfer full): the description of the plan's virtual machine for libvirt. */
GVirConfigDomain *gbx_domain_new (GbxLaunchPlan *plan, GError **error);
/* (transfer full): the same as indented text. */
char *gbx_domain_print (GVirConfigDomain *config);

G_END_DECLS
