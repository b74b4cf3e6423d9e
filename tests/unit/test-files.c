/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files out of a guest and into it: the guest's own worker at the other end of a socket, and
 * guests that lie. */

#include "gbx-error.h"
#include "gbx-file-records.h"
#include "gbx-file-worker.h"
#include "gbx-files-client.h"
#include "gbx-files-save.h"
#include "gbx-safe-name.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *base, *home, *out; /* folders: the guest's home, and the user's on the host */
  GbxPutFiles *put;
  pid_t guest;
} Fixture;

static void
remove_tree (const char *path)
{
  const char *argv[] = { "rm", "-rf", path, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->base = g_dir_make_tmp ("glovebox-files-XXXXXX", NULL);
  g_assert_nonnull (self->base);
  self->home = g_build_filename (self->base, "home", NULL);
  self->out = g_build_filename (self->base, "out", NULL);
  g_mkdir (self->home, 0700);
  g_mkdir (self->out, 0700);
  self->put = mmap (NULL, sizeof *self->put, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                    -1, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->guest > 0)
    waitpid (self->guest, NULL, 0);
  munmap (self->put, sizeof *self->put);
  remove_tree (self->base);
  g_free (self->base);
  g_free (self->home);
  g_free (self->out);
}

static void
write_in (const char *folder, const char *path, const char *text)
{
  g_autofree char *whole = g_build_filename (folder, path, NULL);
  g_autofree char *parent = g_path_get_dirname (whole);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_assert_true (g_file_set_contents (whole, text, -1, NULL));
}

static char *
read_in (const char *folder, const char *path)
{
  g_autofree char *whole = g_build_filename (folder, path, NULL);
  char *text = NULL;

  g_file_get_contents (whole, &text, NULL, NULL);
  return text;
}

static void
assert_text (const char *folder, const char *path, const char *expected)
{
  g_autofree char *text = read_in (folder, path);

  g_assert_cmpstr (text, ==, expected);
}

/* Nothing is left over of what was not finished. */
static guint
count_in (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir))
    n++;
  return n;
}

/* The guest's worker, as a process of its own. */
static GbxFilesClient *
connect_worker_since (Fixture *self, gboolean takes, gint64 since)
{
  g_autofree char *shared = g_build_filename (self->home, "shared", NULL);
  const char *left_out[] = { shared, NULL };
  GbxFileWorker worker = { .home = self->home, .takes = takes, .put = self->put,
                           .left_out = left_out, .since = since };
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  if (self->guest > 0)
    waitpid (self->guest, NULL, 0);
  self->guest = fork ();
  if (self->guest == 0)
    {
      close (ends[0]);
      worker.fd = ends[1];
      gbx_file_worker_run (&worker);
      _exit (0);
    }
  close (ends[1]);
  return gbx_files_client_new (ends[0], NULL);
}

static GbxFilesClient *
connect_worker (Fixture *self, gboolean takes)
{
  return connect_worker_since (self, takes, 0);
}

/* ---------------------------------------------------------------- names -- */

