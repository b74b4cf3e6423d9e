/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which programs of the host a sandbox has too, as far as the host knows without a share. */

/* The user's PATH, and the folders that the sandbox or a desktop adds to it. */
char *gbx_guest_programs_make_search_path (void);
/* Finds a program of the host in these folders; NULL: none. */
char *gbx_guest_programs_find (const char *name);
/* Where the guest finds a program of that name; NULL: nowhere. */
char *gbx_guest_programs_find_inside (const char *name);
gboolean gbx_guest_programs_is_inside (const char *name);
/* Whether the guest sees the host's file at that path, or the kernel's. */
gboolean gbx_guest_programs_is_of_system (const char *path);
/* (nullable): "snap" or "flatpak", if a service of the host has to start that program. */
const char *gbx_guest_programs_get_installer (const char *path);

/* "env NAME=VALUE PROGRAM", as in the entries of snaps: from the program on. */
const char *const *gbx_guest_programs_skip_env (const char *const *command);
/* (nullable): of "flatpak run NAME", as in the entries of its applications, "flatpak";
 * application is set to the name. */
const char *gbx_guest_programs_get_runner (const char *const *command, const char **application);

G_END_DECLS
