/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-phase-text.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *activity;
  double fraction;
} phases[] = {
  [0] = { N_ ("Setting up the guest"), 0.40 }, /* there is no such phase */
  [GBX_PHASE_MODULES] = { N_ ("Loading the guest's drivers"), 0.40 },
  [GBX_PHASE_ROOT] = { N_ ("Mounting the system"), 0.45 },
  [GBX_PHASE_CONFIG] = { N_ ("Reading the policy"), 0.50 },
  [GBX_PHASE_MOUNTS] = { N_ ("Mounting the shares"), 0.52 },
  [GBX_PHASE_IDENTITY] = { N_ ("Preparing the home folder"), 0.55 },
  [GBX_PHASE_DBUS] = { N_ ("Starting the message bus"), 0.58 },
  [GBX_PHASE_XORG] = { N_ ("Starting the display server"), 0.60 },
  [GBX_PHASE_WINDOW_MANAGER] = { N_ ("Starting the window manager"), 0.80 },
  [GBX_PHASE_APPLICATION] = { N_ ("Starting the application"), 0.90 },
  [GBX_PHASE_SUPERVISION] = { N_ ("Running"), 1.0 },
  [GBX_PHASE_REPORT] = { N_ ("Ending"), 1.0 },
};

const char *
gbx_phase_text_name (guint phase)
{
  return phases[phase < G_N_ELEMENTS (phases) ? phase : 0].activity;
}

const char *
gbx_phase_text_describe (guint phase)
{
  return _ (gbx_phase_text_name (phase));
}

double
gbx_phase_text_get_fraction (guint phase)
{
  return phases[phase < G_N_ELEMENTS (phases) ? phase : 0].fraction;
}
