/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-id-ranges.h"
#include "gbx-preparation.h"

G_BEGIN_DECLS

/* Where libvirt mounts the exports in a container, each below its tag; the init of the guest
 * moves them to their places. */
#define GBX_CONTAINER_EXPORTS "gbx-exports"
#define GBX_CONTAINER_INIT "gbx-init"

/* What a container needs beside the plan of a launch. */
typedef struct
{
  GbxLaunchPlan *plan; /* (unowned) */
  GbxIdRange uids, gids;
  char *display_socket; /* (nullable): where the container's display listens */
} GbxContainerPlan;

/* Prepares everything that a description of the container needs; fills in self, whose
 * fields the caller clears. */
gboolean gbx_container_plan_make (GbxContainerPlan *self, GbxPreparation *preparation,
                                  GCancellable *cancellable, GError **error);
void gbx_container_plan_clear (GbxContainerPlan *self);

/* (nullable): the program for windows in a container; an error says what to install. */
const char *gbx_container_find_display_server (GError **error);
/* (transfer full): the name of the container's domain: all accounts share one daemon. */
char *gbx_container_plan_domain_name (GbxLaunchPlan *plan);
/* Whether root in the container, who is nobody on the host, may pass through the folders to
 * that path.  If not: *folder, (transfer full), is the first that it may not enter. */
gboolean gbx_container_can_reach (const char *path, guint32 uid, guint32 gid, char **folder);

G_END_DECLS
