/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-os.h"
#include "gbx-policy.h"

#include <libvirt-gconfig/libvirt-gconfig.h>

G_BEGIN_DECLS

/* libvirt-gconfig has no autoptr cleanups. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GVirConfigDomain, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GVirConfigDomainOs, g_object_unref)

/* A folder of the host that the guest may mount. */
typedef struct
{
  char *tag; /* 9p mount tag */
  char *path;
  gboolean writable;
} GbxExport;

/* Everything the host has prepared for one launch: what a backend turns into a
 * domain.  Owned by the launcher. */
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
  char *network_socket; /* (nullable): that a passt listens on */
  char *emulator;
  char *jail_rules; /* (nullable): file */
  char *weakness;   /* (nullable): what of the confinement is missing, translated */
  GPtrArray *exports; /* (element-type GbxExport) */
  GbxAccelerator accelerator; /* KVM or TCG */
  GbxVideo video;
  gboolean by_root;
} GbxLaunchPlan;

GbxLaunchPlan *gbx_launch_plan_new (GbxPolicy *policy);
void gbx_launch_plan_free (GbxLaunchPlan *self);
void gbx_launch_plan_add_export (GbxLaunchPlan *self, const char *tag, const char *path,
                                 gboolean writable);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxLaunchPlan, gbx_launch_plan_free)

/* Turns a plan into a libvirt domain. */
#define GBX_TYPE_BACKEND (gbx_backend_get_type ())
G_DECLARE_DERIVABLE_TYPE (GbxBackend, gbx_backend, GBX, BACKEND, GObject)

struct _GbxBackendClass
{
  GObjectClass parent_class;

  const char *(*get_uri) (GbxBackend *self);
  GVirConfigDomain *(*create_config) (GbxBackend *self, GbxLaunchPlan *plan, GError **error);
};

const char *gbx_backend_get_uri (GbxBackend *self);
GVirConfigDomain *gbx_backend_create_config (GbxBackend *self, GbxLaunchPlan *plan,
                                             GError **error);

#define GBX_TYPE_BACKEND_QEMU (gbx_backend_qemu_get_type ())
G_DECLARE_FINAL_TYPE (GbxBackendQemu, gbx_backend_qemu, GBX, BACKEND_QEMU, GbxBackend)

GbxBackend *gbx_backend_qemu_new (void);

/* Marks our domains in libvirt's <metadata>. */
#define GBX_METADATA_NAMESPACE "https://glovebox.invalid/xmlns/sandbox/1"
/* Its attribute that names the sandbox's folder: root has several runtime folders,
 * but one libvirt. */
#define GBX_METADATA_RUNTIME "runtime"
#define GBX_DOMAIN_PREFIX "glovebox-"

G_END_DECLS
