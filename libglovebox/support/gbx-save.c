/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-save"

#include "config.h"

#include "gbx-save.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PIECE (256 * 1024)
#define BESIDE_MAX 999
/* Who may change it; the setuid bits are not kept, since the guest chooses the contents. */
#define MODE_KEPT 0777

typedef int Descriptor;

static void
close_descriptor (Descriptor *fd)
{
  int code = errno;

  if (*fd >= 0)
    close (*fd);
  errno = code;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Descriptor, close_descriptor)

/* ------------------------------------------------------------- version -- */

void
gbx_version_set (GbxVersion *self, const struct stat *st)
{
  *self = (GbxVersion) { st->st_dev, st->st_ino, st->st_size, st->st_mtim.tv_sec,
                         st->st_mtim.tv_nsec };
}

gboolean
gbx_version_equal (const GbxVersion *a, const GbxVersion *b)
{
  return a->device == b->device && a->inode == b->inode && a->size == b->size &&
         a->seconds == b->seconds && a->nanoseconds == b->nanoseconds;
}

static gboolean
is_version (const struct stat *st, const GbxVersion *version)
{
  GbxVersion found;

  gbx_version_set (&found, st);
  return S_ISREG (st->st_mode) && gbx_version_equal (&found, version);
}

/* ------------------------------------------------------------ contents -- */

