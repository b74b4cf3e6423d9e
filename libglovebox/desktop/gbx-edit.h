/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file of the user's that is edited in a sandbox as a copy.  The sandbox changes the copy; what
 * becomes of the file, the user decides at the end.  Blocking. */
typedef struct _GbxEdit GbxEdit;

/* What the file is by now. */
typedef enum
{
  GBX_EDIT_SAME,      /* as it was when the copy was made */
  GBX_EDIT_CHANGED,   /* somebody else has changed or replaced it */
  GBX_EDIT_GONE,      /* there is nothing of that name */
  GBX_EDIT_DIFFERENT, /* it has become a link, a folder, or something else */
  GBX_EDIT_LOCKED,    /* it or its folder cannot be written */
} GbxEditOriginal;

/* Copies the file into a folder that does not exist yet. */
GbxEdit *gbx_edit_new (const char *path, const char *place, GError **error);
/* What is in that folder; NULL if that is no whole edit. */
GbxEdit *gbx_edit_new_from_place (const char *place);
/* The copy is removed if it has not changed, or if it was decided what becomes of it. */
void gbx_edit_free (GbxEdit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxEdit, gbx_edit_free)

const char *gbx_edit_get_path (GbxEdit *self);
const char *gbx_edit_get_copy (GbxEdit *self);
/* The sizes in bytes, and when each was changed, in seconds since 1970; all 0 if it is not there. */
void gbx_edit_get_figures (GbxEdit *self, gboolean of_copy, guint64 *size, gint64 *time);

/* Whether there is anything to decide. */
gboolean gbx_edit_is_open (GbxEdit *self);
/* Looks at the file.  gbx_edit_replace() then replaces what was seen, and nothing else. */
GbxEditOriginal gbx_edit_look (GbxEdit *self);
/* (transfer full) (nullable): a sentence about a file that is not the same any more. */
char *gbx_edit_describe (GbxEdit *self, GbxEditOriginal original);

/* The copy takes the place of the file, which is kept beside it.  backup: (out) (transfer full):
 * the name of that; NULL if both were the same.  An error leaves everything as it was. */
gboolean gbx_edit_replace (GbxEdit *self, char **backup, GError **error);
/* The copy is saved at that path, in place of what is there. */
gboolean gbx_edit_save_as (GbxEdit *self, const char *path, GError **error);
/* The copy is saved beside the file, under a name that no file has.  (transfer full): the path. */
char *gbx_edit_save_beside (GbxEdit *self, GError **error);
void gbx_edit_discard (GbxEdit *self);

G_END_DECLS
