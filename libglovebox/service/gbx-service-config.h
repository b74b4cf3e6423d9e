/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"
#include "gbx-service-places.h"

G_BEGIN_DECLS

/* What a service is: the file "service" in its folder. */
typedef struct
{
  char *name, *unit, *machine_id;
  char *account;      /* (nullable): where the unit names none */
  gboolean is_copy;   /* of the host's files */
  gint64 created;     /* seconds since 1970 */
  char **packages;    /* "apache2 2.4.57-2" */
  GPtrArray *places;  /* (element-type GbxServicePlace) */
  GHashTable *settings; /* key → text */
} GbxServiceConfig;

GbxServiceConfig *gbx_service_config_new (void);
void gbx_service_config_free (GbxServiceConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxServiceConfig, gbx_service_config_free)
GbxServiceConfig *gbx_service_config_read (const char *name, GError **error);
gboolean gbx_service_config_write (GbxServiceConfig *self, const char *folder, GError **error);
void gbx_service_config_set_packages (GbxServiceConfig *self, GPtrArray *packages);
/* settings: (nullable) a{ss}; an empty text removes one. */
gboolean gbx_service_config_set_settings (GbxServiceConfig *self, GVariant *settings,
                                          GError **error);
char *gbx_service_machine_id_new (void);

/* The unit as it is now, with the private changes in folder. */
GbxUnit *gbx_service_config_load_unit (GbxServiceConfig *self, const char *folder, GError **error);
/* What its sandbox may access; folder: of the service. */
GbxPolicy *gbx_service_config_make_policy (GbxServiceConfig *self, GbxUnit *unit,
                                           const char *folder, GError **error);

G_END_DECLS
