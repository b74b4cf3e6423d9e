/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a profile allows, in words; and which shares are warned of.  In a home and with
 * folders of profiles that are made for it. */

#include "gbx-paths.h"
#include "gbx-profile-store.h"
#include "gbx-summary.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *world;

static char *
in_world (const char *path)
{
  return g_build_filename (world, path, NULL);
}

static char *
make_folder (const char *path)
{
  char *folder = in_world (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  return folder;
}

static void
make_file (const char *path, const char *text, int mode)
{
  g_autofree char *file = in_world (path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *made = make_folder (folder);

  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  g_assert_cmpint (g_chmod (file, mode), ==, 0);
}

/* ---------------------------------------------------------------- risks -- */

typedef struct
{
  const char *path;
  const char *read;  /* in the warning of a read-only share; NULL: there is none */
  const char *write; /* likewise */
} RiskCase;

static void
assert_risk (const char *path, gboolean writable, const char *wanted)
{
  g_autofree char *risk = gbx_share_risk (path, writable);

  if (!wanted != !risk || (wanted && !strstr (risk, wanted)))
    g_error ("%s, %s: “%s”, not “%s”", path, writable ? "rw" : "ro", risk ? risk : "", wanted);
}

/* Whether it exists does not matter but for the last. */
static void
test_risk (void)
{
  static const RiskCase cases[] = {
    { "home", "whole home", "whole home" },
    { "home/", "whole home", "whole home" },
    { "home/x/..", "whole home", "whole home" },
    { "", "whole home is in", "whole home is in" },
    { "home/Documents", NULL, NULL },
    { "home/.ssh", "keys or passwords", "keys or passwords" },
    { "home/.ssh", "keys or passwords", "run programs on your account" },
    { "home/.ssh/id_rsa", "keys or passwords", "keys or passwords" },
    { "home/.sshd", "hidden", "hidden" },
    { "home/.gnupg", "keys or passwords", "keys or passwords" },
    { "home/.mozilla", "history of a browser", "history of a browser" },
    { "home/.mozilla/firefox/x.default", "history of a browser", "history of a browser" },
    { "home/.config/google-chrome", "history of a browser", "history of a browser" },
    { "home/.config/chromium/Default", "history of a browser", "history of a browser" },
    { "home/.config/BraveSoftware", "history of a browser", "history of a browser" },
    { "home/.thunderbird", "messages", "messages" },
    { "home/.bash_history", "what you typed", "what you typed" },
    { "home/.config/autostart", "hidden", "run programs on your account" },
    { "home/.local/share/applications", "hidden", "run programs on your account" },
    { "home/.local/bin", "hidden", "run programs on your account" },
    { "home/.bashrc", "hidden", "run programs on your account" },
    { "home/bin", NULL, "run programs on your account" },
    { "home/tools", NULL, "run programs on your account" },
    { "home/Documents/.private", "hidden", "hidden" },
    { "home/link", "keys or passwords", "keys or passwords" },
    { "home/link/id_rsa", "keys or passwords", "keys or passwords" },
    { "home/upwards", "whole home is in", "whole home is in" },
    { "home/.config", "hidden", "run programs on your account" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = in_world (cases[i].path);

      assert_risk (path, FALSE, cases[i].read);
      assert_risk (path, TRUE, cases[i].write);
    }
  assert_risk ("/", FALSE, "whole computer");
  assert_risk ("/", TRUE, "whole computer");
  assert_risk ("//../", FALSE, "whole computer");
}

/* A folder in which there is a secret is as good as the secret. */
static void
test_risk_inside (void)
{
  g_autofree char *config = in_world ("home/.config");
  g_autofree char *browser = make_folder ("home/.config/vivaldi");

  assert_risk (config, FALSE, ".config/vivaldi");
  g_assert_cmpint (g_rmdir (browser), ==, 0);
  assert_risk (config, FALSE, "hidden");
}

/* Writable and executable. */
static void
test_risk_programs (void)
{
  static const RiskCase cases[] = {
    { "home/plain", NULL, NULL },
    { "home/scripts", NULL, "“run.sh”" },
    { "home/scripts/run.sh", NULL, "“run.sh”" },
    { "home/scripts/data", NULL, NULL },
    { "home/entries", NULL, "“a\\xe2\\x80\\xae.desktop”" },
    { "home/project", NULL, "“.git”" },
  };
  g_autofree char *git = make_folder ("home/project/.git");

  make_file ("home/plain/notes", "text", 0755);
  make_file ("home/scripts/data", "#!/bin/sh\n", 0644);
  make_file ("home/scripts/run.sh", "#!/bin/sh\n", 0755);
  make_file ("home/entries/a\u202e.desktop", "[Desktop Entry]\n", 0644);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = in_world (cases[i].path);

      assert_risk (path, FALSE, cases[i].read);
      assert_risk (path, TRUE, cases[i].write);
    }
}

static void
test_risk_mounts (void)
{
  /* /sys is in every mount name space of a test. */
  if (g_file_test ("/sys/kernel", G_FILE_TEST_IS_DIR))
    assert_risk ("/sys", FALSE, "Another disk or network folder is in it");
}

/* -------------------------------------------------------------- profiles -- */

static void
write_profile (const char *id, const char *text)
{
  g_autofree char *name = g_strconcat ("home/.config/glovebox/profiles/", id, ".profile", NULL);
  g_autofree char *all = g_strconcat ("[Profile]\nVersion=1\n", text, NULL);

  make_file (name, all, 0600);
}

static GbxResolution *
resolve (const char *id)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autoptr (GError) error = NULL;
  GbxResolution *resolution = gbx_resolution_new (store, id, TRUE, &error);

  g_assert_no_error (error);
  return resolution;
}

static const struct
{
  const char *id, *sentence; /* without the resources, which depend on the computer */
} shipped[] = {
  { "archive-manager", "Offline. Sees none of your files. " },
  { "default", "Offline. Sees none of your files. " },
  { "development",
    "Reaches the Internet. Asks for one file or folder at each start. Keeps its home. " },
  { "document-viewer", "Offline. Sees none of your files. " },
  { "email-attachment", "Offline. Sees none of your files. " },
  { "games", "Offline. Sees none of your files. Keeps its home. " },
  { "image-viewer", "Offline. Sees none of your files. " },
  { "media-player", "Offline. Sees none of your files. " },
  { "office", "Offline. Sees none of your files. " },
  { "password-manager", "Offline. Asks for one file or folder at each start. Keeps its home. " },
  { "terminal", "Offline. Sees none of your files. " },
  { "web-browser", "Reaches the Internet. Sees none of your files. Keeps its home. " },
};

/* The lines and the command line exist, and are sound. */
static void
check_all (GbxResolution *resolution)
{
  g_autoptr (GPtrArray) lines = gbx_summary_lines (resolution);
  g_auto (GStrv) command = gbx_summary_command (resolution, NULL, NULL);

  g_assert_cmpuint (lines->len, >=, 4);
  for (guint i = 0; i < lines->len; i++)
    {
      GbxSummaryLine *line = lines->pdata[i];

      g_assert_true (line->icon_name && line->category && *line->text);
      g_assert_true (g_utf8_validate (line->text, -1, NULL));
      g_assert_true (i == 0 || line->severity <= ((GbxSummaryLine *)lines->pdata[i - 1])->severity);
    }
  g_assert_cmpstr (command[0], ==, "glovebox");
  g_assert_cmpstr (command[g_strv_length (command) - 1], ==, "APPLICATION");
}

static void
test_shipped (void)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_auto (GStrv) ids = gbx_profile_store_list (store);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (shipped); i++)
    {
      g_autoptr (GbxResolution) resolution = resolve (shipped[i].id);
      g_autofree char *sentence = gbx_summary_sentence (resolution);

      if (!g_str_has_prefix (sentence, shipped[i].sentence) || !strstr (sentence, "processor"))
        g_error ("%s: %s", shipped[i].id, sentence);
      check_all (resolution);
      n += g_strv_contains ((const char *const *)ids, shipped[i].id);
    }
  g_assert_cmpuint (n, ==, g_strv_length (ids));
}

