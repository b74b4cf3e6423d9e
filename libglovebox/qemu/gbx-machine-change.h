/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-setting.h"

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* How the kernel serves all threads of a running emulator: "resources.cpu-set", "scheduler" and
 * "nice".  Blocks shortly. */
gboolean gbx_machine_change_is_of_threads (const char *key);
gboolean gbx_machine_change_threads (pid_t process, const char *key, GVariant *value,
                                     GError **error);

G_END_DECLS
