/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-scope-limits.h"

G_BEGIN_DECLS

/* What this computer and this account have to hold limits with. */
typedef struct
{
  gboolean has_manager;        /* a systemd of the account, for a scope */
  GbxControllers delegated;    /* what its scopes can have */
  guint processors;            /* in use; 0: unknown */
  gboolean has_unified_groups; /* version 2 of control groups, and no other */
  gboolean counts_swap;        /* in control groups */
  gboolean weighs_disks;       /* likewise */
  gboolean may_lock;           /* any amount of memory, without which libvirt refuses to start */
  guint64 huge;                /* bytes of free huge pages */
} GbxTuningHost;

/* Only asking the account's systemd blocks, for at most some seconds; without it the scope's
 * part is empty. */
void gbx_tuning_host_read (GbxTuningHost *self, gboolean asks_systemd);

G_END_DECLS
