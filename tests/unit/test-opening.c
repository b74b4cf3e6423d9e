/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is opened, and with which application: hostile names, addresses and desktop entries. */

#include "gbx-opened-file.h"
#include "gbx-opener.h"
#include "gbx-paths.h"
#include "gbx-staging.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static char *world; /* also the home */

static char *
make_file (const char *name, const char *contents, gssize length, guint mode)
{
  char *path = g_build_filename (world, name, NULL);

  g_assert_true (g_file_set_contents (path, contents, length, NULL));
  g_assert_no_errno (g_chmod (path, mode));
  return path;
}

/* ---------------------------------------------------------------- files -- */

static void
assert_opened (const char *word, const char *path, GbxOpenedKind kind, const char *type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxOpenedFile) file = gbx_opened_file_new (word, &error);

  g_assert_no_error (error);
  g_assert_cmpint (file->kind, ==, kind);
  g_assert_cmpstr (file->path, ==, path);
  if (type)
    g_assert_cmpstr (file->type, ==, type);
  g_assert_true (g_utf8_validate (file->name, -1, NULL));
  g_assert_null (strchr (file->name, '\n'));
}

static void
assert_refused (const char *word, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxOpenedFile) file = gbx_opened_file_new (word, &error);

  g_assert_null (file);
  if (!strstr (error->message, reason))
    g_error ("“%s” is not in “%s”", reason, error->message);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_kinds (void)
{
  g_autofree char *text = make_file ("letter.txt", "Hello\n", -1, 0644);
  g_autofree char *empty = make_file ("empty", "", -1, 0644);
  g_autofree char *png = make_file ("picture", "\211PNG\r\n\032\n\0\0\0\rIHDR", 16, 0644);
  g_autofree char *script = make_file ("script.sh", "#!/bin/sh\n", -1, 0755);
  g_autofree char *quiet = make_file ("quiet.sh", "#!/bin/sh\n", -1, 0644);
  g_autofree char *marked = make_file ("marked.txt", "Hello\n", -1, 0755);
  g_autofree char *binary = make_file ("binary", "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0", 18, 0755);
  g_autofree char *image = make_file ("x.AppImage", "\177ELF\2\1\1\0AI\2\0\0\0\0\0\2\0", 18, 0644);
  g_autofree char *launcher = make_file (
      "evil.desktop", "[Desktop Entry]\nType=Application\nName=x\nExec=rm -rf /\n", -1, 0755);

  assert_opened (text, text, GBX_OPENED_FILE, "text/plain");
  assert_opened (empty, empty, GBX_OPENED_FILE, "text/plain");
  assert_opened (png, png, GBX_OPENED_FILE, "image/png");
  assert_opened (script, script, GBX_OPENED_PROGRAM, NULL);
  assert_opened (quiet, quiet, GBX_OPENED_FILE, NULL);
  assert_opened (marked, marked, GBX_OPENED_FILE, NULL);
  assert_opened (binary, binary, GBX_OPENED_PROGRAM, NULL);
  assert_opened (image, image, GBX_OPENED_PROGRAM, NULL);
  assert_opened (world, world, GBX_OPENED_FOLDER, "inode/directory");
  /* It is shown, and never run. */
  assert_opened (launcher, launcher, GBX_OPENED_FILE, "text/plain");
}

static void
test_no_files (void)
{
  g_autofree char *fifo = g_build_filename (world, "pipe", NULL);
  g_autofree char *gone = g_build_filename (world, "gone", NULL);
  g_autofree char *dangling = g_build_filename (world, "dangling", NULL);
  g_autofree char *secret = make_file ("secret", "x", -1, 0000);

  g_assert_no_errno (mkfifo (fifo, 0600));
  g_assert_no_errno (symlink (gone, dangling));
  assert_refused (fifo, "no file");
  assert_refused ("/dev/null", "a device");
  assert_refused (gone, "No such file");
  assert_refused (dangling, "a link to something");
  if (geteuid () != 0)
    assert_refused (secret, "Permission denied");
  assert_refused ("", "no name");
}

static void
test_link (void)
{
  g_autofree char *target = make_file ("target.txt", "x", -1, 0644);
  g_autofree char *link = g_build_filename (world, "link.txt", NULL);

  g_assert_no_errno (symlink (target, link));
  /* Under the name that the user has seen. */
  assert_opened (link, link, GBX_OPENED_FILE, "text/plain");
}

