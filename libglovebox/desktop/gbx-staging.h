/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A folder with copies of files that a sandbox only reads, because a sandbox cannot have a share
 * for each of many files.  It is in $XDG_CACHE_HOME/glovebox/opened, and lasts as long as this
 * object; what a killed process leaves is removed by the next one.  Blocking. */
typedef struct _GbxStaging GbxStaging;

GbxStaging *gbx_staging_new (GError **error);
void gbx_staging_free (GbxStaging *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxStaging, gbx_staging_free)

/* (transfer full): the path of the copy in the folder; it keeps its name.  executable: whether it
 * can be executed even if the file cannot. */
char *gbx_staging_add (GbxStaging *self, const char *path, gboolean executable, GError **error);
/* What to share. */
const char *gbx_staging_get_folder (GbxStaging *self);

G_END_DECLS
