/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Policies and shares: what they take, what they refuse, and the way to
 * another process. */

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-policy-handover.h"
#include "gbx-policy-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char *scratch;

static GbxPolicyBuilder *
builder_for (const char *program)
{
  const char *argv[] = { program, NULL };
  GbxPolicyBuilder *builder = gbx_policy_builder_new (GBX_MODE_EXEC);

  gbx_policy_builder_set_command (builder, argv);
  return builder;
}

static void
set (GbxPolicyBuilder *builder, const char *key, const char *text)
{
  g_autoptr (GError) error = NULL;

  gbx_policy_builder_set_text (builder, key, text, key, &error);
  g_assert_no_error (error);
}

static void
assert_share_refused (const char *path, const char *guest_path, gboolean writable,
                      const char *because)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gbx_share_new (path, guest_path, writable, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_SHARE);
  g_assert_nonnull (strstr (error->message, because));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_share_refused (void)
{
  g_autofree char *missing = g_build_filename (scratch, "missing", NULL);
  g_autofree char *session = g_strdup_printf ("/run/user/%u/gvfs", (guint) getuid ());
  g_autofree char *above_home = g_path_get_dirname (g_get_home_dir ());

  assert_share_refused ("/", NULL, FALSE, "whole system");
  assert_share_refused (g_get_home_dir (), NULL, FALSE, "whole home");
  if (!g_str_equal (above_home, "/"))
    assert_share_refused (above_home, NULL, FALSE, "whole home");
  assert_share_refused (missing, NULL, FALSE, "No such file");
  assert_share_refused ("/proc/self", NULL, FALSE, "kernel");
  assert_share_refused ("/dev/null", NULL, FALSE, "kernel");
  assert_share_refused (scratch, "relative", FALSE, "absolute");
  assert_share_refused (scratch, "/", FALSE, "absolute");
  assert_share_refused (scratch, "/usr/lib", FALSE, "belongs to its system");
  assert_share_refused (scratch, "/home/../etc", FALSE, "belongs to its system");
  assert_share_refused (scratch, "/run", FALSE, "belongs to its system");
  assert_share_refused (scratch, "/run/media/../user", FALSE, "belongs to its system");
  assert_share_refused (scratch, "/run/mediation/x", FALSE, "belongs to its system");
  assert_share_refused (scratch, session, FALSE, "belongs to its system");
}

/* A name is any bytes; but an error shows it as text. */
static void
test_share_names (void)
{
  static const char *const names[] = { "Smith, John", "a:b", "a\nb", "caf\xe9", "\x01", "x:rw" };
  g_autofree char *latin = g_build_filename (scratch, "missing\xe9", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (scratch, names[i], NULL);
      g_autoptr (GbxShare) share = NULL;

      g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
      share = gbx_share_new (path, NULL, FALSE, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (gbx_share_get_path (share), ==, path);
      g_assert_cmpstr (gbx_share_get_guest_path (share), ==, path);
    }
  g_assert_null (gbx_share_new (latin, NULL, FALSE, &error));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_nonnull (strstr (error->message, "missing\\xe9"));
}

/* What removable disks and gvfs's mounts are found by, which lies in the guest's /run. */
static void
test_share_media (void)
{
  g_autofree char *gvfs =
      g_strdup_printf ("/run/user/%u/gvfs/sftp:host=example", (guint) getuid ());
  const char *const places[] = { "/run/media/user/STICK", "/run/mount/disk", gvfs };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GbxShare) share = gbx_share_new (scratch, places[i], FALSE, NULL);

      g_assert_nonnull (share);
    }
}

/* A link must not be a way around the checks. */
static void
test_share_through_link (void)
{
  g_autofree char *link_to_root = g_build_filename (scratch, "root", NULL);
  g_autofree char *link_to_home = g_build_filename (scratch, "home", NULL);

  g_assert_cmpint (symlink ("/", link_to_root), ==, 0);
  g_assert_cmpint (symlink (g_get_home_dir (), link_to_home), ==, 0);
  assert_share_refused (link_to_root, "/data", FALSE, "whole system");
  assert_share_refused (link_to_home, "/data", FALSE, "whole home");
}

/* What a text stands for: where it is in the scratch folder and in the guest, and "rw"
 * or "ro"; "-" where it is refused. */
static void
assert_parsed (const char *text, const char *expected)
{
  g_autofree char *whole = *text == '/' || *text == ':' || !*text
                               ? g_strdup (text)
                               : g_build_filename (scratch, text, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxShare) share = gbx_share_parse (whole, &error);
  g_autofree char *found = NULL;

  if (!share)
    {
      g_assert_error (error, GBX_ERROR, GBX_ERROR_SHARE);
      g_assert_cmpstr ("-", ==, expected);
      return;
    }
  found = g_strdup_printf ("%s|%s|%s", gbx_share_get_path (share) + strlen (scratch) + 1,
                           g_str_has_prefix (gbx_share_get_guest_path (share), scratch)
                               ? "same"
                               : gbx_share_get_guest_path (share),
                           gbx_share_get_writable (share) ? "rw" : "ro");
  g_assert_cmpstr (found, ==, expected);
}

