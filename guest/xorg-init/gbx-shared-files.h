/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* Single files that the application may write.  The host exports a folder with a copy of
 * each.  The application gets a file in memory with the same contents, which it can replace
 * by renaming another one, as many programs do to save. */

/* Makes the file of a share whose export is mounted at that folder.  False if it cannot be
 * in memory; then the one in the folder has to do.  number: its index. */
bool gbx_shared_files_take (GbxInit *self, const GbxGuestShare *share, size_t number,
                           const char *exported);
/* Starts a process that brings each change to the host. */
void gbx_shared_files_watch (GbxInit *self);
/* Brings the last change to the host; 0, or the errno of what failed.  Nothing to do if the
 * share is no such file.  Not in init itself: it gives up the process's rights. */
int gbx_shared_files_save (const GbxInit *self, size_t number);