static void
test_names (void)
{
  static const struct
  {
    const char *from, *to, *hidden;
  } names[] = {
    { "report.odt", "report.odt", NULL },
    { "Größe – 10:30.txt", "Größe – 10:30.txt", NULL },
    { "", "_", NULL },
    { ".", "_", NULL },
    { "..", "_", NULL },
    { "a/b", "a_b", NULL },
    { "a\\b", "a_b", NULL },
    { "a\nb\tc\x1b[2J", "a_b_c_[2J", NULL },
    { "gpj.\xe2\x80\xae"
      "exe.txt",
      "gpj._exe.txt", NULL }, /* it turns the direction */
    { "a\xe2\x80\xa8"
      "b",
      "a_b", NULL },
    { "a\xff\xfe"
      "b",
      "a\xef\xbf\xbd\xef\xbf\xbd"
      "b",
      NULL },
    { "-rf", "_-rf", NULL },
    { ".bashrc", "_bashrc", ".bashrc" },
    { "con", "_con", NULL },
    { "NUL.txt", "_NUL.txt", NULL },
    { "LPT1 .doc", "_LPT1 .doc", NULL },
    { "console.txt", "console.txt", NULL },
    { "com.txt", "com.txt", NULL },
    { "  a  ", "a", NULL },
    { "\xc2\xa0\xe3\x80\x80", "_", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *shown = gbx_safe_name (names[i].from, FALSE);
      g_autofree char *hidden = gbx_safe_name (names[i].from, TRUE);

      g_assert_cmpstr (shown, ==, names[i].to);
      g_assert_cmpstr (hidden, ==, names[i].hidden ? names[i].hidden : names[i].to);
    }
}

static void
test_long_names (void)
{
  g_autofree char *many = g_strnfill (4000, 'x');
  g_autofree char *ending = g_strconcat (many, ".tar.gz", NULL);
  g_autofree char *wide = g_strdup ("\xe2\x82\xac");
  g_autofree char *safe = gbx_safe_name (many, FALSE);
  g_autofree char *kept = gbx_safe_name (ending, FALSE);
  g_autofree char *numbered = NULL;

  g_assert_cmpuint (strlen (safe), ==, 240);
  g_assert_true (g_str_has_suffix (kept, ".gz"));
  g_assert_cmpuint (strlen (kept), ==, 240);
  numbered = gbx_safe_name_number (kept, 9999);
  g_assert_cmpuint (strlen (numbered), <=, 255);
  g_assert_true (g_str_has_suffix (numbered, " (9999).gz"));
  for (guint n = 79; n < 90; n++)
    {
      GString *euros = g_string_new (NULL);
      g_autofree char *cut = NULL;

      for (guint i = 0; i < n; i++)
        g_string_append (euros, wide);
      cut = gbx_safe_name (euros->str, FALSE);
      g_assert_true (g_utf8_validate (cut, -1, NULL));
      g_assert_cmpuint (strlen (cut), <=, 240);
      g_string_free (euros, TRUE);
    }
}

/* Whatever the bytes are. */
static void
test_random_names (void)
{
  for (guint round = 0; round < 20000; round++)
    {
      char bytes[300];
      guint length = g_test_rand_int_range (0, sizeof bytes - 1);
      g_autofree char *safe = NULL, *path = NULL, *once = NULL;

      for (guint i = 0; i < length; i++)
        bytes[i] = (char) (g_test_rand_bit () ? g_test_rand_int_range (1, 256)
                                              : "./-\\ con\xe2\x80\xae"[g_test_rand_int_range (0, 11)]);
      bytes[length] = '\0';
      safe = gbx_safe_name (bytes, FALSE);
      g_assert_true (g_utf8_validate (safe, -1, NULL));
      g_assert_null (strchr (safe, '/'));
      g_assert_true (safe[0] && safe[0] != '.' && safe[0] != '-');
      g_assert_cmpuint (strlen (safe), <=, 245);
      once = gbx_safe_name (safe, FALSE);
      if (strlen (safe) <= 240)
        g_assert_cmpstr (once, ==, safe);
      path = gbx_safe_path (bytes, TRUE);
      g_assert_true (gbx_file_path_is_below (path));
    }
}

static void
test_paths (void)
{
  g_autofree char *path = gbx_safe_path ("/../a/./b//.c/-d", TRUE);
  g_autofree char *shown = gbx_safe_path (".config/autostart/x", FALSE);

  g_assert_cmpstr (path, ==, "a/b/.c/_-d");
  g_assert_cmpstr (shown, ==, "_config/autostart/x");
}

/* -------------------------------------------------------------- records -- */

static void
encode (const GbxFileRecord *record, GByteArray *bytes)
{
  g_autofree guint8 *buffer = g_malloc (GBX_FILE_RECORD_MAX);
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, GBX_FILE_RECORD_MAX);
  gbx_file_record_encode (record, &writer);
  g_assert_false (writer.failed);
  g_byte_array_append (bytes, buffer, writer.length);
}

static int
decode (GbxDirection incoming, const guint8 *data, gsize length, GbxFileRecord *record)
{
  g_autofree GbxFileReader *reader = g_new0 (GbxFileReader, 1);
  int got;

  gbx_file_reader_init (reader, incoming);
  got = gbx_file_reader_next (reader, &data, &length, record);
  record->data = NULL;
  return got;
}

static const GbxFileRecord examples[] = {
  { .kind = GBX_FILE_LIST },
  { .kind = GBX_FILE_GET, .flags = GBX_FILE_GET_FOLDERS, .path = "Documents/a" },
  { .kind = GBX_FILE_ARCHIVE },
  { .kind = GBX_FILE_PUT, .flags = GBX_FILE_PUT_RENAME, .size = G_MAXINT64, .time = 5,
    .path = "", .name = "a.txt" },
  { .kind = GBX_FILE_DATA, .data = (const guint8 *) "bytes", .data_length = 5 },
  { .kind = GBX_FILE_ENTRY, .size = 7, .time = G_GINT64_CONSTANT (1) << 40, .path = "a/b" },
  { .kind = GBX_FILE_FOLDER, .path = "" },
  { .kind = GBX_FILE_FILE, .size = 1, .path = "x" },
  { .kind = GBX_FILE_READY, .path = "/home/u/x" },
  { .kind = GBX_FILE_END, .error = 28, .more = TRUE },
};

