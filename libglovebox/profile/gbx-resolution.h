/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"
#include "gbx-profile-store.h"
#include "gbx-values.h"

G_BEGIN_DECLS

/* What a profile comes to: its layers, those of its parents, the administrator's locks, and
 * the options of one launch.  Each value knows where it is from. */
typedef struct _GbxResolution GbxResolution;

/* A share, merged from all layers. */
typedef struct
{
  char *name;
  char *path;       /* as written; or NULL */
  char *guest_path; /* or NULL */
  char *access;     /* "ro", "rw" */
  char *presence;   /* "required", "optional", "ask" */
  char *origin;     /* of the path, or of the group's last line */
  gboolean is_users; /* the user's layer has a part in it */
} GbxResolvedShare;

/* @id: a profile; "default" may be missing, then nothing is set. */
GbxResolution *gbx_resolution_new (GbxProfileStore *store, const char *id, gboolean desktop,
                                   GError **error);
void gbx_resolution_free (GbxResolution *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxResolution, gbx_resolution_free)

/* An option of the launch: stronger than the profile, but not than a lock. */
gboolean gbx_resolution_override (GbxResolution *self, const char *key, GVariant *value,
                                  const char *origin, GError **error);
/* A folder for a share that is asked for. */
gboolean gbx_resolution_answer (GbxResolution *self, const char *share, const char *path,
                                GError **error);
/* A launch for certain files alone: none of the profile's shares. */
void gbx_resolution_leave_out_shares (GbxResolution *self);
/* Gives the builder all values, variables and shares. */
gboolean gbx_resolution_fill (GbxResolution *self, GbxPolicyBuilder *builder, GError **error);
/* Whether the locks allow all shares of the builder, those of options and arguments too. */
gboolean gbx_resolution_check_shares (GbxResolution *self, GbxPolicyBuilder *builder,
                                      GError **error);

const char *gbx_resolution_get_id (GbxResolution *self);
GbxValues *gbx_resolution_get_values (GbxResolution *self);
/* The ids from the root to the profile itself. */
const char *const *gbx_resolution_get_chain (GbxResolution *self);
/* (element-type GbxResolvedShare): sorted by name. */
GPtrArray *gbx_resolution_get_shares (GbxResolution *self);
/* (element-type utf8): sorted names of the variables. */
GPtrArray *gbx_resolution_get_variables (GbxResolution *self);
const char *gbx_resolution_get_variable (GbxResolution *self, const char *name,
                                         const char **origin);
/* (transfer none) (nullable): the strongest layer that says something of the key, as in
 * "[Group]" and "Name="; without the key, of the group.  Not a layer that a lock makes void. */
GbxProfileFile *gbx_resolution_find_layer (GbxResolution *self, const char *group,
                                           const char *key);
/* (nullable): the lock of a key ("network.mode"), as it is written in its file. */
const char *gbx_resolution_get_lock (GbxResolution *self, const char *key, const char **origin);
/* (nullable): the widest value that the locks allow. */
GVariant *gbx_resolution_get_limit (GbxResolution *self, const char *key);
/* (element-type utf8): what of the profile does not hold because of a lock. */
GPtrArray *gbx_resolution_get_warnings (GbxResolution *self);

G_END_DECLS
