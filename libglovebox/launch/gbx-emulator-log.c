/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-emulator-log"

#include "config.h"

#include "gbx-emulator-log.h"

#include "gbx-virt.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define LINES_MAX 8
#define BYTES_MAX 16384

static char *
path_of (const char *name, gboolean by_root)
{
  g_autofree char *file = g_strconcat (GBX_DOMAIN_PREFIX, name, ".log", NULL);

  if (by_root)
    return g_build_filename ("/var/log/libvirt/qemu", file, NULL);
  return g_build_filename (g_get_user_cache_dir (), "libvirt", "qemu", "log", file, NULL);
}

static char *
last_lines (char *text)
{
  g_auto (GStrv) lines = NULL;
  guint n;

  g_strchomp (text);
  lines = g_strsplit (text, "\n", -1);
  n = g_strv_length (lines);
  return g_strjoinv ("\n", lines + (n > LINES_MAX ? n - LINES_MAX : 0));
}

char *
gbx_emulator_log_read (const char *name, gboolean by_root)
{
  g_autofree char *path = path_of (name, by_root);
  g_autofree char *text = g_malloc0 (BYTES_MAX + 1);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  gssize length;

  if (fd < 0)
    return NULL;
  /* This fails for a short file, and all of it is read then. */
  lseek (fd, -BYTES_MAX, SEEK_END);
  length = read (fd, text, BYTES_MAX);
  close (fd);
  return length > 0 ? last_lines (text) : NULL;
}

void
gbx_emulator_log_remove (const char *name, gboolean by_root)
{
  g_autofree char *path = path_of (name, by_root);

  g_unlink (path);
}
