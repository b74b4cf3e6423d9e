/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-files-save.h"

G_BEGIN_DECLS

/* The same as gbx-files-client.h and gbx-files-save.h in a thread, for a main loop.  Each takes
 * ownership of a socket of gbx_sandbox_open_files() or of the control socket. */

/* How far it is; any thread may look. */
typedef struct
{
  guint64 done, total; /* total 0: not known */
} GbxFilesMeter;

GbxFilesMeter *gbx_files_meter_new (void);
GbxFilesMeter *gbx_files_meter_ref (GbxFilesMeter *self);
void gbx_files_meter_unref (GbxFilesMeter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxFilesMeter, gbx_files_meter_unref)
void gbx_files_meter_read (GbxFilesMeter *self, guint64 *done, guint64 *total);

void gbx_files_list_async (int fd, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
/* (transfer full) (element-type GbxChangedFile) */
GPtrArray *gbx_files_list_finish (GAsyncResult *result, gboolean *more, GError **error);

/* files: (element-type GbxChangedFile).  Of the target, all but the progress. */
void gbx_files_save_async (int fd, GPtrArray *files, const GbxFilesTarget *target,
                           GbxFilesMeter *meter, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer user_data);
/* saved is set also with an error. */
gboolean gbx_files_save_finish (GAsyncResult *result, GbxFilesSaved *saved, GError **error);

/* Puts regular files of the host into the guest. folder: in the guest, "" for Downloads; a name
 * that is taken there gets a number. */
void gbx_files_put_async (int fd, const char *const *paths, const char *folder,
                          GbxFilesMeter *meter, GCancellable *cancellable,
                          GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full) (element-type filename): their paths in the guest, any bytes. */
GPtrArray *gbx_files_put_finish (GAsyncResult *result, GError **error);

/* Writes an archive of the home to output, which the task closes. */
void gbx_files_archive_async (int fd, int output, GbxFilesMeter *meter, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_files_archive_finish (GAsyncResult *result, GError **error);

/* Opens a regular file of the user's to be put in, without waiting for a FIFO.  -1 on error. */
int gbx_files_open_source (const char *path, guint64 *size, gint64 *time, GError **error);

G_END_DECLS
