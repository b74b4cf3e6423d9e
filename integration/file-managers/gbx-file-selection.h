/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * GbxFileSelection:
 *
 * The files that are selected in a file manager, as arguments of "glovebox open".  All that the
 * extensions of the file managers have in common is here; it needs GIO only, since it runs in the
 * process of another program.
 */
typedef struct _GbxFileSelection GbxFileSelection;

/*
 * GbxMakeItem: one of a file manager's menu items, a GObject with the signal "activate"
 */
typedef gpointer (*GbxMakeItem) (const char *name, const char *label, const char *tip,
                                 const char *icon);

void gbx_file_selection_set_up (void);

GbxFileSelection *gbx_file_selection_new (void);
void gbx_file_selection_unref (GbxFileSelection *self);
void gbx_file_selection_add (GbxFileSelection *self, GFile *file, GFileType type);
GList *gbx_file_selection_make_items (GbxFileSelection *self, GbxMakeItem make);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxFileSelection, gbx_file_selection_unref)

G_END_DECLS
