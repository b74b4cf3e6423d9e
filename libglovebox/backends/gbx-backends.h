/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"

G_BEGIN_DECLS

/* (transfer full): a backend of the kind that the policy asks for. */
GbxBackend *gbx_backend_new (GbxPolicy *policy);

G_END_DECLS