static void
test_records (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      const GbxFileRecord *example = &examples[i];
      gboolean to_guest = example->kind <= GBX_FILE_DATA;
      GbxFileRecord record;

      encode (example, bytes);
      g_assert_cmpint (decode (to_guest ? GBX_DIRECTION_TO_GUEST : GBX_DIRECTION_TO_HOST,
                               bytes->data, bytes->len, &record), ==, 1);
      g_assert_cmpint (record.kind, ==, example->kind);
      g_assert_cmpstr (record.path, ==, example->path);
      g_assert_cmpstr (record.name, ==, example->name);
      g_assert_cmpuint (record.size, ==, example->size);
      g_assert_cmpint (record.time, ==, example->time);
      g_assert_cmpuint (record.error, ==, example->error);
      g_assert_cmpuint (record.data_length, ==, example->data_length);
      g_assert_cmpint (record.more, ==, example->more);
      /* Nothing that is cut off is taken, and nothing from the wrong side. */
      for (guint length = 0; length < bytes->len; length++)
        g_assert_cmpint (decode (to_guest ? GBX_DIRECTION_TO_GUEST : GBX_DIRECTION_TO_HOST,
                                 bytes->data, length, &record), ==, 0);
      if (example->kind != GBX_FILE_DATA)
        g_assert_cmpint (decode (to_guest ? GBX_DIRECTION_TO_HOST : GBX_DIRECTION_TO_GUEST,
                                 bytes->data, bytes->len, &record), ==, -1);
      /* A body that says it is shorter or longer than its fields. */
      for (int change = -1; change <= 1; change += 2)
        if (bytes->len > 5 && example->kind != GBX_FILE_DATA)
          {
            g_autoptr (GByteArray) wrong = g_byte_array_new ();

            g_byte_array_append (wrong, bytes->data, bytes->len);
            g_byte_array_append (wrong, (const guint8 *) "", 1);
            wrong->data[1] = (guint8) (wrong->data[1] + change);
            g_assert_cmpint (decode (to_guest ? GBX_DIRECTION_TO_GUEST : GBX_DIRECTION_TO_HOST,
                                     wrong->data, wrong->len, &record), ==, -1);
          }
    }
}

static void
test_bad_records (void)
{
  static const GbxFileRecord bad[] = {
    { .kind = GBX_FILE_ENTRY, .path = "" },
    { .kind = GBX_FILE_ENTRY, .path = "/etc/passwd" },
    { .kind = GBX_FILE_ENTRY, .path = "../x" },
    { .kind = GBX_FILE_ENTRY, .path = "a/../../x" },
    { .kind = GBX_FILE_ENTRY, .path = "a/" },
    { .kind = GBX_FILE_ENTRY, .path = "a//b" },
    { .kind = GBX_FILE_ENTRY, .path = "./b" },
    { .kind = GBX_FILE_ENTRY, .path = "x", .size = (guint64) 1 << 63 },
    { .kind = GBX_FILE_ENTRY, .path = "x", .time = -1 },
    { .kind = GBX_FILE_FILE, .path = ".." },
    { .kind = GBX_FILE_FOLDER, .path = "/" },
    { .kind = GBX_FILE_READY, .path = "x" },
    { .kind = GBX_FILE_END, .error = 4096 },
    { .kind = GBX_FILE_DATA },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      GbxFileRecord record;

      encode (&bad[i], bytes);
      g_assert_cmpint (decode (GBX_DIRECTION_TO_HOST, bytes->data, bytes->len, &record), ==, -1);
    }
}

/* ----------------------------------------------------------------- list -- */

static char *
list_in_one_line (GbxFilesClient *client, gboolean *more)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = gbx_files_client_list (client, more, &error);
  GString *line = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < files->len; i++)
    {
      GbxChangedFile *file = files->pdata[i];

      g_string_append_printf (line, "%s:%" G_GUINT64_FORMAT " ", file->path, file->size);
    }
  return g_string_free (line, FALSE);
}

