/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A profile from elsewhere is told in words before it is taken over, whatever is in its file. */

#include "gbx-paths.h"
#include "gbx-review.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "[Profile]\nVersion=1\n"

static char *world;

static char *
in_world (const char *path)
{
  return g_build_filename (world, path, NULL);
}

static char *
write_bytes (const char *name, const char *bytes, gssize length)
{
  char *path = in_world (name);

  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
  return path;
}

static GbxReview *
review (const char *name, const char *text)
{
  g_autofree char *path = write_bytes (name, text, -1);
  g_autoptr (GError) error = NULL;
  GbxReview *made = gbx_review_new (path, &error);

  g_assert_no_error (error);
  return made;
}

static gboolean
has_text (GPtrArray *texts, const char *part)
{
  for (guint i = 0; i < texts->len; i++)
    if (strstr (texts->pdata[i], part))
      return TRUE;
  return FALSE;
}

static void
assert_text (GPtrArray *texts, const char *part)
{
  if (!has_text (texts, part))
    g_error ("“%s” is not told; first: %s", part, texts->len ? (char *) texts->pdata[0] : "–");
}

static char *
user_file (const char *id)
{
  g_autofree char *base = g_strconcat (id, ".profile", NULL);

  return g_build_filename (g_get_user_config_dir (), "glovebox", "profiles", base, NULL);
}

static void
test_good (void)
{
  const char *text = HEAD "Name=My Bank\nDescription=For money\n# kept\n[Network]\nMode=user\n";
  g_autoptr (GbxReview) self = review ("My Bank.profile", text);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = user_file ("my-bank");
  g_autofree char *saved = NULL;
  g_autofree char *taken = NULL;

  g_assert_cmpstr (gbx_review_get_title (self), ==, "My Bank");
  g_assert_cmpstr (gbx_review_get_description (self), ==, "For money");
  g_assert_cmpstr (gbx_review_get_id (self), ==, "my-bank");
  g_assert_null (gbx_review_get_installed (self));
  g_assert_true (g_str_has_prefix (gbx_review_get_sentence (self), "Reaches the Internet. "));
  g_assert_cmpuint (gbx_review_get_lines (self)->len, >, 3);
  g_assert_cmpuint (gbx_review_get_faults (self)->len, ==, 0);
  g_assert_cmpint (g_access (path, F_OK), !=, 0);
  g_assert_true (gbx_review_import (self, "my-bank", &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &saved, NULL, NULL));
  g_assert_cmpstr (saved, ==, text);
  taken = gbx_review_check_id (self, "my-bank");
  g_assert_nonnull (strstr (taken, "already"));
}

/* A profile that is there is never written over. */
static void
test_installed (void)
{
  g_autoptr (GbxReview) self = review ("office (1).profile", HEAD "Id=office\n[Network]\nMode=user\n"
                                                                  "[Share x]\nPath=/usr/share\n");
  g_autofree char *path = user_file ("office-2");
  g_autofree char *untouched = user_file ("office");
  g_autofree char *saved = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *differences = gbx_review_get_differences (self);
  GbxDifference *first = differences->pdata[0];

  g_assert_cmpstr (gbx_review_get_installed (self), ==, "office");
  g_assert_cmpstr (gbx_review_get_id (self), ==, "office-2");
  g_assert_cmpuint (gbx_review_get_faults (self)->len, ==, 0);
  g_assert_cmpuint (differences->len, ==, 2);
  g_assert_cmpstr (first->label, ==, "Network");
  g_assert_cmpstr (first->from, ==, "none");
  g_assert_cmpstr (first->to, ==, "user");
  g_assert_cmpint (first->change, ==, GBX_CHANGE_WIDER);
  g_assert_false (gbx_review_import (self, "office", &error));
  g_assert_nonnull (strstr (error->message, "already"));
  g_assert_cmpint (g_access (untouched, F_OK), !=, 0);
  g_assert_true (gbx_review_import (self, "office-2", NULL));
  g_assert_true (g_file_get_contents (path, &saved, NULL, NULL));
  g_assert_nonnull (strstr (saved, "\nId=office-2\n"));
  g_assert_false (gbx_review_import (self, "../x", NULL));
}

static void
test_faults (void)
{
  g_autoptr (GbxReview) self = review (
      "strange.profile", HEAD "Colour=#123456\n[Network]\nFirewall=strict\nMode=everything\n"
                              "[Sound]\nVolume=11\n[Locks]\nNetwork.Mode=none\n");
  static const char *const places[] = { "strange.profile:3: ", "strange.profile:5: ",
                                        "strange.profile:6: ", "strange.profile:7: ",
                                        "strange.profile:10: " };
  GPtrArray *faults = gbx_review_get_faults (self);

  g_assert_cmpuint (faults->len, ==, 5);
  for (guint i = 0; i < faults->len; i++)
    if (!strstr (faults->pdata[i], places[i]))
      g_error ("fault %u is %s", i, (char *)faults->pdata[i]);
  g_assert_null (gbx_review_get_sentence (self));
  g_assert_false (gbx_review_import (self, "strange", NULL));
}

