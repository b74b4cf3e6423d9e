/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-home"

#include "config.h"

#include "gbx-home-file.h"

#include "gbx-error.h"
#include "gbx-home-helper.h"
#include "gbx-home-image.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the file is that cannot be read. */
static gboolean
set_file_error (const char *name, const char *shown, GbxHomeReaderStatus status, GError **error)
{
  switch (status)
    {
    case GBX_HOME_READER_NOT_FOUND:
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND, _ ("The home “%s” has no file “%s”"),
                   name, shown);
      return TRUE;
    case GBX_HOME_READER_FOLDER:
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("In the home “%s”, “%s” is a folder; name a file in it"), name, shown);
      return TRUE;
    case GBX_HOME_READER_SPECIAL:
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("In the home “%s”, “%s” is a special file, which has no contents to take "
                      "out"),
                   name, shown);
      return TRUE;
    case GBX_HOME_READER_OUTSIDE:
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("Nothing is read from the home “%s”: “%s” leads out of it"), name, shown);
      return TRUE;
    case GBX_HOME_READER_TOO_LARGE:
      g_set_error (error, GBX_ERROR, GBX_ERROR_HOME,
                   _ ("In the home “%s”, “%s” claims to be larger than the home itself, so it is "
                      "not read"),
                   name, shown);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
set_home_error (const char *name, const char *shown, GbxHomeReaderStatus status, GError **error)
{
  switch (status)
    {
    case GBX_HOME_READER_NOT_CONFINED:
      g_set_error (error, GBX_ERROR, GBX_ERROR_ISOLATION,
                   _ ("Nothing is read from the home “%s”: this kernel cannot confine the program "
                      "that would read it; use a sandbox with the home and a writable share"),
                   name);
      break;
    case GBX_HOME_READER_UNCLEAN:
      g_set_error (error, GBX_ERROR, GBX_ERROR_HOME,
                   _ ("The home “%s” was not closed cleanly, so “%s” may be out of date; start a "
                      "sandbox with it once, and try again"),
                   name, shown);
      break;
    case GBX_HOME_READER_NO_SPACE:
    case GBX_HOME_READER_NOT_WRITTEN:
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("“%s” of the home “%s” could not be written completely: the disk is full, "
                      "or nobody reads it any more"),
                   shown, name);
      break;
    default:
      g_set_error (error, GBX_ERROR, GBX_ERROR_HOME,
                   _ ("“%s” cannot be read: the file system of the home “%s” is damaged; restore a "
                      "snapshot of it with “glovebox home restore”"),
                   shown, name);
    }
}

static gboolean
set_status (const char *name, const char *path, GbxHomeReaderStatus status, GError **error)
{
  g_autofree char *shown = gbx_path_show (path);

  if (status == GBX_HOME_READER_DONE)
    return TRUE;
  if (!set_file_error (name, shown, status, error))
    set_home_error (name, shown, status, error);
  return FALSE;
}

/* (transfer full): the image, open for reading; or -1. */
static int
open_image (const char *name, GError **error)
{
  g_autofree char *folder = gbx_home_get_folder (name, error);
  g_autofree char *image = folder ? gbx_home_get_image (folder) : NULL;
  guint64 size;
  int fd;

  if (!image || !gbx_home_image_check (image, name, &size, error))
    return -1;
  fd = g_open (image, O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0);
  if (fd < 0)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot read “%s”: %s"), image,
                 g_strerror (errno));
  return fd;
}

gboolean
gbx_home_cat (const char *name, const char *path, int output, gboolean plain,
              GCancellable *cancellable, GError **error)
{
  /* The guest's home has the path of the user's own. */
  const char *const arguments[] = { "cat", g_get_home_dir (), path, plain ? "plain" : "raw", NULL };
  g_autoptr (GbxHomeLock) lock = gbx_home_take (name, GBX_HOME_READ, error);
  GbxHomeReaderStatus status = GBX_HOME_READER_DAMAGED;
  int image = lock ? open_image (name, error) : -1;
  gboolean done;

  if (image < 0)
    return FALSE;
  done = gbx_home_helper_run (arguments, image, output, NULL, NULL, cancellable, &status, error);
  close (image);
  return done && set_status (name, path, status, error);
}

static gboolean
set_write_error (const char *to, GError **error)
{
  g_autofree char *shown = gbx_path_show (to);

  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot write “%s”: %s"), shown,
               g_strerror (errno));
  return FALSE;
}

/* link() does not replace a file that has appeared meanwhile. */
static gboolean
keep (const char *temporary, const char *to, GError **error)
{
  if (link (temporary, to) != 0)
    return set_write_error (to, error);
  return TRUE;
}

gboolean
gbx_home_get (const char *name, const char *path, const char *to, GCancellable *cancellable,
              GError **error)
{
  g_autofree char *temporary = g_strconcat (to, ".XXXXXX", NULL);
  struct stat st;
  gboolean done;
  int fd;

  if (lstat (to, &st) == 0)
    {
      errno = EEXIST;
      return set_write_error (to, error);
    }
  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return set_write_error (to, error);
  done = gbx_home_cat (name, path, fd, FALSE, cancellable, error) && keep (temporary, to, error);
  close (fd);
  g_unlink (temporary);
  return done;
}
