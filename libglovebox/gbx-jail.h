/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"

G_BEGIN_DECLS

/* Puts the emulator jail (host/gbx-emulator-jail.c) in QEMU's place and writes
 * the rules for this launch: the files that QEMU may open, and no others. */
gboolean gbx_jail_prepare (GbxLaunchPlan *plan, GError **error);

G_END_DECLS
