/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"
#include "gbx-values.h"

G_BEGIN_DECLS

/* The fields of a policy; only gbx-policy.c and its builder write them. */
struct _GbxPolicy
{
  gatomicrefcount references;
  GbxMode mode;
  char *name;
  gboolean name_is_fixed; /* given by the user: it is an error if it is in use */
  char *title;
  char *icon_name;
  char *desktop_id;
  char *profile; /* (nullable): its id */
  char **command;
  char **environment; /* KEY=VALUE */
  char *directory;
  GPtrArray *shares; /* (element-type GbxShare) */
  GbxValues *values;
  char *account, *account_group, *account_home; /* (nullable): of a service */
  char *machine_id;                            /* (nullable): kept from start to start */
  gboolean terminal;
  guint rows, columns;
  gboolean separate_stderr;
  gboolean verbose;
};

GbxPolicy *gbx_policy_alloc (GbxMode mode);
gboolean gbx_policy_get_name_is_fixed (GbxPolicy *self);

G_END_DECLS
