/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-resolution.h"

G_BEGIN_DECLS

/* What two profiles come to, compared. */

typedef enum
{
  GBX_CHANGE_OTHER,
  GBX_CHANGE_WIDER, /* the second gives the sandbox more */
  GBX_CHANGE_NARROWER,
} GbxChange;

typedef struct
{
  char *key;   /* "network.mode", "share documents", "environment LANG" */
  char *label; /* the same in the user's language: "Network" */
  char *from, *to;
  GbxChange change;
} GbxDifference;

void gbx_difference_free (GbxDifference *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxDifference, gbx_difference_free)

/* (transfer full) (element-type GbxDifference): nothing where both are the same. */
GPtrArray *gbx_difference_list (GbxResolution *from, GbxResolution *to);

G_END_DECLS