static gboolean
write_piece (int fd, const char *data, gsize length, off_t at)
{
  while (length > 0)
    {
      ssize_t n = pwrite (fd, data, length, at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      at += n;
      length -= n;
    }
  return TRUE;
}

static gboolean
copy_by_hand (int source, int target, off_t at, off_t end)
{
  g_autofree char *piece = g_malloc (PIECE);

  while (at < end)
    {
      ssize_t n = pread (source, piece, MIN (PIECE, end - at), at);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n == 0; /* it has become shorter, and will be copied again */
      if (!write_piece (target, piece, n, at))
        return FALSE;
      at += n;
    }
  return TRUE;
}

/* The kernel can share the blocks on some file systems, and between others refuses. */
static gboolean
copy_contents (int source, int target, off_t end)
{
  loff_t from = 0, to = 0;

  while (from < end)
    {
      ssize_t n = copy_file_range (source, &from, target, &to, MIN (end - from, INT_MAX), 0);

      if (n <= 0 && !(n < 0 && errno == EINTR))
        break;
    }
  return copy_by_hand (source, target, from, end);
}

gboolean
gbx_save_copy (int source, int target)
{
  struct stat st;

  return fstat (source, &st) == 0 && copy_contents (source, target, st.st_size);
}

static gboolean
have_same_contents (int a, const struct stat *of_a, int b)
{
  g_autofree char *one = NULL, *other = NULL;
  struct stat of_b;

  if (fstat (b, &of_b) != 0 || of_a->st_size != of_b.st_size)
    return FALSE;
  one = g_malloc (PIECE);
  other = g_malloc (PIECE);
  for (off_t at = 0; at < of_b.st_size;)
    {
      ssize_t n = pread (a, one, PIECE, at);

      if (n <= 0 || pread (b, other, n, at) != n || memcmp (one, other, n) != 0)
        return FALSE;
      at += n;
    }
  return TRUE;
}

/* --------------------------------------------------------------- draft -- */

/* A new file in the user's folder, with no name if the file system can do that: then
 * nothing is left of it if this process is killed. */
typedef struct
{
  int folder; /* (unowned) */
  int fd;
  gboolean is_named;
  char name[48];
} Draft;

static gboolean
draft_open (Draft *self, int folder)
{
  *self = (Draft) { .folder = folder };
  g_snprintf (self->name, sizeof self->name, ".glovebox-%08x%08x", g_random_int (),
              g_random_int ());
  self->fd = openat (folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (self->fd >= 0 || errno == EACCES || errno == EROFS || errno == ENOSPC || errno == EDQUOT)
    return self->fd >= 0;
  self->fd = openat (folder, self->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  self->is_named = self->fd >= 0;
  return self->is_named;
}

static void
draft_clear (Draft *self)
{
  close_descriptor (&self->fd);
  if (self->is_named)
    {
      int code = errno;

      unlinkat (self->folder, self->name, 0);
      errno = code;
    }
}

/* EEXIST if there is a file of that name. */
static gboolean
draft_link (Draft *self, const char *name)
{
  char path[64];

  if (self->is_named)
    {
      if (linkat (self->folder, self->name, self->folder, name, 0) == 0)
        return TRUE;
      if (errno == EEXIST)
        return FALSE;
      /* Not every file system has links. */
      self->is_named =
          renameat2 (self->folder, self->name, self->folder, name, RENAME_NOREPLACE) != 0;
      return !self->is_named;
    }
  g_snprintf (path, sizeof path, "/proc/self/fd/%d", self->fd);
  return linkat (AT_FDCWD, path, self->folder, name, AT_SYMLINK_FOLLOW) == 0;
}

static gboolean
draft_give_name (Draft *self)
{
  self->is_named = self->is_named || draft_link (self, self->name);
  return self->is_named;
}

static gboolean
draft_fill (Draft *self, int source)
{
  return gbx_save_copy (source, self->fd) && fsync (self->fd) == 0;
}

static void
draft_get_version (Draft *self, GbxVersion *version)
{
  struct stat st;

  if (fstat (self->fd, &st) == 0)
    gbx_version_set (version, &st);
}

/* ------------------------------------------------------------- replace -- */

static gboolean
copy_attributes (int from, int to)
{
  char names[4096], value[65536];
  ssize_t length = flistxattr (from, names, sizeof names);

  if (length < 0)
    return errno == EOPNOTSUPP;
  for (const char *name = names; name < names + length; name += strlen (name) + 1)
    {
      ssize_t size = fgetxattr (from, name, value, sizeof value);

      /* A label of the system's own is given to each new file by the system. */
      if (g_str_has_prefix (name, "security."))
        continue;
      if (size < 0 || fsetxattr (to, name, value, size, 0) != 0)
        return FALSE;
    }
  return TRUE;
}

/* As editors do it: what would not be the same in a new file is written in its place. */
static gboolean
can_have_successor (const struct stat *st)
{
  return st->st_nlink == 1 && st->st_uid == geteuid ();
}

static gboolean
resemble (Draft *draft, int original, const struct stat *st)
{
  struct stat own;

  if (fstat (draft->fd, &own) != 0 ||
      (own.st_gid != st->st_gid && fchown (draft->fd, -1, st->st_gid) != 0))
    return FALSE;
  return copy_attributes (original, draft->fd) && fchmod (draft->fd, st->st_mode & MODE_KEPT) == 0;
}

/* The two change places, so that what was replaced can be looked at: somebody may have
 * put another file there in the last moment. */
static GbxSave
exchange (Draft *draft, const char *name, const GbxVersion *expected)
{
  struct stat st;

  if (!draft_give_name (draft))
    return GBX_SAVE_FAILED;
  if (renameat2 (draft->folder, draft->name, draft->folder, name, RENAME_EXCHANGE) == 0)
    {
      if (fstatat (draft->folder, draft->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
          is_version (&st, expected))
        return GBX_SAVE_DONE;
      (void) renameat2 (draft->folder, draft->name, draft->folder, name, RENAME_EXCHANGE);
      return GBX_SAVE_CONFLICT;
    }
  if (errno == ENOENT)
    return GBX_SAVE_CONFLICT;
  /* Not every file system can exchange. */
  if (renameat (draft->folder, draft->name, draft->folder, name) != 0)
    return GBX_SAVE_FAILED;
  draft->is_named = FALSE;
  return GBX_SAVE_DONE;
}

/* FALSE: there can be no new file that resembles it. */
static gboolean
make_successor (int folder, int original, const struct stat *st, Draft *draft)
{
  if (!can_have_successor (st) || !draft_open (draft, folder))
    return FALSE;
  if (resemble (draft, original, st))
    return TRUE;
  draft_clear (draft);
  return FALSE;
}

/* First the space for it, so that a full disk does not leave half of a file. */
static GbxSave
write_in_place (int folder, const char *name, int source, GbxVersion *version)
{
  g_auto (Descriptor) fd = openat (folder, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat st, of_source;

  if (fd < 0 || fstat (fd, &st) != 0 || fstat (source, &of_source) != 0)
    return GBX_SAVE_FAILED;
  if (!is_version (&st, version))
    return GBX_SAVE_CONFLICT;
  if (of_source.st_size > 0 &&
      fallocate (fd, FALLOC_FL_KEEP_SIZE, 0, of_source.st_size) != 0 &&
      (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
    return GBX_SAVE_FAILED;
  if (!copy_contents (source, fd, of_source.st_size) || ftruncate (fd, of_source.st_size) != 0 ||
      fsync (fd) != 0 || fstat (fd, &st) != 0)
    return GBX_SAVE_FAILED;
  gbx_version_set (version, &st);
  return GBX_SAVE_DONE;
}

GbxSave
gbx_save_replace (int folder, const char *name, int source, GbxVersion *version)
{
  g_auto (Descriptor) original =
      openat (folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  GbxSave result = GBX_SAVE_FAILED;
  struct stat st;
  Draft draft;

  if (original < 0)
    return errno == EACCES || errno == EMFILE || errno == ENFILE ? GBX_SAVE_FAILED
                                                                : GBX_SAVE_CONFLICT;
  if (fstat (original, &st) != 0)
    return GBX_SAVE_FAILED;
  if (S_ISREG (st.st_mode) && have_same_contents (original, &st, source))
    {
      gbx_version_set (version, &st);
      return GBX_SAVE_DONE;
    }
  if (!is_version (&st, version))
    return GBX_SAVE_CONFLICT;
  if (!make_successor (folder, original, &st, &draft))
    return errno == ENOSPC || errno == EDQUOT ? GBX_SAVE_FAILED
                                              : write_in_place (folder, name, source, version);
  if (draft_fill (&draft, source))
    result = exchange (&draft, name, version);
  if (result == GBX_SAVE_DONE)
    draft_get_version (&draft, version);
  draft_clear (&draft);
  return result;
}

/* -------------------------------------------------------------- beside -- */

/* “letter.txt” gives “letter (changed in sandbox gedit).txt”. */
static char *
name_beside (const char *name, const char *sandbox, guint number)
{
  const char *dot = strrchr (name, '.');
  const char *end = dot && dot != name && strlen (dot) <= 16 ? dot : name + strlen (name);
  g_autofree char *count = number > 1 ? g_strdup_printf (" %u", number) : g_strdup ("");
  g_autofree char *where = sandbox ? g_strconcat (" ", sandbox, NULL) : g_strdup ("");
  g_autofree char *added = g_strconcat (" (changed in sandbox", where, count, ")", end, NULL);
  gsize room = NAME_MAX - strlen (added);
  g_autofree char *stem = g_strndup (name, MIN ((gsize) (end - name), room));

  return g_strconcat (stem, added, NULL);
}

static char *
link_beside (Draft *draft, const char *name, const char *sandbox)
{
  for (guint number = 1; number <= BESIDE_MAX; number++)
    {
      g_autofree char *beside = name_beside (name, sandbox, number);

      if (draft_link (draft, beside))
        return g_steal_pointer (&beside);
      if (errno != EEXIST)
        return NULL;
    }
  return NULL;
}

char *
gbx_save_beside (int folder, const char *name, const char *sandbox, mode_t mode, int source,
                 GbxVersion *version)
{
  char *beside = NULL;
  Draft draft;

  if (!draft_open (&draft, folder))
    return NULL;
  if (draft_fill (&draft, source) && fchmod (draft.fd, mode & MODE_KEPT) == 0)
    beside = link_beside (&draft, name, sandbox);
  draft_get_version (&draft, version);
  draft_clear (&draft);
  return beside;
}

/* -------------------------------------------------------------- backup -- */

/* “letter.txt~”, and then “letter.txt.~1~” and so on, as editors call them. */
static char *
name_backup (const char *name, guint number)
{
  g_autofree char *added = number ? g_strdup_printf (".~%u~", number) : g_strdup ("~");
  g_autofree char *stem = g_strndup (name, NAME_MAX - strlen (added));

  return g_strconcat (stem, added, NULL);
}

static char *
link_backup (Draft *draft, const char *name)
{
  for (guint number = 0; number <= BESIDE_MAX; number++)
    {
      g_autofree char *backup = name_backup (name, number);

      if (draft_link (draft, backup))
        return g_steal_pointer (&backup);
      if (errno != EEXIST)
        return NULL;
    }
  return NULL;
}

/* The backup is as old as what it holds. */
static gboolean
age (int fd, const struct stat *st)
{
  const struct timespec times[] = { st->st_atim, st->st_mtim };

  return futimens (fd, times) == 0;
}

char *
gbx_save_backup (int folder, const char *name, const GbxVersion *version)
{
  g_auto (Descriptor) original =
      openat (folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  char *backup = NULL;
  struct stat st;
  Draft draft;

  if (original < 0 || fstat (original, &st) != 0)
    return NULL;
  if (!is_version (&st, version))
    {
      errno = ESTALE;
      return NULL;
    }
  if (!draft_open (&draft, folder))
    return NULL;
  if (draft_fill (&draft, original) && fchmod (draft.fd, st.st_mode & MODE_KEPT) == 0 &&
      age (draft.fd, &st))
    backup = link_backup (&draft, name);
  draft_clear (&draft);
  return backup;
}

/* ------------------------------------------------------------- save as -- */

gboolean
gbx_save_as (int folder, const char *name, mode_t mode, int source)
{
  gboolean done;
  Draft draft;

  if (!draft_open (&draft, folder))
    return FALSE;
  done = draft_fill (&draft, source) && fchmod (draft.fd, mode & MODE_KEPT) == 0 &&
         draft_give_name (&draft) && renameat (folder, draft.name, folder, name) == 0;
  if (done)
    draft.is_named = FALSE;
  draft_clear (&draft);
  return done;
}
