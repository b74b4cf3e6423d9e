/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-home-lock.h"

G_BEGIN_DECLS

/* The kept homes of this account: a folder for each, with its image, its lock, and the images of
 * its snapshots.  All functions block; long ones can be cancelled, and undo what they did. */

/* How much is done, of how much; in the thread of the call. */
typedef void (*GbxHomeProgress) (guint64 done, guint64 total, gpointer user_data);

typedef struct
{
  char *name;
  guint64 size;         /* the most it can hold */
  guint64 used;         /* on the disk, with its snapshots */
  gint64 changed;       /* seconds since 1970 */
  char *user;           /* (nullable): the sandbox that uses it, or "-" for a command */
  char *trouble;        /* (nullable): why it cannot be used */
  GPtrArray *snapshots; /* (element-type utf8), sorted */
} GbxHomeInfo;

void gbx_home_info_free (GbxHomeInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxHomeInfo, gbx_home_info_free)

/* (transfer full) (element-type GbxHomeInfo): sorted by name. */
GPtrArray *gbx_home_list (GError **error);
GbxHomeInfo *gbx_home_get_info (const char *name, GError **error);

/* Takes a home that exists for a command. */
GbxHomeLock *gbx_home_take (const char *name, GbxHomeUse use, GError **error);

gboolean gbx_home_set_size (const char *name, guint64 size, GError **error);
/* An empty home of the same size; the snapshots stay. */
gboolean gbx_home_reset (const char *name, GError **error);
gboolean gbx_home_delete (const char *name, GError **error);
gboolean gbx_home_delete_snapshot (const char *name, const char *snapshot, GError **error);
gboolean gbx_home_snapshot (const char *name, const char *snapshot, GbxHomeProgress progress,
                            gpointer user_data, GCancellable *cancellable, GError **error);
gboolean gbx_home_restore (const char *name, const char *snapshot, GbxHomeProgress progress,
                           gpointer user_data, GCancellable *cancellable, GError **error);

/* ------------------------------------------------------ for other files -- */

/* $XDG_DATA_HOME/glovebox/homes, without links in it; created if it does not exist. */
char *gbx_home_get_base (GError **error);
/* Checks the name: what is not one could lead elsewhere. */
char *gbx_home_get_folder (const char *name, GError **error);
char *gbx_home_get_image (const char *folder);
/* A path in the folder for a new image; left over, the next who is alone removes it. */
char *gbx_home_get_new_path (const char *folder);
gboolean gbx_home_put_in_place (const char *new_path, const char *path, GError **error);
/* Creates folder and image unless they exist; the lock is for writing. */
GbxHomeLock *gbx_home_create (const char *name, guint64 size, const char *sandbox, GError **error);

/* The same with another way to make the image. is_new: the home must not exist. */
typedef gboolean (*GbxHomeMake) (const char *path, gpointer data, GError **error);
GbxHomeLock *gbx_home_create_with (const char *name, const char *sandbox, gboolean is_new,
                                   GbxHomeMake make, gpointer data, GError **error);

G_END_DECLS
