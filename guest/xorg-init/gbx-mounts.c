/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "mounts": the other mounts in the root.
 *
 * Should: end with every folder that applications write to as a tmpfs of this guest, the
 * shares in their places, and the kernel's own files out of reach.
 * Mustn't: give a device node, a setuid program or a writable kernel setting to the
 * application, even with uid 0. */

#include "gbx-mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHARES GBX_PRIVATE "/shares"
#define KERNEL_DEV GBX_PRIVATE "/dev"
/* The flags of all folders that applications write to. */
#define MEMORY GBX_PRIVATE "/memory"

#define PLAIN (MS_NOSUID | MS_NODEV)

typedef struct
{
  const char *source, *target, *type;
  unsigned long flags;
  const char *options;
  mode_t mode; /* mode of a source that is created first, or 0 */
} Mount;

static const Mount mounts[] = {
  /* By default each tmpfs may use half of the memory.  These two together leave a fifth to
   * the processes. */
  { "tmpfs", "/run", "tmpfs", PLAIN, "mode=0755,size=10%", 0 },
  /* The kernel's devices are moved to where only init can go; the application gets a /dev
   * with only the following. */
  { "/dev", KERNEL_DEV, NULL, MS_MOVE, NULL, 0 },
  { "tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k", 0 },
  { "devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5", 0 },
  { "tmpfs", MEMORY, "tmpfs", PLAIN, "mode=0755,size=70%", 0 },
  { MEMORY "/shm", "/dev/shm", NULL, MS_BIND, NULL, 01777 },
  { MEMORY "/tmp", "/tmp", NULL, MS_BIND, NULL, 01777 },
  { MEMORY "/var-tmp", "/var/tmp", NULL, MS_BIND, NULL, 01777 },
  { MEMORY "/home", "/home", NULL, MS_BIND, NULL, 0755 },
  { "proc", "/proc", "proc", PLAIN | MS_NOEXEC, "hidepid=invisible", 0 },
};

/* Created before these are mounted. */
static const char *const mount_folders[] = { "/dev/pts", "/dev/shm", MEMORY };

typedef struct
{
  const char *name;
  mode_t mode;
  unsigned major, minor;
} Node;

static const Node nodes[] = {
  { "null", 0666, 1, 3 },    { "zero", 0666, 1, 5 },    { "full", 0666, 1, 7 },
  { "random", 0444, 1, 8 },  { "urandom", 0444, 1, 9 }, { "tty", 0666, 5, 0 },
};

static const struct
{
  const char *target, *name;
} links[] = {
  { "pts/ptmx", "ptmx" },           { "/proc/self/fd", "fd" },
  { "/proc/self/fd/0", "stdin" },   { "/proc/self/fd/1", "stdout" },
  { "/proc/self/fd/2", "stderr" },
};

static void
make_folder_for (const char *target)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (mount_folders); i++)
    if (strcmp (target, mount_folders[i]) == 0)
      mkdir (target, 0755);
  if (strcmp (target, KERNEL_DEV) != 0)
    return;
  mkdir (GBX_PRIVATE, 0700);
  mkdir (KERNEL_DEV, 0755);
}

static void
mount_one (GbxInit *self, const Mount *m)
{
  make_folder_for (m->target);
  /* Set the mode again, because of the umask. */
  if (m->mode && (mkdir (m->source, m->mode) != 0 || chmod (m->source, m->mode) != 0))
    gbx_fatal (self, "cannot make %s: %s", m->source, strerror (errno));
  if (mount (m->source, m->target, m->type, m->flags, m->options) != 0)
    gbx_fatal (self, "cannot mount %s: %s", m->target, strerror (errno));
}

static void
fill_dev (GbxInit *self)
{
  char path[64];

  for (size_t i = 0; i < GBX_N_ELEMENTS (nodes); i++)
    {
      snprintf (path, sizeof path, "/dev/%s", nodes[i].name);
      if (mknod (path, S_IFCHR | nodes[i].mode, makedev (nodes[i].major, nodes[i].minor)) != 0 ||
          chmod (path, nodes[i].mode) != 0)
        gbx_fatal (self, "cannot make %s: %s", path, strerror (errno));
    }
  for (size_t i = 0; i < GBX_N_ELEMENTS (links); i++)
    {
      snprintf (path, sizeof path, "/dev/%s", links[i].name);
      if (symlink (links[i].target, path) != 0)
        gbx_fatal (self, "cannot make %s: %s", path, strerror (errno));
    }
}

/* Init's own descriptors were in the initramfs, and so a way back to it. */
static void
close_initramfs_files (GbxInit *self)
{
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (dup2 (null, fd) < 0)
      gbx_fatal (self, "cannot open /dev/null: %s", strerror (errno));
  close (null);
}

/* --------------------------------------------------------------- shares -- */

/* In a tmpfs its parent folders are created and belong to the user; elsewhere the host has
 * created them. */
