/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-network.h"
#include "gbx-policy.h"

G_BEGIN_DECLS

/* What a policy asks of the network helper.  The rest of the options is as before. */
void gbx_network_options_take_policy (GbxNetworkOptions *options, GbxPolicy *policy);
/* A limit has another value now.  FALSE if the key is none of them. */
gboolean gbx_network_limits_set (GbxNetworkLimits *limits, const char *key, guint64 value);
/* Whether the guest calls others, and so needs their names and routes to them. */
gboolean gbx_network_reaches_out (GbxPolicy *policy);

G_END_DECLS
