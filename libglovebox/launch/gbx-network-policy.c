/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-network"

#include "config.h"

#include "gbx-network-policy.h"

static const struct
{
  const char *key;
  gsize offset;
} limits_of[] = {
  { "network.download", G_STRUCT_OFFSET (GbxNetworkLimits, download.average) },
  { "network.download-peak", G_STRUCT_OFFSET (GbxNetworkLimits, download.peak) },
  { "network.download-burst", G_STRUCT_OFFSET (GbxNetworkLimits, download.burst) },
  { "network.upload", G_STRUCT_OFFSET (GbxNetworkLimits, upload.average) },
  { "network.upload-peak", G_STRUCT_OFFSET (GbxNetworkLimits, upload.peak) },
  { "network.upload-burst", G_STRUCT_OFFSET (GbxNetworkLimits, upload.burst) },
};

gboolean
gbx_network_limits_set (GbxNetworkLimits *limits, const char *key, guint64 value)
{
  for (guint i = 0; i < G_N_ELEMENTS (limits_of); i++)
    if (g_str_equal (limits_of[i].key, key))
      {
        G_STRUCT_MEMBER (guint64, limits, limits_of[i].offset) = value;
        return TRUE;
      }
  return FALSE;
}

gboolean
gbx_network_reaches_out (GbxPolicy *policy)
{
  return gbx_policy_get_network (policy) == GBX_NETWORK_USER;
}

void
gbx_network_options_take_policy (GbxNetworkOptions *options, GbxPolicy *policy)
{
  options->publish = gbx_policy_get_text (policy, "network.publish");
  options->only_published = !gbx_network_reaches_out (policy);
  for (guint i = 0; i < G_N_ELEMENTS (limits_of); i++)
    gbx_network_limits_set (&options->limits, limits_of[i].key,
                            gbx_policy_get_number (policy, limits_of[i].key));
}
