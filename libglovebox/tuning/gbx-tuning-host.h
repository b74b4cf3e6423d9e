/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Controllers of control groups. */
typedef enum
{
  GBX_CONTROLLER_CPU = 1 << 0,
  GBX_CONTROLLER_MEMORY = 1 << 1,
  GBX_CONTROLLER_IO = 1 << 2,
  GBX_CONTROLLER_CPUSET = 1 << 3,
  GBX_CONTROLLER_PIDS = 1 << 4,
} GbxControllers;

/* What this computer and this account have to hold limits with. */
typedef struct
{
  gboolean has_manager;       /* a systemd user manager, for a scope */
  GbxControllers delegated;   /* what its scopes can have */
  gboolean has_unified_groups; /* control groups version 2 in all libvirt uses */
  gboolean counts_swap;       /* in control groups */
  gboolean weighs_disks;      /* likewise */
  guint64 lockable;           /* bytes that a process of the account may lock */
  guint64 huge;               /* bytes of free huge pages */
  gboolean has_huge_folder;   /* the account may create files in a hugetlbfs */
} GbxTuningHost;

/* Reads files, and asks nobody: it does not block. */
void gbx_tuning_host_read (GbxTuningHost *self);

G_END_DECLS
