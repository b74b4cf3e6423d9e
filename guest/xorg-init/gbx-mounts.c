/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Phase "mounts": the other mounts in the root.
 *
 * Should: end with every folder that applications write to as a tmpfs of this guest, the
 * shares in their places, and the kernel's own files out of reach.
 * Mustn't: give a device node, a setuid program or a writable kernel setting to the
 * application, even with uid 0. */

#include "gbx-mounts.h"

#include "gbx-kept-home.h"
#include "gbx-place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define KERNEL_DEV GBX_PRIVATE "/dev"

typedef struct
{
  const char *source, *target, *type;
  unsigned long flags;
  const char *options;
  mode_t mode; /* mode of a source that is created first, or 0 */
  unsigned percent; /* of the guest's memory, that it may fill; or 0 */
} Mount;

static const Mount mounts[] = {
  /* By default each tmpfs may use half of the machine's memory.  These two together leave a fifth to
   * the processes. */
  { "tmpfs", "/run", "tmpfs", GBX_PLAIN, "mode=0755", 0, 10 },
  /* The kernel's devices are moved to where only init can go; the application gets a /dev
   * with only the following. */
  { "/dev", KERNEL_DEV, NULL, MS_MOVE, NULL, 0, 0 },
  { "tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k", 0, 0 },
  { "devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5", 0, 0 },
  { "tmpfs", GBX_MEMORY, "tmpfs", GBX_PLAIN, "mode=0755", 0, 70 },
  { GBX_MEMORY "/shm", "/dev/shm", NULL, MS_BIND, NULL, 01777, 0 },
  { GBX_MEMORY "/tmp", "/tmp", NULL, MS_BIND, NULL, 01777, 0 },
  { GBX_MEMORY "/var-tmp", "/var/tmp", NULL, MS_BIND, NULL, 01777, 0 },
  { GBX_MEMORY "/home", "/home", NULL, MS_BIND, NULL, 0755, 0 },
};

/* Created before these are mounted. */
static const char *const mount_folders[] = { "/dev/pts", "/dev/shm", GBX_MEMORY };

static const GbxNode nodes[] = {
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
  char options[96];

  snprintf (options, sizeof options, "%s", m->options ? m->options : "");
  if (m->percent)
    snprintf (options, sizeof options, "%s,size=%lluk", m->options,
              (unsigned long long) self->place->get_memory_kib () * m->percent / 100);
  make_folder_for (m->target);
  /* Set the mode again, because of the umask. */
  if (m->mode && (mkdir (m->source, m->mode) != 0 || chmod (m->source, m->mode) != 0))
    gbx_fatal (self, "cannot make %s: %s", m->source, strerror (errno));
  if (mount (m->source, m->target, m->type, m->flags, options) != 0)
    gbx_fatal (self, "cannot mount %s: %s", m->target, strerror (errno));
}

/* A remount would have to name each flag again that the mount already has: where the kernel is
 * the host's, it may have more, and refuses to lose one. */
bool
gbx_change_mount (const char *path, bool writable)
{
  struct statvfs fs;
  unsigned long flags = GBX_PLAIN | (writable ? 0 : MS_RDONLY);

  if (statvfs (path, &fs) != 0)
    return false;
  flags |= fs.f_flag & ST_NOEXEC ? MS_NOEXEC : 0;
  flags |= fs.f_flag & ST_RDONLY ? MS_RDONLY : 0;
  flags |= fs.f_flag & ST_NOATIME ? MS_NOATIME : 0;
  flags |= fs.f_flag & ST_NODIRATIME ? MS_NODIRATIME : 0;
  flags |= fs.f_flag & ST_RELATIME ? MS_RELATIME : 0;
  return mount (NULL, path, NULL, MS_REMOUNT | MS_BIND | flags, NULL) == 0;
}

/* The sizes that the host has chosen. */
static void
limit_memory (GbxInit *self)
{
  const GbxGuestLimits *limits = &self->config.limits;
  char options[64];

  if (limits->disk_mib)
    {
      snprintf (options, sizeof options, "size=%um", limits->disk_mib);
      if (mount (NULL, GBX_MEMORY, NULL, MS_REMOUNT | GBX_PLAIN, options) != 0)
        gbx_fatal (self, "cannot limit the disk to %u MiB: %s", limits->disk_mib, strerror (errno));
    }
  if (limits->shm_mib)
    {
      snprintf (options, sizeof options, "mode=1777,size=%um", limits->shm_mib);
      mount_one (self, &(Mount) { "tmpfs", "/dev/shm", "tmpfs", GBX_PLAIN, options, 0, 0 });
    }
}

static void
fill_dev (GbxInit *self)
{
  char path[64];

  for (size_t i = 0; i < GBX_N_ELEMENTS (nodes); i++)
    {
      snprintf (path, sizeof path, "/dev/%s", nodes[i].name);
      if (!self->place->make_node (&nodes[i], path))
        gbx_fatal (self, "cannot make %s: %s", path, strerror (errno));
    }
  for (size_t i = 0; i < GBX_N_ELEMENTS (links); i++)
    {
      snprintf (path, sizeof path, "/dev/%s", links[i].name);
      if (symlink (links[i].target, path) != 0)
        gbx_fatal (self, "cannot make %s: %s", path, strerror (errno));
    }
}

/* Init's own descriptors came from outside of the root, and so are a way back there. */
static void
close_outer_files (GbxInit *self)
{
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (dup2 (null, fd) < 0)
      gbx_fatal (self, "cannot open /dev/null: %s", strerror (errno));
  close (null);
}

static void
mount_home (GbxInit *self)
{
  GbxGuestConfig *config = &self->config;
  char place[GBX_CONFIG_PATH_MAX + 1], parent[GBX_CONFIG_PATH_MAX + 1];
  struct stat st;

  if (!gbx_home_mount_point (config->home, place, sizeof place))
    {
      snprintf (config->home, sizeof config->home, "/home/%s", config->user);
      place[0] = '\0';
    }
  if (place[0])
    mount_one (self, &(Mount) { GBX_MEMORY "/elsewhere", place, NULL, MS_BIND, NULL, 0755, 0 });
  if (gbx_path_parent (config->home, parent, sizeof parent))
    gbx_make_folders (parent, 0755, 0, 0);
  mkdir (config->home, 0700);
  if (chown (config->home, config->uid, config->gid) != 0 || chmod (config->home, 0700) != 0)
    gbx_fatal (self, "cannot make a home at %s: %s", config->home, strerror (errno));
  if (config->kept_home != GBX_HOME_MEMORY)
    gbx_mount_home_disk (self);
  if (stat (config->home, &st) == 0)
    self->home_device = st.st_dev;
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
  if (!self->place->mount_proc ())
    gbx_fatal (self, "cannot mount /proc: %s", strerror (errno));
  if (chown (GBX_PRIVATE, nobody, nobody) != 0)
    gbx_fatal (self, "cannot close " GBX_PRIVATE ": %s", strerror (errno));
  limit_memory (self);
  fill_dev (self);
  close_outer_files (self);
  mkdir ("/run/lock", 0755);
  chmod ("/run/lock", 01777);
  /* As in /tmp, it can remove only what is its own. */
  if (self->config.service)
    chmod ("/run", 01777);
  mount_home (self);
  make_session_folder (self);
  gbx_mount_shares (self);
  /* Afterwards /sys is read-only, where the shares are tuned. */
  self->place->close_kernel_files (self);
}
