/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a process gets from whoever started it, and cannot work with as it is. */

/* At the start of a program, before there is a second thread: HOME, the umask, and the limit of
 * files' sizes. */
void gbx_surroundings_settle (void);

/* Before libvirt or a display is used, and GLib's runtime folder is asked for: gives libvirt other folders for its sockets where the user's are somebody
 * else's, or have paths that are too long for a socket.  The daemon that it starts gets them
 * too.  The configuration folder that GLib tells of stays as it is. */
void gbx_surroundings_settle_sockets (void);

/* The user's XDG_RUNTIME_DIR, whatever libvirt was given; (nullable). */
const char *gbx_surroundings_get_session_folder (void);
/* What libvirt is given in its place. */
char *gbx_surroundings_get_own_folder (void);

G_END_DECLS