static void
test_names (void)
{
  const char *names[] = { "-rf", "--help", "two\nlines", "caf\xe9", "\xe2\x80\xaegnp.exe", "50%41",
                          "a:b", "https:", "$(x)", "~", " " };

  g_assert_no_errno (g_chdir (world));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = make_file (names[i], "Hello\n", -1, 0644);
      g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

      assert_opened (path, path, GBX_OPENED_FILE, NULL);
      assert_opened (names[i], path, GBX_OPENED_FILE, NULL);
      assert_opened (uri, path, GBX_OPENED_FILE, NULL);
      g_unlink (path);
    }
  g_assert_no_errno (g_chdir ("/"));
}

static void
test_uris (void)
{
  g_autofree char *file = make_file ("a b.txt", "Hello\n", -1, 0644);
  g_autofree char *escaped = g_filename_to_uri (file, NULL, NULL);
  g_autofree char *capital = g_strconcat ("FILE", escaped + strlen ("file"), NULL);
  g_autofree char *local = g_strconcat ("file://localhost", escaped + strlen ("file://"), NULL);

  assert_opened (escaped, file, GBX_OPENED_FILE, "text/plain");
  assert_opened (capital, file, GBX_OPENED_FILE, "text/plain");
  assert_opened (local, file, GBX_OPENED_FILE, "text/plain");
  assert_opened ("https://example.org/a?b=c#d", NULL, GBX_OPENED_ADDRESS,
                 "x-scheme-handler/https");
  assert_opened ("HTTP://example.org", NULL, GBX_OPENED_ADDRESS, "x-scheme-handler/http");
  assert_refused ("file://elsewhere.example/etc/passwd", "another computer");
  assert_refused ("file:///etc/pass%00wd", "Cannot open");
  assert_refused ("file:///no%ZZthing", "Cannot open");
  assert_refused ("javascript:alert(1)", "not known");
  assert_refused ("mailto:a@example.org", "not known");
  assert_refused ("recent:///0123456789abcdef", "not known");
  assert_refused ("x:\n\033[31m", "not known");
}

static void
assert_origin (const char *path, const char *value, const char *expected)
{
  g_autoptr (GbxOpenedFile) file = NULL;

  g_assert_no_errno (setxattr (path, "user.xdg.origin.url", value, strlen (value), 0));
  file = gbx_opened_file_new (path, NULL);
  g_assert_cmpstr (file->origin, ==, expected);
}

static void
test_origin (void)
{
  g_autofree char *path = make_file ("download.txt", "Hello\n", -1, 0644);
  g_autoptr (GbxOpenedFile) file = gbx_opened_file_new (path, NULL);

  g_assert_null (file->origin);
  if (setxattr (path, "user.xdg.origin.url", "x", 1, 0) != 0)
    {
      g_test_skip ("this file system has no attributes of users");
      return;
    }
  assert_origin (path, "https://user:secret@example.org:80/a?b", "example.org");
  assert_origin (path, "https://b\303\274cher.example/x", "xn--bcher-kva.example");
  assert_origin (path, "no address", NULL);
  assert_origin (path, "https:///x", NULL);
  assert_origin (path, "https://a\nb/\033[31m", NULL);
}

static void
test_trash (void)
{
  g_autofree char *folder = g_build_filename (world, ".local/share/Trash/files", NULL);
  g_autofree char *path = g_build_filename (folder, "a b.txt", NULL);

  g_autofree char *outside = make_file ("outside.txt", "x", -1, 0644);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  g_assert_true (g_file_set_contents (path, "Hello\n", -1, NULL));
  assert_opened ("trash:///a%20b.txt", path, GBX_OPENED_FILE, "text/plain");
  assert_refused ("trash:///gone", "in the trash");
  assert_refused ("trash:///", "in the trash");
  assert_refused ("trash:///../../../../outside.txt", "in the trash");
  assert_refused ("trash:///..%2F..%2F..%2F..%2Foutside.txt", "in the trash");
}

/* --------------------------------------------------------- applications -- */

