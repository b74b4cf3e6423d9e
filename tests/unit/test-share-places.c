/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which places of a user's are not shared, or with a word of warning: in a home, a
 * session and a runtime folder made for it. */

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-policy.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *world;

static char *
make_folder (const char *path)
{
  char *folder = g_build_filename (world, path, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  return folder;
}

static void
assert_refused (const char *path, gboolean writable, const char *because)
{
  g_autofree char *folder = make_folder (path);
  g_autoptr (GError) error = NULL;

  g_assert_null (gbx_share_new (folder, "/data", writable, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_SHARE);
  if (!strstr (error->message, because))
    g_error ("“%s” does not say “%s”", error->message, because);
}

static void
assert_allowed (const char *path, gboolean writable)
{
  g_autofree char *folder = make_folder (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxShare) share = gbx_share_new (folder, "/data", writable, &error);

  g_assert_no_error (error);
  g_assert_nonnull (share);
}

/* The runtime folder, what is in it and what holds it; but not the files of other
 * machines and of the portal, which happen to lie there. */
static void
test_sockets (void)
{
  g_autoptr (GError) error = NULL;

  for (int writable = 0; writable <= 1; writable++)
    {
      assert_refused ("run/user", writable, "have sockets in");
      assert_refused ("run/user/libvirt", writable, "have sockets in");
      assert_refused ("run/user/glovebox/other", writable, "have sockets in");
      assert_refused ("run", writable, "have sockets in");
      assert_allowed ("run/user/gvfs/host", writable);
      assert_allowed ("run/user/doc/1234", writable);
      assert_allowed ("run-other", writable);
    }
  if (g_file_test ("/tmp/.X11-unix", G_FILE_TEST_IS_DIR))
    {
      g_assert_null (gbx_share_new ("/tmp/.X11-unix", "/data", FALSE, &error));
      g_assert_nonnull (strstr (error->message, "have sockets in"));
    }
}

static void
test_agent (void)
{
  g_autofree char *folder = make_folder ("home/keys");
  g_autofree char *socket = g_build_filename (folder, "agent", NULL);

  assert_allowed ("home/keys", FALSE);
  g_setenv ("SSH_AUTH_SOCK", socket, TRUE);
  assert_refused ("home/keys", FALSE, "have sockets in");
  g_unsetenv ("SSH_AUTH_SOCK");
}

/* Before there is such a folder as much as after. */
static void
test_configuration (void)
{
  static const char *const own[] = {
    "home/.config",
    "home/.config/libvirt",
    "home/.config/libvirt/qemu",
    "home/.config/glovebox",
    "home/.local/share/glovebox/profiles",
    "home/.local/share/glovebox/homes/web",
    "home/.local/share",
    "home/.local/state/glovebox/files",
    "home/.local/state",
    "home/.local",
    "home/.cache/glovebox",
    "home/.cache/libvirt",
    "home/.cache",
  };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      assert_refused (own[i], TRUE, "how sandboxes are confined");
      assert_allowed (own[i], FALSE);
    }
  /* Once libvirt has run, the monitors of virtual machines are in there. */
  assert_refused ("home/.config/libvirt/qemu/lib", FALSE, "have sockets in");
  assert_refused ("home/.config", FALSE, "have sockets in");
  assert_allowed ("home/.config/evince", TRUE);
  assert_allowed ("home/.config/libvirt-other", TRUE);
}

static void
test_through_link (void)
{
  g_autofree char *folder = make_folder ("home/.config/libvirt");
  g_autofree char *link = g_build_filename (world, "home", "link", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink (folder, link), ==, 0);
  g_assert_null (gbx_share_new (link, "/data", TRUE, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_SHARE);
}

static char *
describe_risk (const char *path, gboolean writable)
{
  g_autofree char *folder = make_folder (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxShare) share = gbx_share_new (folder, "/data", writable, &error);

  g_assert_no_error (error);
  return gbx_share_describe_risk (share);
}

static void
test_risk (void)
{
  static const struct
  {
    const char *path, *place; /* NULL: no risk */
  } cases[] = {
    { "home/.config/autostart", "/.config/autostart" },
    { "home/.config/systemd/user", "/.config/systemd" },
    { "home/.config/fish/functions", "/.config/fish" },
    { "home/.local/share/applications", "/.local/share/applications" },
    { "home/.local/bin", "/.local/bin" },
    { "home/.ssh", "/.ssh" },
    { "home/.gnupg", "/.gnupg" },
    { "home/tools/bin", "/tools/bin" },
    { "home/tools", "/tools/bin" },
    { "home/Documents", NULL },
    { "home/.sshd", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *risk = describe_risk (cases[i].path, TRUE);
      g_autofree char *none = describe_risk (cases[i].path, FALSE);

      g_assert_null (none);
      g_assert_cmpint (risk != NULL, ==, cases[i].place != NULL);
      if (risk && !strstr (risk, cases[i].place))
        g_error ("“%s” does not name %s", risk, cases[i].place);
    }
}

/* A single file is as good as its folder. */
static void
test_risk_of_file (void)
{
  g_autofree char *file = g_build_filename (world, "home", ".bashrc", NULL);
  g_autoptr (GbxShare) share = NULL;
  g_autofree char *risk = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  share = gbx_share_new (file, "/data", TRUE, NULL);
  risk = gbx_share_describe_risk (share);
  g_assert_nonnull (strstr (risk, ".bashrc"));
}

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
    { "XDG_DATA_HOME", "home/.local/share" },
    { "XDG_STATE_HOME", "home/.local/state" },
    { "XDG_CACHE_HOME", "home/.cache" },
    { "XDG_RUNTIME_DIR", "run/user" },
    { "PATH", "home/tools/bin" },
  };
  g_autofree char *name = g_build_filename (g_get_tmp_dir (), "glovebox-test-XXXXXX", NULL);

  g_assert_nonnull (g_mkdtemp (name));
  world = realpath (name, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      g_autofree char *folder = g_build_filename (world, variables[i].path, NULL);

      g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
      g_setenv (variables[i].name, folder, TRUE);
    }
  g_unsetenv ("SSH_AUTH_SOCK");
}

/* What the sandbox has itself is not hidden; an application's own configuration may be shown
 * at its place. */
static void
test_system (void)
{
  static const struct
  {
    const char *path;
    gboolean allowed;
  } cases[] = {
    { "/etc/someapp", TRUE }, { "/etc/someapp/conf.d", TRUE }, { "/etc/sshd.local", TRUE },
    { "/var/lib/someapp", TRUE }, { "/var/www", TRUE }, { "/var/log/someapp", TRUE },
    { "/etc", FALSE }, { "/etc/", FALSE }, { "/var", FALSE }, { "/var/lib", FALSE },
    { "/etc/passwd", FALSE }, { "/etc/ssh", FALSE }, { "/etc/ssh/x", FALSE },
    { "/etc/a/../shadow", FALSE }, { "/etc/resolv.conf", FALSE }, { "/usr/share/x", FALSE },
  };
  g_autofree char *folder = make_folder ("system");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GbxShare) share = gbx_share_new (folder, cases[i].path, FALSE, &error);

      if ((share != NULL) != cases[i].allowed)
        g_error ("%s: %s", cases[i].path, error ? error->message : "allowed");
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  make_world ();
  g_test_add_func ("/share-places/sockets", test_sockets);
  g_test_add_func ("/share-places/system", test_system);
  g_test_add_func ("/share-places/agent", test_agent);
  g_test_add_func ("/share-places/configuration", test_configuration);
  g_test_add_func ("/share-places/through-link", test_through_link);
  g_test_add_func ("/share-places/risk", test_risk);
  g_test_add_func ("/share-places/risk-of-file", test_risk_of_file);
  status = g_test_run ();
  gbx_path_remove_tree (world);
  free (world);
  return status;
}
