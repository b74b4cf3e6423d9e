/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* See gbx-shared-files.h.
 *
 * Should: have on the host, soon after each change and at the end, what the application
 * has in the file.
 * Mustn't: read anything that the application itself could not read. */

#include "gbx-shared-files.h"

#include "gbx-mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From a finished change until it is copied. */
#define SOON_MS 20
/* While a program still writes: after a pause of that length, and at the latest after. */
#define QUIET_MS 1000
#define LATEST_MS 10000
/* The pause after copying is this many times what the copying took. */
#define PAUSE_FACTOR 4
/* Becomes the file on the host, once it is complete. */
#define NEW_NAME "new"

/* What the application can change without our noticing has another time. */
typedef struct
{
  ino_t inode;
  off_t size;
  struct timespec changed;
} Version;

typedef struct
{
  const GbxGuestShare *share;
  const char *name;  /* in its folder in the guest */
  int exported;      /* the folder of the host, opened; or -1 */
  int watch;         /* of inotify */
  Version *saved;    /* shared with the watching process */
  /* in the watching process; 0: none */
  uint32_t due_ms;        /* when to copy it */
  uint32_t changed_ms;    /* the first change since */
  uint32_t not_before_ms;
} FileCopy;

static FileCopy copies[GBX_CONFIG_SHARES_MAX];

static Version
version_of (const struct stat *st)
{
  return (Version) { st->st_ino, st->st_size, st->st_ctim };
}

static bool
is_version (const struct stat *st, const Version *version)
{
  return st->st_ino == version->inode && st->st_size == version->size &&
         st->st_ctim.tv_sec == version->changed.tv_sec &&
         st->st_ctim.tv_nsec == version->changed.tv_nsec;
}

/* ------------------------------------------------------------- copying -- */

static bool
write_all (int fd, const char *data, size_t length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return false;
      data += n;
      length -= n;
    }
  return true;
}

/* beating: (nullable): init, when it copies itself. */
static bool
copy_contents (int source, int target, GbxInit *beating)
{
  static char piece[256 * 1024];
  ssize_t n;

  while ((n = read (source, piece, sizeof piece)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 || !write_all (target, piece, n))
        return false;
      if (beating)
        gbx_heartbeat_tick (beating);
    }
  return true;
}

static bool
give_to_user (const GbxInit *self, int fd, const struct stat *like)
{
  const struct timespec times[2] = { like->st_atim, like->st_mtim };

  return fchown (fd, self->config.uid, self->config.gid) == 0 &&
         fchmod (fd, like->st_mode & 0777) == 0 && futimens (fd, times) == 0;
}

