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
 * file and of the sandbox (nullable).  (nullable) (transfer full): the name; NULL with errno. */
char *gbx_save_beside (int folder, const char *name, const char *sandbox, mode_t mode, int source,
                       GbxVersion *version);

/* Copies the file of that name in the folder to a new file beside it, with a name that no file
 * has, such as “letter.txt~”.  (nullable) (transfer full): the name; NULL with errno, ESTALE if it
 * is not that version. */
char *gbx_save_backup (int folder, const char *name, const GbxVersion *version);

/* Saves source in the folder under that name, in place of what has it; FALSE with errno. */
gboolean gbx_save_as (int folder, const char *name, mode_t mode, int source);

/* A version, and a name of any bytes, in a key file. */
void gbx_save_put_version (GKeyFile *record, const char *key, const GbxVersion *version);
void gbx_save_get_version (GKeyFile *record, const char *key, GbxVersion *version);
void gbx_save_put_name (GKeyFile *record, const char *key, const char *name);
char *gbx_save_get_name (GKeyFile *record, const char *key);
/* The only group of such a file. */
#define GBX_SAVE_GROUP "File"

/* Opens the folder of a file if no link leads there; -1 with errno. */
int gbx_save_open_folder_of (const char *path);
/* Opens a regular file for reading; -1 with errno. */
int gbx_save_open_file (int folder, const char *name, struct stat *st);

G_END_DECLS