static void
make_share_point (GbxInit *self, const GbxGuestShare *share)
{
  const GbxGuestConfig *config = &self->config;
  char parent[GBX_CONFIG_PATH_MAX + 1];

  if (share->flags & GBX_SHARE_FILE)
    {
      gbx_autofd fd = -1;

      if (gbx_path_parent (share->path, parent, sizeof parent))
        gbx_make_folders (parent, 0755, config->uid, config->gid);
      fd = open (share->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    }
  else
    gbx_make_folders (share->path, 0755, config->uid, config->gid);
}

static void
mount_share_at (GbxInit *self, const GbxGuestShare *share, const char *target)
{
  bool writable = share->flags & GBX_SHARE_WRITABLE;
  char options[128];

  gbx_9p_options (options, sizeof options, writable, false);
  if (mount (share->tag, target, "9p", PLAIN | (writable ? 0 : MS_RDONLY), options) != 0)
    gbx_fatal (self, "cannot mount the share %s at %s: %s", share->tag, share->path,
               strerror (errno));
}

static void
mount_shared_file (GbxInit *self, const GbxGuestShare *share, size_t number)
{
  unsigned long read_only_flag = share->flags & GBX_SHARE_WRITABLE ? 0 : MS_RDONLY;
  char folder[64], file[400];

  /* In a folder that only root may enter: reachable only through the bind mount. */
  snprintf (folder, sizeof folder, SHARES "/%zu", number);
  mkdir (SHARES, 0700);
  mkdir (folder, 0700);
  mount_share_at (self, share, folder);
  snprintf (file, sizeof file, "%s/%s", folder, share->file);
  if (mount (file, share->path, NULL, MS_BIND, NULL) != 0 ||
      mount (NULL, share->path, NULL, MS_REMOUNT | MS_BIND | PLAIN | read_only_flag, NULL) != 0)
    gbx_fatal (self, "cannot put the shared file %s at %s: %s", share->file, share->path,
               strerror (errno));
}

static void
mount_shares (GbxInit *self)
{
  size_t order[GBX_CONFIG_SHARES_MAX];

  gbx_sort_shares (&self->config, order);
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
}

/* 0, or the errno of what failed. */
static int
sync_share (const GbxGuestShare *share, size_t number)
{
  char folder[64];
  gbx_autofd fd = -1;

  snprintf (folder, sizeof folder, SHARES "/%zu", number);
  fd = open (share->flags & GBX_SHARE_FILE ? folder : share->path, O_RDONLY | O_CLOEXEC);
  return fd >= 0 && syncfs (fd) != 0 ? errno : 0;
}

/* In a child, because it may take long, and heartbeats must go on meanwhile. */
static int
sync_share_in_child (GbxInit *self, const GbxGuestShare *share, size_t number)
{
  pid_t pid = fork ();
  int status;

  if (pid < 0)
    return sync_share (share, number);
  if (pid == 0)
    _exit (sync_share (share, number));
  status = gbx_await_child (self, pid);
  return WIFEXITED (status) ? WEXITSTATUS (status) : EIO;
}

/* The application may have ended, but its data must reach the host. */
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

/* ------------------------------------------------------------------------ */

static void
mount_home (GbxInit *self)
{
  GbxGuestConfig *config = &self->config;
  char place[GBX_CONFIG_PATH_MAX + 1], parent[GBX_CONFIG_PATH_MAX + 1];

  if (!gbx_home_mount_point (config->home, place, sizeof place))
    {
      snprintf (config->home, sizeof config->home, "/home/%s", config->user);
      place[0] = '\0';
    }
  if (place[0])
    mount_one (self, &(Mount) { MEMORY "/elsewhere", place, NULL, MS_BIND, NULL, 0755 });
  if (gbx_path_parent (config->home, parent, sizeof parent))
    gbx_make_folders (parent, 0755, 0, 0);
  mkdir (config->home, 0700);
  if (chown (config->home, config->uid, config->gid) != 0 || chmod (config->home, 0700) != 0)
    gbx_fatal (self, "cannot make a home at %s: %s", config->home, strerror (errno));
}

/* A share may lie in it, and would have the way to it made otherwise. */
static void
make_session_folder (GbxInit *self)
{
  char path[64];

  snprintf (path, sizeof path, "/run/user/%u", self->config.uid);
  if (!gbx_make_folders ("/run/user", 0755, 0, 0) || mkdir (path, 0700) != 0 ||
      chown (path, self->config.uid, self->config.gid) != 0)
    gbx_fatal (self, "cannot make %s: %s", path, strerror (errno));
}

void
gbx_phase_mounts (GbxInit *self)
{
  uid_t nobody = self->config.private_account;

  for (size_t i = 0; i < GBX_N_ELEMENTS (mounts); i++)
    mount_one (self, &mounts[i]);
  if (chown (GBX_PRIVATE, nobody, nobody) != 0)
    gbx_fatal (self, "cannot close " GBX_PRIVATE ": %s", strerror (errno));
  fill_dev (self);
  close_initramfs_files (self);
  gbx_confine_kernel_files (self);
  mkdir ("/run/lock", 0755);
  chmod ("/run/lock", 01777);
  mount_home (self);
  make_session_folder (self);
  mount_shares (self);
}
