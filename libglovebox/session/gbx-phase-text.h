/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-protocol.h"

#include <glib.h>

G_BEGIN_DECLS

/* What the guest does in a phase of its set-up, for people; any number is allowed. */

/* English, for the log. */
const char *gbx_phase_text_name (guint phase);
/* Translated. */
const char *gbx_phase_text_describe (guint phase);
/* How far the launch is then, 0 to 1: an estimate of the time. */
double gbx_phase_text_get_fraction (guint phase);

G_END_DECLS
