/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pure part of the file limit: no system calls, tested on the host. */

#include "gbx-file-limit.h"

#include <stdlib.h>
#include <string.h>

unsigned long
gbx_file_limit_count (const char *slabs, const char *name)
{
  size_t length = strlen (name);

  for (const char *line = slabs; line; line = strchr (line, '\n'))
    {
      line += *line == '\n';
      if (strncmp (line, name, length) == 0 && line[length] == ' ')
        return strtoul (line + length, NULL, 10);
    }
  return 0;
}
