/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-preparation.h"

G_BEGIN_DECLS

/* Prepares everything that a description of the virtual machine needs: kernel, initial file
 * system and the rules of the emulator jail beside what every guest needs.  Not yet: the
 * helpers, and the many files of the root. */
gboolean gbx_machine_plan_make (GbxPreparation *preparation, GCancellable *cancellable,
                                GError **error);

G_END_DECLS
