/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-service.h"

G_BEGIN_DECLS

/* What the process that runs a service has written last: the file "state" in its folder. */
typedef struct
{
  GbxServiceState state;
  GPid pid;       /* of that process; 0 if it does not run */
  gint64 since;   /* of the state, seconds since 1970 */
  guint restarts; /* since it was started */
  guint reloads;  /* how many have ended */
  gboolean reload_failed;
  char *problem;  /* (nullable): why it has failed, or has to be started again */
  char *notice;   /* (nullable): what is weaker than it should be */
  char *text;     /* (nullable): what the service has told of itself; untrusted, one line */
} GbxServiceStatus;

GbxServiceStatus *gbx_service_status_new (void);
void gbx_service_status_free (GbxServiceStatus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxServiceStatus, gbx_service_status_free)
/* (transfer full): of a service that exists.  A process that was killed has left what it did
 * last: then the service has failed. */
GbxServiceStatus *gbx_service_status_read (const char *folder);
gboolean gbx_service_status_write (GbxServiceStatus *self, const char *folder, GError **error);

G_END_DECLS
