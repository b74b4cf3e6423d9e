/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-desktop-entry.h"

#include "gbx-error.h"

#include <glib/gstdio.h>
#include <sys/wait.h>

typedef struct
{
  char *folder;
  char *entry;
  char *file;
  char *other;
  GbxPolicyBuilder *builder;
  const char *action; /* (nullable) */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("gbx-entry-XXXXXX", NULL);
  self->entry = g_build_filename (self->folder, "x.desktop", NULL);
  self->file = g_build_filename (self->folder, "a b.txt", NULL);
  self->other = g_build_filename (self->folder, "other", NULL);
  g_assert_true (g_file_set_contents (self->file, "", 0, NULL));
  g_assert_true (g_file_set_contents (self->other, "", 0, NULL));
  self->builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_unlink (self->entry);
  g_unlink (self->file);
  g_unlink (self->other);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->entry);
  g_free (self->file);
  g_free (self->other);
  gbx_policy_builder_unref (self->builder);
}

static void
write_entry (Fixture *self, const char *lines)
{
  g_autofree char *text
      = g_strconcat ("[Desktop Entry]\nType=Application\nName=Reader\n", lines, "\n", NULL);

  g_assert_true (g_file_set_contents (self->entry, text, -1, NULL));
}

static void
add_share (Fixture *self, const char *guest_path, gboolean writable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxShare) share = gbx_share_new (self->folder, guest_path, writable, &error);

  g_assert_no_error (error);
  gbx_policy_builder_add_share (self->builder, share);
}

#define FILES(...) ((char *[]){ __VA_ARGS__ __VA_OPT__ (, ) NULL })

/* The command that comes of it, its words joined by "|". */
static char *
apply (Fixture *self, char **files, GbxPolicy **policy_out)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxPolicy) policy = NULL;
  g_auto (GStrv) program = NULL;
  char *command;

  gbx_desktop_entry_apply (self->entry, self->action, files, self->builder, &program, &error);
  g_assert_no_error (error);
  policy = gbx_policy_builder_build (self->builder, &error);
  g_assert_no_error (error);
  command = g_strjoinv ("|", (char **) gbx_policy_get_command (policy));
  if (policy_out)
    *policy_out = g_steal_pointer (&policy);
  return command;
}

static void
refuse (Fixture *self, char **files, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) program = NULL;

  g_assert_false (gbx_desktop_entry_apply (self->entry, self->action, files, self->builder, &program, &error));
  g_assert_nonnull (error);
  if (!strstr (error->message, words))
    g_error ("no “%s” in “%s”", words, error->message);
}

static void
test_codes (Fixture *self, gconstpointer data)
{
  g_autoptr (GbxPolicy) policy = NULL;
  g_autofree char *command = NULL;

  write_entry (self, "Exec=true --title %c %i \"quoted word\" 100%% %f\nIcon=reader");
  command = apply (self, FILES (), &policy);
  g_assert_cmpstr (command, ==, "true|--title|Reader|--icon|reader|quoted word|100%");
  g_assert_cmpstr (gbx_policy_get_title (policy), ==, "Reader");
  g_assert_cmpstr (gbx_policy_get_desktop_id (policy), ==, "x.desktop");
}

static void
test_lists (Fixture *self, gconstpointer data)
{
  g_autoptr (GbxPolicy) policy = NULL;
  g_autofree char *command = NULL;
  g_autofree char *expected = g_strconcat ("true|-r|", self->file, "|", self->other, NULL);

  write_entry (self, "Exec=true -r %F");
  command = apply (self, FILES (self->file, self->other), &policy);
  g_assert_cmpstr (command, ==, expected);
  g_assert_cmpuint (gbx_policy_get_shares (policy)->len, ==, 2);
}

static void
test_surplus (Fixture *self, gconstpointer data)
{
  write_entry (self, "Exec=true");
  refuse (self, FILES (self->file), "takes no files");
}

/* The exit status of the command, started here. */
static int
run (Fixture *self, char **files)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxPolicy) policy = NULL;
  g_auto (GStrv) program = NULL;
  int status;

  gbx_desktop_entry_apply (self->entry, self->action, files, self->builder, &program, &error);
  g_assert_no_error (error);
  policy = gbx_policy_builder_build (self->builder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gbx_policy_get_name (policy), ==, "x");
  g_spawn_sync (self->folder, (char **) gbx_policy_get_command (policy), NULL, G_SPAWN_SEARCH_PATH,
                NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  return WEXITSTATUS (status);
}

static gboolean
take (Fixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  return g_unlink (path) == 0;
}

