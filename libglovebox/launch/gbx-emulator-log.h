/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* libvirt's log file with the output of QEMU, for the sandbox of that name. */

/* (nullable) (transfer full): its last lines, which may say why QEMU died. */
char *gbx_emulator_log_read (const char *name, gboolean by_root);
/* It contains the paths of the shares, and libvirt never removes it. */
void gbx_emulator_log_remove (const char *name, gboolean by_root);

G_END_DECLS