static void
test_share_parse (void)
{
  const char *const names[] = { "plain", "co:lon", "co", "both", "both:rw", "end:" };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (scratch, names[i], NULL);

      g_mkdir (path, 0700);
    }
  assert_parsed ("plain", "plain|same|ro");
  assert_parsed ("plain:ro", "plain|same|ro");
  assert_parsed ("plain:rw", "plain|same|rw");
  assert_parsed ("plain:/data/x/:rw", "plain|/data/x|rw");
  assert_parsed ("plain:/data/a:b", "plain|/data/a:b|ro");
  assert_parsed ("co:lon", "co:lon|same|ro");
  assert_parsed ("co:lon:rw", "co:lon|same|rw");
  assert_parsed ("co:lon:/data:rw", "co:lon|/data|rw");
  assert_parsed ("co:/data", "co|/data|ro");
  assert_parsed ("end::/data", "end:|/data|ro");
  /* What is there as it stands is what is meant. */
  assert_parsed ("both:rw", "both:rw|same|ro");
  assert_parsed ("both:rw:rw", "both:rw|same|rw");
  assert_parsed ("plain:relative", "-");
  assert_parsed ("plain::ro", "-");
  assert_parsed ("/a:/b:/c", "-");
  assert_parsed (":/b", "-");
  assert_parsed (":rw", "-");
  assert_parsed ("", "-");
  /* Of a file that is not there the whole name is told. */
  g_assert_null (gbx_share_parse ("/nothing:here.pdf:rw", &error));
  g_assert_nonnull (strstr (error->message, "/nothing:here.pdf”"));
}

static void
assert_not_built (GbxPolicyBuilder *builder, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gbx_policy_builder_build (builder, &error));
  g_assert_error (error, GBX_ERROR, code);
  gbx_policy_builder_unref (builder);
}

static void
add_share (GbxPolicyBuilder *builder, const char *path, const char *guest_path, gboolean writable)
{
  g_autoptr (GbxShare) share = gbx_share_new (path, guest_path, writable, NULL);

  gbx_policy_builder_add_share (builder, share);
}

/* A share that is read-only where the guest can write is a false promise. */
static void
test_nested_shares (void)
{
  g_autofree char *inner = g_build_filename (scratch, "inner", NULL);
  g_autoptr (GbxPolicy) policy = NULL;
  GbxPolicyBuilder *builder = builder_for ("true");

  g_mkdir (inner, 0700);
  add_share (builder, scratch, "/data/out", TRUE);
  add_share (builder, inner, "/data/in", FALSE);
  assert_not_built (builder, GBX_ERROR_SHARE);
  builder = builder_for ("true");
  add_share (builder, scratch, "/data/out", FALSE);
  add_share (builder, inner, "/data/in", TRUE);
  policy = gbx_policy_builder_build (builder, NULL);
  g_assert_nonnull (policy);
  gbx_policy_builder_unref (builder);
}

