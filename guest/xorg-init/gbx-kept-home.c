/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A home that is kept: an ext4 file system on the guest's only disk, with the home in a folder of
 * it and a mark beside it.
 *
 * Should: leave the host nothing to do with the file system: it is mounted, repaired, made
 * larger and closed here.
 * Mustn't: trust what is in it.  An earlier run, or whoever made the image, chose every byte. */

#include "gbx-kept-home.h"

#include "gbx-place.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define DISK GBX_PRIVATE "/dev/vda"
#define PLACE GBX_PRIVATE "/home"
#define FOLDER PLACE "/home"
#define FILLED PLACE "/filled"
#define FILLED_DESKTOP PLACE "/filled-desktop"

#define DISK_MS 10000
#define STEP_MS 20

/* Of fs/ext4/ext4.h, which is not among the headers for programs. */
#define RESIZE_FS _IOW ('f', 16, uint64_t)
#define SUPERBLOCK 1024
#define STATE 58
#define STATE_ERROR 2

#define BROKEN                                                                                     \
  "the file system of the home is damaged: restore a snapshot with \"glovebox home restore\", or " \
  "empty the home with \"glovebox home reset\""

/* -------------------------------------------------------------- repair -- */

/* The driver is loaded, but the kernel may not have made the node yet. */
static void
await_disk (GbxInit *self)
{
  for (int waited = 0; access (DISK, F_OK) != 0; waited += STEP_MS)
    {
      if (waited >= DISK_MS)
        gbx_fatal (self, "the disk with the home does not appear");
      gbx_heartbeat_tick (self);
      poll (NULL, 0, STEP_MS);
    }
}

static bool
has_errors (void)
{
  gbx_autofd fd = open (DISK, O_RDONLY | O_CLOEXEC);
  uint8_t state = 0;

  return fd >= 0 && pread (fd, &state, 1, SUPERBLOCK + STATE) == 1 && (state & STATE_ERROR);
}

static _Noreturn void
execute_check (void)
{
  static const char *const programs[] = { "/usr/sbin/e2fsck", "/sbin/e2fsck" };
  char *argv[] = { (char *) "e2fsck", (char *) "-p", (char *) "-f", (char *) DISK, NULL };
  char *environment[] = { (char *) "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  for (size_t i = 0; i < GBX_N_ELEMENTS (programs); i++)
    execve (programs[i], argv, environment);
  _exit (127);
}

/* Only what can be repaired without a question, in here, where the file system belongs. */
static bool
repair (GbxInit *self)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    execute_check ();
  if (pid < 0)
    return false;
  status = gbx_await_child (self, pid);
  gbx_log (self, GBX_LOG_INFO, "the home was checked: status %d",
           WIFEXITED (status) ? WEXITSTATUS (status) : -1);
  /* 1 and 2: repaired. */
  return WIFEXITED (status) && WEXITSTATUS (status) <= 2;
}

/* --------------------------------------------------------------- mount -- */

static bool
mount_disk (const char *folder)
{
  /* An error must not spread; space that is free again is free on the host too. */
  return mount (DISK, folder, "ext4", MS_NOSUID | MS_NODEV,
                "errors=remount-ro,discard,noinit_itable") == 0;
}

/* The host has made the disk larger, or neither did anything. */
static void
grow (GbxInit *self, const char *folder)
{
  gbx_autofd disk = open (DISK, O_RDONLY | O_CLOEXEC);
  gbx_autofd place = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  uint64_t bytes = 0, blocks;
  struct statvfs fs;

  if (disk < 0 || place < 0 || ioctl (disk, BLKGETSIZE64, &bytes) != 0 ||
      fstatvfs (place, &fs) != 0 || fs.f_bsize == 0)
    return;
  blocks = bytes / fs.f_bsize;
  if (ioctl (place, RESIZE_FS, &blocks) != 0)
    gbx_warning (self, "the home could not be made as large as its disk: %s", strerror (errno));
}

static uid_t owner_uid;
static gid_t owner_gid;

static int
change_owner (const char *path, const struct stat *st, int type, struct FTW *walk)
{
  return lchown (path, owner_uid, owner_gid);
}

