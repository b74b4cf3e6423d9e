/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The file in which libvirt keeps what QEMU writes, for the sandbox of that name. */

/* (nullable) (transfer full): its last lines: why QEMU died, perhaps. */
char *gbx_emulator_log_read (const char *name, gboolean by_root);
/* It names the shares, and libvirt keeps it for ever. */
void gbx_emulator_log_remove (const char *name, gboolean by_root);

G_END_DECLS
