/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-home"

#include "config.h"

#include "gbx-home-lock.h"

#include "gbx-error.h"
#include "gbx-text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file of slots.  Who reads a home locks one slot and writes its name there; who is alone locks
 * all, and writes its name in the first.  So the kernel tells whose lock is in the way, and a
 * name without a lock means nothing. */
#define SLOT_SIZE 64
#define SLOTS 64
/* In a slot: the name of a sandbox, or this for a command. */
#define BY_COMMAND "-"

struct _GbxHomeLock
{
  int fd;
};

static char *
lock_path (const char *folder)
{
  return g_build_filename (folder, "lock", NULL);
}

/* The name in the slot that is locked; NULL if none is. */
static char *
find_user (int fd)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  char name[SLOT_SIZE + 1] = "";

  if (fcntl (fd, F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
    return NULL;
  if (pread (fd, name, SLOT_SIZE, lock.l_start) <= 0 || !gbx_text_is_name (name))
    return g_strdup (BY_COMMAND);
  return g_strdup (name);
}

static void
set_in_use (int fd, const char *folder, GError **error)
{
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *user = find_user (fd);

  if (!user || g_str_equal (user, BY_COMMAND))
    g_set_error (error, GBX_ERROR, GBX_ERROR_HOME,
                 _ ("The home “%s” is in use by another command; wait until that ends"), name);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_HOME,
                 _ ("The home “%s” is in use by the sandbox “%s”; stop it with “glovebox stop %s”, "
                    "or use another home"),
                 name, user, user);
}

/* ------------------------------------------------------------- locking -- */

static gboolean
lock_range (int fd, off_t start, off_t length)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start,
                        .l_len = length };

  return fcntl (fd, F_OFD_SETLK, &lock) == 0;
}

/* The slot that was locked, or -1.  The first is for those who are alone. */
static int
lock_slot (int fd, GbxHomeUse use)
{
  if (use == GBX_HOME_WRITE)
    return lock_range (fd, 0, SLOTS * SLOT_SIZE) ? 0 : -1;
  for (int slot = 1; slot < SLOTS; slot++)
    if (lock_range (fd, slot * SLOT_SIZE, SLOT_SIZE))
      return slot;
  return -1;
}

static gboolean
write_name (int fd, int slot, const char *sandbox)
{
  char text[SLOT_SIZE] = "";

  g_strlcpy (text, sandbox ? sandbox : BY_COMMAND, sizeof text);
  return pwrite (fd, text, sizeof text, slot * SLOT_SIZE) == sizeof text;
}

/* A home that has been deleted meanwhile has no such file any more. */
static gboolean
is_current (int fd, const char *path)
{
  struct stat a, b;

  return fstat (fd, &a) == 0 && stat (path, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

static void
set_storage_error (const char *path, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot lock the home with “%s”: %s"), path,
               g_strerror (errno));
}

GbxHomeLock *
gbx_home_lock_take (const char *folder, GbxHomeUse use, const char *sandbox, GError **error)
{
  g_autofree char *path = lock_path (folder);
  g_autoptr (GbxHomeLock) self = g_new0 (GbxHomeLock, 1);
  int slot;

  self->fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->fd < 0)
    {
      set_storage_error (path, error);
      return NULL;
    }
  slot = lock_slot (self->fd, use);
  if (slot < 0 && errno != EAGAIN && errno != EACCES)
    set_storage_error (path, error);
  else if (slot < 0)
    set_in_use (self->fd, folder, error);
  else if (!is_current (self->fd, path))
    g_set_error (error, GBX_ERROR, GBX_ERROR_HOME,
                 _ ("The home in “%s” has just been deleted; try again"), folder);
  else if (!write_name (self->fd, slot, sandbox))
    set_storage_error (path, error);
  else
    return g_steal_pointer (&self);
  return NULL;
}

void
gbx_home_lock_free (GbxHomeLock *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

char *
gbx_home_lock_describe_user (const char *folder)
{
  g_autofree char *path = lock_path (folder);
  int fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  char *user = fd >= 0 ? find_user (fd) : NULL;

  if (fd >= 0)
    close (fd);
  return user;
}
