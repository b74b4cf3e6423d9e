/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GBX_TYPE_KEPT_HOME (gbx_kept_home_get_type ())
/**
 * GbxKeptHome:
 *
 * A home of sandboxes that is kept after their end: what `glovebox home list` tells of it, as it was
 * when it was asked for.
 *
 * All functions of kept homes block, because they wait for the disk: call those that have a
 * cancellable in a worker thread.  A home that a sandbox or a command uses is not changed; that is
 * %GBX_ERROR_HOME.
 */
typedef struct _GbxKeptHome GbxKeptHome;

GType gbx_kept_home_get_type (void);
GbxKeptHome *gbx_kept_home_copy (GbxKeptHome *self);
void gbx_kept_home_free (GbxKeptHome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxKeptHome, gbx_kept_home_free)

GPtrArray *gbx_kept_home_list (GError **error);
GbxKeptHome *gbx_kept_home_find (const char *name, GError **error);
const char *gbx_kept_home_get_name (GbxKeptHome *self);
guint64 gbx_kept_home_get_size (GbxKeptHome *self);
guint64 gbx_kept_home_get_used (GbxKeptHome *self);
gint64 gbx_kept_home_get_changed (GbxKeptHome *self);
const char *gbx_kept_home_get_user (GbxKeptHome *self);
const char *gbx_kept_home_get_trouble (GbxKeptHome *self);
const char *const *gbx_kept_home_get_snapshots (GbxKeptHome *self);

gboolean gbx_kept_home_set_size (const char *name, guint64 size, GError **error);
gboolean gbx_kept_home_reset (const char *name, GError **error);
gboolean gbx_kept_home_delete (const char *name, GError **error);
gboolean gbx_kept_home_add_snapshot (const char *name, const char *snapshot,
                                     GCancellable *cancellable, GError **error);
gboolean gbx_kept_home_restore_snapshot (const char *name, const char *snapshot,
                                         GCancellable *cancellable, GError **error);
gboolean gbx_kept_home_delete_snapshot (const char *name, const char *snapshot, GError **error);

G_END_DECLS
