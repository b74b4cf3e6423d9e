/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Kept homes, without a guest: who may use one, what is on the disk after each command, and what
 * damaged, foreign or hostile images and archives get. */

#include "config.h"

#include "gbx-error.h"
#include "gbx-home-archive.h"
#include "gbx-home-copy.h"
#include "gbx-home-disk.h"
#include "gbx-home-file.h"
#include "gbx-home-helper.h"
#include "gbx-home-image.h"
#include "gbx-home.h"
#include "gbx-paths.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE (G_GUINT64_CONSTANT (64) << 20)

static char *world;

/* --------------------------------------------------------------- helpers -- */

static char *
in_world (const char *name)
{
  return g_build_filename (world, name, NULL);
}

static char *
folder_of (const char *home)
{
  g_autoptr (GError) error = NULL;
  char *folder = gbx_home_get_folder (home, &error);

  g_assert_no_error (error);
  return folder;
}

static char *
image_of (const char *home)
{
  g_autofree char *folder = folder_of (home);

  return gbx_home_get_image (folder);
}

static void
make_home (const char *home)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxHomeLock) lock = gbx_home_create (home, SIZE, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (lock);
}

/* One sentence: no line break, no full stop, and it says that. */
static void
assert_refused (GError **error, int code, const char *because)
{
  g_assert_error (*error, GBX_ERROR, code);
  g_test_message ("%s", (*error)->message);
  g_assert_nonnull (strstr ((*error)->message, because));
  g_assert_null (strchr ((*error)->message, '\n'));
  g_assert_false (g_str_has_suffix ((*error)->message, "."));
  g_clear_error (error);
}

