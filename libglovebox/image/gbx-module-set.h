/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: kernel modules with all their dependencies, in the order in which
 * they must be loaded.  It uses the kernel's dependency index, because fixed lists break
 * when a kernel moves a function to another module. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *name; /* "virtio_gpu" */
  char *path; /* the file, which may be compressed */
  gboolean late; /* the guest does not wait for it at its start */
} GbxModule;

typedef struct _GbxModuleSet GbxModuleSet;

/* An empty set for the modules in that folder; fails with GBX_ERROR_MODULE. */
GbxModuleSet *gbx_module_set_new (const char *directory, GError **error);
void gbx_module_set_free (GbxModuleSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxModuleSet, gbx_module_set_free)

/* Whether the kernel has it, as a module or built in. */
gboolean gbx_module_set_knows (GbxModuleSet *self, const char *name);

/* Adds it after its dependencies.  Does nothing for a module that is built in or already in
 * the set.  GBX_ERROR_MODULE if the kernel has no such module. */
gboolean gbx_module_set_add (GbxModuleSet *self, const char *name, GError **error);

/* Modules added from now on are late, unless they are already in the set. */
void gbx_module_set_begin_late (GbxModuleSet *self);

/* In load order: (element-type GbxModule) (transfer none) */
GPtrArray *gbx_module_set_list (GbxModuleSet *self);

G_END_DECLS
