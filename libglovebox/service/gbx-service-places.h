/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-service-packages.h"
#include "gbx-unit.h"

G_BEGIN_DECLS

/* Which folders and files of /etc and /var belong to a service. */

typedef struct
{
  char *path;
  gboolean is_file;
} GbxServicePlace;

/* (transfer full) (element-type GbxServicePlace): none is in another. */
GPtrArray *gbx_service_places_find (GPtrArray *packages, GbxUnit *unit);
void gbx_service_place_free (GbxServicePlace *self);
GbxServicePlace *gbx_service_place_new (const char *path, gboolean is_file);
/* (transfer full) (nullable): the account that the packages have made for their services: one of
 * the system whose home is among what they have in /var, or that has their name. */
char *gbx_service_places_find_account (GPtrArray *packages, const char *unit);

G_END_DECLS
