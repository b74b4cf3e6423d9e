/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-unit.h"

G_BEGIN_DECLS

typedef enum
{
  GBX_UNIT_KEY_TAKEN,    /* gbx-unit.c honours it */
  GBX_UNIT_KEY_NOTHING,  /* it has no meaning for one service alone */
  GBX_UNIT_KEY_REPLACED,
  GBX_UNIT_KEY_IGNORED,
  GBX_UNIT_KEY_REFUSED,
  GBX_UNIT_KEY_UNKNOWN,
} GbxUnitKeyKind;

/* What becomes of a key of a section; reason: a sentence for people, translated, or NULL. */
GbxUnitKeyKind gbx_unit_key_look_up (const char *section, const char *key, const char **reason);

G_END_DECLS
