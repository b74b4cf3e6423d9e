/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-settings.h"

G_BEGIN_DECLS

/* A share of the profile, as it comes to. */
typedef struct
{
  char *name;
  char *path;       /* as it is written; or NULL */
  char *guest_path; /* or NULL */
  char *access;     /* "none" where the user removed one of a parent */
  char *presence;
  gboolean is_here;      /* the user's layer says something of it */
  gboolean is_inherited; /* it is there without the user's layer too */
  GbxEditorSource source;
  char *words; /* where it is from */
} GbxEditorShare;

void gbx_editor_share_free (GbxEditorShare *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxEditorShare, gbx_editor_share_free)

/* (transfer full) (element-type GbxEditorShare): sorted by name. */
GPtrArray *gbx_editor_shares_list (GbxEditorModel *model);
/* (transfer full) (nullable): why none can be added; or, @writable, none for writing. */
char *gbx_editor_shares_dup_lock (GbxEditorModel *model, gboolean writable);
/* (transfer full) (nullable): the name of the new one. */
char *gbx_editor_shares_add (GbxEditorModel *model, const char *path, GError **error);
/* @setting: one of gbx_share_settings_get(); an empty text is none. */
gboolean gbx_editor_shares_set (GbxEditorModel *model, const char *name,
                                const GbxSetting *setting, const char *text, GError **error);
/* One of a parent stays, and is not shared. */
void gbx_editor_shares_remove (GbxEditorModel *model, const char *name);
/* As the parent has it. */
void gbx_editor_shares_reset (GbxEditorModel *model, const char *name);
/* (transfer full) (nullable): the path of the disk. */
char *gbx_editor_share_dup_place (const GbxEditorShare *self);

G_END_DECLS
