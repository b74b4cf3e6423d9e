/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the launchers: what is in the file of one. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *id;          /* of the launcher */
  char *source;      /* the name or the path of the application's own entry */
  char *path;        /* (nullable): where that was found */
  char *profile;     /* (nullable) */
  char *suffix;      /* (nullable) */
  gboolean mime;     /* with the types of files */
  char *icon;        /* (nullable): the name in the menu's icon theme */
  char **icon_files; /* (nullable): what the icon was made from */
  char *checksum;    /* (nullable): of all that the launcher was made from */
} GbxLauncherEntry;

void gbx_launcher_entry_free (GbxLauncherEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxLauncherEntry, gbx_launcher_entry_free)

/* The words of an entry that is a launcher; %NULL: it is none of ours. */
GbxLauncherEntry *gbx_launcher_entry_read (GKeyFile *file, const char *id);

/* Whether there can be a launcher for that entry. */
gboolean gbx_launcher_entry_check (GKeyFile *original, const char *source, GError **error);

/* (transfer full): the launcher, from the application's own entry.
 * command: the program "glovebox" */
GKeyFile *gbx_launcher_entry_make (GbxLauncherEntry *self, GKeyFile *original, const char *command);

/* (transfer full): a word for an Exec line */
char *gbx_launcher_entry_quote (const char *word);
/* (transfer full) (nullable): the MIME types of an entry */
char **gbx_launcher_entry_list_types (GKeyFile *original);

G_END_DECLS
