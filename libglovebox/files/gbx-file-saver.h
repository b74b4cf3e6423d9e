/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes what comes from a guest as new files below one folder of the user's: whole files or
 * none, never through a link, without a right to execute.  Blocking. */
typedef struct _GbxFileSaver GbxFileSaver;

typedef enum
{
  GBX_SAVER_NEW,     /* fails if there is something of that name */
  GBX_SAVER_NUMBER,  /* takes a free name like it */
  GBX_SAVER_REPLACE, /* the user has agreed to it */
} GbxSaverMode;

/* origin: (nullable): where the files come from, kept as their extended attribute. */
GbxFileSaver *gbx_file_saver_new (const char *folder, const char *origin, GError **error);
/* Removes a file that is not finished. */
void gbx_file_saver_free (GbxFileSaver *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxFileSaver, gbx_file_saver_free)

/* The paths are relative, from gbx_safe_path(); missing folders are made. */

/* is_new: the last folder of the path must not exist yet; with GBX_SAVER_NUMBER a free name
 * is taken.  (transfer full): the path that was made. */
char *gbx_file_saver_make_folder (GbxFileSaver *self, const char *path, gboolean is_new,
                                  GbxSaverMode mode, GError **error);
/* size: what will come, for which there must be space. */
gboolean gbx_file_saver_begin (GbxFileSaver *self, const char *path, guint64 size, gint64 time,
                               GError **error);
gboolean gbx_file_saver_write (GbxFileSaver *self, const void *data, gsize length,
                               GError **error);
/* (transfer full): the path of the file, once it is there. */
char *gbx_file_saver_finish (GbxFileSaver *self, GbxSaverMode mode, GError **error);
/* Everything is on the disk. */
gboolean gbx_file_saver_sync (GbxFileSaver *self, GError **error);

G_END_DECLS
