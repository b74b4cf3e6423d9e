/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* The display server: Xorg in a machine, Xtigervnc in a container. */

#define GBX_XORG_FOLDER "/run/gbx-xorg"
#define GBX_XORG_AUTHORITY GBX_XORG_FOLDER "/authority"
#define GBX_X_SERVER_LOG GBX_XORG_FOLDER "/Xorg.log"
#define GBX_X_SERVER_OUTPUT GBX_XORG_FOLDER "/output"

/* The folder, the cookie and the keymap; and the variables for clients. */
void gbx_x_server_prepare (GbxInit *self);
/* A file that only the account can read; fails through gbx_fatal(). */
void gbx_x_server_write (GbxInit *self, const char *path, const void *data, size_t length,
                         uid_t uid, gid_t gid);
/* In the server's process, in mounts of its own: false if the kernel refused. */
bool gbx_x_server_replace_xkbcomp (void);

/* The server has written its display number: it accepts clients. */
void gbx_xorg_ready (GbxInit *self);
/* The server has ended, so everything ends: reports the end of its log. */
void gbx_xorg_failed (GbxInit *self, int status);
