/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks a guest for files of its user, and gives it some, over a socket that
 * gbx_sandbox_open_files() or the control socket of a sandbox has returned.  All functions
 * block, for a thread or a command.  The guest is not trusted: whatever is not as
 * docs/guest-protocol.md says is an error.  After an error, only free it. */
typedef struct _GbxFilesClient GbxFilesClient;

/* A file that the guest says was changed. */
typedef struct
{
  char *path; /* in the home: any bytes, no part of it empty, "." or ".." */
  guint64 size;
  gint64 time; /* seconds since 1970 */
} GbxChangedFile;

void gbx_changed_file_free (GbxChangedFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxChangedFile, gbx_changed_file_free)

/* total is 0 if it is not known. */
typedef void (*GbxFilesProgress) (guint64 done, guint64 total, gpointer user_data);

/* What is done with files that come; each may fail, which ends all.  Paths are as in
 * GbxChangedFile, "" for what was asked for itself. */
typedef struct
{
  gboolean (*folder) (const char *path, gpointer user_data, GError **error);
  gboolean (*begin) (const char *path, guint64 size, gint64 time, gpointer user_data,
                     GError **error);
  gboolean (*data) (const void *data, gsize length, gpointer user_data, GError **error);
  gboolean (*finish) (gpointer user_data, GError **error);
} GbxFilesSink;

/* Takes ownership of the socket. */
GbxFilesClient *gbx_files_client_new (int fd, GCancellable *cancellable);
void gbx_files_client_free (GbxFilesClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxFilesClient, gbx_files_client_free)
/* For the tests. */
void gbx_files_client_set_patience (GbxFilesClient *self, int milliseconds);

/* (transfer full) (element-type GbxChangedFile): sorted by path.  *more: there are others. */
GPtrArray *gbx_files_client_list (GbxFilesClient *self, gboolean *more, GError **error);

/* folders: the path may be a folder; all in it comes.  *left_out: links or special files were
 * not sent. */
gboolean gbx_files_client_get (GbxFilesClient *self, const char *path, gboolean folders,
                               const GbxFilesSink *sink, gpointer user_data, gboolean *left_out,
                               GError **error);

/* The whole home as a tar archive, but for its caches, which nobody on the host should read. */
gboolean gbx_files_client_archive (GbxFilesClient *self, int output, GbxFilesProgress progress,
                                   gpointer user_data, GError **error);

typedef struct
{
  int source;       /* that many bytes are read */
  guint64 size;
  gint64 time;      /* of the last change */
  const char *path; /* in the guest: a folder, or the file's new path; "" for Downloads */
  const char *name;
  gboolean replace; /* a file that is there */
  gboolean rename;  /* takes a free name */
} GbxPutRequest;

/* (transfer full): its path in the guest, any bytes. */
char *gbx_files_client_put (GbxFilesClient *self, const GbxPutRequest *request,
                            GbxFilesProgress progress, gpointer user_data, GError **error);

G_END_DECLS