static void
run (const char *first, ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;
  g_autofree char *program = gbx_path_command (first);
  int status;
  va_list arguments;

  g_assert_nonnull (program);
  g_strv_builder_add (builder, program);
  va_start (arguments, first);
  for (const char *argument; (argument = va_arg (arguments, const char *));)
    g_strv_builder_add (builder, argument);
  va_end (arguments);
  argv = g_strv_builder_end (builder);
  g_spawn_sync ("/", argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static gboolean
lacks_tools (void)
{
  g_autofree char *mke2fs = gbx_path_command ("mke2fs");
  g_autofree char *qemu_img = gbx_path_command ("qemu-img");

  if (mke2fs && qemu_img)
    return FALSE;
  g_test_skip ("mke2fs or qemu-img is not installed");
  return TRUE;
}

/* The names in a folder but the lock. */
static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  for (const char *name; dir && (name = g_dir_read_name (dir));)
    n += !g_str_equal (name, "lock");
  return n;
}

static void
write_at (const char *path, guint64 offset, const void *data, gsize length)
{
  int fd = g_open (path, O_RDWR | O_CLOEXEC, 0);

  g_assert_cmpint (pwrite (fd, data, length, (off_t) offset), ==, length);
  close (fd);
}

/* ------------------------------------------------------------------ lock -- */

static void
test_lock (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = in_world ("locked");
  GbxHomeLock *alone, *first, *second;
  g_autofree char *user = NULL;

  g_mkdir (folder, 0700);
  g_assert_null (gbx_home_lock_describe_user (folder));
  alone = gbx_home_lock_take (folder, GBX_HOME_WRITE, "firefox", &error);
  g_assert_no_error (error);
  g_assert_null (gbx_home_lock_take (folder, GBX_HOME_WRITE, "other", &error));
  assert_refused (&error, GBX_ERROR_HOME, "in use by the sandbox “firefox”");
  g_assert_null (gbx_home_lock_take (folder, GBX_HOME_READ, "other", &error));
  assert_refused (&error, GBX_ERROR_HOME, "“firefox”");
  user = gbx_home_lock_describe_user (folder);
  g_assert_cmpstr (user, ==, "firefox");
  gbx_home_lock_free (alone);

  first = gbx_home_lock_take (folder, GBX_HOME_READ, "first", &error);
  second = gbx_home_lock_take (folder, GBX_HOME_READ, "second", &error);
  g_assert_no_error (error);
  gbx_home_lock_free (first);
  /* The one that is left is named, not the last that came or went. */
  g_assert_null (gbx_home_lock_take (folder, GBX_HOME_WRITE, NULL, &error));
  assert_refused (&error, GBX_ERROR_HOME, "“second”");
  gbx_home_lock_free (second);
  alone = gbx_home_lock_take (folder, GBX_HOME_WRITE, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (gbx_home_lock_take (folder, GBX_HOME_READ, "other", &error));
  assert_refused (&error, GBX_ERROR_HOME, "another command");
  gbx_home_lock_free (alone);
}

/* A lock ends with its process, and its name means nothing then. */
static void
test_lock_killed (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = in_world ("killed");
  g_autoptr (GbxHomeLock) lock = NULL;
  int ends[2];
  char byte;
  pid_t pid;

  g_mkdir (folder, 0700);
  g_assert_cmpint (pipe (ends), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      if (!gbx_home_lock_take (folder, GBX_HOME_WRITE, "victim", NULL) ||
          write (ends[1], "x", 1) != 1)
        _exit (1);
      for (;;)
        pause ();
    }
  g_assert_cmpint (read (ends[0], &byte, 1), ==, 1);
  g_assert_null (gbx_home_lock_take (folder, GBX_HOME_WRITE, "next", &error));
  assert_refused (&error, GBX_ERROR_HOME, "“victim”");
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  lock = gbx_home_lock_take (folder, GBX_HOME_WRITE, "next", &error);
  g_assert_no_error (error);
  close (ends[0]);
  close (ends[1]);
}

/* ---------------------------------------------------------------- images -- */

static void
test_create (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *image = NULL;
  struct stat st;

  if (lacks_tools ())
    return;
  make_home ("created");
  folder = folder_of ("created");
  image = image_of ("created");
  g_assert_cmpint (stat (folder, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0700);
  g_assert_cmpint (stat (image, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);
  g_assert_cmpuint ((guint64) st.st_size, ==, SIZE);
  g_assert_cmpuint ((guint64) st.st_blocks * 512, <, 1 << 20);
  g_assert_cmpuint (count_files (folder), ==, 1);
  run ("e2fsck", "-fn", image, NULL);
}

static void
test_size (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxHomeInfo) info = NULL;

  if (lacks_tools ())
    return;
  make_home ("sized");
  g_assert_true (gbx_home_set_size ("sized", 2 * SIZE, &error));
  info = gbx_home_get_info ("sized", &error);
  g_assert_cmpuint (info->size, ==, 2 * SIZE);
  g_assert_null (info->trouble);
  g_assert_false (gbx_home_set_size ("sized", SIZE, &error));
  assert_refused (&error, GBX_ERROR_HOME, "more than the limit of 64");
  g_assert_false (gbx_home_set_size ("nowhere", SIZE, &error));
  assert_refused (&error, GBX_ERROR_NOT_FOUND, "no home “nowhere”");
}

static void
expect_trouble (const char *because)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) homes = NULL;
  g_autoptr (GbxHomeInfo) info = gbx_home_get_info ("damaged", &error);

  g_assert_no_error (error);
  g_assert_nonnull (info->trouble);
  g_test_message ("%s", info->trouble);
  g_assert_nonnull (strstr (info->trouble, because));
  g_assert_nonnull (strstr (info->trouble, "“damaged”"));
  g_assert_false (gbx_home_cat ("damaged", "x", STDOUT_FILENO, FALSE, NULL, &error));
  assert_refused (&error, GBX_ERROR_HOME, because);
  g_assert_false (gbx_home_snapshot ("damaged", "s", NULL, NULL, NULL, &error));
  assert_refused (&error, GBX_ERROR_HOME, because);
  /* The others are usable. */
  homes = gbx_home_list (&error);
  g_assert_no_error (error);
  g_assert_cmpuint (homes->len, >, 1);
}

static void
test_damaged (void)
{
  g_autofree char *image = NULL;
  g_autofree char *elsewhere = in_world ("elsewhere");

  if (lacks_tools ())
    return;
  make_home ("damaged");
  make_home ("whole");
  image = image_of ("damaged");
  g_assert_cmpint (truncate (image, SIZE / 2), ==, 0);
  expect_trouble ("a part is missing");
  g_assert_cmpint (truncate (image, 0), ==, 0);
  expect_trouble ("no ext4 file system");
  g_assert_true (g_file_set_contents (image, "not a disk\n", -1, NULL));
  expect_trouble ("no ext4 file system");
  g_unlink (image);
  g_assert_cmpint (mkfifo (image, 0600), ==, 0);
  expect_trouble ("not a file of your own");
  g_unlink (image);
  g_assert_true (g_file_set_contents (elsewhere, "secret\n", -1, NULL));
  g_assert_cmpint (symlink (elsewhere, image), ==, 0);
  expect_trouble ("symbolic links");
  g_unlink (image);
  g_assert_cmpint (g_mkdir (image, 0700), ==, 0);
  expect_trouble ("Is a directory");
  g_rmdir (image);
}

/* What a reset makes of it is a home again. */
static void
test_reset (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxHomeInfo) info = NULL;
  g_autofree char *image = NULL;

  if (lacks_tools ())
    return;
  make_home ("again");
  g_assert_true (gbx_home_snapshot ("again", "kept", NULL, NULL, NULL, &error));
  image = image_of ("again");
  write_at (image, 1024, "\0\0\0\0\0\0\0\0", 8);
  write_at (image, 1080, "\0\0", 2);
  g_assert_true (gbx_home_reset ("again", &error));
  info = gbx_home_get_info ("again", &error);
  g_assert_null (info->trouble);
  g_assert_cmpuint (info->size, ==, SIZE);
  g_assert_cmpuint (info->snapshots->len, ==, 1);
}

