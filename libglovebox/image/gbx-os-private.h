/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <osinfo/osinfo.h>

#include "gbx-os.h"

G_BEGIN_DECLS

/* What os-release says. */
typedef struct
{
  const char *id;      /* "debian" */
  const char *like;    /* (nullable): "ubuntu debian" */
  const char *version; /* (nullable): "12"; rolling releases have none */
} GbxOsIdentity;

/* The database entry that describes the system best; (nullable) (transfer full). */
OsinfoOs *gbx_os_match (OsinfoDb *database, const GbxOsIdentity *identity);

/* The best video device that the system, or one it derives from, supports; virtio-gpu if
 * the database does not say. */
GbxVideo gbx_os_supported_video (OsinfoOs *os);

G_END_DECLS
