/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which limits hold where, what libvirt is told of them, and the golden domain XML of each shipped
 * profile on both backends.  GLOVEBOX_UPDATE_GOLDEN=1 writes the files anew; read the
 * difference. */

#include "gbx-container-domain.h"
#include "gbx-domain.h"
#include "gbx-limits-xml.h"
#include "gbx-number-set.h"
#include "gbx-profile-store.h"
#include "gbx-resolution.h"
#include "gbx-settings.h"
#include "gbx-tuning.h"
#include "gbx-virt-containers.h"

#include <string.h>

/* ------------------------------------------------------------ number sets -- */

static void
test_sets (void)
{
  static const struct
  {
    const char *text;
    const char *format; /* NULL: refused */
  } cases[] = {
    { "0", "0" },       { "0-1,3", "0-1,3" }, { "3,1,0", "0-1,3" }, { "1,1-2", "1-2" },
    { "8191", "8191" }, { "8192", NULL },     { "", NULL },         { ",", NULL },
    { "1-", NULL },     { "-1", NULL },       { "2-1", NULL },      { "1-2-3", NULL },
    { " 1", NULL },     { "a", NULL },        { "0-99999999999999999999", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GArray) set = gbx_number_set_parse (cases[i].text);
      g_autofree char *format = set ? gbx_number_set_format (set) : NULL;

      g_assert_cmpstr (format, ==, cases[i].format);
    }
}

/* ---------------------------------------------------------------- policies -- */

/* All limits at once. */
static const char *const everything[][2] = {
  { "resources.cpu-set", "0" },
  { "resources.cpu-weight", "50" },
  { "resources.cpu-quota", "60" },
  { "resources.scheduler", "idle" },
  { "resources.nice", "5" },
  { "resources.memory-soft", "128M" },
  { "resources.swap", "64M" },
  { "resources.huge-pages", "on" },
  { "resources.lock-memory", "on" },
  { "resources.disk-weight", "300" },
  { "resources.disk-read", "2M" },
  { "resources.disk-write", "1M" },
  { "resources.disk-read-operations", "100" },
  { "resources.disk-write-operations", "50" },
  { "resources.io-threads", "1" },
  { "resources.numa-mode", "strict" },
  { "resources.numa-nodes", "0" },
  { "files.home", "private" },
};

static GbxPolicy *
make_policy (const char *const (*settings)[2], guint n)
{
  const char *argv[] = { "true", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_EXEC);
  g_autoptr (GError) error = NULL;
  GbxPolicy *policy;

  gbx_policy_builder_set_command (builder, argv);
  gbx_policy_builder_set_text (builder, "resources.memory", "256M", "test", NULL);
  gbx_policy_builder_set_text (builder, "resources.cpus", "1", "test", NULL);
  for (guint i = 0; i < n; i++)
    {
      gbx_policy_builder_set_text (builder, settings[i][0], settings[i][1], "test", &error);
      g_assert_no_error (error);
    }
  policy = gbx_policy_builder_build (builder, &error);
  g_assert_no_error (error);
  return policy;
}

static const GbxTuningHost rich = {
  .has_manager = TRUE,
  .delegated = GBX_CONTROLLER_CPU | GBX_CONTROLLER_MEMORY | GBX_CONTROLLER_IO,
  .processors = 4,
  .counts_swap = TRUE,
  .weighs_disks = TRUE,
  .may_lock = TRUE,
  .huge = G_GUINT64_CONSTANT (1) << 40,
};
static const GbxTuningHost poor = { 0 };

static gboolean
is_unheld (GPtrArray *list, const char *key)
{
  for (guint i = 0; i < list->len; i++)
    {
      GbxUnheld *one = list->pdata[i];
      g_autofree char *sentence = gbx_unheld_describe (one);

      g_assert_true (g_str_has_suffix (one->reason, "."));
      g_assert_nonnull (strstr (sentence, one->setting->key));
      if (g_str_equal (one->setting->key, key))
        return TRUE;
    }
  return FALSE;
}

/* ------------------------------------------------------------------- check -- */