static void
test_names (void)
{
  static const char *const bad[] = { "", ".", "..", "../x", "a/b", "A", "a b", ".new-x", "-x", "é",
                                     "12345678901234567890123456789012345678901" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (gbx_home_create (bad[i], SIZE, NULL, &error));
      assert_refused (&error, GBX_ERROR_INVALID, "a–z");
      g_assert_false (gbx_home_delete (bad[i], &error));
      assert_refused (&error, GBX_ERROR_INVALID, "a–z");
    }
}

/* ------------------------------------------------------------- snapshots -- */

static void
test_snapshots (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *image = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *mark = g_strnfill (4096, 'm');
  g_autofree char *leftover = NULL;
  char found[4096];
  int fd;

  if (lacks_tools ())
    return;
  make_home ("copied");
  folder = folder_of ("copied");
  image = image_of ("copied");
  write_at (image, 40 << 20, mark, 4096);
  g_assert_true (gbx_home_snapshot ("copied", "one", NULL, NULL, NULL, &error));
  g_assert_false (gbx_home_snapshot ("copied", "one", NULL, NULL, NULL, &error));
  assert_refused (&error, GBX_ERROR_INVALID, "already has a snapshot “one”");
  g_assert_false (gbx_home_snapshot ("copied", "../one", NULL, NULL, NULL, &error));
  assert_refused (&error, GBX_ERROR_INVALID, "a–z");
  g_assert_false (gbx_home_restore ("copied", "two", NULL, NULL, NULL, &error));
  assert_refused (&error, GBX_ERROR_NOT_FOUND, "no snapshot “two”");
  g_assert_true (gbx_home_reset ("copied", &error));
  g_assert_true (gbx_home_restore ("copied", "one", NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  fd = g_open (image, O_RDONLY | O_CLOEXEC, 0);
  g_assert_cmpint (pread (fd, found, 4096, 40 << 20), ==, 4096);
  close (fd);
  g_assert_cmpmem (found, 4096, mark, 4096);
  g_assert_true (gbx_home_delete_snapshot ("copied", "one", &error));
  g_assert_cmpuint (count_files (folder), ==, 2);
  /* A killed command has left this. */
  leftover = g_build_filename (world, "data", "glovebox", "homes", ".new-x", "snapshots", NULL);
  g_mkdir_with_parents (leftover, 0700);
  g_assert_true (gbx_home_delete ("copied", &error));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (leftover, G_FILE_TEST_EXISTS));
}

/* A copy without the holes, also where blocks cannot be shared. */
static void
test_sparse (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *from = in_world ("sparse");
  g_autofree char *to = in_world ("sparse-copy");
  struct stat st;

  g_assert_true (g_file_set_contents (from, "begin", -1, NULL));
  g_assert_cmpint (truncate (from, (off_t) 1 << 40), ==, 0);
  write_at (from, G_GUINT64_CONSTANT (1) << 39, "middle", 6);
  g_assert_true (gbx_home_copy (from, to, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (to, &st), ==, 0);
  g_assert_cmpint (st.st_size, ==, (off_t) 1 << 40);
  g_assert_cmpint (st.st_blocks * 512, <, 1 << 20);
  g_unlink (from);
  g_unlink (to);
}

/* Cancelled commands leave what was there, and nothing else. */
static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *file = in_world ("cancelled.home");

  if (lacks_tools ())
    return;
  make_home ("cancelled");
  folder = folder_of ("cancelled");
  g_cancellable_cancel (cancellable);
  g_assert_false (gbx_home_export ("cancelled", file, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_true (gbx_home_export ("cancelled", file, NULL, NULL, NULL, &error));
  g_assert_false (gbx_home_import ("not-there", file, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (gbx_home_get_info ("not-there", NULL));
  g_assert_cmpuint (count_files (folder), ==, 1);
}

/* ---------------------------------------------------------------- reader -- */

/* An image with these contents, as a guest could have made it. */
static void
make_image_of (const char *home, const char *contents)
{
  g_autofree char *image = NULL;
  g_autofree char *folder = NULL;

  make_home (home);
  folder = folder_of (home);
  image = image_of (home);
  g_unlink (image);
  g_assert_cmpint (truncate (image, 0), ==, -1);
  run ("mke2fs", "-q", "-t", "ext4", "-d", contents, "--", image, "64M", NULL);
}

static void
make_link (const char *folder, const char *target, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (symlink (target, path), ==, 0);
}

static void
make_contents (const char *contents)
{
  g_autofree char *home = g_build_filename (contents, "home", NULL);
  g_autofree char *deep = g_build_filename (home, "a", "b", NULL);
  g_autofree char *note = g_build_filename (home, "note", NULL);
  g_autofree char *beside = g_build_filename (contents, "secret", NULL);
  g_autofree char *fifo = g_build_filename (home, "fifo", NULL);
  g_autofree char *terminal = g_build_filename (home, "escape", NULL);
  g_autofree char *own = g_build_filename (g_get_home_dir (), "note", NULL);
  g_autofree char *long_way = g_strdup_printf ("%s/../..//./note", "a/b");

  g_mkdir_with_parents (deep, 0700);
  g_assert_true (g_file_set_contents (note, "contents\n", -1, NULL));
  g_assert_true (g_file_set_contents (beside, "outside\n", -1, NULL));
  g_assert_true (g_file_set_contents (terminal, "a\033]0;x\007\tb\xc2\x9b\xc3\xa4\n", -1, NULL));
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  make_link (home, "note", "link");
  make_link (home, long_way, "long-link");
  make_link (home, own, "own");
  make_link (home, "/etc/passwd", "absolute");
  make_link (home, "../secret", "up");
  make_link (home, "loop", "loop");
  make_link (deep, "../../../secret", "far-up");
}

/* (nullable) */
static char *
read_file (const char *home, const char *path, gboolean plain, GError **error)
{
  g_autofree char *out = in_world ("out");
  int fd = g_open (out, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gboolean done = gbx_home_cat (home, path, fd, plain, NULL, error);
  char *text = NULL;

  close (fd);
  if (done)
    g_file_get_contents (out, &text, NULL, NULL);
  return text;
}

static void
test_reader (void)
{
  static const char *const good[] = { "note", "./note", "/note", "a/../note", "a/b/../../note",
                                      "link", "long-link", "own", "a/b/../../link" };
  static const struct
  {
    const char *path;
    int code;
    const char *because;
  } bad[] = {
    { "a", GBX_ERROR_INVALID, "is a folder" },
    { "", GBX_ERROR_INVALID, "is a folder" },
    { "fifo", GBX_ERROR_INVALID, "special file" },
    { "nothing", GBX_ERROR_NOT_FOUND, "no file" },
    { "note/x", GBX_ERROR_NOT_FOUND, "no file" },
    { "loop", GBX_ERROR_NOT_FOUND, "no file" },
    { "absolute", GBX_ERROR_INVALID, "leads out" },
    { "up", GBX_ERROR_INVALID, "leads out" },
    { "a/b/far-up", GBX_ERROR_INVALID, "leads out" },
    { "../secret", GBX_ERROR_INVALID, "leads out" },
    { "a/../../secret", GBX_ERROR_INVALID, "leads out" },
    { "/etc/passwd", GBX_ERROR_INVALID, "leads out" },
    { "line\nbreak", GBX_ERROR_NOT_FOUND, "line\\x0abreak" },
  };
  g_autofree char *contents = in_world ("contents");
  g_autofree char *own = g_build_filename (g_get_home_dir (), "note", NULL);
  g_autofree char *by_own_path = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *raw = NULL;
  g_autoptr (GError) error = NULL;

  if (lacks_tools ())
    return;
  make_contents (contents);
  make_image_of ("read", contents);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      const char *path = g_str_equal (good[i], "/note") ? own : good[i];
      g_autofree char *text = read_file ("read", path, FALSE, &error);

      g_test_message ("%s", path);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, "contents\n");
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (read_file ("read", bad[i].path, FALSE, &error));
      assert_refused (&error, bad[i].code, bad[i].because);
    }
  raw = read_file ("read", "escape", FALSE, &error);
  g_assert_cmpstr (raw, ==, "a\033]0;x\007\tb\xc2\x9b\xc3\xa4\n");
  plain = read_file ("read", "escape", TRUE, &error);
  g_assert_cmpstr (plain, ==, "a?]0;x?\tb\xc2?\xc3\xa4\n");
}

static void
test_get (void)
{
  g_autofree char *contents = in_world ("contents-of-get");
  g_autofree char *to = in_world ("note-of-get");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (lacks_tools ())
    return;
  make_contents (contents);
  make_image_of ("got", contents);
  g_assert_false (gbx_home_get ("got", "nothing", to, NULL, &error));
  assert_refused (&error, GBX_ERROR_NOT_FOUND, "no file");
  g_assert_false (g_file_test (to, G_FILE_TEST_EXISTS));
  g_assert_true (gbx_home_get ("got", "note", to, NULL, &error));
  g_assert_true (g_file_get_contents (to, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "contents\n");
  g_assert_false (gbx_home_get ("got", "note", to, NULL, &error));
  assert_refused (&error, GBX_ERROR_STORAGE, "File exists");
}

/* A file system that lies. */
static void
test_hostile_image (void)
{
  g_autofree char *contents = in_world ("contents-hostile");
  g_autofree char *image = NULL;
  g_autofree char *pristine = in_world ("pristine");
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GError) error = NULL;

  if (lacks_tools ())
    return;
  make_contents (contents);
  make_image_of ("hostile", contents);
  image = image_of ("hostile");
  g_assert_true (gbx_home_copy (image, pristine, NULL, NULL, NULL, &error));
  run ("debugfs", "-w", "-R", "set_inode_field /home/note size 0xffffffffffff", image, NULL);
  g_assert_null (read_file ("hostile", "note", FALSE, &error));
  assert_refused (&error, GBX_ERROR_HOME, "larger than the home itself");
  run ("debugfs", "-w", "-R", "feature needs_recovery", image, NULL);
  g_assert_null (read_file ("hostile", "note", FALSE, &error));
  assert_refused (&error, GBX_ERROR_HOME, "not closed cleanly");
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = NULL;

      g_unlink (image);
      g_assert_true (gbx_home_copy (pristine, image, NULL, NULL, NULL, NULL));
      for (guint j = 0; j < 50; j++)
        {
          guint8 byte = (guint8) g_rand_int (random);

          /* In superblock, descriptors, bitmaps and the first inodes. */
          write_at (image, (guint64) g_rand_int_range (random, 1024, 1 << 20), &byte, 1);
        }
      text = read_file ("hostile", "a/../own", FALSE, &error);
      g_assert_true (text || error);
      g_clear_error (&error);
    }
}

/* Nothing but three descriptors, and a filter, before the first byte is read. */
static void
test_reader_walls (void)
{
  g_autofree char *program = gbx_path_program ("glovebox-home-reader");
  const char *argv[] = { program, "unpack", "1000000", NULL };
  g_autofree char *path = NULL;
  g_autofree char *status = NULL;
  g_autofree char *descriptors = NULL;
  int input;
  GPid pid;

  g_assert_nonnull (program);
  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) argv, NULL,
                                           G_SPAWN_DO_NOT_REAP_CHILD |
                                               G_SPAWN_LEAVE_DESCRIPTORS_OPEN,
                                           NULL, NULL, &pid, &input, NULL, NULL, NULL));
  path = g_strdup_printf ("/proc/%d/status", pid);
  /* It waits for its input then. */
  for (guint i = 0; i < 1000; i++)
    {
      g_clear_pointer (&status, g_free);
      g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
      if (strstr (status, "Seccomp:\t2"))
        break;
      g_usleep (10000);
    }
  g_assert_nonnull (strstr (status, "Seccomp:\t2"));
  g_assert_nonnull (strstr (status, "NoNewPrivs:\t1"));
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  close (input);
}

