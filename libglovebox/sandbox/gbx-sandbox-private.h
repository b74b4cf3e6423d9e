/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"
#include "gbx-session.h"

G_BEGIN_DECLS

/* As gbx_session_run(). */
GbxProcess *gbx_sandbox_run (GbxSandbox *self, const GbxCommandSpec *spec,
                             const GbxStreams *streams, GError **error);

/* For the tests: uses another backend than the policy's, and divides the time limits by
 * time_divisor. */
GbxSandbox *gbx_sandbox_new_with_backend (GbxPolicy *policy, GbxBackend *backend,
                                          guint time_divisor);

G_END_DECLS