static void
test_list (Fixture *self, gconstpointer data)
{
  g_autoptr (GbxFilesClient) client = NULL;
  g_autofree char *fifo = g_build_filename (self->home, "fifo", NULL);
  g_autofree char *link = g_build_filename (self->home, "link", NULL);
  g_autofree char *line = NULL;
  gboolean more;

  write_in (self->home, "a.txt", "12345");
  write_in (self->home, "Documents/deep/b.odt", "x");
  write_in (self->home, "shared/host.txt", "of the host");
  write_in (self->home, ".bashrc", "hidden");
  write_in (self->home, ".cache/big", "hidden");
  write_in (self->home, "project/.git/config", "hidden");
  write_in (self->home, "empty", "");
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink ("/etc", link), ==, 0);
  client = connect_worker (self, FALSE);
  line = list_in_one_line (client, &more);
  g_assert_cmpstr (line, ==, "Documents/deep/b.odt:1 a.txt:5 empty:0 ");
  g_assert_false (more);
}

/* In a template, only what is newer counts. */
static void
test_list_since (Fixture *self, gconstpointer data)
{
  g_autofree char *none = NULL, *all = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gboolean more;

  write_in (self->home, "a.txt", "1");
  {
    g_autoptr (GbxFilesClient) client = connect_worker_since (self, FALSE, now + 100);

    none = list_in_one_line (client, &more);
  }
  g_assert_cmpstr (none, ==, "");
  {
    g_autoptr (GbxFilesClient) client = connect_worker_since (self, FALSE, now - 100);

    all = list_in_one_line (client, &more);
  }
  g_assert_cmpstr (all, ==, "a.txt:1 ");
}