static bool
make_file (GbxInit *self, const GbxGuestShare *share, int exported, struct stat *st)
{
  gbx_autofd source = openat (exported, share->file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  gbx_autofd target = -1;

  if (source < 0 || fstat (source, st) != 0)
    return false;
  target = open (share->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (target < 0)
    return false;
  if (copy_contents (source, target, self) && give_to_user (self, target, st) &&
      fstat (target, st) == 0)
    return true;
  unlink (share->path);
  return false;
}

bool
gbx_shared_files_take (GbxInit *self, const GbxGuestShare *share, size_t number,
                      const char *exported)
{
  FileCopy *copy = &copies[number];
  gbx_autofd folder = open (exported, O_PATH | O_DIRECTORY | O_CLOEXEC);
  Version *saved = mmap (NULL, sizeof *saved, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                         -1, 0);
  struct stat st;

  if (folder < 0 || saved == MAP_FAILED || !gbx_is_in_memory (share->path) ||
      !make_file (self, share, folder, &st))
    return false;
  *saved = version_of (&st);
  *copy = (FileCopy) { .share = share, .name = strrchr (share->path, '/') + 1, .saved = saved };
  copy->exported = folder;
  folder = -1;
  return true;
}

/* -------------------------------------------------------------- saving -- */

/* Otherwise a link that the application puts in the place would show it any file.  It
 * stays root's process, which the application cannot touch. */
static bool
take_rights_of_user (const GbxInit *self)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

  setfsgid (self->config.gid);
  setfsuid (self->config.uid);
  return (uid_t) setfsuid (self->config.uid) == self->config.uid &&
         syscall (SYS_capset, &header, none) == 0;
}

static int
export_file (const FileCopy *copy, int source)
{
  gbx_autofd target = openat (copy->exported, NEW_NAME,
                              O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  int fd = target;

  if (target < 0 || !copy_contents (source, target, NULL))
    return errno;
  target = -1;
  if (close (fd) != 0 ||
      renameat (copy->exported, NEW_NAME, copy->exported, copy->share->file) != 0)
    return errno;
  return 0;
}

/* 0 too if there is nothing to save: an application that removes the file has not said
 * that the host's should go. */
static int
save_copy (const FileCopy *copy)
{
  gbx_autofd source = open (copy->share->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat st;
  int error;

  if (source < 0)
    return errno == ENOENT || errno == ENOTDIR ? 0 : errno;
  if (fstat (source, &st) != 0 || !S_ISREG (st.st_mode) || is_version (&st, copy->saved))
    return 0;
  error = export_file (copy, source);
  if (!error)
    *copy->saved = version_of (&st);
  return error;
}

int
gbx_shared_files_save (const GbxInit *self, size_t number)
{
  if (!copies[number].share)
    return 0;
  return take_rights_of_user (self) ? save_copy (&copies[number]) : EPERM;
}

/* ------------------------------------------------------------ watching -- */

/* The earlier of two times, where 0 is none. */
static uint32_t
earlier (uint32_t a, uint32_t b)
{
  return a == 0 || (b != 0 && b < a) ? b : a;
}

static void
note_change (FileCopy *copy, bool is_done)
{
  uint32_t now = gbx_uptime_ms ();

  if (copy->due_ms == 0)
    copy->changed_ms = now;
  copy->due_ms = is_done ? now + SOON_MS : earlier (now + QUIET_MS, copy->changed_ms + LATEST_MS);
}

static void
take_event (const struct inotify_event *event)
{
  /* A new file is empty at first. */
  bool is_done = event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO | IN_Q_OVERFLOW);

  for (size_t i = 0; i < GBX_N_ELEMENTS (copies); i++)
    if (copies[i].share &&
        ((event->mask & IN_Q_OVERFLOW) ||
         (event->wd == copies[i].watch && event->len > 0 &&
          strcmp (event->name, copies[i].name) == 0)))
      note_change (&copies[i], is_done);
}

static void
read_events (int events)
{
  static char buffer[16384] __attribute__ ((aligned (__alignof__ (struct inotify_event))));
  ssize_t length = read (events, buffer, sizeof buffer);

  for (char *at = buffer; length > 0 && at < buffer + length;)
    {
      const struct inotify_event *event = (const struct inotify_event *) at;

      take_event (event);
      at += sizeof *event + event->len;
    }
}

static uint32_t
due_of (const FileCopy *copy)
{
  if (!copy->share || copy->due_ms == 0)
    return 0;
  return copy->due_ms > copy->not_before_ms ? copy->due_ms : copy->not_before_ms;
}

/* In how many milliseconds there is something to save; -1: not until the next event. */
static int
next_due_ms (void)
{
  uint32_t due = 0, now = gbx_uptime_ms ();

  for (size_t i = 0; i < GBX_N_ELEMENTS (copies); i++)
    due = earlier (due, due_of (&copies[i]));
  if (due == 0)
    return -1;
  return due > now ? (int) (due - now) : 0;
}

/* What fails is tried again with the next change, and at the end, when init tells of it. */
static void
save_due (void)
{
  for (size_t i = 0; i < GBX_N_ELEMENTS (copies); i++)
    {
      uint32_t begin = gbx_uptime_ms (), end;

      if (due_of (&copies[i]) == 0 || due_of (&copies[i]) > begin)
        continue;
      copies[i].due_ms = 0;
      save_copy (&copies[i]);
      end = gbx_uptime_ms ();
      copies[i].not_before_ms = end + PAUSE_FACTOR * (end - begin);
    }
}

static _Noreturn void
watch (const GbxInit *self, int events)
{
  struct pollfd poll_fd = { events, POLLIN, 0 };

  prctl (PR_SET_NAME, "glovebox-files");
  if (!take_rights_of_user (self))
    _exit (1);
  for (;;)
    {
      if (poll (&poll_fd, 1, next_due_ms ()) > 0)
        read_events (events);
      save_due ();
    }
}

static bool
add_watches (int events)
{
  bool any = false;

  for (size_t i = 0; i < GBX_N_ELEMENTS (copies); i++)
    {
      char folder[GBX_CONFIG_PATH_MAX + 1];

      if (!copies[i].share ||
          !gbx_path_parent (copies[i].share->path, folder, sizeof folder))
        continue;
      copies[i].watch = inotify_add_watch (
          events, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_MODIFY | IN_CREATE | IN_ONLYDIR);
      any = true;
    }
  return any;
}

void
gbx_shared_files_watch (GbxInit *self)
{
  gbx_autofd events = inotify_init1 (IN_CLOEXEC);
  pid_t pid;

  /* Without it, each file is saved at the end. */
  if (events < 0 || !add_watches (events))
    return;
  pid = fork ();
  if (pid == 0)
    watch (self, events);
  if (pid > 0)
    self->pids[GBX_CHILD_FILES] = pid;
}
