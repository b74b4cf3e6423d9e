/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-protocol.h"

#include <glib.h>

G_BEGIN_DECLS

/* Describes the phases of the guest's set-up; any number is allowed. */

/* English, for the log. */
const char *gbx_phase_text_name (guint phase);
/* Translated. */
const char *gbx_phase_text_describe (guint phase);
/* The fraction of the launch that is done then, 0 to 1: an estimate of the time. */
double gbx_phase_text_get_fraction (guint phase);

G_END_DECLS
