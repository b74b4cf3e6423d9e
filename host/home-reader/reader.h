/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-home-reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* walls.c: gives up everything but the open descriptors.  False: the kernel cannot do it. */
bool raise_walls (void);

/* cat.c: writes a file of the image at descriptor 0 to descriptor 1.  home: where the home is for
 * its own absolute links; plain: replace what a terminal would obey. */
GbxHomeReaderStatus cat_file (const char *home, const char *path, bool plain);

/* unpack.c: writes the image in the archive at descriptor 0 to the file at descriptor 1. */
GbxHomeReaderStatus unpack_image (uint64_t limit);

/* The whole of it, or false. */
bool write_all (int fd, const void *data, size_t length);
GbxHomeReaderStatus write_status (void);
