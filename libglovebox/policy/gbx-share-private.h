/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* gbx-share-places.c: whether the contents of that path, absolute and without links, may be
 * shared, read-only or for writing. */
gboolean gbx_share_check_place (const char *path, gboolean writable, GError **error);

/* A place of the host that a share may touch. */
typedef enum
{
  GBX_BASE_ROOT,
  GBX_BASE_HOME,
  GBX_BASE_CONFIG,
  GBX_BASE_DATA,
  GBX_BASE_STATE,
  GBX_BASE_CACHE,
  GBX_BASE_RUNTIME, /* where programs listen */
  GBX_BASE_SOCKETS, /* libvirt's, where that is not it */
  GBX_BASE_OWN,     /* our folder in it */
} GbxPlaceBase;

typedef struct
{
  GbxPlaceBase base;
  const char *path;
} GbxPlace;

/* Resolves links in the existing part of the path: the sandbox could create the missing
 * part. */
char *gbx_place_resolve (const char *path);
/* (transfer full) (nullable): NULL if the system has no such folder for this account. */
char *gbx_place_get_path (const GbxPlace *place);
/* (transfer full) (nullable): the first place that contains the path or is in it. */
char *gbx_place_find (const char *path, const GbxPlace *places, guint n);

G_END_DECLS
