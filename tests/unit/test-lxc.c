/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Containers, as far as no container is needed: IDs, the golden domain XML, what libvirt's errors
 * come to.  GLOVEBOX_UPDATE_GOLDEN=1 writes the files anew; read the difference. */

#include "gbx-container-domain.h"
#include "gbx-container-plan.h"
#include "gbx-id-ranges.h"
#include "gbx-policy-private.h"
#include "gbx-virt-containers.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* ----------------------------------------------------------------- ids -- */

static void
test_ranges (void)
{
  static const struct
  {
    const char *text;
    guint32 first; /* 0: refused */
  } cases[] = {
    { "me:100000:65536\n", 100000 },
    { "1000:100000:65536", 100000 },
    { "you:100000:65536\nme:165536:65536\n", 165536 },
    { "me:100000:1000\nme:200000:65536\n", 200000 }, /* too small */
    { "me:100000:65535\n", 0 },
    { "you:100000:65536\n", 0 },
    { "", 0 },
    { "me:1000:65536\n", 0 },       /* the numbers of accounts */
    { "me:4294905000:65536\n", 0 }, /* beyond the last number */
    { "me:-5:65536\n", 0 },
    { "me:100000\n", 0 },
    { "me:100000:65536:1\n", 0 },
    { "# me:100000:65536\n", 0 },
    { "me:99999999999999999999:65536\n", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GbxIdRange range = { 0 };

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (gbx_id_range_parse (cases[i].text, "me", 1000, 1000, &range), ==,
                       cases[i].first != 0);
      g_assert_cmpuint (range.first, ==, cases[i].first);
    }
}

/* No ID of the container is that of another account, and each has one. */
static void
test_map (void)
{
  static const guint32 owns[] = { 1, 1000, 65534, 65535, 65536, 200000000 };

  for (guint i = 0; i < G_N_ELEMENTS (owns); i++)
    {
      const GbxIdRange range = { owns[i], 100000 };
      GbxIdMapping mappings[GBX_ID_MAPPINGS_MAX];
      guint n = gbx_id_range_map (&range, mappings);
      guint64 total = 0;

      for (guint j = 0; j < n; j++)
        {
          gboolean own = mappings[j].inside == owns[i];

          total += mappings[j].count;
          g_assert_cmpuint (mappings[j].count, >, 0);
          g_assert_cmpuint (mappings[j].outside, ==,
                            own ? owns[i] : mappings[j].inside + 100000);
          g_assert_true (own ? mappings[j].count == 1
                             : mappings[j].inside + mappings[j].count <= GBX_CONTAINER_IDS);
        }
      g_assert_cmpuint (total, ==, GBX_CONTAINER_IDS + (owns[i] >= GBX_CONTAINER_IDS));
    }
}

static void
test_missing_ids (void)
{
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL);
  g_autofree char *path = g_build_filename (folder, "subuid", NULL);
  g_autoptr (GError) error = NULL;
  GbxIdRange uids, gids;

  /* What is advised must be free. */
  g_file_set_contents (path, "somebody:100000:70000\n", -1, NULL);
  g_setenv ("GLOVEBOX_SUBORDINATE_IDS", folder, TRUE);
  g_assert_false (gbx_id_ranges_find (&uids, &gids, &error));
  g_assert_nonnull (strstr (error->message, "--add-subuids 170000-235535"));
  g_unsetenv ("GLOVEBOX_SUBORDINATE_IDS");
  g_unlink (path);
  g_rmdir (folder);
}

/* -------------------------------------------------------------- golden -- */

