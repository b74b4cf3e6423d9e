/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"
#include "gbx-protocol.h"

G_BEGIN_DECLS

/* The errors of a session: (transfer full), translated. */

GError *gbx_session_error_of_fault (GbxFault fault, GbxBackend *backend);
/* The guest reported which phase failed, and why. */
GError *gbx_session_error_of_setup (const GbxExitReport *exit);
/* The application has ended, but the guest has not said good-bye. */
GError *gbx_session_error_of_unwritten (void);
GError *gbx_session_error_of_weakness (const char *weakness);
GError *gbx_session_error_of_overdue_launch (guint seconds);
GError *gbx_session_error_of_no_answer (void);

G_END_DECLS
