/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The shares, a part of the phase "mounts".
 *
 * Should: end with each share in its place, and at the end with all that was written to one
 * on the host.
 * Mustn't: show the application anything of a share's surroundings. */

#include "gbx-file-limit.h"
#include "gbx-kept-home.h"
#include "gbx-mounts.h"
#include "gbx-place.h"
#include "gbx-shared-files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHARES GBX_PRIVATE "/shares"

bool
gbx_is_in_memory (const char *path)
{
  char parent[GBX_CONFIG_PATH_MAX + 1];
  struct statfs fs;

  return gbx_path_parent (path, parent, sizeof parent) && statfs (parent, &fs) == 0 &&
         fs.f_type == TMPFS_MAGIC;
}

/* In a tmpfs its parent folders are created and belong to the user; elsewhere the host has
 * created them. */
static void
make_folders_for (const GbxGuestConfig *config, const GbxGuestShare *share)
{
  char parent[GBX_CONFIG_PATH_MAX + 1];

  if (!(share->flags & GBX_SHARE_FILE))
    gbx_make_folders (share->path, 0755, config->uid, config->gid);
  else if (gbx_path_parent (share->path, parent, sizeof parent))
    gbx_make_folders (parent, 0755, config->uid, config->gid);
}

/* In another share, whose server knows no user but ours, root cannot make anything. */
static void
make_share_point (GbxInit *self, const GbxGuestShare *share)
{
  const GbxGuestConfig *config = &self->config;
  gbx_autofd point = -1;

  if (!gbx_home_has_no_link (self, share->path))
    gbx_fatal (self, "the share %s cannot be put at %s: a link is there in the home; remove it, or "
                     "choose another place", share->tag, share->path);
  make_folders_for (config, share);
  if (access (share->path, F_OK) == 0)
    return;
  if (gbx_is_in_memory (share->path))
    return;
  setfsgid (config->gid);
  setfsuid (config->uid);
  make_folders_for (config, share);
  if (share->flags & GBX_SHARE_FILE)
    point = open (share->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  setfsuid (0);
  setfsgid (0);
}

/* By default the kernel asks the server for 128 KiB at a time.  Each request wakes two processes
 * of the host, so large files are read in larger pieces: 1 MiB is what one request can carry. */
static void
read_ahead (GbxInit *self, const char *target)
{
  struct stat st;
  char path[64];
  gbx_autofd fd = -1;

  if (stat (target, &st) != 0)
    return;
  snprintf (path, sizeof path, "/sys/class/bdi/%u:%u/read_ahead_kb", major (st.st_dev),
            minor (st.st_dev));
  fd = open (path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write (fd, "1024", 4) != 4)
    gbx_debug (self, "cannot set %s: %s", path, strerror (errno));
}

bool
gbx_machine_mount_share (GbxInit *self, const GbxGuestShare *share, const char *target)
{
  bool writable = share->flags & GBX_SHARE_WRITABLE;
  bool by_virtiofs = share->flags & GBX_SHARE_VIRTIOFS;
  char options[128] = "";

  if (!by_virtiofs)
    gbx_9p_options (options, sizeof options, writable, false);
  if (mount (share->tag, target, by_virtiofs ? "virtiofs" : "9p",
             GBX_PLAIN | (writable ? 0 : MS_RDONLY), options) != 0)
    return false;
  if (by_virtiofs)
    read_ahead (self, target);
  return true;
}

static void
mount_share_at (GbxInit *self, const GbxGuestShare *share, const char *target)
{
  if (!self->place->mount_share (self, share, target))
    gbx_fatal (self, "cannot mount the share %s at %s: %s", share->tag, share->path,
               strerror (errno));
}

static void
show_shared_file (GbxInit *self, const GbxGuestShare *share, const char *folder)
{
  gbx_autofd point = open (share->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
                                                    O_NONBLOCK, 0644);
  char file[400];

  snprintf (file, sizeof file, "%s/%s", folder, share->file);
  if (mount (file, share->path, NULL, MS_BIND, NULL) != 0 ||
      !gbx_change_mount (share->path, share->flags & GBX_SHARE_WRITABLE))
    gbx_fatal (self, "cannot put the shared file %s at %s: %s", share->file, share->path,
               strerror (errno));
}

static void
mount_shared_file (GbxInit *self, const GbxGuestShare *share, size_t number)
{
  char folder[64];

  /* In a folder that only root may enter: reachable only through the bind mount. */
  snprintf (folder, sizeof folder, SHARES "/%zu", number);
  mkdir (SHARES, 0700);
  mkdir (folder, 0700);
  mount_share_at (self, share, folder);
  if (!(share->flags & GBX_SHARE_COPY) || !gbx_shared_files_take (self, share, number, folder))
    show_shared_file (self, share, folder);
}

/* --------------------------------------------------- folders of copies -- */

/* Whether the folder holds nothing but the ways to shares. */
static bool
leads_only_to_shares (const GbxGuestConfig *config, const char *folder)
{
  DIR *dir = opendir (folder);
  struct dirent *entry;
  bool only = dir != NULL;

  while (only && (entry = readdir (dir)))
    {
      char path[GBX_CONFIG_PATH_MAX + 260];
      bool leads = strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0;

      snprintf (path, sizeof path, "%s/%s", folder, entry->d_name);
      for (size_t i = 0; i < config->n_shares && !leads; i++)
        leads = gbx_path_is_below (config->shares[i].path, path);
      only = leads;
    }
  if (dir)
    closedir (dir);
  return only;
}

static bool
is_in_root (const char *folder)
{
  struct stat st, root;

  return stat (folder, &st) == 0 && stat ("/", &root) == 0 && st.st_dev == root.st_dev;
}

/* A file can be replaced only in a folder that can be written.  The host's root has folders
 * that were made for a share alone: these become folders in memory, before there is a mount
 * in them. */
static void
make_folder_writable (GbxInit *self, const GbxGuestShare *share, size_t number)
{
  const GbxGuestConfig *config = &self->config;
  char folder[GBX_CONFIG_PATH_MAX + 1], memory[64];

  if (!gbx_path_parent (share->path, folder, sizeof folder) || !is_in_root (folder) ||
      !leads_only_to_shares (config, folder))
    return;
  snprintf (memory, sizeof memory, GBX_MEMORY "/folder-%zu", number);
  if (mkdir (memory, 0755) != 0 || chown (memory, config->uid, config->gid) != 0 ||
      mount (memory, folder, NULL, MS_BIND, NULL) != 0 ||
      !gbx_change_mount (folder, true))
    gbx_fatal (self, "cannot make the folder %s: %s", folder, strerror (errno));
}

void
gbx_mount_shares (GbxInit *self)
{
  size_t order[GBX_CONFIG_SHARES_MAX];

  gbx_sort_shares (&self->config, order);
  for (size_t i = 0; i < self->config.n_shares; i++)
    if (self->config.shares[order[i]].flags & GBX_SHARE_COPY)
      make_folder_writable (self, &self->config.shares[order[i]], order[i]);
  for (size_t i = 0; i < self->config.n_shares; i++)
    {
      const GbxGuestShare *share = &self->config.shares[order[i]];

      gbx_heartbeat_tick (self);
      make_share_point (self, share);
      if (share->flags & GBX_SHARE_FILE)
        mount_shared_file (self, share, order[i]);
      else
        mount_share_at (self, share, share->path);
    }
  gbx_shared_files_watch (self);
  gbx_file_limit_watch (self);
}

/* -------------------------------------------------------------- the end -- */

static int
open_export (const GbxGuestShare *share, size_t number)
{
  char folder[64];

  snprintf (folder, sizeof folder, SHARES "/%zu", number);
  return open (share->flags & GBX_SHARE_FILE ? folder : share->path, O_RDONLY | O_CLOEXEC);
}

/* 0, or the errno of what failed. */
static int
sync_share (const GbxInit *self, const GbxGuestShare *share, size_t number)
{
  gbx_autofd fd = open_export (share, number);

  return self->place->shares_need_sync && fd >= 0 && syncfs (fd) != 0 ? errno : 0;
}

static int
save_and_sync_share (const GbxInit *self, const GbxGuestShare *share, size_t number)
{
  int error = gbx_shared_files_save (self, number);

  return error ? error : sync_share (self, share, number);
}

/* In a child, because it may take long, and heartbeats must go on meanwhile. */
static int
sync_share_in_child (GbxInit *self, const GbxGuestShare *share, size_t number)
{
  pid_t pid;
  int status;

  if (!self->place->shares_need_sync && !(share->flags & GBX_SHARE_COPY))
    return 0;
  pid = fork ();
  if (pid < 0)
    return share->flags & GBX_SHARE_COPY ? errno : sync_share (self, share, number);
  if (pid == 0)
    _exit (save_and_sync_share (self, share, number));
  status = gbx_await_child (self, pid);
  return WIFEXITED (status) ? WEXITSTATUS (status) : EIO;
}

void
gbx_unmount_shares (GbxInit *self)
{
  for (size_t i = 0; self->configured && i < self->config.n_shares; i++)
    {
      const GbxGuestShare *share = &self->config.shares[i];
      int error = share->flags & GBX_SHARE_WRITABLE ? sync_share_in_child (self, share, i) : 0;

      if (error)
        gbx_warning (self, "what was written to %s may not have reached the host: %s", share->path,
                     strerror (error));
    }
}