/* A program that takes one file is started for each of several. */
static void
test_one_at_a_time (Fixture *self, gconstpointer data)
{
  char *own[] = { (char *) "xterm", (char *) "-e", (char *) "cp", (char *) "--", self->file, NULL };
  g_autofree char *joined = g_strjoinv ("|", own);
  g_autofree char *command = NULL;

  write_entry (self, "Exec=cp -- %f %f.copy");
  g_assert_cmpint (run (self, FILES (self->file, self->other)), ==, 0);
  g_assert_true (take (self, "a b.txt.copy") && take (self, "other.copy"));
  write_entry (self, "Exec=sh -c \"touch '$1.done'; exit 7\" sh --open=%u");
  g_assert_cmpint (run (self, FILES (self->file, self->other)), ==, 7);
  write_entry (self, "Exec=true %u");
  g_assert_cmpint (run (self, FILES ((char *) "https://a/", (char *) "https://b/")), ==, 0);
  write_entry (self, "Exec=cp -- %f\nTerminal=true");
  command = apply (self, FILES (self->file, self->other), NULL);
  g_assert_nonnull (strstr (command, joined));
  g_assert_nonnull (strstr (command, "|sh|5|xterm|"));
}

/* As in the specification: quotes, escapes in two layers, and codes alone and inside. */
static void
test_quoting (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *line, *command;
  } cases[] = {
    { "Exec=true \"a \\\\$b \\\\`c \\\\\\\\ \\\\\"d\\\\\"\"", "true|a $b `c \\ \"d\"" },
    { "Exec=true a\\sb \"c\\sd\"", "true|a|b|c d" },
    { "Exec=true --t=%c %k\nName[de]=Leser", "true|--t=Reader|%k" },
    { "Exec=true %i --icon=%i %d %D %n %v %m end", "true|--icon=|end" },
    { "Exec=true \"\" %%f 50%%", "true||%f|50%" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) parts = g_strsplit (cases[i].command, "%k", -1);
      g_autofree char *expected = g_strjoinv (self->entry, parts);
      g_autofree char *command = NULL;

      write_entry (self, cases[i].line);
      command = apply (self, FILES (), NULL);
      g_assert_cmpstr (command, ==, expected);
    }
}

/* An entry that cannot be started is told of, with the reason. */
static void
test_unusable (Fixture *self, gconstpointer data)
{
  write_entry (self, "TryExec=/no/such/tried\nExec=true");
  refuse (self, FILES (), "“/no/such/tried”");
  write_entry (self, "Exec=/no/such/program %U");
  refuse (self, FILES (), "“/no/such/program”");
  write_entry (self, "Exec=gbx-no-such-program");
  refuse (self, FILES (), "“gbx-no-such-program”");
  write_entry (self, "DBusActivatable=true");
  refuse (self, FILES (), "bus");
  write_entry (self, "Exec=true 'open");
  refuse (self, FILES (), "Exec");
  write_entry (self, "Exec=true\nType=Link\nURL=https://example.org/");
  refuse (self, FILES (), "“Link”");
}

/* A program that only a user's own PATH leads to is known by its path, which can be shared,
 * be PATH set or not. */
static void
test_own_program (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (g_get_home_dir (), ".local", "bin", NULL);
  g_autofree char *path = g_build_filename (folder, "gbx-own-program", NULL);
  g_autofree char *before = g_strdup (g_getenv ("PATH"));
  g_autofree char *expected = g_strconcat (path, "|-x", NULL);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, "#!/bin/sh\n", -1, NULL));
  g_chmod (path, 0755);
  write_entry (self, "Exec=gbx-own-program -x");
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *command = NULL;

      if (i == 0)
        g_setenv ("PATH", "/bin", TRUE);
      else
        g_unsetenv ("PATH");
      command = apply (self, FILES (), NULL);
      g_assert_cmpstr (command, ==, expected);
      g_assert_cmpstr (g_getenv ("PATH"), ==, i == 0 ? "/bin" : NULL);
    }
  g_setenv ("PATH", before, TRUE);
}

static void
test_addresses (Fixture *self, gconstpointer data)
{
  g_autoptr (GbxPolicy) policy = NULL;
  g_autofree char *uri = g_filename_to_uri (self->file, NULL, NULL);
  g_autofree char *expected = g_strconcat ("true|https://example.org/?q=%f|mailto:a@b|", self->file,
                                           NULL);
  g_autofree char *command = NULL;

  write_entry (self, "Exec=true %F");
  refuse (self, FILES ((char *) "https://example.org/"), "address");
  write_entry (self, "Exec=true %U");
  command = apply (self, FILES ((char *) "https://example.org/?q=%f", (char *) "mailto:a@b", uri),
                   &policy);
  g_assert_cmpstr (command, ==, expected);
  g_assert_cmpuint (gbx_policy_get_shares (policy)->len, ==, 1);
}

/* Whatever a download is called; "a" is no scheme where there is such a file. */
static void
test_odd_names (Fixture *self, gconstpointer data)
{
  const char *const names[] = { "Smith, John.pdf", "a:b.pdf", "a\nb.pdf", "caf\xe9.pdf" };
  g_autofree char *folder = g_path_get_dirname (self->file);

  write_entry (self, "Exec=true %F");
  g_assert_cmpint (g_chdir (folder), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);
      g_autofree char *expected = g_strconcat ("true|", path, NULL);
      g_autoptr (GbxPolicy) policy = NULL;
      g_autofree char *command = NULL;

      g_assert_true (g_file_set_contents (path, "", 0, NULL));
      command = apply (self, FILES ((char *) names[i]), &policy);
      g_assert_cmpstr (command, ==, expected);
      g_assert_cmpuint (gbx_policy_get_shares (policy)->len, ==, 1);
      g_assert_cmpstr (gbx_share_get_path (gbx_policy_get_shares (policy)->pdata[0]), ==, path);
      g_unlink (path);
    }
  g_assert_cmpint (g_chdir ("/"), ==, 0);
}