/* What was a folder when the policy was made is not served as something else. */
static void
test_exchanged_share (void)
{
  g_autofree char *folder = g_build_filename (scratch, "exchanged", NULL);
  g_autoptr (GbxPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  GbxPolicyBuilder *builder = builder_for ("true");
  int fd;

  g_mkdir (folder, 0700);
  add_share (builder, folder, "/data", FALSE);
  policy = gbx_policy_builder_build (builder, NULL);
  fd = gbx_policy_hand_over (policy, NULL);
  g_assert_cmpint (rmdir (folder), ==, 0);
  g_assert_cmpint (symlink (g_get_user_config_dir (), folder), ==, 0);
  g_mkdir_with_parents (g_get_user_config_dir (), 0700);
  g_assert_null (gbx_policy_take_over (fd, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_SHARE);
  gbx_policy_builder_unref (builder);
}

static void
test_policy_refused (void)
{
  const char *const none[] = { NULL };
  GbxPolicyBuilder *builder = gbx_policy_builder_new (GBX_MODE_EXEC);

  assert_not_built (builder, GBX_ERROR_INVALID);
  builder = builder_for ("true");
  gbx_policy_builder_set_command (builder, none);
  assert_not_built (builder, GBX_ERROR_INVALID);
  builder = builder_for ("true");
  gbx_policy_builder_set_name (builder, "Not A Name");
  assert_not_built (builder, GBX_ERROR_INVALID);
  builder = builder_for ("true");
  gbx_policy_builder_set_name (builder, "../escape");
  assert_not_built (builder, GBX_ERROR_INVALID);
  builder = builder_for ("true");
  gbx_policy_builder_set_directory (builder, "relative");
  assert_not_built (builder, GBX_ERROR_INVALID);
  builder = builder_for ("true");
  gbx_policy_builder_set_environment (builder, "A=B", "c");
  assert_not_built (builder, GBX_ERROR_INVALID);
}

static void
test_policy_shares_collide (void)
{
  GbxPolicyBuilder *builder = builder_for ("true");
  g_autoptr (GbxShare) one = gbx_share_new (scratch, "/data", FALSE, NULL);
  g_autoptr (GbxShare) two = gbx_share_new (scratch, "/data/", FALSE, NULL);

  gbx_policy_builder_add_share (builder, one);
  gbx_policy_builder_add_share (builder, two);
  assert_not_built (builder, GBX_ERROR_SHARE);
}

static void
test_policy_defaults (void)
{
  g_autoptr (GbxPolicyBuilder) builder = builder_for ("/usr/bin/Weird Name+1");
  g_autoptr (GbxPolicy) policy = gbx_policy_builder_build (builder, NULL);

  g_assert_nonnull (policy);
  g_assert_cmpstr (gbx_policy_get_name (policy), ==, "weirdname1");
  g_assert_false (gbx_policy_get_name_is_fixed (policy));
  g_assert_cmpint (gbx_policy_get_network (policy), ==, GBX_NETWORK_NONE);
  g_assert_cmpuint (gbx_policy_get_memory (policy), >=, GBX_MEMORY_MIN_EXEC);
  g_assert_cmpuint (gbx_policy_get_cpus (policy), ==, 1);
}

/* Published ports need a network, and are read before anything starts. */
static void
test_policy_publish (void)
{
  GbxPolicyBuilder *builder = builder_for ("/usr/bin/true");
  g_autoptr (GbxPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (gbx_policy_builder_set_text (builder, "network.publish", "8080:80", "a", NULL));
  assert_not_built (builder, GBX_ERROR_INVALID);
  builder = builder_for ("/usr/bin/true");
  g_assert_true (gbx_policy_builder_set_text (builder, "network.publish", "8080:80", "a", NULL));
  g_assert_true (gbx_policy_builder_set_text (builder, "network.mode", "published", "a", NULL));
  policy = gbx_policy_builder_build (builder, NULL);
  g_assert_cmpint (gbx_policy_get_network (policy), ==, GBX_NETWORK_PUBLISHED);
  g_assert_false (gbx_policy_builder_set_text (builder, "network.publish", "8080:80000", "--publish",
                                               &error));
  g_assert_nonnull (strstr (error->message, "65535"));
  gbx_policy_builder_unref (builder);
}

static GbxPolicy *
make_policy_to_hand_over (void)
{
  const char *argv[] = { "printf", "\xff\xfe", "", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  g_autoptr (GbxShare) share = gbx_share_new (scratch, "/data", TRUE, NULL);

  gbx_policy_builder_set_command (builder, argv);
  gbx_policy_builder_add_share (builder, share);
  gbx_policy_builder_set_environment (builder, "KEY", "caf\xe9=x");
  gbx_policy_builder_set_application (builder, "a.desktop", "Ä Title", "icon");
  gbx_policy_builder_set_name (builder, "round");
  set (builder, "network.mode", "user");
  set (builder, "display.protocol", "vnc");
  set (builder, "kernel.accelerator", "tcg");
  set (builder, "display.opengl", "on");
  set (builder, "display.size", "777x555");
  set (builder, "resources.memory", "600M");
  gbx_policy_builder_set_terminal (builder, 24, 80, TRUE);
  gbx_policy_builder_set_verbose (builder, TRUE);
  set (builder, "kernel.strict", "on");
  set (builder, "lifecycle.timeout", "7");
  return gbx_policy_builder_build (builder, NULL);
}

static GBytes *
read_file (int fd)
{
  char buffer[65536];
  gssize n = read (fd, buffer, sizeof buffer);

  g_assert_cmpint (n, >, 0);
  g_assert_cmpint (n, <, sizeof buffer);
  close (fd);
  return g_bytes_new (buffer, n);
}

/* There and back, all of it, with bytes that are no UTF-8. */
static void
test_handover (void)
{
  g_autoptr (GbxPolicy) policy = make_policy_to_hand_over ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxPolicy) back =
      gbx_policy_take_over (gbx_policy_hand_over (policy, NULL), &error);
  g_autoptr (GBytes) first = read_file (gbx_policy_hand_over (policy, NULL));
  g_autoptr (GBytes) second = NULL;
  guint rows, columns;

  g_assert_no_error (error);
  second = read_file (gbx_policy_hand_over (back, NULL));
  g_assert_true (g_bytes_equal (first, second));
  g_assert_cmpstr (gbx_policy_get_command (back)[1], ==, "\xff\xfe");
  g_assert_cmpstr (gbx_policy_get_environment (back)[0], ==, "KEY=caf\xe9=x");
  g_assert_cmpstr (gbx_policy_get_title (back), ==, "Ä Title");
  g_assert_true (gbx_policy_get_name_is_fixed (back));
  g_assert_true (gbx_policy_get_terminal (back, &rows, &columns));
  g_assert_cmpuint (columns, ==, 80);
  g_assert_true (gbx_policy_get_strict (back));
  g_assert_null (gbx_policy_get_directory (back));
}

static int
make_fd (const void *data, gsize size)
{
  int fd = memfd_create ("policy", MFD_CLOEXEC);

  g_assert_cmpint (write (fd, data, size), ==, size);
  g_assert_cmpint (lseek (fd, 0, SEEK_SET), ==, 0);
  return fd;
}

static void
assert_not_taken (int fd)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gbx_policy_take_over (fd, &error));
  g_assert_nonnull (error);
}

static void
test_handover_cut_short (void)
{
  g_autoptr (GbxPolicy) policy = make_policy_to_hand_over ();
  g_autoptr (GBytes) bytes = read_file (gbx_policy_hand_over (policy, NULL));

  for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
    assert_not_taken (make_fd (g_bytes_get_data (bytes, NULL), size));
}

static void
assert_altered_is_refused (const char *key, GVariant *value)
{
  g_autoptr (GbxPolicy) policy = make_policy_to_hand_over ();
  g_autoptr (GBytes) bytes = read_file (gbx_policy_hand_over (policy, NULL));
  g_autoptr (GVariant) variant =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  g_autoptr (GVariant) altered = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, variant);
  if (value)
    g_variant_dict_insert_value (&dict, key, value);
  else
    g_variant_dict_remove (&dict, key);
  altered = g_variant_ref_sink (g_variant_dict_end (&dict));
  assert_not_taken (make_fd (g_variant_get_data (altered), g_variant_get_size (altered)));
}