static void
make_entry (const char *name, const char *lines)
{
  g_autofree char *path = g_build_filename (world, "data/applications", name, NULL);
  g_autofree char *text = g_strconcat ("[Desktop Entry]\nType=Application\nName=", name, "\n",
                                       lines, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
write_list (const char *name, const char *lines)
{
  g_autofree char *path = g_build_filename (world, "data/applications", name, NULL);

  g_assert_true (g_file_set_contents (path, lines, -1, NULL));
}

#define KIND "application/x-gbx-test"

static void
make_entries (void)
{
  g_autofree char *folder = g_build_filename (world, "data/applications", NULL);
  g_autofree char *program = make_file ("viewer", "#!/bin/sh\n", -1, 0755);
  g_autofree char *at_home = g_strdup_printf ("MimeType=" KIND ";\nExec=%s %%f\n", program);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  make_entry ("home.desktop", at_home);
  make_entry ("flat.desktop", "MimeType=" KIND ";\nExec=env A=b flatpak run org.example.X %f\n");
  make_entry ("snap.desktop", "MimeType=" KIND ";\nExec=env A=b /snap/bin/x %f\n");
  make_entry ("nothing.desktop", "MimeType=" KIND ";\nExec=cat\n");
  make_entry ("broken.desktop", "MimeType=" KIND ";\nExec=cat \"%f\n");
  make_entry ("org.glovebox.Glovebox.open.desktop",
              "MimeType=" KIND ";\nExec=cat %U\n");
  make_entry ("ours.desktop", "MimeType=" KIND ";\nExec=glovebox open %U\n");
  make_entry ("good.desktop", "MimeType=" KIND ";\nExec=cat %f\n");
  make_entry ("second.desktop", "MimeType=" KIND ";\nExec=cat -n %f\n");
  make_entry ("pdf.desktop", "MimeType=application/pdf;\nExec=flatpak run org.example.Y %f\n");
  write_list ("mimeinfo.cache",
              "[MIME Cache]\n" KIND "=home.desktop;flat.desktop;snap.desktop;nothing.desktop;"
              "broken.desktop;org.glovebox.Glovebox.open.desktop;ours.desktop;good.desktop;"
              "second.desktop;\napplication/pdf=pdf.desktop;\n");
  write_list ("mimeapps.list", "[Default Applications]\n" KIND "=home.desktop\n");
}

static void
assert_chosen (const char *type, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDesktopAppInfo) info = gbx_opener_choose (type, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (g_app_info_get_id (G_APP_INFO (info)), ==, id);
}

static void
test_choice (void)
{
  g_autoptr (GPtrArray) list = gbx_opener_list (KIND);

  assert_chosen (KIND, "good.desktop");
  /* The one that the desktop prefers comes first; ours never does. */
  g_assert_cmpuint (list->len, >=, 3);
  for (guint i = 0; i < list->len; i++)
    {
      GbxOpener *opener = list->pdata[i];
      const char *id = g_app_info_get_id (G_APP_INFO (opener->info));

      g_assert_cmpstr (id, !=, "ours.desktop");
      g_assert_cmpstr (id, !=, "org.glovebox.Glovebox.open.desktop");
      g_assert_true ((opener->obstacle == NULL) ==
                     (g_str_equal (id, "good.desktop") || g_str_equal (id, "second.desktop")));
      if (i == 0)
        {
          g_assert_cmpstr (id, ==, "home.desktop");
          g_assert_nonnull (strstr (opener->obstacle, "not in the sandbox"));
        }
    }
}

static void
assert_not_chosen (const char *type, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDesktopAppInfo) info = gbx_opener_choose (type, &error);

  g_assert_null (info);
  if (!strstr (error->message, reason))
    g_error ("“%s” is not in “%s”", reason, error->message);
}

static void
test_no_choice (void)
{
  assert_not_chosen ("application/pdf", "evince");
  assert_not_chosen ("image/png", "eog");
  assert_not_chosen ("x-scheme-handler/https", "epiphany");
  assert_not_chosen ("application/x-unheard-of", "Install one as a package of the system.");
}

static void
test_given (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDesktopAppInfo) one = gbx_opener_find ("second", &error);
  g_autoptr (GDesktopAppInfo) other = gbx_opener_find ("second.desktop", &error);

  g_assert_no_error (error);
  g_assert_nonnull (one);
  g_assert_nonnull (other);
  g_assert_null (gbx_opener_find ("home", &error));
  g_assert_nonnull (strstr (error->message, "not in the sandbox"));
  g_clear_error (&error);
  g_assert_null (gbx_opener_find ("../../etc/passwd", &error));
  g_assert_nonnull (strstr (error->message, "no usable application"));
}

/* -------------------------------------------------------------- staging -- */