static void
assert_unheld (GbxPlatform platform, const GbxTuningHost *host, const char *const *keys)
{
  g_autoptr (GbxPolicy) policy = make_policy (everything, G_N_ELEMENTS (everything));
  g_autoptr (GPtrArray) list = gbx_tuning_check (policy, platform, host);

  for (guint i = 0; keys[i]; i++)
    if (!is_unheld (list, keys[i]))
      g_error ("%s should not hold in %s", keys[i], gbx_platform_get_name (platform));
  for (guint i = 0; i < list->len; i++)
    if (!g_strv_contains (keys, ((GbxUnheld *) list->pdata[i])->setting->key))
      g_error ("%s should hold in %s", ((GbxUnheld *) list->pdata[i])->setting->key,
               gbx_platform_get_name (platform));
}

static void
test_check (void)
{
  static const char *const nothing[] = { NULL };
  static const char *const by_scope[] = {
    "resources.cpu-weight", "resources.cpu-quota",  "resources.memory-soft",
    "resources.swap",       "resources.huge-pages", "resources.lock-memory",
    "resources.disk-weight", NULL,
  };
  static const char *const by_group[] = { "resources.swap", "resources.huge-pages",
                                          "resources.lock-memory", "resources.disk-weight", NULL };
  static const char *const no_locks[] = { "resources.swap", "resources.lock-memory", NULL };
  static const char *const no_io[] = { "resources.disk-weight", NULL };
  GbxTuningHost debian = rich;

  debian.delegated = GBX_CONTROLLER_CPU | GBX_CONTROLLER_MEMORY | GBX_CONTROLLER_PIDS;
  assert_unheld (GBX_PLATFORM_QEMU_SESSION, &rich, nothing);
  assert_unheld (GBX_PLATFORM_QEMU_SESSION, &debian, no_io);
  assert_unheld (GBX_PLATFORM_QEMU_SESSION, &poor, by_scope);
  assert_unheld (GBX_PLATFORM_QEMU_SYSTEM, &rich, nothing);
  assert_unheld (GBX_PLATFORM_QEMU_SYSTEM, &poor, by_group);
  /* libvirt would raise the limit of locked memory for it. */
  debian = rich;
  debian.may_lock = FALSE;
  assert_unheld (GBX_PLATFORM_QEMU_SYSTEM, &debian, no_locks);
}

/* What a container cannot have at all; whether files are on a disk depends on the computer. */
static void
test_check_container (void)
{
  static const char *const never[] = { "resources.scheduler",  "resources.nice",
                                       "resources.huge-pages", "resources.lock-memory",
                                       "resources.io-threads" };
  g_autoptr (GbxPolicy) policy = make_policy (everything, G_N_ELEMENTS (everything));
  g_autoptr (GPtrArray) list = gbx_tuning_check (policy, GBX_PLATFORM_LXC, &rich);

  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    g_assert_true (is_unheld (list, never[i]));
  g_assert_false (is_unheld (list, "resources.cpu-quota"));
  g_assert_false (is_unheld (list, "resources.cpu-set"));
  g_assert_false (is_unheld (list, "resources.swap"));
}

/* What is set to what holds anyway asks for nothing. */
static void
test_check_nothing (void)
{
  static const char *const defaults[][2] = {
    { "resources.cpu-weight", "100" }, { "resources.cpu-quota", "0" },
    { "resources.scheduler", "other" }, { "resources.numa-mode", "interleave" },
    { "network.download", "1M" }, /* without a network */
  };
  g_autoptr (GbxPolicy) policy = make_policy (defaults, G_N_ELEMENTS (defaults));

  for (guint i = 0; i < GBX_N_PLATFORMS; i++)
    {
      g_autoptr (GPtrArray) list = gbx_tuning_check (policy, i, &poor);

      g_assert_cmpuint (list->len, ==, 0);
    }
  g_assert_false (gbx_tuning_needs_scope (policy, GBX_PLATFORM_QEMU_SESSION));
}

/* A thread for a disk needs a disk. */
static void
test_check_disk (void)
{
  static const char *const threads[][2] = { { "resources.io-threads", "1" } };
  g_autoptr (GbxPolicy) policy = make_policy (threads, 1);
  g_autoptr (GPtrArray) list = gbx_tuning_check (policy, GBX_PLATFORM_QEMU_SESSION, &rich);

  g_assert_true (is_unheld (list, "resources.io-threads"));
}

/* ---------------------------------------------------------------- golden -- */

