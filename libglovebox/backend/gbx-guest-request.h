/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"
#include "gbx-keyboard.h"
#include "gbx-rootfs.h"

G_BEGIN_DECLS

/* The CONFIG payload for the guest of that plan. */
GBytes *gbx_guest_request_new (GbxLaunchPlan *plan, GbxIdentity *identity, GbxKeyboard *keyboard,
                               guint scale, GError **error);

G_END_DECLS
