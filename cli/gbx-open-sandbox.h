/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-opened-file.h"
#include "gbx-policy.h"
#include "gbx-staging.h"

#include <gio/gdesktopappinfo.h>

G_BEGIN_DECLS

/* One sandbox for files that one application opens. */
typedef struct
{
  GDesktopAppInfo *info; /* NULL: the only file is a program, which is run itself */
  GPtrArray *files;      /* (element-type GbxOpenedFile) (not owned) */
} GbxOpenSandbox;

/* The policy: these files, in a temporary home, with what else the profile allows but without its
 * shares.  profile: (nullable): its id; otherwise that of the application or the files.
 * copies: (nullable) (element-type filename): for each file a copy that the sandbox may write; or,
 * in the folder of staging (nullable), that it may read. */
GbxPolicy *gbx_open_sandbox_make_policy (GbxOpenSandbox *self, const char *profile,
                                         GPtrArray *copies, GbxStaging *staging,
                                         GPtrArray *warnings, GError **error);

/* More files than that are copied into a folder, which is shared in their place. */
#define GBX_OPEN_SHARES_MAX 8

G_END_DECLS
