/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A file of a home, out of its image.
 *
 *   Should: find it as an application in the sandbox would, by the home's own links.
 *   Mustn't: leave the home, read what is no file, or write more than the image can hold. */

#include "reader.h"

#include <ext2fs/ext2fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of the file system that is the home: see guest/xorg-init/gbx-kept-home.c. */
#define FOLDER "home"
#define DEPTH_MAX 256
#define LINKS_MAX 20
#define PATH_BYTES 4096
#define PIECE 65536

typedef struct
{
  ext2_filsys fs;
  const char *home;
  ext2_ino_t folders[DEPTH_MAX]; /* the way to where we are; the first is the home */
  size_t depth;
  ext2_ino_t found;
  struct ext2_inode inode; /* of what was found */
  char rest[2 * PATH_BYTES];
  unsigned links;
} Walk;

/* ---------------------------------------------------------------- walk -- */

/* What is left of an absolute path below the home; NULL outside. */
static const char *
below_home (const char *home, const char *path)
{
  size_t length = strlen (home);

  while (length > 0 && home[length - 1] == '/')
    length--;
  if (strncmp (path, home, length) != 0 || (path[length] != '/' && path[length] != '\0'))
    return NULL;
  return path + length;
}

static bool
begin_at_home (Walk *self)
{
  self->depth = 1;
  self->found = self->folders[0];
  return ext2fs_read_inode (self->fs, self->found, &self->inode) == 0;
}

static bool
read_link (Walk *self, char *target, size_t size)
{
  unsigned length = self->inode.i_size;
  ext2_file_t file;
  unsigned got = 0;

  if (length == 0 || length >= size)
    return false;
  if (ext2fs_is_fast_symlink (&self->inode))
    {
      if (length > sizeof self->inode.i_block)
        return false;
      memcpy (target, self->inode.i_block, got = length);
    }
  else if (ext2fs_file_open (self->fs, self->found, 0, &file) == 0)
    {
      if (ext2fs_file_read (file, target, length, &got) != 0)
        got = 0;
      ext2fs_file_close (file);
    }
  target[got] = '\0';
  return got == length && strlen (target) == length;
}

/* Puts the link's target before what is left of the path. */
static GbxHomeReaderStatus
follow (Walk *self, const char *rest)
{
  char target[PATH_BYTES], joined[sizeof self->rest];
  const char *from = target;

  if (++self->links > LINKS_MAX)
    return GBX_HOME_READER_NOT_FOUND;
  if (!read_link (self, target, sizeof target))
    return GBX_HOME_READER_DAMAGED;
  if (target[0] == '/')
    {
      from = below_home (self->home, target);
      if (!from)
        return GBX_HOME_READER_OUTSIDE;
      self->depth = 1;
    }
  if (snprintf (joined, sizeof joined, "%s/%s", from, rest) >= (int) sizeof joined)
    return GBX_HOME_READER_NOT_FOUND;
  memcpy (self->rest, joined, sizeof joined);
  self->found = self->folders[self->depth - 1];
  return ext2fs_read_inode (self->fs, self->found, &self->inode) == 0 ? GBX_HOME_READER_DONE
                                                                       : GBX_HOME_READER_DAMAGED;
}

static GbxHomeReaderStatus
go_up (Walk *self)
{
  if (self->depth == 1)
    return GBX_HOME_READER_OUTSIDE;
  self->depth--;
  self->found = self->folders[self->depth - 1];
  return ext2fs_read_inode (self->fs, self->found, &self->inode) == 0 ? GBX_HOME_READER_DONE
                                                                       : GBX_HOME_READER_DAMAGED;
}

/* One name; rest is what follows it. */
static GbxHomeReaderStatus
go (Walk *self, const char *name, const char *rest)
{
  errcode_t error;

  if (!LINUX_S_ISDIR (self->inode.i_mode))
    return GBX_HOME_READER_NOT_FOUND;
  if (strcmp (name, ".") == 0)
    return GBX_HOME_READER_DONE;
  if (strcmp (name, "..") == 0)
    return go_up (self);
  error = ext2fs_lookup (self->fs, self->folders[self->depth - 1], name, (int) strlen (name), NULL,
                         &self->found);
  if (error)
    return error == EXT2_ET_FILE_NOT_FOUND ? GBX_HOME_READER_NOT_FOUND : GBX_HOME_READER_DAMAGED;
  if (ext2fs_read_inode (self->fs, self->found, &self->inode) != 0)
    return GBX_HOME_READER_DAMAGED;
  if (LINUX_S_ISLNK (self->inode.i_mode))
    return follow (self, rest);
  if (LINUX_S_ISDIR (self->inode.i_mode))
    {
      if (self->depth == DEPTH_MAX)
        return GBX_HOME_READER_NOT_FOUND;
      self->folders[self->depth++] = self->found;
    }
  return GBX_HOME_READER_DONE;
}