static guint
count_staged (void)
{
  g_autofree char *base = g_build_filename (world, "cache/glovebox/opened", NULL);
  g_autoptr (GDir) dir = g_dir_open (base, 0, NULL);
  guint count = 0;

  while (dir && g_dir_read_name (dir))
    count++;
  return count;
}

static void
assert_staged (GbxStaging *staging, const char *path, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *copy = gbx_staging_add (staging, path, FALSE, &error);
  g_autofree char *contents = NULL;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *its_name = copy ? g_path_get_basename (copy) : NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (its_name, ==, name);
  g_assert_true (gbx_path_is_within (copy, gbx_staging_get_folder (staging)));
  g_assert_true (g_file_get_contents (copy, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, expected);
}

static void
test_staging (void)
{
  g_autoptr (GbxStaging) staging = gbx_staging_new (NULL);
  g_autofree char *folder = g_build_filename (world, "elsewhere", NULL);
  g_autofree char *one = make_file ("-n\n", "one", -1, 0644);
  g_autofree char *number = make_file ("2", "two", -1, 0644);
  g_autofree char *gone = g_build_filename (world, "gone", NULL);
  g_autofree char *same = NULL, *program = NULL;
  g_autoptr (GError) error = NULL;

  g_mkdir (folder, 0700);
  same = make_file ("elsewhere/-n\n", "other", -1, 0644);
  assert_staged (staging, one, "one");
  assert_staged (staging, number, "two");
  /* A folder for it cannot be called “2” by now. */
  assert_staged (staging, same, "other");
  g_assert_null (gbx_staging_add (staging, gone, FALSE, &error));
  g_assert_nonnull (strstr (error->message, "No such file"));
  g_assert_cmpuint (count_staged (), ==, 1);
  program = gbx_staging_add (staging, number, TRUE, NULL);
  g_assert_true (g_file_test (program, G_FILE_TEST_IS_EXECUTABLE));
  g_clear_pointer (&staging, gbx_staging_free);
  g_assert_cmpuint (count_staged (), ==, 0);
}

static void
test_staging_of_the_dead (void)
{
  g_autofree char *dead = g_build_filename (world, "cache/glovebox/opened/dead/files", NULL);
  g_autoptr (GbxStaging) staging = NULL;

  g_assert_no_errno (g_mkdir_with_parents (dead, 0700));
  staging = gbx_staging_new (NULL);
  g_assert_false (g_file_test (dead, G_FILE_TEST_EXISTS));
  /* A live one is left alone. */
  gbx_staging_free (gbx_staging_new (NULL));
  g_assert_true (g_file_test (gbx_staging_get_folder (staging), G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  int status;

  world = g_dir_make_tmp ("gbx-opening-XXXXXX", NULL);
  g_autofree char *data = g_build_filename (world, "data", NULL);
  g_autofree char *home_data = g_build_filename (world, ".local/share", NULL);
  g_autofree char *config = g_build_filename (world, "config", NULL);
  g_setenv ("HOME", world, TRUE);
  g_setenv ("XDG_DATA_HOME", home_data, TRUE);
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_CONFIG_DIRS", config, TRUE);
  g_autofree char *cache = g_build_filename (world, "cache", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("GIO_USE_VFS", "local", TRUE);
  g_autofree char *all = g_strconcat (data, ":/usr/share/gbx-none", NULL);
  g_autofree char *mime = g_build_filename (data, "mime", NULL);
  g_setenv ("XDG_DATA_DIRS", all, TRUE);
  g_mkdir_with_parents (data, 0700);
  /* The applications are ours alone, the types those of the system. */
  g_assert_no_errno (symlink ("/usr/share/mime", mime));
  make_entries ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/opening/kinds", test_kinds);
  g_test_add_func ("/opening/no-files", test_no_files);
  g_test_add_func ("/opening/link", test_link);
  g_test_add_func ("/opening/names", test_names);
  g_test_add_func ("/opening/uris", test_uris);
  g_test_add_func ("/opening/origin", test_origin);
  g_test_add_func ("/opening/trash", test_trash);
  g_test_add_func ("/opening/choice", test_choice);
  g_test_add_func ("/opening/no-choice", test_no_choice);
  g_test_add_func ("/opening/given", test_given);
  g_test_add_func ("/opening/staging", test_staging);
  g_test_add_func ("/opening/staging-of-the-dead", test_staging_of_the_dead);
  status = g_test_run ();
  gbx_path_remove_tree (world);
  g_free (world);
  return status;
}
