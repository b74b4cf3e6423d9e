/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

GSubprocess *gbx_window_start (GbxPolicy *policy, GError **error);

G_END_DECLS