static GbxLaunchPlan *
make_plan (GbxPolicy *policy, GbxPlatform platform, const GbxTuningHost *host)
{
  GbxLaunchPlan *plan = gbx_launch_plan_new (policy);
  gboolean is_container = platform == GBX_PLATFORM_LXC;

  plan->name = g_strdup ("golden");
  g_free (plan->uuid);
  plan->uuid = g_strdup ("8d4a1f3e-5b0c-4b0e-9c36-0d4a3c9f1b2e");
  plan->runtime = g_strdup ("/run/golden");
  plan->kernel = g_strdup ("/cache/vmlinux");
  plan->initrd = g_strdup ("/cache/initrd");
  plan->console_socket = g_strdup ("/run/golden/console");
  plan->emulator = g_strdup ("/cache/emulator");
  if (gbx_policy_get_network (policy) != GBX_NETWORK_NONE)
    plan->network_socket = g_strdup ("/run/golden/net.sock");
  if (!is_container && !g_str_equal (gbx_policy_get_text (policy, "files.home"), "temporary"))
    plan->home_image = g_strdup ("/home/disk.img");
  plan->accelerator = is_container ? GBX_ACCELERATOR_NONE : GBX_ACCELERATOR_KVM;
  plan->video = GBX_VIDEO_VIRTIO;
  plan->by_root = platform == GBX_PLATFORM_QEMU_SYSTEM;
  plan->platform = platform;
  plan->tuning = *host;
  g_ptr_array_unref (plan->unheld);
  plan->unheld = gbx_tuning_check (policy, platform, host);
  g_ptr_array_unref (plan->disks);
  plan->disks = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (plan->disks, g_strdup ("/dev/sda"));
  gbx_launch_plan_add_export (plan, "gbx-root", "/run/golden/root", FALSE);
  return plan;
}

static char *
describe (GbxLaunchPlan *plan)
{
  GbxContainerPlan container = { .plan = plan, .uids = { 1000, 100000 }, .gids = { 1000, 100000 } };
  gboolean is_container = plan->platform == GBX_PLATFORM_LXC;
  g_autofree char *name = gbx_container_plan_domain_name (plan);
  g_autofree char *xml = NULL;
  g_auto (GStrv) parts = NULL;
  g_autoptr (GVirConfigDomain) config = NULL;
  g_autoptr (GError) error = NULL;

  if (is_container && gbx_policy_get_mode (plan->policy) == GBX_MODE_DESKTOP)
    container.display_socket = g_strdup ("/run/golden/display");
  config = is_container ? gbx_container_domain_new (&container, &error)
                        : gbx_domain_new (plan, &error);
  g_assert_no_error (error);
  gbx_container_plan_clear (&container);
  xml = gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (config));
  /* It has the account in it. */
  parts = g_strsplit (xml, name, -1);
  return g_strjoinv ("glovebox-golden", parts);
}

