/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-unit-file.h"
#include "gbx-unit-text.h"

G_BEGIN_DECLS

/* A unit, understood: what of it a sandbox can honour, as the description that the guest gets
 * (docs/services.md), and what it cannot. */
typedef struct _GbxUnit GbxUnit;

typedef enum
{
  GBX_REMARK_REPLACED, /* the sandbox does it in its own way */
  GBX_REMARK_IGNORED,  /* the service runs without it */
  GBX_REMARK_REFUSED,  /* it cannot run */
} GbxRemarkKind;

typedef struct
{
  GbxRemarkKind kind;
  char *key;  /* "PAMName=" */
  char *text; /* a translated sentence */
} GbxUnitRemark;

/* Who it runs as where the unit does not say. */
typedef struct
{
  const char *account; /* (nullable) */
  const char *host_name;
  const char *machine_id;
} GbxUnitContext;

GbxUnit *gbx_unit_new (GbxUnitFile *file, const GbxUnitContext *context, GError **error);
void gbx_unit_free (GbxUnit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxUnit, gbx_unit_free)

const char *gbx_unit_get_name (GbxUnit *self);
const char *gbx_unit_get_description (GbxUnit *self);
const char *gbx_unit_get_user (GbxUnit *self);
const char *gbx_unit_get_group (GbxUnit *self);
const char *gbx_unit_get_home (GbxUnit *self);
const char *gbx_unit_get_restart (GbxUnit *self);
gboolean gbx_unit_can_reload (GbxUnit *self);
/* Milliseconds; 0 for no limit. */
guint64 gbx_unit_get_start_limit (GbxUnit *self);
guint64 gbx_unit_get_stop_limit (GbxUnit *self);
/* The limit of restarts. */
void gbx_unit_get_burst (GbxUnit *self, guint *burst, guint64 *milliseconds);
guint64 gbx_unit_get_restart_delay (GbxUnit *self);
/* (element-type GbxUnitRemark) (transfer none) */
GPtrArray *gbx_unit_get_remarks (GbxUnit *self);
/* Whether nothing of it is refused; the error names everything that is. */
gboolean gbx_unit_check (GbxUnit *self, GError **error);
/* Absolute paths that the unit says it writes to or makes. */
const char *const *gbx_unit_get_folders (GbxUnit *self);
/* The programs of its commands. */
const char *const *gbx_unit_get_programs (GbxUnit *self);
/* What the guest is told.  root: where the private copies of /etc and /var are; files of the
 * environment and conditions are looked for there first. */
GBytes *gbx_unit_describe (GbxUnit *self, const char *root, GError **error);

G_END_DECLS
