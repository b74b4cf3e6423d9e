/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the system's package manager (dpkg) knows of a service.  All of it blocks. */

typedef struct
{
  char *name, *version, *source, *architecture;
  GPtrArray *paths;      /* (element-type filename): in /etc and /var */
  GHashTable *conffiles; /* path → MD5 of what the package has, in hexadecimal digits */
} GbxServicePackage;

/* (transfer full) (element-type GbxServicePackage): the package of the unit or, where the unit is
 * the administrator's own, of its program; and what it depends on of the same source.
 * Empty if no package has them. */
GPtrArray *gbx_service_packages_find (const char *unit_path, const char *const *programs,
                                      GCancellable *cancellable, GError **error);

/* Gets files as packages have them: from the host if nobody has changed them there, else from the
 * package's archive in apt's cache, else from where apt downloads it. */
typedef struct _GbxServiceOriginals GbxServiceOriginals;

GbxServiceOriginals *gbx_service_originals_new (void);
void gbx_service_originals_free (GbxServiceOriginals *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxServiceOriginals, gbx_service_originals_free)
/* (transfer full) (nullable): NULL if it cannot be had; nothing but being cancelled is an error. */
GBytes *gbx_service_originals_get (GbxServiceOriginals *self, GbxServicePackage *package,
                                   const char *path, GCancellable *cancellable, GError **error);

G_END_DECLS
