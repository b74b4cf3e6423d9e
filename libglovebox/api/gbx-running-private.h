/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-control-client.h"
#include "gbx-running-sandbox.h"

G_BEGIN_DECLS

/* (transfer none): the connection to its process. */
GbxControlClient *gbx_running_sandbox_get_client (GbxRunningSandbox *self);

G_END_DECLS
