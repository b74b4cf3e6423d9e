/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-launcher.h"
#include "gbx-network.h"
#include "gbx-runtime.h"
#include "gbx-virt.h"

G_BEGIN_DECLS

/* Shared between gbx-launcher.c (the object and its workers), gbx-launcher-prepare.c,
 * gbx-launcher-boot.c and gbx-launcher-trial.c, which are what the workers do: all
 * of it blocking. */
struct _GbxLauncher
{
  GObject parent_instance;

  /* Written by the one worker under way, read by the main context between
   * workers: never by both at once. */
  GbxPolicy *policy;
  GbxBackend *backend;
  GbxLaunchPlan *plan;
  GbxIdentity *identity;
  GbxKeyboard *keyboard;
  GbxRuntime *runtime;
  GbxNetworkHelper *network;
  GbxVirt *connection;
  GThread *filling; /* (nullable): of the root */
  int process;      /* a descriptor of QEMU's process, or -1 */
  gboolean started, has_domain;
};

/* gbx-launcher-prepare.c: everything up to the domain's description but the network's
 * helper and libvirt; then everything. */
gboolean gbx_launch_plan (GbxLauncher *self, GCancellable *cancellable, GError **error);
gboolean gbx_launch_prepare (GbxLauncher *self, GCancellable *cancellable, GError **error);
gboolean gbx_launch_start_network (GbxLauncher *self, GError **error);
/* Waits until the guest's root is complete. */
gboolean gbx_launch_join_root (GbxLauncher *self, GError **error);

/* gbx-launcher-boot.c: the console's connected socket, or -1; and the undoing. */
int gbx_launch_boot (GbxLauncher *self, GError **error);
gboolean gbx_launch_clean_up (GbxLauncher *self, gboolean powered_off, GError **error);

G_END_DECLS