static void
test_sentence (void)
{
  static const struct
  {
    const char *text, *sentence;
  } cases[] = {
    { "[Share a]\nPath=~/Documents\n[Resources]\nMemory=1G\nCpus=1\n",
      "Offline. Sees one folder, read-only. 1 GiB, 1 processor." },
    { "[Share a]\nPath=~/Documents\n[Share b]\nPath=~/plain/notes\n[Resources]\nMemory=400M\n"
      "Cpus=1\n[Lifecycle]\nTimeout=90\n",
      "Offline. Sees 2 files and folders, read-only. 400 MiB, 1 processor. Stops after 90 "
      "seconds." },
    { "[Network]\nMode=user\n[Share a]\nPath=~/Documents\nAccess=rw\n[Share "
      "b]\nPath=~/plain/notes\n"
      "[Files]\nHome=template\n[Resources]\nMemory=1G\nCpus=1\n[Lifecycle]\nTimeout=1h\n",
      "Reaches the Internet. Sees one file, read-only. Can change one folder. Forgets changes to "
      "its home. 1 GiB, 1 processor. Stops after 1 hour." },
    { "[Share a]\nPresence=ask\n[Share b]\nPresence=ask\n[Share c]\nPath=~/plain\nAccess=none\n"
      "[Resources]\nMemory=1G\nCpus=1\n[Lifecycle]\nTimeout=15min\n",
      "Offline. Asks for 2 files or folders at each start. 1 GiB, 1 processor. Stops after 15 "
      "minutes." },
    { "[Backend]\nKind=lxc\n[Network]\nMode=published\nPublish=8080:80\n[Resources]\nMemory=1G\n"
      "Cpus=1\nCpuQuota=50\n",
      "Runs in a container, which shares the kernel of this computer. Offline. Can be reached "
      "through published ports. Sees none of your files. 1 GiB, 1 processor." },
  };

  make_file ("home/Documents/a", "", 0600);
  make_file ("home/plain/notes", "text", 0755);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GbxResolution) resolution = NULL;
      g_autofree char *sentence = NULL;

      write_profile ("mine", cases[i].text);
      resolution = resolve ("mine");
      sentence = gbx_summary_sentence (resolution);
      g_assert_cmpstr (sentence, ==, cases[i].sentence);
      check_all (resolution);
    }
}

