/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-usage.h"

#include <libvirt/libvirt.h>

G_BEGIN_DECLS

/* Reads libvirt's statistics of one domain.  FALSE: libvirt's last error says why. */
gboolean gbx_virt_usage_read (virDomainPtr domain, GbxUsage *usage);
/* The same of what libvirt has answered, for the tests. */
void gbx_virt_usage_take (virTypedParameterPtr params, int n_params, GbxUsage *usage);

G_END_DECLS