/* The image may come from another account. */
static void
take_over_files (GbxInit *self)
{
  pid_t pid;

  owner_uid = self->config.uid;
  owner_gid = self->config.gid;
  pid = fork ();
  if (pid == 0)
    _exit (nftw (FOLDER, change_owner, 32, FTW_PHYS | FTW_MOUNT) == 0 ? 0 : 1);
  if (pid < 0 || gbx_await_child (self, pid) != 0)
    gbx_warning (self, "some files of the home still belong to another user");
}

static void
prepare_folder (GbxInit *self)
{
  const GbxGuestConfig *config = &self->config;
  struct stat st;

  if (mkdir (FOLDER, 0700) != 0 && errno != EEXIST)
    gbx_fatal (self, "cannot make the home on its disk: %s", strerror (errno));
  if (lstat (FOLDER, &st) != 0 || !S_ISDIR (st.st_mode))
    gbx_fatal (self, BROKEN);
  if (st.st_uid != config->uid || st.st_gid != config->gid)
    take_over_files (self);
  if (chown (FOLDER, config->uid, config->gid) != 0 || chmod (FOLDER, 0700) != 0)
    gbx_fatal (self, "cannot take over the home: %s", strerror (errno));
}

void
gbx_machine_mount_disk (GbxInit *self, const char *folder)
{
  await_disk (self);
  if (has_errors () && !repair (self))
    gbx_fatal (self, BROKEN);
  if (!mount_disk (folder) && !(repair (self) && mount_disk (folder)))
    gbx_fatal (self, BROKEN " (%s)", strerror (errno));
  grow (self, folder);
}

void
gbx_mount_home_disk (GbxInit *self)
{
  mkdir (PLACE, 0700);
  self->place->mount_disk (self, PLACE);
  self->home_on_disk = true;
  prepare_folder (self);
  if (mount (FOLDER, self->config.home, NULL, MS_BIND, NULL) != 0)
    gbx_fatal (self, "cannot put the home in its place: %s", strerror (errno));
}

bool
gbx_home_is_filled (GbxInit *self, bool desktop)
{
  return self->home_on_disk && access (desktop ? FILLED_DESKTOP : FILLED, F_OK) == 0;
}

void
gbx_mark_home_filled (GbxInit *self, bool desktop)
{
  gbx_autofd fd = -1;

  if (!self->home_on_disk)
    return;
  fd = open (desktop ? FILLED_DESKTOP : FILLED, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    gbx_warning (self, "the home will be filled again: %s", strerror (errno));
}

bool
gbx_home_has_no_link (GbxInit *self, const char *path)
{
  const char *home = self->config.home;
  char part[GBX_CONFIG_PATH_MAX + 1];
  struct stat st;

  if (!self->home_on_disk || !gbx_path_is_below (path, home))
    return true;
  for (size_t i = strlen (home) + 1; i <= strlen (path); i++)
    if (path[i] == '/' || path[i] == '\0')
      {
        snprintf (part, sizeof part, "%.*s", (int) i, path);
        if (lstat (part, &st) == 0 && S_ISLNK (st.st_mode))
          return false;
      }
  return true;
}

/* --------------------------------------------------------------- close -- */

/* Freezing writes what the journal has, and marks the file system as clean; other than
 * unmounting, it does not wait for processes to be gone. */
int
gbx_machine_close_disk (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct statvfs fs;

  if (fd < 0 || syncfs (fd) != 0 || fstatvfs (fd, &fs) != 0)
    return errno;
  if (fs.f_flag & ST_RDONLY)
    return EROFS;
  return ioctl (fd, FIFREEZE, 0) != 0 ? errno : 0;
}

/* In a child, since it may take long, and heartbeats must go on meanwhile. */
void
gbx_close_home_disk (GbxInit *self)
{
  pid_t pid;
  int status;

  if (!self->home_on_disk || self->config.kept_home == GBX_HOME_DISK_TEMPLATE)
    return;
  pid = fork ();
  if (pid == 0)
    _exit (self->place->close_disk (PLACE));
  status = pid < 0 ? 0 : gbx_await_child (self, pid);
  if (pid < 0 || !WIFEXITED (status) || WEXITSTATUS (status) != 0)
    gbx_warning (self, "what was written to the home may be lost: %s",
                 strerror (pid >= 0 && WIFEXITED (status) ? WEXITSTATUS (status) : EIO));
}
