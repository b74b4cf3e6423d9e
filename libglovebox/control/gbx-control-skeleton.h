/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-control-interface.h"

G_BEGIN_DECLS

/* The interface of the control socket; its signal "look" says that a client reads the figures. */
#define GBX_TYPE_CONTROL_SKELETON (gbx_control_skeleton_get_type ())
G_DECLARE_FINAL_TYPE (GbxControlSkeleton, gbx_control_skeleton, GBX, CONTROL_SKELETON,
                      GbxDBusSandbox1Skeleton)

GbxDBusSandbox1 *gbx_control_skeleton_new (void);

G_END_DECLS