/* plan: (transfer full) */
static void
compare (const char *name, GbxLaunchPlan *plan)
{
  g_autofree char *xml = describe (plan);
  g_autofree char *file = g_strconcat (name, ".xml", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", file, NULL);
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  gbx_launch_plan_free (plan);
  if (g_getenv ("GLOVEBOX_UPDATE_GOLDEN"))
    g_file_set_contents (path, xml, -1, NULL);
  g_file_get_contents (path, &expected, NULL, &error);
  g_assert_no_error (error);
  if (g_strcmp0 (xml, expected) != 0)
    g_error ("%s is another: %s", path, xml);
}

static void
test_limits (void)
{
  static const char *const names[] = { "limits-qemu-session", "limits-qemu-system", "limits-lxc" };
  g_autoptr (GbxPolicy) policy = make_policy (everything, G_N_ELEMENTS (everything));
  GbxTuningHost unified = rich;

  unified.has_unified_groups = TRUE;
  for (guint i = 0; i < GBX_N_PLATFORMS; i++)
    compare (names[i], make_plan (policy, i, &rich));
  compare ("limits-qemu-system-unified", make_plan (policy, GBX_PLATFORM_QEMU_SYSTEM, &unified));
  compare ("limits-lxc-unified", make_plan (policy, GBX_PLATFORM_LXC, &unified));
}

/* A session has no control groups: libvirt would refuse to start. */
static void
test_session_has_no_groups (void)
{
  static const char *const refused[] = { "<shares", "_quota", "<memtune", "<blkiotune" };
  g_autoptr (GbxPolicy) policy = make_policy (everything, G_N_ELEMENTS (everything));
  GbxLaunchPlan *plan = make_plan (policy, GBX_PLATFORM_QEMU_SESSION, &rich);
  g_autofree char *xml = describe (plan);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    g_assert_null (strstr (xml, refused[i]));
  gbx_launch_plan_free (plan);
}

/* What does not hold is told to nobody. */
static void
test_unheld_is_absent (void)
{
  static const char *const absent[] = { "<hugepages", "<locked", "swap_hard_limit", "<weight" };
  g_autoptr (GbxPolicy) policy = make_policy (everything, G_N_ELEMENTS (everything));

  for (guint p = 0; p < GBX_N_PLATFORMS; p++)
    {
      GbxLaunchPlan *plan = make_plan (policy, p, &poor);
      g_autofree char *xml = describe (plan);

      for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
        g_assert_null (strstr (xml, absent[i]));
      gbx_launch_plan_free (plan);
    }
}

/* Without limits there is none of their elements. */
static void
test_none (void)
{
  static const char *const absent[] = { "cpuset", "cputune", "memtune", "blkiotune", "numatune",
                                        "memoryBacking", "iothread", "iotune", "throttling" };
  static const char *const cpus[][2] = { { "resources.cpus", "1" } };
  g_autoptr (GbxPolicy) policy = make_policy (cpus, 0);
  GbxLaunchPlan *plan = make_plan (policy, GBX_PLATFORM_QEMU_SYSTEM, &rich);
  g_autofree char *xml = describe (plan);

  for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
    g_assert_null (strstr (xml, absent[i]));
  gbx_launch_plan_free (plan);
}

/* ---------------------------------------------------------------- profiles -- */

/* The computer's own numbers would be in the file otherwise. */
static GbxPolicy *
resolve (GbxProfileStore *store, const char *id)
{
  const char *argv[] = { "true", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxResolution) resolution = gbx_resolution_new (store, id, TRUE, &error);
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  GbxPolicy *policy;

  g_assert_no_error (error);
  gbx_resolution_leave_out_shares (resolution);
  g_assert_true (gbx_resolution_fill (resolution, builder, &error));
  gbx_policy_builder_set_command (builder, argv);
  gbx_policy_builder_set_text (builder, "resources.memory", "512M", "test", NULL);
  gbx_policy_builder_set_text (builder, "resources.cpus", "1", "test", NULL);
  policy = gbx_policy_builder_build (builder, &error);
  g_assert_no_error (error);
  return policy;
}

static void
test_profiles (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "data", "profiles", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GbxProfileStore) store = NULL;
  const char *file;
  guint n = 0;

  g_assert_nonnull (dir);
  g_setenv ("GLOVEBOX_PROFILE_PATH", folder, TRUE);
  store = gbx_profile_store_new ();
  while ((file = g_dir_read_name (dir)))
    {
      g_autofree char *id = g_str_has_suffix (file, ".profile")
                                ? g_strndup (file, strlen (file) - strlen (".profile"))
                                : NULL;
      g_autoptr (GbxPolicy) policy = id ? resolve (store, id) : NULL;
      g_autofree char *machine = g_strconcat ("domains/", id, "-qemu", NULL);
      g_autofree char *container = g_strconcat ("domains/", id, "-lxc", NULL);

      if (!policy)
        continue;
      compare (machine, make_plan (policy, GBX_PLATFORM_QEMU_SESSION, &rich));
      compare (container, make_plan (policy, GBX_PLATFORM_LXC, &rich));
      n++;
    }
  g_assert_cmpuint (n, >=, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/tuning/sets", test_sets);
  g_test_add_func ("/tuning/check", test_check);
  g_test_add_func ("/tuning/check-container", test_check_container);
  g_test_add_func ("/tuning/check-nothing", test_check_nothing);
  g_test_add_func ("/tuning/check-disk", test_check_disk);
  g_test_add_func ("/tuning/limits", test_limits);
  g_test_add_func ("/tuning/session-has-no-groups", test_session_has_no_groups);
  g_test_add_func ("/tuning/unheld-is-absent", test_unheld_is_absent);
  g_test_add_func ("/tuning/none", test_none);
  g_test_add_func ("/tuning/profiles", test_profiles);
  return g_test_run ();
}
