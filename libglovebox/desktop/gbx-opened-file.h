/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a user asks to open: a path or a URI, and what is found there.  Blocking. */

typedef enum
{
  GBX_OPENED_FILE,
  GBX_OPENED_FOLDER,
  GBX_OPENED_PROGRAM, /* a file that can be executed: it is run, after a question */
  GBX_OPENED_ADDRESS, /* of the web */
} GbxOpenedKind;

typedef struct
{
  GbxOpenedKind kind;
  char *path; /* on the host, absolute, with links; NULL for an address */
  char *name; /* for messages and windows: one line of valid UTF-8 */
  char *type; /* MIME type of the contents that an application has to know */
  char *origin; /* (nullable): the site that it was downloaded from, if that is known */
  char *word; /* as it was given; an address as the application gets it */
} GbxOpenedFile;

/* Refuses what cannot be opened in a sandbox, with a sentence that says why. */
GbxOpenedFile *gbx_opened_file_new (const char *word, GError **error);
void gbx_opened_file_free (GbxOpenedFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxOpenedFile, gbx_opened_file_free)

/* One line of valid UTF-8 that shows a file's name; no longer than a window is wide. */
char *gbx_opened_file_show_name (const char *path);

G_END_DECLS
