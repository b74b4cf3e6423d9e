/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-resolution.h"

G_BEGIN_DECLS

/* (transfer full): what it allows, in a sentence; then every value and where it is from, in
 * columns. */
char *gbx_resolution_to_text (GbxResolution *resolution);

G_END_DECLS
