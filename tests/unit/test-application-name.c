/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-application-name.h"
#include "gbx-command-name.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* By which name a user knows what a command starts. */

static void
assert_unwrapped (const char *line, const char *expected)
{
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) inner = NULL;
  g_autofree char *text = NULL;

  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  inner = gbx_command_name_unwrap ((const char *const *) words);
  text = g_strjoinv ("|", inner);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_unwrap (void)
{
  static const struct
  {
    const char *line, *inner;
  } cases[] = {
    { "xterm -e sh", "xterm|-e|sh" },
    { "env -u A B=c gimp x.png", "gimp|x.png" },
    { "env -- gimp", "gimp" },
    { "nice -n 5 env A=1 gimp", "gimp" },
    { "sh -c 'exec gimp x'", "gimp|x" },
    { "/bin/bash -lc 'cd /tmp && FOO=1 exec gimp \"a;b\"'", "gimp|a;b" },
    { "sh -c 'echo up >/s/ready; exec xterm -e top' sh", "xterm|-e|top" },
    { "sh -c 'nice sh -c \"gimp\"'", "gimp" },
    { "sh -e start.sh now", "start.sh|now" },
    { "python3 -u tool.py a", "tool.py|a" },
    { "python3 -m idlelib", "idlelib" },
    { "java -jar x.jar", "x.jar" },
    { "java -cp /s Main", "Main" },
    { "python3 -W error tool.py", "tool.py" },
    /* What cannot be known stays as it is. */
    { "sh", "sh" },
    { "sh -c 'echo done'", "sh|-c|echo done" },
    { "sh -c 'while :; do :; done'", "sh|-c|while :; do :; done" },
    { "sh -c \"it's\"", "sh|-c|it's" },
    { "python3 -c 'print(1)'", "python3|-c|print(1)" },
    { "env", "env" },
    { "sh -c ''", "sh|-c|" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_unwrapped (cases[i].line, cases[i].inner);
}

/* ---------------------------------------------------------------- entries -- */

typedef struct
{
  char *folder;
} Fixture;

static void
write_entry (const char *name, const char *lines)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "applications", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = g_strconcat ("[Desktop Entry]\nType=Application\n", lines, "\n", NULL);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
write_program (const char *path)
{
  g_assert_true (g_file_set_contents_full (path, "#!/bin/sh\n", -1, G_FILE_SET_CONTENTS_NONE, 0755,
                                           NULL));
}

/* As LibreOffice is installed: one program with many names, and entries for its parts. */
static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *program = NULL;
  g_autofree char *link = NULL;
  g_autofree char *other = NULL;
  g_autofree char *lines = NULL;
  g_autofree char *writer = NULL;
  g_autofree char *wrapped = NULL;

  self->folder = g_dir_make_tmp ("gbx-name-XXXXXX", NULL);
  program = g_build_filename (self->folder, "office.bin", NULL);
  link = g_build_filename (self->folder, "office", NULL);
  other = g_build_filename (self->folder, "soff", NULL);
  write_program (program);
  g_assert_cmpint (symlink (program, link), ==, 0);
  g_assert_cmpint (symlink (link, other), ==, 0);
  lines = g_strdup_printf ("Name=Office\nName[de]=Büro\nExec=%s %%U\nIcon=office", link);
  writer = g_strdup_printf ("Name=Office Writer\nExec=%s --writer %%U\nIcon=writer", link);
  wrapped = g_strdup_printf ("Name=Wrapped\nExec=env A=1 %s/wrapped", self->folder);
  write_entry ("office.desktop", lines);
  write_entry ("a-writer.desktop", writer);
  write_entry ("hidden.desktop", "Name=Hidden\nExec=true\nNoDisplay=true");
  write_entry ("wrapped.desktop", wrapped);
  write_entry ("broken.desktop", "Name=Broken\nExec='");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "office.bin", "office", "soff" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
}

static void
assert_name (Fixture *self, const char *pattern, const char *title, const char *icon,
             const char *name)
{
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  g_auto (GStrv) parts = g_strsplit (pattern, "DIR", -1);
  g_autofree char *line = g_strjoinv (self->folder, parts);
  g_autoptr (GbxPolicy) policy = NULL;
  g_auto (GStrv) words = NULL;

  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  gbx_policy_builder_set_command (builder, (const char *const *) words);
  gbx_application_name_apply ((const char *const *) words, builder);
  policy = gbx_policy_builder_build (builder, NULL);
  g_assert_cmpstr (gbx_policy_get_title (policy), ==, title);
  g_assert_cmpstr (gbx_policy_get_icon_name (policy), ==, icon);
  g_assert_cmpstr (gbx_policy_get_name (policy), ==, name);
}

static void
test_entries (Fixture *self, gconstpointer data)
{
  assert_name (self, "DIR/office a.odt", "Office", "office", "office");
  assert_name (self, "DIR/soff", "Office", "office", "soff");
  assert_name (self, "sh -c 'cd /; exec DIR/soff'", "Office", "office", "sh");
  assert_name (self, "DIR/soff --writer a.odt", "Office Writer", "writer", "soff");
  assert_name (self, "DIR/wrapped", "Wrapped", NULL, "wrapped");
  assert_name (self, "true", "true", NULL, "true");
  assert_name (self, "sh -c 'exec DIR/nothing.sh'", "nothing.sh", NULL, "sh");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/application-name/unwrap", test_unwrap);
  g_test_add ("/application-name/entries", Fixture, NULL, set_up, test_entries, tear_down);
  return g_test_run ();
}
