/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-service-places.h"

G_BEGIN_DECLS

/* The private files of a service: made from packages or from the host, brought up to a new version
 * of the packages, copied. */
typedef struct
{
  const char *root;
  GPtrArray *places;     /* (element-type GbxServicePlace) */
  GPtrArray *packages;   /* (element-type GbxServicePackage) */
  GHashTable *originals; /* path → MD5 of what the package had; is changed */
  GPtrArray *told;       /* (element-type utf8): sentences for the user */
  GCancellable *cancellable;
} GbxServiceFiles;

gboolean gbx_service_files_create (GbxServiceFiles *self, gboolean copy, GError **error);
/* As dpkg does: a file that nobody has changed is replaced, of another the new version is put
 * beside it. */
gboolean gbx_service_files_upgrade (GbxServiceFiles *self, GError **error);
/* A folder with all that is in it; the target must not exist. */
gboolean gbx_service_files_copy (const char *from, const char *to, GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
