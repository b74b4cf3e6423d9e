/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-key-text.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* One file of a profile: a layer.  What is in it is checked line by line when it is loaded, but
 * for what depends on the launch. */
typedef struct _GbxProfileFile GbxProfileFile;

#define GBX_PROFILE_SUFFIX ".profile"
#define GBX_PROFILE_VERSION 1

/* Whether it can be the name of a profile: 1 to 40 of the characters a–z, 0–9, dot, dash and
 * underscore, beginning with a letter or digit. */
gboolean gbx_profile_id_is_valid (const char *id);

/* @is_system: from a folder of the system, so that it may lock settings. */
GbxProfileFile *gbx_profile_file_load (const char *path, gboolean is_system, GError **error);
/* A new one, which is not written yet. */
GbxProfileFile *gbx_profile_file_new (const char *path, const char *text, GError **error);
GbxProfileFile *gbx_profile_file_ref (GbxProfileFile *self);
void gbx_profile_file_unref (GbxProfileFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxProfileFile, gbx_profile_file_unref)

#define GBX_PROFILE_FAULTS_MAX 50

/* (transfer full) (element-type utf8): "PATH:LINE: what is wrong" for every fault of a user's
 * profile with that text, not only for the first one. */
GPtrArray *gbx_profile_file_find_faults (const char *path, const char *text, gsize length);

/* The text of a profile, or of what may become one.  A FIFO or a device in the place of the
 * file does not block, and of a large file one byte more than the limit is read. */
gboolean gbx_profile_read_text (const char *path, const char *shown, char **text, gsize *length,
                                GError **error);

/* Writes it so that the old or the new contents are there, whatever happens.  Fails if the file
 * is not what was loaded. */
gboolean gbx_profile_file_save (GbxProfileFile *self, GError **error);

/* Removes it from the disk; fails if the file is not what was loaded. */
gboolean gbx_profile_file_remove (GbxProfileFile *self, GError **error);

const char *gbx_profile_file_get_path (GbxProfileFile *self);
const char *gbx_profile_file_get_id (GbxProfileFile *self);
gboolean gbx_profile_file_is_system (GbxProfileFile *self);
GbxKeyText *gbx_profile_file_get_text (GbxProfileFile *self);
/* (transfer full): "PATH:LINE: KEY", for messages. */
char *gbx_profile_file_get_origin (GbxProfileFile *self, const GbxKeyLine *line);
/* (transfer full) (nullable): a list such as "Applications". */
char **gbx_profile_file_get_list (GbxProfileFile *self, const char *key);

/* Exchanges the whole text; on an error the profile is as before. */
gboolean gbx_profile_file_replace (GbxProfileFile *self, const char *text, GError **error);
/* Changes one key and checks the whole again; on an error the profile is as before. */
gboolean gbx_profile_file_set (GbxProfileFile *self, const char *group, const char *key,
                               const char *value, GError **error);

G_END_DECLS
