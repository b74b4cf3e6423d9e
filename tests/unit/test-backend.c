/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Golden domain XML: every kind of policy against the file that was reviewed.
 * GLOVEBOX_UPDATE_GOLDEN=1 writes the files anew; read the difference. */

#include "gbx-domain.h"
#include "gbx-jail.h"

#include <string.h>

static GbxLaunchPlan *
make_plan (GbxMode mode, GbxDisplayProtocol display, gboolean kvm, gboolean network, GbxVideo video,
           gboolean by_root)
{
  const char *argv[] = { "a&b <c>", "\"'", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (mode);
  g_autoptr (GbxPolicy) policy = NULL;
  GbxLaunchPlan *plan;

  gbx_policy_builder_set_command (builder, argv);
  gbx_policy_builder_set_application (builder, NULL, "Tom & Jerry's <app> \"x\"", NULL);
  gbx_policy_builder_set_text (builder, "resources.memory", "512M", "test", NULL);
  gbx_policy_builder_set_text (builder, "resources.cpus", "1", "test", NULL);
  gbx_policy_builder_set_text (builder, "display.protocol",
                               display == GBX_DISPLAY_PROTOCOL_VNC ? "vnc" : "spice", "test", NULL);
  policy = gbx_policy_builder_build (builder, NULL);
  plan = gbx_launch_plan_new (policy);
  plan->name = g_strdup ("golden");
  g_free (plan->uuid);
  plan->uuid = g_strdup ("8d4a1f3e-5b0c-4b0e-9c36-0d4a3c9f1b2e");
  plan->runtime = g_strdup ("/run/gl<ove>&");
  plan->kernel = g_strdup ("/cache/vmlinux");
  plan->initrd = g_strdup ("/cache/initrd");
  plan->console_socket = g_strdup ("/run/gl<ove>&/console");
  plan->emulator = g_strdup ("/cache/em\"ulator");
  plan->jail_rules = g_strdup ("/run/jail & rules");
  plan->network_socket = network ? g_strdup ("/run/net.sock") : NULL;
  plan->accelerator = kvm ? GBX_ACCELERATOR_KVM : GBX_ACCELERATOR_TCG;
  plan->video = video;
  plan->by_root = by_root;
  gbx_launch_plan_add_export (plan, "gbx-root", "/run/root", FALSE);
  gbx_launch_plan_add_export (plan, "gbx-share-0", "/home/us&er/'<dir>\"", TRUE);
  return plan;
}

static GbxLaunchPlan *
with_home (GbxLaunchPlan *plan, const char *image, const char *base)
{
  plan->home_image = g_strdup (image);
  plan->home_base = g_strdup (base);
  return plan;
}

static void
compare (const char *name, GbxLaunchPlan *plan)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVirConfigDomain) config = gbx_domain_new (plan, &error);
  g_autofree char *file = g_strconcat (name, ".xml", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", file, NULL);
  g_autofree char *xml = NULL;
  g_autofree char *expected = NULL;

  g_assert_no_error (error);
  xml = gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (config));
  if (g_getenv ("GLOVEBOX_UPDATE_GOLDEN"))
    g_file_set_contents (path, xml, -1, NULL);
  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (xml, ==, expected);
  gbx_launch_plan_free (plan);
}

static GbxLaunchPlan *
make_served_plan (void)
{
  GbxLaunchPlan *plan = make_plan (GBX_MODE_EXEC, 0, FALSE, FALSE, 0, FALSE);

  gbx_launch_plan_add_served_export (plan, "gbx-share-1", "/home/b", "/run/gl<ove>&/fs-1", TRUE);
  gbx_launch_plan_add_served_export (plan, "gbx-share-2", "/home/c", "/run/gl<ove>&/fs-2", FALSE);
  return plan;
}

static void
test_golden (void)
{
  compare ("exec-tcg", make_plan (GBX_MODE_EXEC, 0, FALSE, FALSE, 0, FALSE));
  compare ("exec-kvm-network", make_plan (GBX_MODE_EXEC, 0, TRUE, TRUE, 0, FALSE));
  compare ("desktop-spice-kvm",
           make_plan (GBX_MODE_DESKTOP, GBX_DISPLAY_PROTOCOL_SPICE, TRUE, FALSE, GBX_VIDEO_VIRTIO, FALSE));
  compare ("desktop-vnc-tcg",
           make_plan (GBX_MODE_DESKTOP, GBX_DISPLAY_PROTOCOL_VNC, FALSE, FALSE, GBX_VIDEO_QXL, FALSE));
  compare ("desktop-vga-network",
           make_plan (GBX_MODE_DESKTOP, GBX_DISPLAY_PROTOCOL_SPICE, FALSE, TRUE, GBX_VIDEO_VGA, FALSE));
  compare ("exec-served", make_served_plan ());
  compare ("exec-private-home",
           with_home (make_plan (GBX_MODE_EXEC, 0, FALSE, FALSE, 0, FALSE), "/data/<h>'/disk.img", NULL));
  compare ("exec-template-home",
           with_home (make_plan (GBX_MODE_EXEC, 0, TRUE, FALSE, 0, FALSE), "/cache/a&b.qcow2",
                      "/data/<h>'/disk.img"));
  compare ("exec-by-root", make_plan (GBX_MODE_EXEC, 0, FALSE, FALSE, 0, TRUE));
}

static char *
xml_of (GbxLaunchPlan *plan)
{
  g_autoptr (GVirConfigDomain) config = gbx_domain_new (plan, NULL);
  char *xml = gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (config));

  gbx_launch_plan_free (plan);
  return xml;
}

/* Off means that the device does not exist. */
static void
test_off_is_absent (void)
{
  g_autofree char *xml = xml_of (make_plan (GBX_MODE_EXEC, 0, FALSE, FALSE, 0, FALSE));
  static const char *const absent[] = { "<graphics", "<input", "netdev", "<interface", "spicevmc",
                                        "<redirdev", "<sound", "<disk", "<tpm" };

  for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
    g_assert_null (strstr (xml, absent[i]));
}

static void
test_no_port (void)
{
  g_autofree char *xml =
      xml_of (make_plan (GBX_MODE_DESKTOP, GBX_DISPLAY_PROTOCOL_VNC, FALSE, FALSE, 0, FALSE));

  g_assert_nonnull (strstr (xml, "<listen type=\"none\"/>"));
  g_assert_null (strstr (xml, "port="));
}

/* Where AppArmor confines libvirt it may execute what is in /usr/bin, and no build tree. */
static void
test_apparmor (void)
{
  g_autofree char *advice = gbx_jail_advise ("/src/host/glovebox-emulator-jail", TRUE);

  g_assert_nonnull (strstr (advice, "'/src/host/glovebox-emulator-jail PUx,'"));
  g_assert_null (gbx_jail_advise ("/src/host/glovebox-emulator-jail", FALSE));
  g_assert_null (gbx_jail_advise ("/usr/bin/glovebox-emulator-jail", TRUE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backend/golden", test_golden);
  g_test_add_func ("/backend/apparmor", test_apparmor);
  g_test_add_func ("/backend/off-is-absent", test_off_is_absent);
  g_test_add_func ("/backend/no-port", test_no_port);
  return g_test_run ();
}
