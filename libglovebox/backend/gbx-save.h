/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* Writes a file of the user's again: the whole file or nothing, never through a link, and
 * only if nobody else has changed it.  Blocking. */

/* Tells whether a file is still the one that was seen. */
typedef struct
{
  guint64 device, inode, size;
  gint64 seconds, nanoseconds; /* when it was changed */
} GbxVersion;

void gbx_version_set (GbxVersion *self, const struct stat *st);
gboolean gbx_version_equal (const GbxVersion *a, const GbxVersion *b);

typedef enum
{
  GBX_SAVE_DONE,
  GBX_SAVE_CONFLICT, /* it is gone, or another version than the expected one */
  GBX_SAVE_FAILED,   /* errno says why */
} GbxSave;

/* Copies the whole file; FALSE with errno. */
gboolean gbx_save_copy (int source, int target);

/* Gives the file of that name in the folder the contents of source.  Its mode, its owner and
 * its attributes stay.  version: the expected one, and then the new one. */
GbxSave gbx_save_replace (int folder, const char *name, int source, GbxVersion *version);

/* Saves source as a new file in the folder, with a name that is made from that of the other
 * file and of the sandbox.  (nullable) (transfer full): the name; NULL with errno. */
char *gbx_save_beside (int folder, const char *name, const char *sandbox, mode_t mode, int source,
                       GbxVersion *version);

G_END_DECLS
