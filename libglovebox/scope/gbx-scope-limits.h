/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the kernel needs to hold a limit for a group of processes, with its names. */
typedef enum
{
  GBX_CONTROLLER_CPU = 1 << 0,
  GBX_CONTROLLER_MEMORY = 1 << 1,
  GBX_CONTROLLER_IO = 1 << 2,
  GBX_CONTROLLER_PIDS = 1 << 3,
} GbxControllers;

/* The content of a file "cgroup.controllers": names between spaces. */
GbxControllers gbx_controllers_parse (const char *text);

/* Limits for the processes of one sandbox, by the keys of their settings, as properties of a
 * systemd scope. */
typedef struct _GbxScopeLimits GbxScopeLimits;

GbxScopeLimits *gbx_scope_limits_new (void);
void gbx_scope_limits_free (GbxScopeLimits *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxScopeLimits, gbx_scope_limits_free)
/* Which controllers a scope needs to hold that setting; 0: a scope cannot hold it. */
GbxControllers gbx_scope_limits_need (const char *key);
/* FALSE if a scope cannot hold that setting.  G_MAXUINT64: no limit. */
gboolean gbx_scope_limits_set (GbxScopeLimits *self, const char *key, guint64 value);
/* What all of them need. */
GbxControllers gbx_scope_limits_get_needed (GbxScopeLimits *self);
/* Adds to an array of type a(sv). */
void gbx_scope_limits_add_properties (GbxScopeLimits *self, GVariantBuilder *properties);
/* Calls func with the key of each limit that needs another controller than these. */
void gbx_scope_limits_foreach_unheld (GbxScopeLimits *self, GbxControllers controllers,
                                      void (*func) (const char *key, gpointer user_data),
                                      gpointer user_data);

G_END_DECLS
