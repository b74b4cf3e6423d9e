/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the cache: a file that is being written into the folder, and its stamp. */

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* A temporary file in the folder.  Its writer holds a lock on it, so that any process can
 * find out whether the writer has died. */
typedef struct
{
  int directory_fd; /* borrowed */
  int fd;
  char *name; /* (nullable): NULL once committed */
} GbxCacheFile;

GbxCacheFile *gbx_cache_file_new (int directory_fd, GError **error);
/* Gives the file its name, and replaces an existing file of that name. */
gboolean gbx_cache_file_commit (GbxCacheFile *self, const char *name, GError **error);
/* Removes the file unless it was committed. */
void gbx_cache_file_free (GbxCacheFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxCacheFile, gbx_cache_file_free)

/* Removes files of dead writers from the folder. */
void gbx_cache_file_sweep (int directory_fd);

/* Lower-case hexadecimal SHA-256 of the whole file. */
char *gbx_cache_file_digest (int fd, GCancellable *cancellable, GError **error);

/* A 64-bit checksum of the contents; twenty times as fast, but no protection against
 * deliberate changes.  FALSE: not readable. */
gboolean gbx_cache_file_sum (int fd, guint64 *sum);

typedef struct
{
  char *key;
  char *source; /* (nullable) */
  char *digest;
  guint64 sum;
  guint64 size;
  guint64 inode;
  gint64 modified_ns;
} GbxCacheStamp;

GbxCacheStamp *gbx_cache_stamp_new (const char *key, const char *source, const char *digest,
                                    guint64 sum, const struct stat *data);
/* NULL if there is none or it is malformed. */
GbxCacheStamp *gbx_cache_stamp_load (int directory_fd, const char *name);
/* Returns the written file; the caller commits it. */
GbxCacheFile *gbx_cache_stamp_write (GbxCacheStamp *self, int directory_fd, GError **error);
gboolean gbx_cache_stamp_matches (GbxCacheStamp *self, const struct stat *data);
void gbx_cache_stamp_free (GbxCacheStamp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxCacheStamp, gbx_cache_stamp_free)

/* Sets GBX_ERROR_STORAGE about the cache folder, with the solution that errno suggests. */
void gbx_cache_set_error (GError **error, int errsv);

G_END_DECLS