static GbxSummaryLine *
find_line (GPtrArray *lines, const char *part)
{
  for (guint i = 0; i < lines->len; i++)
    if (strstr (((GbxSummaryLine *)lines->pdata[i])->text, part))
      return lines->pdata[i];
  g_error ("no line has “%s”", part);
}

static void
test_lines (void)
{
  g_autofree char *ssh = make_folder ("home/.ssh");
  g_autoptr (GbxResolution) resolution = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  GbxSummaryLine *first;

  write_profile ("mine", "[Network]\nMode=user\n"
                         "[Share a]\nPath=~/Documents\n"
                         "[Share b]\nPath=~/.ssh\n"
                         "[Share c]\nPath=~/plain\nAccess=rw\nGuestPath=/data\n"
                         "[Share d]\nPath=~/missing\nPresence=optional\n"
                         "[Share e]\nPath=~/gone\n"
                         "[Share f]\nPath=xdg-nonsense\n"
                         "[Environment]\nA=1\nB=2\n");
  resolution = resolve ("mine");
  lines = gbx_summary_lines (resolution);
  first = lines->pdata[0];
  g_assert_nonnull (strstr (first->text, "/home/.ssh, read-only"));
  g_assert_nonnull (strstr (first->detail, "keys or passwords"));
  g_assert_cmpint (find_line (lines, "Documents, read-only")->severity, ==, GBX_SEVERITY_USUAL);
  g_assert_cmpint (find_line (lines, "change and delete")->severity, ==, GBX_SEVERITY_NOTABLE);
  g_assert_cmpstr (find_line (lines, "change and delete")->detail, ==,
                   "In the sandbox it is /data");
  g_assert_cmpint (find_line (lines, "missing, which")->severity, ==, GBX_SEVERITY_USUAL);
  g_assert_cmpint (find_line (lines, "/gone")->severity, ==, GBX_SEVERITY_NOTABLE);
  g_assert_cmpint (find_line (lines, "xdg-nonsense")->severity, ==, GBX_SEVERITY_NOTABLE);
  g_assert_cmpint (find_line (lines, "Internet")->severity, ==, GBX_SEVERITY_NOTABLE);
  find_line (lines, "variables: A, B");
  find_line (lines, "It does not reach: Clipboard, Audio");
}

/* Where it runs, who can reach it, and its limits. */
static void
test_limits (void)
{
  g_autoptr (GbxResolution) resolution = NULL;
  g_autoptr (GPtrArray) lines = NULL;

  write_profile ("mine", "[Backend]\nKind=lxc\n"
                         "[Network]\nMode=published\nPublish=8080:80,0.0.0.0:53:53/udp\nDownload=1M\n"
                         "[Resources]\nNice=5\nScheduler=idle\nHugePages=on\n");
  resolution = resolve ("mine");
  lines = gbx_summary_lines (resolution);
  g_assert_cmpint (find_line (lines, "in a container")->severity, ==, GBX_SEVERITY_NOTABLE);
  g_assert_nonnull (strstr (find_line (lines, "in a container")->detail, "shares the kernel"));
  find_line (lines, "It reaches nothing");
  g_assert_cmpint (find_line (lines, "port 80 can be reached at 127.0.0.1:8080")->severity, ==,
                   GBX_SEVERITY_NOTABLE);
  g_assert_cmpint (find_line (lines, "UDP port 53 can be reached at 0.0.0.0:53")->severity, ==,
                   GBX_SEVERITY_RISKY);
  g_assert_cmpstr (find_line (lines, "limits of its own")->detail, ==,
                   "Download: 1M, Scheduler: Idle, Niceness: 5, Huge pages");
}

