/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the library: the modules that a guest needs, and no others, because each one
 * makes every boot longer. */

#include "gbx-initrd.h"
#include "gbx-module-set.h"
#include "gbx-os.h"

G_BEGIN_DECLS

/* Adds what a guest with those flags needs; fails with GBX_ERROR_MODULE. */
gboolean gbx_guest_modules_add (GbxModuleSet *set, GbxInitrdFlags flags, GError **error);

/* The preferred device, or else the best one that has a driver; FALSE if none has. */
gboolean gbx_guest_modules_choose_video (GbxModuleSet *set, GbxVideo preferred, GbxVideo *video);

/* Whether shares can be served by virtiofs. */
gboolean gbx_guest_modules_have_virtiofs (GbxModuleSet *set);

G_END_DECLS
