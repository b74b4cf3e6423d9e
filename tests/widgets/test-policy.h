/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

/* A policy that nothing is launched with. */
static inline GbxPolicy *
make_policy (guint timeout, const char *argument)
{
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  g_autoptr (GError) error = NULL;
  const char *command[] = { "true", argument, NULL };
  GbxPolicy *policy;

  gbx_policy_builder_set_name (builder, "test");
  gbx_policy_builder_set_application (builder, NULL, "Test Application", NULL);
  gbx_policy_builder_set_command (builder, command);
  gbx_policy_builder_set_value (builder, "lifecycle.timeout", g_variant_new_uint32 (timeout), "test",
                                NULL);
  gbx_policy_builder_set_text (builder, "display.size", "800x600", "test", NULL);
  policy = gbx_policy_builder_build (builder, &error);
  g_assert_no_error (error);
  return policy;
}

static inline GbxPolicy *
make_test_policy (guint timeout)
{
  return make_policy (timeout, NULL);
}

static inline GbxPolicy *
make_test_policy_for (const char *argument)
{
  return make_policy (0, argument);
}