static void
test_list_is_bounded (Fixture *self, gconstpointer data)
{
  g_autoptr (GbxFilesClient) client = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;

  for (guint i = 0; i < GBX_FILES_MAX + 50; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%05u", self->home, i);
      int fd = g_creat (path, 0600);

      g_assert_cmpint (fd, >=, 0);
      close (fd);
    }
  client = connect_worker (self, FALSE);
  files = gbx_files_client_list (client, &more, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (files->len, ==, GBX_FILES_MAX);
  g_assert_true (more);
}

/* ------------------------------------------------------------------ get -- */

static gboolean
save (Fixture *self, const char *path, gboolean folders, GbxSaverMode mode, GbxFilesSaved *saved,
      GError **error)
{
  g_autoptr (GbxFilesClient) client = connect_worker (self, FALSE);
  GbxFilesTarget target = { .folder = self->out, .mode = mode, .origin = "glovebox:test" };

  return gbx_files_save_path (client, path, folders, &target, saved, error);
}

static void
test_get (Fixture *self, gconstpointer data)
{
  g_autofree char *large = g_strnfill (300000, 'y');
  g_auto (GbxFilesSaved) saved = { 0 };
  g_autofree char *path = g_build_filename (self->out, "run.sh", NULL);
  g_autofree char *inside = g_build_filename (self->home, "run.sh", NULL);
  g_autoptr (GError) error = NULL;
  struct stat st;

  write_in (self->home, "run.sh", large);
  g_chmod (inside, 04755);
  g_assert_true (save (self, "run.sh", FALSE, GBX_SAVER_NEW, &saved, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (saved.first, ==, path);
  assert_text (self->out, "run.sh", large);
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07111, ==, 0);
  g_assert_cmpuint (count_in (self->out), ==, 1);
}

static void
test_get_again (Fixture *self, gconstpointer data)
{
  g_auto (GbxFilesSaved) first = { 0 }, second = { 0 }, third = { 0 };
  g_autoptr (GError) error = NULL;

  write_in (self->home, "a.txt", "new");
  write_in (self->out, "a.txt", "the user's");
  g_assert_false (save (self, "~/a.txt", FALSE, GBX_SAVER_NEW, &first, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  assert_text (self->out, "a.txt", "the user's");
  g_assert_cmpuint (count_in (self->out), ==, 1);
  g_assert_true (save (self, "a.txt", FALSE, GBX_SAVER_NUMBER, &second, NULL));
  assert_text (self->out, "a (2).txt", "new");
  g_assert_true (save (self, "a.txt", FALSE, GBX_SAVER_REPLACE, &third, NULL));
  assert_text (self->out, "a.txt", "new");
}

/* A link in the place is replaced or refused, and what it leads to stays as it is. */
static void
test_link_on_host (Fixture *self, gconstpointer data)
{
  g_autofree char *victim = g_build_filename (self->base, "victim", NULL);
  g_autofree char *link = g_build_filename (self->out, "a.txt", NULL);
  g_autofree char *folder = g_build_filename (self->out, "Documents", NULL);
  g_auto (GbxFilesSaved) saved = { 0 };
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GbxFilesClient) client = NULL;
  GbxFilesTarget target = { .folder = self->out, .mode = GBX_SAVER_NUMBER };
  g_autoptr (GError) error = NULL;
  gboolean more;

  write_in (self->base, "victim", "untouched");
  write_in (self->home, "a.txt", "1");
  write_in (self->home, "Documents/b.txt", "2");
  g_assert_cmpint (symlink (victim, link), ==, 0);
  g_assert_true (save (self, "a.txt", FALSE, GBX_SAVER_REPLACE, &saved, NULL));
  assert_text (self->base, "victim", "untouched");
  g_assert_false (g_file_test (link, G_FILE_TEST_IS_SYMLINK));

  g_assert_cmpint (symlink (self->base, folder), ==, 0);
  client = connect_worker (self, FALSE);
  files = gbx_files_client_list (client, &more, NULL);
  gbx_files_saved_clear (&saved);
  g_assert_false (gbx_files_save_changed (client, files, &target, &saved, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_null (read_in (self->base, "b.txt"));
}

static void
test_get_refused (Fixture *self, gconstpointer data)
{
  static const char *const paths[] = { "link", "behind/a.txt", "fifo", "nothing", "../out",
                                       "folder", "/dev/null", "/proc/self/exe" };
  g_autofree char *link = g_build_filename (self->home, "link", NULL);
  g_autofree char *behind = g_build_filename (self->home, "behind", NULL);
  g_autofree char *fifo = g_build_filename (self->home, "fifo", NULL);

  write_in (self->home, "a.txt", "1");
  write_in (self->home, "folder/a.txt", "1");
  g_assert_cmpint (symlink ("a.txt", link), ==, 0);
  g_assert_cmpint (symlink ("folder", behind), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_auto (GbxFilesSaved) saved = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (save (self, paths[i], FALSE, GBX_SAVER_NEW, &saved, &error));
      g_assert_cmpint (error->domain, ==, GBX_ERROR);
      g_assert_cmpint (error->code, !=, GBX_ERROR_PROTOCOL);
      g_assert_cmpuint (count_in (self->out), ==, 0);
    }
}

static void
test_get_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *link = g_build_filename (self->home, "project", "link", NULL);
  g_autofree char *fifo = g_build_filename (self->home, "project", "fifo", NULL);
  g_autofree char *bad = g_build_filename (self->home, "project", "\xff\n.txt", NULL);
  g_auto (GbxFilesSaved) saved = { 0 }, again = { 0 };
  g_autoptr (GError) error = NULL;

  write_in (self->home, "project/src/a.c", "int a;");
  write_in (self->home, "project/.git/config", "[core]");
  write_in (self->home, "project/empty/x", "");
  g_assert_true (g_file_set_contents (bad, "odd", -1, NULL));
  g_assert_cmpint (symlink ("/etc/passwd", link), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_true (save (self, "project", TRUE, GBX_SAVER_NEW, &saved, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (saved.n_files, ==, 4);
  g_assert_true (saved.left_out);
  assert_text (self->out, "project/src/a.c", "int a;");
  assert_text (self->out, "project/.git/config", "[core]");
  assert_text (self->out, "project/\xef\xbf\xbd_.txt", "odd");
  g_assert_null (read_in (self->out, "project/link"));
  g_assert_false (save (self, "project", TRUE, GBX_SAVER_NEW, &again, NULL));
  g_assert_true (save (self, "project", TRUE, GBX_SAVER_NUMBER, &again, NULL));
  assert_text (self->out, "project (2)/src/a.c", "int a;");
}

static void
test_save_changed (Fixture *self, gconstpointer data)
{
  g_autoptr (GbxFilesClient) client = NULL;
  g_autoptr (GPtrArray) files = NULL;
  GbxFilesTarget target = { .folder = self->out, .mode = GBX_SAVER_NUMBER };
  g_auto (GbxFilesSaved) saved = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  gboolean more;

  write_in (self->home, "Documents/a.txt", "1");
  write_in (self->home, "Documents/deep/b.txt", "22");
  write_in (self->out, "a.txt", "was there");
  client = connect_worker (self, FALSE);
  files = gbx_files_client_list (client, &more, &error);
  g_assert_cmpuint (gbx_files_get_size (files), ==, 3);
  words = gbx_files_describe (files, FALSE);
  g_assert_cmpstr (words, ==, "2 files: Documents/a.txt, Documents/deep/b.txt");
  g_assert_true (gbx_files_save_changed (client, files, &target, &saved, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (saved.n_files, ==, 2);
  assert_text (self->out, "a.txt", "was there");
  assert_text (self->out, "a (2).txt", "1");
  assert_text (self->out, "deep/b.txt", "22");
}

/* ------------------------------------------------------------------ put -- */

static char *
put (Fixture *self, GbxPutRequest *request, const char *text, GError **error)
{
  g_autoptr (GbxFilesClient) client = connect_worker (self, TRUE);
  g_autofree char *source = g_build_filename (self->base, "source", NULL);
  char *path;

  g_assert_true (g_file_set_contents (source, text, -1, NULL));
  request->source = g_open (source, O_RDONLY | O_CLOEXEC, 0);
  if (request->size == 0)
    request->size = strlen (text);
  path = gbx_files_client_put (client, request, NULL, NULL, error);
  close (request->source);
  return path;
}

static void
test_put (Fixture *self, gconstpointer data)
{
  GbxPutRequest request = { .path = "", .name = "a.txt", .time = 1000000000 };
  g_autofree char *large = g_strnfill (300000, 'z');
  g_autofree char *expected = g_build_filename (self->home, "a.txt", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = put (self, &request, large, &error);
  struct stat st;

  g_assert_no_error (error);
  g_assert_cmpstr (path, ==, expected);
  assert_text (self->home, "a.txt", large);
  g_assert_cmpint (stat (expected, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0644 & ~0022);
  g_assert_cmpint (st.st_mtime, ==, 1000000000);
}

/* What came from the host is no change, until it changes. */
static void
test_put_is_no_change (Fixture *self, gconstpointer data)
{
  GbxPutRequest request = { .path = "", .name = "a.txt" };
  g_autofree char *path = put (self, &request, "1", NULL);
  g_autofree char *before = NULL, *after = NULL;
  gboolean more;

  {
    g_autoptr (GbxFilesClient) client = connect_worker (self, FALSE);

    before = list_in_one_line (client, &more);
  }
  g_assert_cmpstr (before, ==, "");
  write_in (self->home, "a.txt", "22");
  {
    g_autoptr (GbxFilesClient) client = connect_worker (self, FALSE);

    after = list_in_one_line (client, &more);
  }
  g_assert_cmpstr (after, ==, "a.txt:2 ");
}

static void
test_put_places (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *path, *at; /* below the home; NULL: refused */
    gboolean replace, rename;
  } places[] = {
    { "", "Downloads/n.txt" },      { "~", "n.txt" },
    { "Documents/", "Documents/n.txt" }, { "~/Documents", "Documents/n.txt", TRUE },
    { "Documents/new.txt", "Documents/new.txt" }, { "nowhere/", NULL },
    { "nowhere/x", NULL },          { "Documents/there.txt", NULL },
    { "Documents/there.txt", "Documents/there.txt", TRUE },
    { "Documents/new.txt", "Documents/new (2).txt", FALSE, TRUE },
    { "out/", NULL },               { "../out", NULL },
    { "Documents/..", "n (2).txt", FALSE, TRUE },
  };
  g_autofree char *link = g_build_filename (self->home, "out", NULL);

  write_in (self->home, "Documents/there.txt", "there");
  write_in (self->home, "Downloads/x", "");
  g_assert_cmpint (symlink (self->out, link), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      GbxPutRequest request = { .path = places[i].path, .name = "n.txt",
                                .replace = places[i].replace, .rename = places[i].rename };
      g_autoptr (GError) error = NULL;
      g_autofree char *path = put (self, &request, "new", &error);

      g_test_message ("%s: %s", places[i].path, error ? error->message : path);
      g_assert_cmpint (path != NULL, ==, places[i].at != NULL);
      if (path)
        assert_text (self->home, places[i].at, "new");
      else
        g_assert_cmpint (error->code, !=, GBX_ERROR_PROTOCOL);
    }
  g_assert_cmpuint (count_in (self->out), ==, 0);
}

static void
test_put_without_space (Fixture *self, gconstpointer data)
{
  GbxPutRequest request = { .path = "~", .name = "a.txt", .size = G_GUINT64_CONSTANT (1) << 60 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = put (self, &request, "1", &error);

  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  g_assert_nonnull (strstr (error->message, "space"));
  g_assert_cmpuint (count_in (self->home), ==, 0);
}

/* The host gives up: nothing stays. */
static void
test_put_cut_off (Fixture *self, gconstpointer data)
{
  GbxPutRequest request = { .path = "~", .name = "a.txt", .size = 1000 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = put (self, &request, "only this", &error);

  g_assert_error (error, GBX_ERROR, GBX_ERROR_STORAGE);
  waitpid (self->guest, NULL, 0);
  self->guest = 0;
  g_assert_cmpuint (count_in (self->home), ==, 0);
}

/* Each channel has its own requests. */
static void
test_wrong_channel (Fixture *self, gconstpointer data)
{
  g_autoptr (GbxFilesClient) client = connect_worker (self, TRUE);
  g_autoptr (GError) error = NULL;
  gboolean more;

  g_assert_null (gbx_files_client_list (client, &more, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_GUEST);
}

static void
test_archive (Fixture *self, gconstpointer data)
{
  g_autoptr (GbxFilesClient) client = NULL;
  g_autofree char *path = g_build_filename (self->base, "home.tar", NULL);
  int fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const char *argv[] = { "tar", "tf", path, NULL };
  g_autofree char *names = NULL;
  g_autoptr (GError) error = NULL;

  write_in (self->home, ".config/app", "settings");
  write_in (self->home, ".cache/big", "thrown away");
  write_in (self->home, "a.txt", "1");
  client = connect_worker (self, FALSE);
  g_assert_true (gbx_files_client_archive (client, fd, NULL, NULL, &error));
  g_assert_no_error (error);
  close (fd);
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &names,
                               NULL, NULL, NULL));
  g_assert_nonnull (strstr (names, "./.config/app\n"));
  g_assert_nonnull (strstr (names, "./a.txt\n"));
  g_assert_null (strstr (names, "big"));
}

/* -------------------------------------------------------- hostile guests -- */

typedef struct
{
  int fd;
  GByteArray *answer;
  gboolean repeat, stays;
} Liar;

static gpointer
lie (gpointer data)
{
  Liar *self = data;
  char request[8192];

  if (recv (self->fd, request, sizeof request, 0) > 0)
    do
      if (send (self->fd, self->answer->data, self->answer->len, MSG_NOSIGNAL) < 0)
        break;
    while (self->repeat);
  /* Until the host hangs up. */
  if (self->stays)
    while (recv (self->fd, request, sizeof request, 0) > 0)
      ;
  close (self->fd);
  return NULL;
}

static GThread *
start_liar (Liar *self, GbxFilesClient **client)
{
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  self->fd = ends[1];
  *client = gbx_files_client_new (ends[0], NULL);
  return g_thread_new ("liar", lie, self);
}

static void
assert_lie (Fixture *self, const GbxFileRecord *records, guint n, gboolean folders, int code)
{
  Liar liar = { .answer = g_byte_array_new () };
  GbxFilesTarget target = { .folder = self->out, .mode = GBX_SAVER_NEW, .limit = 1000 };
  g_auto (GbxFilesSaved) saved = { 0 };
  g_autoptr (GError) error = NULL;
  GbxFilesClient *client;
  GThread *thread;

  for (guint i = 0; i < n; i++)
    encode (&records[i], liar.answer);
  thread = start_liar (&liar, &client);
  g_assert_false (
      gbx_files_save_path (client, "asked", folders, &target, &saved, &error));
  g_assert_error (error, GBX_ERROR, code);
  gbx_files_client_free (client);
  g_thread_join (thread);
  g_byte_array_unref (liar.answer);
}

#define BYTES(n) { .kind = GBX_FILE_DATA, .data = (const guint8 *) "0123456789", .data_length = n }

static void
empty_out (Fixture *self)
{
  remove_tree (self->out);
  g_mkdir (self->out, 0700);
}

static void
test_lies (Fixture *self, gconstpointer data)
{
  const GbxFileRecord longer[] = { { .kind = GBX_FILE_FILE, .size = 4 }, BYTES (5) };
  const GbxFileRecord twice[] = { { .kind = GBX_FILE_FILE, .size = 4 }, BYTES (4), BYTES (1) };
  const GbxFileRecord shorter[] = { { .kind = GBX_FILE_FILE, .size = 4 }, BYTES (3),
                                    { .kind = GBX_FILE_END } };
  const GbxFileRecord nothing[] = { { .kind = GBX_FILE_END } };
  const GbxFileRecord other[] = { { .kind = GBX_FILE_FILE, .size = 1, .path = "other" } };
  const GbxFileRecord folder[] = { { .kind = GBX_FILE_FOLDER } };
  const GbxFileRecord second[] = { { .kind = GBX_FILE_FILE, .size = 0 },
                                   { .kind = GBX_FILE_FILE, .size = 0, .path = "b" } };
  const GbxFileRecord interrupted[] = { { .kind = GBX_FILE_FOLDER },
                                        { .kind = GBX_FILE_FILE, .size = 3, .path = "a" },
                                        { .kind = GBX_FILE_FILE, .size = 3, .path = "b" } };
  const GbxFileRecord outside[] = { { .kind = GBX_FILE_FOLDER },
                                    { .kind = GBX_FILE_FILE, .size = 1, .path = "../b" } };
  const GbxFileRecord list[] = { { .kind = GBX_FILE_ENTRY, .path = "a" } };
  const GbxFileRecord large[] = { { .kind = GBX_FILE_FILE, .size = 2000 } };
  const GbxFileRecord huge[] = { { .kind = GBX_FILE_FILE, .size = G_MAXINT64 } };
  const GbxFileRecord cut[] = { { .kind = GBX_FILE_FILE, .size = 5 }, BYTES (1) };

#define LIE(records, folders, code)                                                                \
  assert_lie (self, records, G_N_ELEMENTS (records), folders, code)
  LIE (longer, FALSE, GBX_ERROR_PROTOCOL);
  LIE (shorter, FALSE, GBX_ERROR_PROTOCOL);
  LIE (nothing, FALSE, GBX_ERROR_PROTOCOL);
  LIE (other, FALSE, GBX_ERROR_PROTOCOL);
  LIE (folder, FALSE, GBX_ERROR_PROTOCOL);
  LIE (list, FALSE, GBX_ERROR_PROTOCOL);
  LIE (large, FALSE, GBX_ERROR_STORAGE);
  LIE (huge, FALSE, GBX_ERROR_STORAGE);
  LIE (cut, FALSE, GBX_ERROR_GUEST);
  g_assert_cmpuint (count_in (self->out), ==, 0); /* no partial file */
  /* These begin well. */
  LIE (twice, FALSE, GBX_ERROR_PROTOCOL);
  empty_out (self);
  LIE (second, FALSE, GBX_ERROR_PROTOCOL);
  empty_out (self);
  LIE (outside, TRUE, GBX_ERROR_PROTOCOL);
  empty_out (self);
  LIE (interrupted, TRUE, GBX_ERROR_PROTOCOL);
  g_assert_null (read_in (self->base, "b"));
}

static void
test_million_files (Fixture *self, gconstpointer data)
{
  GbxFileRecord entry = { .kind = GBX_FILE_ENTRY, .path = "a/b/c/d" };
  Liar liar = { .answer = g_byte_array_new (), .repeat = TRUE };
  g_autoptr (GError) error = NULL;
  GbxFilesClient *client;
  GThread *thread;
  gboolean more;

  encode (&entry, liar.answer);
  thread = start_liar (&liar, &client);
  g_assert_null (gbx_files_client_list (client, &more, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_PROTOCOL);
  gbx_files_client_free (client);
  g_thread_join (thread);
  g_byte_array_unref (liar.answer);
}

static void
test_silence (Fixture *self, gconstpointer data)
{
  Liar liar = { .answer = g_byte_array_new (), .stays = TRUE };
  g_autoptr (GError) error = NULL;
  GbxFilesClient *client;
  GThread *thread = start_liar (&liar, &client);
  gboolean more;

  gbx_files_client_set_patience (client, 50);
  g_assert_null (gbx_files_client_list (client, &more, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_TIMEOUT);
  gbx_files_client_free (client);
  g_thread_join (thread);
  g_byte_array_unref (liar.answer);
}

static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GbxFilesClient) client = NULL;
  g_autoptr (GError) error = NULL;
  gboolean more;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  client = gbx_files_client_new (ends[0], cancellable);
  g_cancellable_cancel (cancellable);
  g_assert_null (gbx_files_client_list (client, &more, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  close (ends[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  umask (022);
  g_test_add_func ("/files/names", test_names);
  g_test_add_func ("/files/long-names", test_long_names);
  g_test_add_func ("/files/random-names", test_random_names);
  g_test_add_func ("/files/paths", test_paths);
  g_test_add_func ("/files/records", test_records);
  g_test_add_func ("/files/bad-records", test_bad_records);
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/files/list", test_list);
  ADD ("/files/list-since", test_list_since);
  ADD ("/files/list-is-bounded", test_list_is_bounded);
  ADD ("/files/get", test_get);
  ADD ("/files/get-again", test_get_again);
  ADD ("/files/link-on-host", test_link_on_host);
  ADD ("/files/get-refused", test_get_refused);
  ADD ("/files/get-folder", test_get_folder);
  ADD ("/files/save-changed", test_save_changed);
  ADD ("/files/put", test_put);
  ADD ("/files/put-is-no-change", test_put_is_no_change);
  ADD ("/files/put-places", test_put_places);
  ADD ("/files/put-without-space", test_put_without_space);
  ADD ("/files/put-cut-off", test_put_cut_off);
  ADD ("/files/wrong-channel", test_wrong_channel);
  ADD ("/files/archive", test_archive);
  ADD ("/files/lies", test_lies);
  ADD ("/files/million-files", test_million_files);
  ADD ("/files/silence", test_silence);
  ADD ("/files/cancelled", test_cancelled);
  return g_test_run ();
}