/* A profile and the policy that is made of it are told in the same words. */
static void
test_policy (void)
{
  g_autoptr (GbxResolution) resolution = NULL;
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  g_autoptr (GbxPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = NULL, policy_lines = NULL;
  g_autofree char *sentence = NULL, *policy_sentence = NULL;

  write_profile ("mine", "[Network]\nMode=user\n[Share a]\nPath=~/Documents\n"
                         "[Share c]\nPath=~/plain\nAccess=rw\nGuestPath=/data\n"
                         "[Environment]\nA=1\n[Resources]\nMemory=400M\nCpus=1\n");
  resolution = resolve ("mine");
  g_assert_true (gbx_resolution_fill (resolution, builder, &error));
  gbx_policy_builder_set_command (builder, (const char *[]){ "/usr/bin/true", NULL });
  policy = gbx_policy_builder_build (builder, &error);
  g_assert_no_error (error);
  sentence = gbx_summary_sentence (resolution);
  policy_sentence = gbx_summary_policy_sentence (policy);
  g_assert_cmpstr (sentence, ==, policy_sentence);
  lines = gbx_summary_lines (resolution);
  policy_lines = gbx_summary_policy_lines (policy);
  g_assert_cmpuint (lines->len, ==, policy_lines->len);
  for (guint i = 0; i < lines->len; i++)
    g_assert_cmpstr (((GbxSummaryLine *)lines->pdata[i])->text, ==,
                     ((GbxSummaryLine *)policy_lines->pdata[i])->text);
}

static void
test_command (void)
{
  g_autoptr (GbxResolution) resolution = NULL, base = resolve ("web-browser");
  g_autofree char *text = NULL, *short_text = NULL, *wanted = NULL;

  write_profile ("mine", "Inherits=web-browser\n[Resources]\nMemory=1G\n[Kernel]\nStrict=on\n"
                         "[Share a]\nPath=~/My Documents\nAccess=rw\n[Share b]\nPresence=ask\n"
                         "[Environment]\nA=it's\n");
  resolution = resolve ("mine");
  text = gbx_summary_command_text (resolution, NULL, (const char *[]){ "firefox", "a b", NULL });
  wanted = g_strdup_printf ("glovebox run --profile default --home private --network user "
                            "--memory 1G --strict --home-name mine --share '%s/home/My "
                            "Documents:rw' --share B --env 'A=it'\\''s' firefox 'a b'",
                            world);
  g_assert_cmpstr (text, ==, wanted);
  short_text = gbx_summary_command_text (resolution, base, NULL);
  g_assert_null (strstr (short_text, "--network"));
  g_assert_nonnull (strstr (short_text, "--memory 1G"));
}

/* ----------------------------------------------------------------------- */

/* Before GLib remembers where the folders of a user are. */
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
    { "XDG_STATE_HOME", "home/.local/state" },
    { "XDG_CACHE_HOME", "home/.cache" },
    { "XDG_RUNTIME_DIR", "run/user" },
    { "PATH", "home/tools/bin" },
  };
  g_autofree char *name = g_build_filename (g_get_tmp_dir (), "glovebox-test-XXXXXX", NULL);
  g_autofree char *profiles
      = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "data", "profiles", NULL);
  g_autofree char *ssh = NULL, *link = NULL, *upwards = NULL;

  g_assert_nonnull (g_mkdtemp (name));
  world = realpath (name, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      g_autofree char *folder = make_folder (variables[i].path);

      g_setenv (variables[i].name, folder, TRUE);
    }
  g_setenv ("GLOVEBOX_PROFILE_PATH", profiles, TRUE);
  g_unsetenv ("SSH_AUTH_SOCK");
  ssh = make_folder ("home/.ssh");
  link = in_world ("home/link");
  upwards = in_world ("home/upwards");
  g_assert_cmpint (symlink (ssh, link), ==, 0);
  g_assert_cmpint (symlink ("..", upwards), ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  make_world ();
  g_test_add_func ("/summary/risk", test_risk);
  g_test_add_func ("/summary/risk-inside", test_risk_inside);
  g_test_add_func ("/summary/risk-programs", test_risk_programs);
  g_test_add_func ("/summary/risk-mounts", test_risk_mounts);
  g_test_add_func ("/summary/shipped", test_shipped);
  g_test_add_func ("/summary/sentence", test_sentence);
  g_test_add_func ("/summary/lines", test_lines);
  g_test_add_func ("/summary/limits", test_limits);
  g_test_add_func ("/summary/policy", test_policy);
  g_test_add_func ("/summary/command", test_command);
  status = g_test_run ();
  gbx_path_remove_tree (world);
  free (world);
  return status;
}
