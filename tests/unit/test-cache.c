/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-cache.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

#include "gbx-error.h"

typedef struct
{
  const char *text;
  guint calls;
  guint repeat;            /* write the text that many times more */
  GCancellable *to_cancel; /* (nullable): cancelled in the middle */
} Producer;

static gboolean
produce (int fd, gpointer user_data, GCancellable *cancellable, GError **error)
{
  Producer *self = user_data;

  self->calls++;
  for (guint i = 0; i <= self->repeat; i++)
    {
      if (!gbx_cache_write (fd, self->text, strlen (self->text), cancellable, error))
        return FALSE;
      if (self->to_cancel != NULL)
        g_cancellable_cancel (self->to_cancel);
    }

  return TRUE;
}

static char *
cache_path (void)
{
  return g_build_filename (g_get_user_cache_dir (), "glovebox", NULL);
}

static guint
count_files (void)
{
  g_autofree char *path = cache_path ();
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (directory != NULL && g_dir_read_name (directory) != NULL)
    n++;

  return n;
}

static void
clear_cache (void)
{
  g_autofree char *path = cache_path ();
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_assert_no_errno (g_unlink (file));
    }
}

static char *
obtain (const GbxCacheEntry *entry, Producer *producer)
{
  g_autoptr (GError) error = NULL;
  char *path = gbx_cache_obtain (entry, produce, producer, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (path);

  return path;
}

static void
assert_contents (const char *path, const char *expected)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_reuse (void)
{
  GbxCacheEntry entry = { .kind = "thing", .key = "one\nkey = odd", .keep = 2 };
  GbxCacheEntry other = { .kind = "thing", .key = "another", .keep = 2 };
  Producer producer = { .text = "contents" };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *peeked = NULL;
  g_autofree char *folder = cache_path ();
  struct stat st;

  clear_cache ();
  g_assert_null (gbx_cache_peek (&entry));
  first = obtain (&entry, &producer);
  second = obtain (&entry, &producer);
  g_assert_cmpuint (producer.calls, ==, 1);
  g_assert_cmpstr (first, ==, second);
  assert_contents (first, "contents");
  peeked = gbx_cache_peek (&entry);
  g_assert_cmpstr (peeked, ==, first);

  third = obtain (&other, &producer);
  g_assert_cmpuint (producer.calls, ==, 2);
  g_assert_cmpstr (third, !=, first);
  g_assert_cmpuint (count_files (), ==, 4);
  g_assert_no_errno (stat (folder, &st));
  g_assert_cmpuint (st.st_mode & 07777, ==, 0700);
}

static void
damage (const char *path, guint kind)
{
  g_autofree char *stamp = g_strconcat (path, ".stamp", NULL);
  struct timespec times[2];
  struct stat st;
  int fd;

  switch (kind)
    {
    case 0: /* truncated */
      g_assert_no_errno (truncate (path, 3));
      break;
    case 1: /* gone */
      g_assert_no_errno (g_unlink (path));
      break;
    case 2: /* its stamp gone */
      g_assert_no_errno (g_unlink (stamp));
      break;
    case 3: /* its stamp garbage */
      g_assert_true (g_file_set_contents (stamp, "[Entry]\nKey=\xff\xfe\n\n[[", -1, NULL));
      break;
    case 4: /* overwritten in place, same size */
      fd = open (path, O_WRONLY);
      g_assert_cmpint (write (fd, "CON", 3), ==, 3);
      close (fd);
      break;
    case 5: /* replaced by a file of that size and time */
      g_assert_no_errno (stat (path, &st));
      g_assert_true (g_file_set_contents (path, "c0ntents", -1, NULL));
      times[0] = st.st_atim;
      times[1] = st.st_mtim;
      g_assert_no_errno (utimensat (AT_FDCWD, path, times, 0));
      break;
    case 6: /* replaced by a link */
      g_assert_no_errno (g_unlink (path));
      g_assert_no_errno (symlink ("/etc/passwd", path));
      break;
    case 7: /* its stamp empty */
      g_assert_no_errno (truncate (stamp, 0));
      break;
    case 8: /* rotted: no time and no size tells of it */
      g_assert_no_errno (stat (path, &st));
      fd = open (path, O_WRONLY);
      g_assert_cmpint (pwrite (fd, "S", 1, 7), ==, 1);
      times[0] = st.st_atim;
      times[1] = st.st_mtim;
      g_assert_no_errno (futimens (fd, times));
      close (fd);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
test_damage (void)
{
  GbxCacheEntry entry = { .kind = "thing", .key = "key", .keep = 2 };

  for (guint kind = 0; kind < 9; kind++)
    {
      Producer producer = { .text = "contents" };
      g_autofree char *path = NULL;
      g_autofree char *again = NULL;
      g_autofree char *third = NULL;

      clear_cache ();
      path = obtain (&entry, &producer);
      damage (path, kind);
      again = obtain (&entry, &producer);
      g_test_message ("damage %u", kind);
      g_assert_cmpuint (producer.calls, ==, 2);
      assert_contents (again, "contents");
      third = obtain (&entry, &producer);
      g_assert_cmpuint (producer.calls, ==, 2);
      g_assert_cmpuint (count_files (), ==, 2);
    }
}

static void
test_restored (void)
{
  GbxCacheEntry entry = { .kind = "thing", .key = "key", .keep = 2 };
  Producer producer = { .text = "contents" };
  g_autofree char *path = NULL;
  g_autofree char *again = NULL;
  struct utimbuf times = { 1, 1 };

  clear_cache ();
  path = obtain (&entry, &producer);
  g_assert_no_errno (utime (path, &times));
  again = obtain (&entry, &producer);
  g_assert_cmpuint (producer.calls, ==, 1);
}

static void
test_cancel (void)
{
  GbxCacheEntry entry = { .kind = "thing", .key = "key", .keep = 2 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Producer producer = { .text = "contents", .repeat = 4, .to_cancel = cancellable };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  clear_cache ();
  path = gbx_cache_obtain (&entry, produce, &producer, cancellable, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (path);
  g_assert_cmpuint (producer.calls, ==, 1);
  g_assert_cmpuint (count_files (), ==, 0);
}

static void
test_full (void)
{
  GbxCacheEntry entry = { .kind = "thing", .key = "key", .keep = 2 };
  g_autofree char *piece = g_strnfill (1 << 20, 'x');
  Producer producer = { .text = piece, .repeat = 20 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  struct rlimit before, limit;

  clear_cache ();
  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
  limit = before;
  limit.rlim_cur = 16 << 20; /* far beyond the log of this test */
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
  path = gbx_cache_obtain (&entry, produce, &producer, NULL, &error);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));

  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_null (path);
  g_assert_nonnull (strstr (error->message, g_get_user_cache_dir ()));
  g_assert_cmpuint (count_files (), ==, 0);
}

static void
test_unwritable (void)
{
  GbxCacheEntry entry = { .kind = "thing", .key = "key", .keep = 2 };
  Producer producer = { .text = "contents" };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = cache_path ();
  g_autofree char *result = NULL;

  /* A file in the folder's place refuses root as well. */
  g_assert_no_errno (g_mkdir_with_parents (g_get_user_cache_dir (), 0700));
  g_assert_true (g_file_set_contents (path, "", -1, NULL));
  result = gbx_cache_obtain (&entry, produce, &producer, NULL, &error);
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_null (result);
  g_assert_null (gbx_cache_peek (&entry));
  g_assert_no_errno (g_unlink (path));
}

static void
age (const char *path, const char *suffix)
{
  g_autofree char *file = g_strconcat (path, suffix, NULL);
  time_t then = time (NULL) - 3600;
  struct utimbuf times = { then, then };

  g_assert_no_errno (utime (file, &times));
}

static void
test_prune (void)
{
  g_autofree char *source = g_build_filename (g_get_user_cache_dir (), "source", NULL);
  GbxCacheEntry gone = { .kind = "thing", .key = "gone", .source = source, .keep = 8 };
  GbxCacheEntry old = { .kind = "thing", .key = "old", .source = "/", .keep = 8 };
  GbxCacheEntry used = { .kind = "thing", .key = "used", .keep = 8 };
  GbxCacheEntry foreign = { .kind = "other", .key = "old", .keep = 1 };
  GbxCacheEntry fresh = { .kind = "thing", .key = "fresh", .keep = 2 };
  Producer producer = { .text = "contents" };
  g_autofree char *folder = cache_path ();
  g_autofree char *leftover = g_build_filename (folder, "tmp-0123456789abcdef", NULL);
  g_autofree char *gone_path = NULL;
  g_autofree char *old_path = NULL;
  g_autofree char *used_path = NULL;
  g_autofree char *foreign_path = NULL;
  g_autofree char *fresh_path = NULL;

  clear_cache ();
  g_assert_no_errno (g_mkdir_with_parents (g_get_user_cache_dir (), 0700));
  g_assert_true (g_file_set_contents (source, "", -1, NULL));
  gone_path = obtain (&gone, &producer);
  old_path = obtain (&old, &producer);
  used_path = obtain (&used, &producer);
  foreign_path = obtain (&foreign, &producer);
  age (gone_path, ".stamp");
  age (old_path, ".stamp");
  age (foreign_path, ".stamp");
  g_assert_no_errno (g_unlink (source));
  g_assert_true (g_file_set_contents (leftover, "left", -1, NULL));

  fresh_path = obtain (&fresh, &producer);
  g_assert_false (g_file_test (gone_path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (old_path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (used_path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (foreign_path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (fresh_path, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (leftover, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files (), ==, 6);
}

/* Several processes miss the same entry at once: all succeed, one whole entry stays. */
static void
test_race (void)
{
  GbxCacheEntry entry = { .kind = "thing", .key = "race", .keep = 2 };
  pid_t children[6];
  Producer producer = { .text = "contents", .repeat = 20000 };
  Producer settle = { .text = "contents", .repeat = 20000 };
  g_autofree char *path = NULL;
  g_autofree char *again = NULL;

  clear_cache ();
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      children[i] = fork ();
      if (children[i] == 0)
        {
          g_autofree char *mine = gbx_cache_obtain (&entry, produce, &producer, NULL, NULL);
          struct stat st;

          _exit (mine != NULL && stat (mine, &st) == 0 && st.st_size == 8 * 20001 ? 0 : 1);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      int status;

      g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
      g_assert_cmpint (status, ==, 0);
    }

  path = obtain (&entry, &settle);
  again = obtain (&entry, &settle);
  g_assert_cmpuint (settle.calls, ==, 0);
  g_assert_cmpuint (count_files (), ==, 2);
}

/* A writer that was killed leaves a file that the next one removes. */
static void
test_killed (void)
{
  GbxCacheEntry entry = { .kind = "thing", .key = "killed", .keep = 2 };
  GbxCacheEntry next = { .kind = "thing", .key = "next", .keep = 2 };
  Producer producer = { .text = "contents" };
  g_autofree char *path = NULL;
  int channel[2], status;
  char byte;
  pid_t child;

  clear_cache ();
  g_assert_no_errno (pipe (channel));
  child = fork ();
  if (child == 0)
    {
      Producer endless = { .text = "contents", .repeat = G_MAXUINT - 1 };

      /* Its file exists once it has been called, which the parent sees as a count of 1. */
      (void)gbx_cache_obtain (&entry, produce, &endless, NULL, NULL);
      _exit (0);
    }
  close (channel[1]);
  while (count_files () == 0)
    g_usleep (1000);
  g_assert_no_errno (kill (child, SIGKILL));
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (read (channel[0], &byte, 1), ==, 0);
  close (channel[0]);
  g_assert_cmpuint (count_files (), ==, 1);

  path = obtain (&next, &producer);
  g_assert_cmpuint (count_files (), ==, 2);
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/cache/reuse", test_reuse);
  g_test_add_func ("/cache/damage", test_damage);
  g_test_add_func ("/cache/restored", test_restored);
  g_test_add_func ("/cache/cancel", test_cancel);
  g_test_add_func ("/cache/full", test_full);
  g_test_add_func ("/cache/unwritable", test_unwritable);
  g_test_add_func ("/cache/prune", test_prune);
  g_test_add_func ("/cache/race", test_race);
  g_test_add_func ("/cache/killed", test_killed);

  return g_test_run ();
}
