/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Resets the machine.  This ends an emulator that runs with -no-reboot, and works without
 * ACPI. */
void gbx_reset_machine (void);
