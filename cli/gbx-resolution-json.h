/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-resolution.h"

G_BEGIN_DECLS

/* Every value with its origin and lock, as JSON. */
char *gbx_resolution_to_json (GbxResolution *resolution);

G_END_DECLS