/* What the builder refuses is refused here too, and so is what it does not know. */
static void
test_handover_validates (void)
{
  static const char *const settings[] = {
    "{'network.mode': <uint32 7>}",
    "{'network.mode': <'bridge'>}",
    "{'resources.memory': <uint64 1>}",
    "{'resources.memory': <uint64 18446744073709551615>}",
    "{'resources.memory': <'much'>}",
    "{'resources.cpus': <uint32 100000>}",
    "{'display.size': <(uint32 1, uint32 1)>}",
    "{'unknown.key': <true>}",
  };

  assert_altered_is_refused ("mode", g_variant_new_uint32 (2));
  assert_altered_is_refused ("name", g_variant_new_bytestring ("../escape"));
  assert_altered_is_refused ("directory", g_variant_new_bytestring ("relative"));
  assert_altered_is_refused ("version", g_variant_new_string ("0"));
  assert_altered_is_refused ("unknown", g_variant_new_boolean (TRUE));
  assert_altered_is_refused ("settings", NULL);
  assert_altered_is_refused ("settings", g_variant_new_string ("network.mode"));
  assert_altered_is_refused ("command", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    assert_altered_is_refused ("settings",
                               g_variant_parse (G_VARIANT_TYPE_VARDICT, settings[i], NULL, NULL,
                                                NULL));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  scratch = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  g_test_add_func ("/share/refused", test_share_refused);
  g_test_add_func ("/share/through-link", test_share_through_link);
  g_test_add_func ("/share/parse", test_share_parse);
  g_test_add_func ("/share/names", test_share_names);
  g_test_add_func ("/share/media", test_share_media);
  g_test_add_func ("/policy/refused", test_policy_refused);
  g_test_add_func ("/policy/shares-collide", test_policy_shares_collide);
  g_test_add_func ("/policy/nested-shares", test_nested_shares);
  g_test_add_func ("/policy/exchanged-share", test_exchanged_share);
  g_test_add_func ("/policy/defaults", test_policy_defaults);
  g_test_add_func ("/policy/publish", test_policy_publish);
  g_test_add_func ("/policy/handover/all", test_handover);
  g_test_add_func ("/policy/handover/cut-short", test_handover_cut_short);
  g_test_add_func ("/policy/handover/validates", test_handover_validates);
  status = g_test_run ();
  gbx_path_remove_tree (scratch);
  g_free (scratch);
  return status;
}
