/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gdesktopappinfo.h>

G_BEGIN_DECLS

/* Which application opens a file in a sandbox: the one that the desktop would use, if the sandbox
 * has it; otherwise the next. */

typedef struct
{
  GDesktopAppInfo *info;
  char *obstacle; /* (nullable): a sentence that says why the sandbox cannot use it */
} GbxOpener;

void gbx_opener_free (GbxOpener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxOpener, gbx_opener_free)

/* (element-type GbxOpener): all that say that they know the type, the preferred one first. */
GPtrArray *gbx_opener_list (const char *type);
/* (transfer full): the first that the sandbox can use.  The error says why there is none, and
 * what to install. */
GDesktopAppInfo *gbx_opener_choose (const char *type, GError **error);
/* (transfer full): the one of that id, with or without “.desktop”, if the sandbox can use it. */
GDesktopAppInfo *gbx_opener_find (const char *id, GError **error);

G_END_DECLS
