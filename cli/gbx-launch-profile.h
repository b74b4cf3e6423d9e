/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-launch-options.h"
#include "gbx-resolution.h"

G_BEGIN_DECLS

/* The profile of a launch with the options in it: the one that is named, or the one for the
 * application or file, or the default.  @warnings (element-type utf8): what does not hold. */
GbxResolution *gbx_launch_profile_resolve (GbxLaunchOptions *options, GbxMode mode,
                                           GPtrArray *warnings, GError **error);

G_END_DECLS