/* --------------------------------------------------------------- archive -- */

static void
test_archive (void)
{
  g_autofree char *contents = in_world ("contents-archive");
  g_autofree char *file = in_world ("good.home");
  g_autofree char *text = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *image = NULL;
  gsize length;
  struct stat st;
  g_autoptr (GError) error = NULL;

  if (lacks_tools ())
    return;
  make_contents (contents);
  make_image_of ("exported", contents);
  g_assert_true (gbx_home_export ("exported", file, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (gbx_home_export ("exported", file, NULL, NULL, NULL, &error));
  assert_refused (&error, GBX_ERROR_STORAGE, "File exists");
  g_assert_true (gbx_home_import ("imported", file, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  text = read_file ("imported", "note", FALSE, &error);
  g_assert_cmpstr (text, ==, "contents\n");
  image = image_of ("imported");
  g_assert_cmpint (stat (image, &st), ==, 0);
  g_assert_cmpint (st.st_size, ==, SIZE);
  g_assert_cmpint (st.st_blocks * 512, <, 16 << 20);
  g_assert_false (gbx_home_import ("imported", file, NULL, NULL, NULL, &error));
  assert_refused (&error, GBX_ERROR_HOME, "already a home “imported”");
  /* Cut off anywhere, it is no home. */
  g_assert_true (g_file_get_contents (file, &bytes, &length, NULL));
  for (gsize cut = 0; cut < length; cut += cut < 64 ? 7 : length / 23 + 1)
    {
      g_autofree char *shorter = in_world ("short.home");

      g_assert_true (g_file_set_contents (shorter, bytes, (gssize) cut, NULL));
      g_assert_false (gbx_home_import ("short", shorter, NULL, NULL, NULL, &error));
      assert_refused (&error, GBX_ERROR_HOME, "short.home” cannot be imported");
      g_assert_null (gbx_home_get_info ("short", NULL));
    }
}

typedef struct
{
  const char *name;
  gint64 size, data_at;
  const char *data;
} Entry;

static void
write_archive (const char *path, const Entry *entries, guint n)
{
  struct archive *archive = archive_write_new ();

  archive_write_set_format_pax (archive);
  archive_write_add_filter_zstd (archive);
  g_assert_cmpint (archive_write_open_filename (archive, path), ==, ARCHIVE_OK);
  for (guint i = 0; i < n; i++)
    {
      struct archive_entry *entry = archive_entry_new ();

      archive_entry_set_pathname (entry, entries[i].name);
      archive_entry_set_filetype (entry, AE_IFREG);
      archive_entry_set_size (entry, entries[i].size);
      if (entries[i].data_at)
        archive_entry_sparse_add_entry (entry, 0, (gint64) strlen (entries[i].data));
      archive_write_header (archive, entry);
      archive_write_data (archive, entries[i].data, strlen (entries[i].data));
      archive_entry_free (entry);
    }
  archive_write_free (archive);
}

static void
test_bad_archives (void)
{
  static const Entry foreign[] = { { "x", 1, 0, "x" } };
  static const Entry newer[] = { { "glovebox-home", 16, 0, "Glovebox home 2\n" } };
  static const Entry no_image[] = { { "glovebox-home", 16, 0, "Glovebox home 1\n" },
                                    { "end", 4, 0, "end\n" } };
  static const Entry too_large[] = { { "glovebox-home", 16, 0, "Glovebox home 1\n" },
                                     { "disk.img", G_GINT64_CONSTANT (17) << 40, 1, "x" },
                                     { "end", 4, 0, "end\n" } };
  static const Entry no_disk[] = { { "glovebox-home", 16, 0, "Glovebox home 1\n" },
                                   { "disk.img", 4, 0, "disk" },
                                   { "end", 4, 0, "end\n" } };
  static const Entry no_end[] = { { "glovebox-home", 16, 0, "Glovebox home 1\n" },
                                  { "disk.img", 4, 0, "disk" } };
  static const struct
  {
    const Entry *entries;
    guint n;
    const char *because;
  } cases[] = {
    { foreign, 1, "not made by" },   { newer, 1, "not made by" },
    { no_image, 2, "incomplete" },   { too_large, 3, "larger than any home" },
    { no_disk, 3, "no whole ext4" }, { no_end, 2, "incomplete" },
  };
  static const char *const others[] = { "/dev/zero", "/", "/nonexistent" };
  g_autofree char *path = in_world ("bad.home");
  g_autofree char *fifo = in_world ("fifo.home");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      write_archive (path, cases[i].entries, cases[i].n);
      g_assert_false (gbx_home_import ("bad", path, NULL, NULL, NULL, &error));
      assert_refused (&error, GBX_ERROR_HOME, cases[i].because);
      g_assert_null (gbx_home_get_info ("bad", NULL));
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_assert_false (gbx_home_import ("bad", others[i], NULL, NULL, NULL, &error));
      assert_refused (&error, GBX_ERROR_HOME, "cannot be imported");
    }
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_false (gbx_home_import ("bad", fifo, NULL, NULL, NULL, &error));
  assert_refused (&error, GBX_ERROR_HOME, "not a file");
}

/* ------------------------------------------------------------ for a launch -- */

static GbxPolicy *
make_policy (const char *kind, const char *name, const char *size)
{
  static const char *const command[] = { "true", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_EXEC);
  g_autoptr (GError) error = NULL;
  GbxPolicy *policy;

  gbx_policy_builder_set_command (builder, command);
  gbx_policy_builder_set_text (builder, "files.home", kind, "test", &error);
  gbx_policy_builder_set_text (builder, "files.home-name", name, "test", &error);
  if (size)
    gbx_policy_builder_set_text (builder, "files.home-size", size, "test", &error);
  policy = gbx_policy_builder_build (builder, &error);
  g_assert_no_error (error);
  return policy;
}

static GbxHomeDisk *
open_disk (const char *kind, const char *name, const char *size, GError **error)
{
  g_autoptr (GbxPolicy) policy = make_policy (kind, name, size);

  return gbx_home_disk_open (policy, "tester", NULL, error);
}

static void
test_private (void)
{
  g_autoptr (GError) error = NULL;
  GbxHomeDisk *disk;
  g_autofree char *image = NULL;
  struct stat st;

  if (lacks_tools ())
    return;
  image = image_of ("launched");
  disk = open_disk ("private", "launched", "64M", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gbx_home_disk_get_image (disk), ==, image);
  g_assert_null (gbx_home_disk_get_base (disk));
  g_assert_null (open_disk ("private", "launched", NULL, &error));
  assert_refused (&error, GBX_ERROR_HOME, "“tester”");
  g_assert_null (open_disk ("template", "launched", NULL, &error));
  assert_refused (&error, GBX_ERROR_HOME, "“tester”");
  gbx_home_disk_close (disk);
  /* Its size stays if none is asked for. */
  disk = open_disk ("private", "launched", NULL, &error);
  g_assert_no_error (error);
  gbx_home_disk_close (disk);
  g_assert_cmpint (stat (image, &st), ==, 0);
  g_assert_cmpuint ((guint64) st.st_size, ==, SIZE);
  disk = open_disk ("private", "launched", "128M", &error);
  g_assert_no_error (error);
  gbx_home_disk_close (disk);
  g_assert_null (open_disk ("private", "launched", "64M", &error));
  assert_refused (&error, GBX_ERROR_HOME, "cannot be made smaller");
  g_assert_null (open_disk ("template", "launched", "64M", &error));
  assert_refused (&error, GBX_ERROR_HOME, "cannot be made smaller");
}

static void
test_template (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *image = NULL;
  g_autofree char *of_first = NULL;
  g_autofree char *leftover = NULL;
  GbxHomeDisk *first, *second;

  if (lacks_tools ())
    return;
  image = image_of ("pattern");
  first = open_disk ("template", "pattern", "64M", &error);
  g_assert_no_error (error);
  second = open_disk ("template", "pattern", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gbx_home_disk_get_base (first), ==, image);
  of_first = g_strdup (gbx_home_disk_get_image (first));
  g_assert_cmpstr (of_first, !=, gbx_home_disk_get_image (second));
  run ("qemu-img", "check", "-q", "-f", "qcow2", of_first, NULL);
  g_assert_null (open_disk ("private", "pattern", NULL, &error));
  assert_refused (&error, GBX_ERROR_HOME, "“tester”");
  /* A killed sandbox leaves one like this. */
  leftover = g_strconcat (of_first, ".qcow2", NULL);
  g_assert_true (g_file_set_contents (leftover, "x", 1, NULL));
  gbx_home_disk_sweep ();
  g_assert_false (g_file_test (leftover, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (of_first, G_FILE_TEST_EXISTS));
  gbx_home_disk_close (first);
  gbx_home_disk_close (second);
  g_assert_false (g_file_test (of_first, G_FILE_TEST_EXISTS));
}

/* “--print-xml” shows the paths, and makes nothing. */
static void
test_describe (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxPolicy) policy = make_policy ("private", "never", NULL);
  g_autoptr (GbxHomeDisk) disk = gbx_home_disk_describe (policy, &error);
  g_autofree char *folder = folder_of ("never");

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (gbx_home_disk_get_image (disk), folder));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

static char *
make_world (void)
{
  char *path = g_dir_make_tmp ("gbx-home-XXXXXX", NULL);
  g_autofree char *data = g_build_filename (path, "data", NULL);
  g_autofree char *cache = g_build_filename (path, "cache", NULL);

  g_setenv ("XDG_DATA_HOME", data, TRUE);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  return path;
}

int
main (int argc, char **argv)
{
  int status;

  world = make_world ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/home/lock", test_lock);
  g_test_add_func ("/home/lock-killed", test_lock_killed);
  g_test_add_func ("/home/create", test_create);
  g_test_add_func ("/home/size", test_size);
  g_test_add_func ("/home/damaged", test_damaged);
  g_test_add_func ("/home/reset", test_reset);
  g_test_add_func ("/home/names", test_names);
  g_test_add_func ("/home/snapshots", test_snapshots);
  g_test_add_func ("/home/sparse", test_sparse);
  g_test_add_func ("/home/cancelled", test_cancelled);
  g_test_add_func ("/home/reader", test_reader);
  g_test_add_func ("/home/get", test_get);
  g_test_add_func ("/home/hostile-image", test_hostile_image);
  g_test_add_func ("/home/reader-walls", test_reader_walls);
  g_test_add_func ("/home/archive", test_archive);
  g_test_add_func ("/home/bad-archives", test_bad_archives);
  g_test_add_func ("/home/private", test_private);
  g_test_add_func ("/home/template", test_template);
  g_test_add_func ("/home/describe", test_describe);
  status = g_test_run ();
  gbx_path_remove_tree (world);
  g_free (world);
  return status;
}
