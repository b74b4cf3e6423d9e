/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads what a guest may have written, or a stranger: the file system of a home, or an exported
 * home.
 *
 *   glovebox-home-reader cat HOME PATH raw|plain   IMAGE on stdin, the file to stdout
 *   glovebox-home-reader unpack LIMIT              archive on stdin, the image to stdout
 *
 * Before the first byte is read, the process gives up all else: it can open, connect to and start
 * nothing.  It has three descriptors, and says by its status how it went. */

#include "reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
write_all (int fd, const void *data, size_t length)
{
  const char *at = data;

  while (length > 0)
    {
      ssize_t n = write (fd, at, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return false;
      at += n;
      length -= (size_t) n;
    }
  return true;
}

GbxHomeReaderStatus
write_status (void)
{
  return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? GBX_HOME_READER_NO_SPACE
                                                              : GBX_HOME_READER_NOT_WRITTEN;
}

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "cat") == 0)
    return raise_walls () ? cat_file (argv[2], argv[3], strcmp (argv[4], "plain") == 0)
                          : GBX_HOME_READER_NOT_CONFINED;
  if (argc == 3 && strcmp (argv[1], "unpack") == 0)
    return raise_walls () ? unpack_image (strtoull (argv[2], NULL, 10))
                          : GBX_HOME_READER_NOT_CONFINED;
  fputs ("glovebox-home-reader is started by \"glovebox home\"\n", stderr);
  return GBX_HOME_READER_USAGE;
}