static GbxHomeReaderStatus
walk (Walk *self, const char *path)
{
  const char *below = path[0] == '/' ? below_home (self->home, path) : path;
  GbxHomeReaderStatus status = GBX_HOME_READER_DONE;

  if (!below)
    return GBX_HOME_READER_OUTSIDE;
  if (strlen (below) >= PATH_BYTES)
    return GBX_HOME_READER_NOT_FOUND;
  strcpy (self->rest, below);
  if (!begin_at_home (self))
    return GBX_HOME_READER_DAMAGED;
  while (status == GBX_HOME_READER_DONE && self->rest[0])
    {
      size_t length = strcspn (self->rest, "/");
      char name[256], rest[sizeof self->rest];

      if (length >= sizeof name)
        return GBX_HOME_READER_NOT_FOUND;
      memcpy (name, self->rest, length);
      name[length] = '\0';
      strcpy (rest, self->rest + length + (self->rest[length] == '/'));
      strcpy (self->rest, rest);
      if (length > 0)
        status = go (self, name, rest);
    }
  return status;
}

/* ---------------------------------------------------------------- write -- */

/* What a terminal would obey: control characters, also those that UTF-8 has as two bytes. */
static void
make_plain (unsigned char *text, unsigned length, unsigned char before)
{
  for (unsigned i = 0; i < length; i++)
    {
      unsigned char c = text[i];

      if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f ||
          (before == 0xc2 && c >= 0x80 && c < 0xa0))
        text[i] = '?';
      before = c;
    }
}

static GbxHomeReaderStatus
copy_out (ext2_file_t file, uint64_t size, bool plain)
{
  static unsigned char buffer[PIECE];
  unsigned char before = 0;

  for (uint64_t done = 0; done < size;)
    {
      unsigned got = 0;
      unsigned want = size - done < PIECE ? (unsigned) (size - done) : PIECE;

      if (ext2fs_file_read (file, buffer, want, &got) != 0 || got == 0)
        return GBX_HOME_READER_DAMAGED;
      if (plain)
        {
          unsigned char last = buffer[got - 1];

          make_plain (buffer, got, before);
          before = last;
        }
      if (!write_all (STDOUT_FILENO, buffer, got))
        return write_status ();
      done += got;
    }
  return GBX_HOME_READER_DONE;
}

static GbxHomeReaderStatus
write_found (Walk *self, bool plain)
{
  uint64_t size = EXT2_I_SIZE (&self->inode);
  GbxHomeReaderStatus status;
  ext2_file_t file;

  if (LINUX_S_ISDIR (self->inode.i_mode))
    return GBX_HOME_READER_FOLDER;
  if (!LINUX_S_ISREG (self->inode.i_mode))
    return GBX_HOME_READER_SPECIAL;
  if (size / self->fs->blocksize > ext2fs_blocks_count (self->fs->super))
    return GBX_HOME_READER_TOO_LARGE;
  if (ext2fs_file_open (self->fs, self->found, 0, &file) != 0)
    return GBX_HOME_READER_DAMAGED;
  status = copy_out (file, size, plain);
  ext2fs_file_close (file);
  return status;
}

GbxHomeReaderStatus
cat_file (const char *home, const char *path, bool plain)
{
  static Walk self;
  GbxHomeReaderStatus status;
  struct stat st;

  self.home = home;
  if (fstat (STDIN_FILENO, &st) != 0 ||
      ext2fs_open ("0", EXT2_FLAG_64BITS, 0, 0, unixfd_io_manager, &self.fs) != 0 ||
      ext2fs_blocks_count (self.fs->super) * self.fs->blocksize > (uint64_t) st.st_size)
    return GBX_HOME_READER_DAMAGED;
  if (ext2fs_has_feature_journal_needs_recovery (self.fs->super))
    return GBX_HOME_READER_UNCLEAN;
  /* A home that was never used has no such folder yet. */
  if (ext2fs_lookup (self.fs, EXT2_ROOT_INO, FOLDER, (int) strlen (FOLDER), NULL,
                     &self.folders[0]) != 0)
    return GBX_HOME_READER_NOT_FOUND;
  status = walk (&self, path);
  return status == GBX_HOME_READER_DONE ? write_found (&self, plain) : status;
}
