/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-doctor.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GBX_TYPE_DOCTOR_ROW (gbx_doctor_row_get_type ())
/**
 * GbxDoctorRow:
 *
 * One thing that a sandbox needs: what was found, the command that fixes it, and a button that
 * copies the command, or fixes it where the user alone can.  Signal: `mended`.
 */
G_DECLARE_FINAL_TYPE (GbxDoctorRow, gbx_doctor_row, GBX, DOCTOR_ROW, GtkListBoxRow)

GtkWidget *gbx_doctor_row_new (const GbxCheck *check);
GbxCheckResult gbx_doctor_row_get_result (GbxDoctorRow *self);

G_END_DECLS
