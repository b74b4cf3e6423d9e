/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gbx-util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void
gbx_close_fd (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

/* When the guest began, if that was not when its kernel did. */
static uint32_t begin_ms;

uint32_t
gbx_uptime_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (uint32_t) (now.tv_sec * 1000 + now.tv_nsec / 1000000) - begin_ms;
}

void
gbx_uptime_begin (void)
{
  begin_ms = gbx_uptime_ms () - 1;
}

ssize_t
gbx_read_file (const char *path, char *out, size_t size)
{
  gbx_autofd fd = open (path, O_RDONLY | O_CLOEXEC);
  size_t have = 0;

  if (fd < 0)
    return -1;
  while (have < size - 1)
    {
      ssize_t n = read (fd, out + have, size - 1 - have);

      if (n < 0)
        return -1;
      if (n == 0)
        break;
      have += n;
    }
  out[have] = '\0';
  return have;
}

bool
gbx_write_file (const char *path, const char *text, size_t length, mode_t mode)
{
  gbx_autofd fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

  /* Only small files on tmpfs and in /proc: never written in parts. */
  return fd >= 0 && write (fd, text, length) == (ssize_t) length;
}

bool
gbx_make_folders (const char *path, mode_t mode, uid_t uid, gid_t gid)
{
  char part[4096];
  size_t length = strlen (path);

  if (length >= sizeof part)
    return false;
  for (size_t i = 1; i <= length; i++)
    {
      if (path[i] != '/' && path[i] != '\0')
        continue;
      memcpy (part, path, i);
      part[i] = '\0';
      if (mkdir (part, mode) == 0)
        {
          if (chown (part, uid, gid) != 0)
            return false;
        }
      /* EROFS: a folder that exists on a read-only file system, for some. */
      else if (errno != EEXIST && access (part, F_OK) != 0)
        return false;
    }
  return true;
}

bool
gbx_path_is_below (const char *path, const char *folder)
{
  size_t length = strlen (folder);

  while (length > 0 && folder[length - 1] == '/')
    length--;
  return strncmp (path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

bool
gbx_path_parent (const char *path, char *out, size_t size)
{
  size_t length = strlen (path);

  while (length > 1 && path[length - 1] == '/')
    length--;
  while (length > 0 && path[length - 1] != '/')
    length--;
  while (length > 1 && path[length - 1] == '/')
    length--;
  if (length == 0 || length >= size)
    return false;
  memcpy (out, path, length);
  out[length] = '\0';
  return true;
}
