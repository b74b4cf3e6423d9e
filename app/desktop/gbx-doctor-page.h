/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-doctor.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GBX_TYPE_DOCTOR_PAGE (gbx_doctor_page_get_type ())
/**
 * GbxDoctorPage:
 *
 * What a sandbox needs of this computer, as rows that say what is wrong and what fixes it.  It
 * checks when it is first shown, and when it is asked to.
 *
 * Signals: `finished` (GbxCheckResult the worst): after each run; `dismissed`: the user has read it.
 */
G_DECLARE_FINAL_TYPE (GbxDoctorPage, gbx_doctor_page, GBX, DOCTOR_PAGE, GtkScrolledWindow)

GtkWidget *gbx_doctor_page_new (void);
/* With other checks.  make: (scope forever): makes a doctor for each run */
GtkWidget *gbx_doctor_page_new_with (GbxDoctor *(*make) (void));
/* Checks everything again. */
void gbx_doctor_page_check (GbxDoctorPage *self);
/* Checks what takes no time, and is not shown unless there is something to show. */
void gbx_doctor_page_check_quickly (GbxDoctorPage *self);

G_END_DECLS