/* The place of a fault is in the file that was read, whatever the profile calls itself. */
static void
test_places (void)
{
  g_autoptr (GbxReview) orphan = review ("a b.profile", HEAD "Id=child\nInherits=nobody\n");
  g_autoptr (GbxReview) newer = review ("newer.profile", "[Profile]\nVersion=9\nFoo=1\n");

  assert_text (gbx_review_get_faults (orphan), "a b.profile:4: Inherits");
  g_assert_cmpuint (gbx_review_get_faults (newer)->len, ==, 1);
  assert_text (gbx_review_get_faults (newer), "update Glovebox");
}

static const char wsb[] =
    "<Configuration><Networking>Disable</Networking><MemoryInMB>2048</MemoryInMB>"
    "<MappedFolders><MappedFolder><HostFolder>C:\\Users</HostFolder></MappedFolder>"
    "<MappedFolder><HostFolder>/</HostFolder></MappedFolder></MappedFolders>"
    "<LogonCommand><Command>cmd /c \xe2\x80\xae del</Command></LogonCommand></Configuration>";

static void
check_wsb (GbxReview *self)
{
  GbxSummaryLine *first = gbx_review_get_lines (self)->pdata[0];

  g_assert_cmpint (gbx_review_get_foreign (self), ==, GBX_FOREIGN_WSB);
  g_assert_cmpuint (gbx_review_get_faults (self)->len, ==, 0);
  assert_text (gbx_review_get_notes (self), "is not run");
  assert_text (gbx_review_get_notes (self), "cmd /c \\xe2\\x80\\xae del");
  assert_text (gbx_review_get_notes (self), "C:\\Users");
  g_assert_cmpint (first->severity, ==, GBX_SEVERITY_RISKY);
  g_assert_nonnull (strstr (first->detail, "whole computer"));
}

static void
test_wsb (void)
{
  g_autoptr (GbxReview) self = review ("Test.wsb", wsb);
  g_autoptr (GbxReview) wide = NULL;
  g_autofree char *utf16 = NULL;
  g_autofree char *path = NULL;
  gsize length;

  check_wsb (self);
  utf16 = g_convert (wsb, -1, "UTF-16", "UTF-8", NULL, &length, NULL);
  path = write_bytes ("Wide.wsb", utf16, (gssize) length);
  wide = gbx_review_new (path, NULL);
  check_wsb (wide);
}

static void
test_firejail (void)
{
  g_autoptr (GbxReview) self = review ("vlc.profile", "# vlc\nnet none\nnetfilter x\n");

  g_assert_cmpint (gbx_review_get_foreign (self), ==, GBX_FOREIGN_FIREJAIL);
  g_assert_true (g_str_has_prefix (gbx_review_get_sentence (self), "Offline."));
}

/* ---------------------------------------------------------- hostile files -- */

static void
assert_refused (const char *path, const char *because)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxReview) self = gbx_review_new (path, &error);

  g_assert_null (self);
  if (!strstr (error->message, because))
    g_error ("“%s” does not say “%s”", error->message, because);
}

static void
test_unreadable (void)
{
  g_autofree char *fifo = in_world ("fifo.profile");
  g_autofree char *folder = in_world ("folder.profile");
  g_autofree char *missing = in_world ("missing.profile");
  g_autofree char *large = g_strnfill (2 * GBX_KEY_TEXT_BYTES_MAX, '#');
  g_autofree char *huge = write_bytes ("huge.profile", large, -1);
  g_autofree char *binary = write_bytes ("binary.profile", "\x7f" "ELF\0\0", 6);
  g_autofree char *locked = write_bytes ("locked.profile", HEAD, -1);

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  assert_refused (fifo, "not a regular file");
  assert_refused (folder, "not a regular file");
  assert_refused (missing, "No such file");
  assert_refused (huge, "too large");
  assert_refused (binary, "not a text file");
  assert_refused ("/dev/zero", "not a regular file");
  g_assert_cmpint (g_chmod (locked, 0), ==, 0);
  if (g_access (locked, R_OK) != 0)
    assert_refused (locked, "Permission denied");
}

static gboolean
is_safe (const char *text)
{
  for (; text && *text; text = g_utf8_next_char (text))
    if (g_unichar_iscntrl (g_utf8_get_char (text)) || g_utf8_get_char (text) == 0x202e)
      return FALSE;
  return TRUE;
}

