/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-file-saver.h"
#include "gbx-files-client.h"

G_BEGIN_DECLS

/* Saves files of a guest in a folder of the user's, with safe names. */
typedef struct
{
  const char *folder;        /* exists */
  const char *origin;        /* (nullable): as in gbx_file_saver_new() */
  const char *name;          /* (nullable): of the only file; the user has chosen it */
  GbxSaverMode mode;
  guint64 limit;             /* in bytes, of all together; 0: the space on the disk */
  GbxFilesProgress progress; /* (nullable) */
  gpointer user_data;
} GbxFilesTarget;

/* What was done, also after an error. */
typedef struct
{
  guint n_files;
  guint64 bytes;
  gboolean left_out; /* links or special files were not saved */
  char *first;       /* (nullable): the path on the host of the first file or folder */
} GbxFilesSaved;

void gbx_files_saved_clear (GbxFilesSaved *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GbxFilesSaved, gbx_files_saved_clear)

/* One file, or with folders one folder with all in it. */
gboolean gbx_files_save_path (GbxFilesClient *client, const char *path, gboolean folders,
                              const GbxFilesTarget *target, GbxFilesSaved *saved,
                              GError **error);

/* Files of a list.  They keep their folders, but for those that all have in common.
 * (element-type GbxChangedFile) */
gboolean gbx_files_save_changed (GbxFilesClient *client, GPtrArray *files,
                                 const GbxFilesTarget *target, GbxFilesSaved *saved,
                                 GError **error);

/* The sum of their sizes, as the guest tells them. */
guint64 gbx_files_get_size (GPtrArray *files);
/* (transfer full): "3 files (a.txt, b.odt and others)", safe to show. */
char *gbx_files_describe (GPtrArray *files, gboolean more);

G_END_DECLS
