/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-file-copies.h"
#include "gbx-os.h"
#include "gbx-policy.h"
#include "gbx-tuning.h"

G_BEGIN_DECLS

/* A folder of the host that the guest may mount. */
typedef struct
{
  char *tag; /* 9p mount tag */
  char *path;
  char *socket; /* (nullable): where a server of its own listens; without it QEMU serves it */
  gboolean writable;
} GbxExport;

/* What the host has prepared for one launch, for the backend to create its guest from.  It
 * belongs to the backend; nothing else changes it. */
typedef struct
{
  GbxPolicy *policy;
  char *name; /* of the sandbox, unique */
  char *uuid;
  char *runtime; /* folder */
  char *kernel;
  char *initrd;
  char *firmware; /* (nullable): instead of QEMU's default */
  char *console_socket;
  char *network_socket; /* (nullable): where a passt listens */
  char *network_interface; /* (nullable): of the host, if the guest has IPv6 too */
  char *emulator;
  char *jail_rules; /* (nullable): file */
  char *weakness;   /* (nullable): what is missing of the confinement, translated */
  char *home_image;   /* (nullable): of a kept home, for the guest's disk */
  char *home_base;    /* (nullable): then the image has only the changes to this one */
  GPtrArray *exports; /* (element-type GbxExport) */
  GbxFileCopies *copies; /* (nullable): of the files that the sandbox may write */
  GbxAccelerator accelerator; /* KVM or TCG */
  GbxVideo video;
  gboolean has_share_servers; /* of shared folders */
  guint files_max;            /* that a server can have open */
  gboolean by_root;
  gboolean hides_ids; /* the guest sees the IDs of other users and groups as GBX_NOBODY */
  GbxPlatform platform;
  GbxTuningHost tuning; /* what limits can be held with */
  GPtrArray *unheld;    /* (element-type GbxUnheld): limits that do not hold */
  GPtrArray *disks;     /* (element-type filename): of the computer, for limits of a container */
} GbxLaunchPlan;

GbxLaunchPlan *gbx_launch_plan_new (GbxPolicy *policy);
void gbx_launch_plan_free (GbxLaunchPlan *self);
void gbx_launch_plan_add_export (GbxLaunchPlan *self, const char *tag, const char *path,
                                 gboolean writable);
/* The same for one with a server. */
void gbx_launch_plan_add_served_export (GbxLaunchPlan *self, const char *tag, const char *path,
                                        const char *socket, gboolean writable);
/* Finds out which limits of the policy hold.  Blocks while it asks systemd. */
void gbx_launch_plan_check_limits (GbxLaunchPlan *self, gboolean is_container);
/* Whether the policy asks for this limit, and it holds. */
gboolean gbx_launch_plan_holds (GbxLaunchPlan *self, const char *key);
/* Whether a new value of that setting could be held now, for a running guest; an error with the
 * reason if not.  Blocks while it asks systemd. */
gboolean gbx_launch_plan_can_hold (GbxLaunchPlan *self, const GbxSetting *setting, GError **error);
/* Has QEMU serve the shares. */
void gbx_launch_plan_drop_share_servers (GbxLaunchPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxLaunchPlan, gbx_launch_plan_free)

/* The addresses of a guest with a network: only the guest and its passt use them. */
#define GBX_GUEST_ADDRESS "10.0.2.15"
#define GBX_GUEST_PREFIX 24
#define GBX_GUEST_GATEWAY "10.0.2.2"
/* Each stands for one of the host's name servers, at most three. */
#define GBX_GUEST_NAME_SERVERS "10.0.2.3,10.0.2.4,10.0.2.5"
/* Likewise for IPv6.  For such addresses (RFC 4193) applications prefer IPv4 where a server
 * has both (RFC 6724), because the host may have no IPv6. */
#define GBX_GUEST_ADDRESS6 "fd67:6c6f:7665:1::15"
#define GBX_GUEST_PREFIX6 64
#define GBX_GUEST_GATEWAY6 "fd67:6c6f:7665:1::2"
#define GBX_GUEST_NAME_SERVERS6 "fd67:6c6f:7665:1::3,fd67:6c6f:7665:1::4,fd67:6c6f:7665:1::5"

G_END_DECLS