static void
assert_all_safe (GbxReview *self)
{
  GPtrArray *lines = gbx_review_get_lines (self);

  g_assert_true (is_safe (gbx_review_get_title (self)));
  g_assert_true (is_safe (gbx_review_get_description (self)));
  for (guint i = 0; i < gbx_review_get_faults (self)->len; i++)
    g_assert_true (is_safe (gbx_review_get_faults (self)->pdata[i]));
  for (guint i = 0; i < gbx_review_get_notes (self)->len; i++)
    g_assert_true (is_safe (gbx_review_get_notes (self)->pdata[i]));
  for (guint i = 0; i < lines->len; i++)
    {
      GbxSummaryLine *line = lines->pdata[i];

      g_assert_true (is_safe (line->text) && is_safe (line->detail));
    }
}

static void
test_hostile_text (void)
{
  g_autofree char *long_name = g_strnfill (100000, 'x');
  g_autofree char *long_text = g_strconcat (HEAD "Name=", long_name, "\n", NULL);
  g_autofree char *not_utf8 = write_bytes ("latin.profile", HEAD "Name=\xe4\n", -1);
  g_autoptr (GbxReview) bidi = review ("bidi\u202e.profile", HEAD
                                       "Name=a\u202eb\n[Share x]\nPath=/usr/\u202eerahs\n"
                                       "GuestPath=/data/\u202ex\n");
  g_autoptr (GbxReview) control = review ("control.profile", HEAD "Name=a\x1b[31m\n");
  g_autoptr (GbxReview) latin = gbx_review_new (not_utf8, NULL);
  g_autoptr (GbxReview) long_one = review ("long.profile", long_text);
  g_autoptr (GbxReview) empty = review ("empty.profile", "");
  g_autoptr (GbxReview) command = review ("x.wsb", "<Configuration><LogonCommand><Command>a&#10;&#9;b"
                                                   "</Command></LogonCommand></Configuration>");

  assert_all_safe (bidi);
  assert_all_safe (control);
  assert_all_safe (command);
  g_assert_cmpuint (gbx_review_get_faults (control)->len, >, 0);
  assert_text (gbx_review_get_faults (latin), "not UTF-8");
  g_assert_cmpint (g_utf8_strlen (gbx_review_get_title (long_one), -1), <, 600);
  assert_text (gbx_review_get_faults (empty), "Version is missing");
}

/* More than anybody has: in words, and in a bounded time. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new ("<Configuration><MappedFolders>");
  g_autoptr (GString) bomb = g_string_new ("<!DOCTYPE x [<!ENTITY a0 \"aaaaaaaaaaaaaaaa\">");
  g_autoptr (GbxReview) many = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxReview) exploded = NULL;

  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (text, "<MappedFolder><HostFolder>/x%u</HostFolder></MappedFolder>", i);
  g_string_append (text, "</MappedFolders></Configuration>");
  many = review ("many.wsb", text->str);
  g_assert_cmpuint (gbx_review_get_lines (many)->len, >, 60);
  g_assert_cmpuint (gbx_review_get_lines (many)->len, <, 100);
  assert_text (gbx_review_get_notes (many), "more than 64 folders");
  for (guint i = 1; i < 12; i++)
    g_string_append_printf (bomb, "<!ENTITY a%u \"&a%u;&a%u;&a%u;&a%u;&a%u;&a%u;&a%u;&a%u;\">", i,
                            i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
  g_string_append (bomb, "]><Configuration><LogonCommand>&a11;</LogonCommand></Configuration>");
  path = write_bytes ("bomb.wsb", bomb->str, -1);
  exploded = gbx_review_new (path, &error);
  g_assert_true (error || has_text (gbx_review_get_notes (exploded), "LogonCommand"));
}

/* ----------------------------------------------------------------------- */

static void
make_world (void)
{
  static const struct
  {
    const char *name, *path;
  } variables[] = {
    { "HOME", "home" },
    { "XDG_CONFIG_HOME", "home/.config" },
    { "XDG_CONFIG_DIRS", "etc" },
    { "XDG_DATA_HOME", "home/.local/share" },
    { "XDG_RUNTIME_DIR", "run/user" },
  };
  g_autofree char *name = g_build_filename (g_get_tmp_dir (), "glovebox-test-XXXXXX", NULL);
  g_autofree char *profiles =
      g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "data", "profiles", NULL);

  g_assert_nonnull (g_mkdtemp (name));
  world = realpath (name, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      g_autofree char *folder = in_world (variables[i].path);

      g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
      g_setenv (variables[i].name, folder, TRUE);
    }
  g_setenv ("GLOVEBOX_PROFILE_PATH", profiles, TRUE);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  make_world ();
  g_test_add_func ("/review/good", test_good);
  g_test_add_func ("/review/installed", test_installed);
  g_test_add_func ("/review/faults", test_faults);
  g_test_add_func ("/review/places", test_places);
  g_test_add_func ("/review/wsb", test_wsb);
  g_test_add_func ("/review/firejail", test_firejail);
  g_test_add_func ("/review/unreadable", test_unreadable);
  g_test_add_func ("/review/hostile-text", test_hostile_text);
  g_test_add_func ("/review/many", test_many);
  status = g_test_run ();
  gbx_path_remove_tree (world);
  free (world);
  return status;
}