static void
test_shared_already (Fixture *self, gconstpointer data)
{
  g_autoptr (GbxPolicy) policy = NULL;
  g_autofree char *command = NULL;

  write_entry (self, "Exec=true %F");
  add_share (self, NULL, TRUE);
  command = apply (self, FILES (self->file, self->file), &policy);
  g_assert_cmpuint (gbx_policy_get_shares (policy)->len, ==, 1);
  g_assert_true (gbx_share_get_writable (gbx_policy_get_shares (policy)->pdata[0]));
}

/* The folder is shown elsewhere: the file still has to be shown where it is named, with
 * the same right, as read-only it would be a false promise. */
static void
test_shared_elsewhere (Fixture *self, gconstpointer data)
{
  g_autoptr (GbxPolicy) policy = NULL;
  g_autofree char *command = NULL;

  write_entry (self, "Exec=true %F");
  add_share (self, "/inbox", TRUE);
  command = apply (self, FILES (self->file, self->file), &policy);
  g_assert_cmpuint (gbx_policy_get_shares (policy)->len, ==, 2);
  g_assert_true (gbx_share_get_writable (gbx_policy_get_shares (policy)->pdata[1]));
}

static void
test_missing (Fixture *self, gconstpointer data)
{
  write_entry (self, "Exec=true %F");
  refuse (self, FILES ((char *) "/no/such/file"), "/no/such/file");
  g_unlink (self->entry);
  refuse (self, FILES (), self->entry);
}

static void
test_terminal (Fixture *self, gconstpointer data)
{
  g_autofree char *command = NULL;

  write_entry (self, "Exec=true -x\nTerminal=true");
  command = apply (self, FILES (), NULL);
  g_assert_cmpstr (command, ==, "xterm|-e|true|-x");
}

static void
test_directory (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *path, *before, *after;
  } cases[] = {
    { "/usr/bin", NULL, "/usr/bin" }, { "/usr/bin", "/tmp", "/tmp" },
    { "/usr/no-such-folder", NULL, NULL }, { "/root", NULL, NULL },
    { "relative", NULL, NULL }, { "/inbox", NULL, "/inbox" }, { "/inbox/none", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *lines = g_strconcat ("Exec=true\nPath=", cases[i].path, NULL);
      g_autofree char *command = NULL;
      g_autoptr (GbxPolicy) policy = NULL;

      write_entry (self, lines);
      add_share (self, "/inbox", FALSE);
      gbx_policy_builder_set_directory (self->builder, cases[i].before);
      command = apply (self, FILES (), &policy);
      g_assert_cmpstr (gbx_policy_get_directory (policy), ==, cases[i].after);
    }
}

static void
test_actions (Fixture *self, gconstpointer data)
{
  g_autofree char *command = NULL;
  g_autofree char *other = NULL;

  write_entry (self, "Exec=true %F\nActions=new;bad;none;\n"
                     "[Desktop Action new]\nName=New\nExec=false --new %u\n"
                     "[Desktop Action bad]\nName=Bad\nExec=false \"\n"
                     "[Desktop Action other]\nName=Other\nExec=false --other");
  self->action = "new";
  command = apply (self, FILES (), NULL);
  g_assert_cmpstr (command, ==, "false|--new");
  g_clear_pointer (&command, g_free);
  command = apply (self, FILES (self->file), NULL);
  other = g_strconcat ("false|--new|", self->file, NULL);
  g_assert_cmpstr (command, ==, other);
  self->action = "bad";
  refuse (self, FILES (), "bad");
  self->action = "none";
  refuse (self, FILES (), "none");
  /* It has a group, and the entry does not name it. */
  self->action = "other";
  refuse (self, FILES (), "new, bad");
  write_entry (self, "Exec=true");
  refuse (self, FILES (), "no actions");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*function) (Fixture *, gconstpointer);
  } tests[] = {
    { "/desktop-entry/codes", test_codes },
    { "/desktop-entry/lists", test_lists },
    { "/desktop-entry/surplus", test_surplus },
    { "/desktop-entry/one-at-a-time", test_one_at_a_time },
    { "/desktop-entry/quoting", test_quoting },
    { "/desktop-entry/unusable", test_unusable },
    { "/desktop-entry/own-program", test_own_program },
    { "/desktop-entry/addresses", test_addresses },
    { "/desktop-entry/odd-names", test_odd_names },
    { "/desktop-entry/shared-already", test_shared_already },
    { "/desktop-entry/shared-elsewhere", test_shared_elsewhere },
    { "/desktop-entry/missing", test_missing },
    { "/desktop-entry/terminal", test_terminal },
    { "/desktop-entry/directory", test_directory },
    { "/desktop-entry/actions", test_actions },
  };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].function, tear_down);
  return g_test_run ();
}