static GbxLaunchPlan *
make_plan (GbxMode mode, gboolean network)
{
  const char *argv[] = { "a&b <c>", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (mode);
  g_autoptr (GbxPolicy) policy = NULL;
  GbxLaunchPlan *plan;

  gbx_policy_builder_set_command (builder, argv);
  gbx_policy_builder_set_application (builder, NULL, "Tom & Jerry's <app> \"x\"", NULL);
  gbx_policy_builder_set_text (builder, "resources.memory", "512M", "test", NULL);
  gbx_policy_builder_set_text (builder, "resources.cpus", "1", "test", NULL);
  policy = gbx_policy_builder_build (builder, NULL);
  plan = gbx_launch_plan_new (policy);
  plan->tuning.processors = 4;
  plan->name = g_strdup ("golden");
  g_free (plan->uuid);
  plan->uuid = g_strdup ("8d4a1f3e-5b0c-4b0e-9c36-0d4a3c9f1b2e");
  plan->runtime = g_strdup ("/run/gl<ove>&");
  plan->tuning.processors = 4;
  plan->network_socket = network ? g_strdup ("/run/net.sock") : NULL;
  gbx_launch_plan_add_export (plan, "gbx-root", "/run/root", FALSE);
  gbx_launch_plan_add_export (plan, "gbx-usr", "/usr", FALSE);
  gbx_launch_plan_add_export (plan, "gbx-share-0", "/run/gl<ove>&/gbx-share-0", TRUE);
  return plan;
}

/* The name has the number of whoever runs the test. */
static char *
print_domain (GbxLaunchPlan *plan)
{
  GbxContainerPlan container = {
    .plan = plan,
    .uids = { 1000, 100000 },
    .gids = { 100, 200000 },
    .display_socket =
        gbx_policy_get_mode (plan->policy) == GBX_MODE_DESKTOP ? g_strdup ("/run/display") : NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVirConfigDomain) config = gbx_container_domain_new (&container, &error);
  g_autofree char *xml = NULL;
  g_autofree char *mark = g_strdup_printf ("glovebox-%u-", (guint) geteuid ());
  g_auto (GStrv) parts = NULL;

  g_assert_no_error (error);
  xml = gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (config));
  parts = g_strsplit (xml, mark, -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  gbx_container_plan_clear (&container);
  gbx_launch_plan_free (plan);
  return g_strjoinv ("glovebox-UID-", parts);
}

static void
compare (const char *name, GbxLaunchPlan *plan)
{
  g_autofree char *file = g_strconcat (name, ".xml", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", file, NULL);
  g_autofree char *xml = print_domain (plan);
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  if (g_getenv ("GLOVEBOX_UPDATE_GOLDEN"))
    g_file_set_contents (path, xml, -1, NULL);
  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (xml, ==, expected);
}

static void
test_golden (void)
{
  compare ("lxc-exec", make_plan (GBX_MODE_EXEC, FALSE));
  compare ("lxc-exec-network", make_plan (GBX_MODE_EXEC, TRUE));
  compare ("lxc-desktop", make_plan (GBX_MODE_DESKTOP, FALSE));
}

/* A network namespace always; a device only with a network; and no interface of libvirt's. */
static void
test_off_is_absent (void)
{
  g_autofree char *xml = print_domain (make_plan (GBX_MODE_EXEC, FALSE));
  static const char *const absent[] = { "<hostdev", "<interface", "display-fd", "network-fd" };

  g_assert_nonnull (strstr (xml, "<privnet/>"));
  g_assert_nonnull (strstr (xml, "<idmap>"));
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
    g_assert_null (strstr (xml, absent[i]));
}

/* All accounts share a daemon, and one account may have several runtime folders. */
static void
test_names (void)
{
  GbxLaunchPlan *plan = make_plan (GBX_MODE_EXEC, FALSE);
  g_autofree char *usual = g_strdup_printf ("/run/user/%u/glovebox/golden", (guint) geteuid ());
  g_autofree char *expected = g_strdup_printf ("glovebox-%u-golden", (guint) geteuid ());
  g_autofree char *elsewhere = gbx_container_plan_domain_name (plan);
  g_autofree char *here = NULL;

  g_free (plan->runtime);
  plan->runtime = g_steal_pointer (&usual);
  here = gbx_container_plan_domain_name (plan);
  g_assert_cmpstr (here, ==, expected);
  g_assert_cmpstr (elsewhere, !=, here);
  gbx_launch_plan_free (plan);
}

/* --------------------------------------------------------------- reach -- */

static void
test_reach (void)
{
  g_autofree char *base = g_dir_make_tmp (NULL, NULL);
  g_autofree char *closed = g_build_filename (base, "closed", NULL);
  g_autofree char *inner = g_build_filename (closed, "inner", NULL);
  g_autofree char *folder = NULL;
  guint32 uid = geteuid (), gid = getegid ();

  g_mkdir (closed, 0700);
  g_mkdir (inner, 0755);
  /* Its own account may enter; nobody else may, and the first closed folder is told. */
  g_assert_true (gbx_container_can_reach (inner, uid, gid, &folder));
  g_assert_null (folder);
  g_assert_false (gbx_container_can_reach (inner, uid + 1, gid, &folder));
  g_assert_cmpstr (folder, ==, base);
  g_clear_pointer (&folder, g_free);
  /* Its group is not that of the container. */
  g_chmod (base, 0711);
  g_assert_false (gbx_container_can_reach (inner, uid, gid + 1, &folder));
  g_assert_cmpstr (folder, ==, closed);
  g_clear_pointer (&folder, g_free);
  g_chmod (closed, 0711);
  g_assert_true (gbx_container_can_reach (inner, uid, gid + 1, &folder));
  g_rmdir (inner);
  g_rmdir (closed);
  g_rmdir (base);
}

/* -------------------------------------------------------------- errors -- */

static void
test_explanations (void)
{
  static const struct
  {
    const char *message, *word;
  } cases[] = {
    { "internal error: Unable to find 'memory' cgroups controller mount", "control groups" },
    { "unsupported configuration: Kernel doesn't support user namespace", "user namespaces" },
    { "internal error: guest failed to start: Failure in libvirt_lxc startup: Failed to bind mount "
      "directory /.oldroot/x to /y: Invalid argument", "another file system" },
    { "internal error: something else", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *sentence = gbx_virt_explain_container (cases[i].message);

      g_assert_cmpint (sentence != NULL, ==, cases[i].word != NULL);
      if (sentence)
        g_assert_nonnull (strstr (sentence, cases[i].word));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lxc/ranges", test_ranges);
  g_test_add_func ("/lxc/map", test_map);
  g_test_add_func ("/lxc/missing-ids", test_missing_ids);
  g_test_add_func ("/lxc/golden", test_golden);
  g_test_add_func ("/lxc/off-is-absent", test_off_is_absent);
  g_test_add_func ("/lxc/names", test_names);
  g_test_add_func ("/lxc/reach", test_reach);
  g_test_add_func ("/lxc/explanations", test_explanations);
  return g_test_run ();
}
