/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-end-text.h"
#include "gbx-identity.h"
#include "gbx-identity-strip.h"
#include "test-policy.h"

#include <glib/gstdio.h>

static void
test_contrast (void)
{
  GdkRGBA black = { 0, 0, 0, 1 }, white = { 1, 1, 1, 1 };

  g_assert_cmpfloat_with_epsilon (gbx_identity_contrast (&black, &white), 21, 0.01);
  g_assert_cmpfloat_with_epsilon (gbx_identity_contrast (&white, &white), 1, 0.01);
}

static void
test_colors_are_readable (void)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("name-%u", i);
      GdkRGBA background, foreground;

      gbx_identity_colors (name, &background, &foreground);
      g_assert_cmpfloat (gbx_identity_contrast (&background, &foreground), >=, 4.5);
    }
}

static void
test_colors_are_stable (void)
{
  GdkRGBA one, two, three, text;

  gbx_identity_colors ("xterm", &one, &text);
  gbx_identity_colors ("xterm", &two, &text);
  gbx_identity_colors ("xterm-2", &three, &text);
  g_assert_true (gdk_rgba_equal (&one, &two));
  g_assert_false (gdk_rgba_equal (&one, &three));
}

static void
add_share (GbxPolicyBuilder *builder, const char *path, gboolean writable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxShare) share = gbx_share_new (path, path, writable, &error);

  g_assert_no_error (error);
  gbx_policy_builder_add_share (builder, share);
}

static void
assert_description (guint read_only, guint writable, const char *expected)
{
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  g_autoptr (GbxPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("glovebox-test-XXXXXX", NULL);
  g_autofree char *text = NULL;
  const char *command[] = { "true", NULL };

  for (guint i = 0; i < read_only + writable; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u", folder, i);

      g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
      add_share (builder, path, i >= read_only);
    }
  gbx_policy_builder_set_command (builder, command);
  policy = gbx_policy_builder_build (builder, &error);
  g_assert_no_error (error);
  text = gbx_identity_describe ("xterm", policy, GBX_ACCELERATOR_TCG);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_description (void)
{
  assert_description (0, 0, "Sandbox xterm · no network · no shares · TCG");
  assert_description (1, 0, "Sandbox xterm · no network · 1 share (read-only) · TCG");
  assert_description (0, 2, "Sandbox xterm · no network · 2 shares (writable) · TCG");
  assert_description (2, 1, "Sandbox xterm · no network · 3 shares (1 writable) · TCG");
}

/* A name with a line break is no line of its own. */
static void
test_odd_share (void)
{
  const char *command[] = { "true", NULL };
  g_autofree char *folder = g_dir_make_tmp ("glovebox\nNo shares-XXXXXX", NULL);
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  g_autoptr (GbxShare) share = gbx_share_new (folder, "/data", FALSE, NULL);
  g_autoptr (GbxPolicy) policy = NULL;
  g_autofree char *text = NULL;

  gbx_policy_builder_set_command (builder, command);
  gbx_policy_builder_add_share (builder, share);
  policy = gbx_policy_builder_build (builder, NULL);
  text = gbx_identity_explain (policy, GBX_ACCELERATOR_KVM);
  g_assert_null (strstr (text, "\nNo shares"));
  g_assert_nonnull (strstr (text, "\\x0aNo shares"));
  g_rmdir (folder);
}

static void
test_strip (void)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  g_autoptr (GbxSandbox) sandbox = gbx_sandbox_new (policy);
  g_autoptr (GtkWidget) strip = g_object_ref_sink (gbx_identity_strip_new ());

  gbx_identity_strip_set_sandbox (GBX_IDENTITY_STRIP (strip), sandbox);
  g_assert_cmpstr (gbx_identity_strip_get_text (GBX_IDENTITY_STRIP (strip)), ==,
                   "Sandbox test · no network · no shares");
}

static void
assert_end (GbxEndReason reason, int status, const char *error, const char *heading,
            const char *in_body)
{
  g_autofree char *head = gbx_end_text_heading ("Editor", reason, status);
  g_autofree char *body = gbx_end_text_body (reason, status, error);

  g_assert_cmpstr (head, ==, heading);
  if (!strstr (body, in_body))
    g_error ("“%s” is not in “%s”", in_body, body);
}

static void
test_end_text (void)
{
  assert_end (GBX_END_EXITED, 3, NULL, "Editor quit with an error", "exit status is 3");
  assert_end (GBX_END_EXITED, 127, NULL, "Editor could not be started", "not found");
  assert_end (GBX_END_EXITED, 126, NULL, "Editor could not be started", "cannot be executed");
  assert_end (GBX_END_EXITED, 139, NULL, "Editor crashed", "Segmentation fault");
  assert_end (GBX_END_EXITED, 137, NULL, "Editor crashed", "memory");
  assert_end (GBX_END_STOPPED, 143, NULL, "Editor was stopped", "gone");
  assert_end (GBX_END_FAILED, 125, "No kernel.", "The sandbox of Editor failed", "No kernel.");
  assert_end (GBX_END_FAILED, 125, NULL, "The sandbox of Editor failed", "See the log");
}

static void
assert_line (GbxEndReason reason, int status, const char *error, guint limit, const char *pattern)
{
  g_autofree char *line = gbx_end_text_line ("Editor", reason, status, error, limit);

  if (!g_pattern_match_simple (pattern, line))
    g_error ("“%s” is not as “%s”", line, pattern);
}

static void
test_end_line (void)
{
  assert_line (GBX_END_EXITED, 127, NULL, 60, "Editor could not be started. The program*");
  assert_line (GBX_END_EXITED, 139, NULL, 0, "Editor crashed. *Segmentation fault*");
  assert_line (GBX_END_TIMEOUT, 124, NULL, 1, "the time limit of 1 second has passed*");
  assert_line (GBX_END_TIMEOUT, 124, NULL, 60, "the time limit of 60 seconds has passed*");
  assert_line (GBX_END_CANCELLED, 125, NULL, 0, "the start of Editor was cancelled");
  assert_line (GBX_END_FAILED, 125, "No kernel.", 0, "No kernel.");
  assert_line (GBX_END_FAILED, 125, NULL, 0, "The sandbox of Editor failed. *log.");
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/identity/contrast", test_contrast);
  g_test_add_func ("/identity/readable", test_colors_are_readable);
  g_test_add_func ("/identity/stable", test_colors_are_stable);
  g_test_add_func ("/identity/description", test_description);
  g_test_add_func ("/identity/odd-share", test_odd_share);
  g_test_add_func ("/identity/strip", test_strip);
  g_test_add_func ("/end-text/page", test_end_text);
  g_test_add_func ("/end-text/line", test_end_line);
  return g_test_run ();
}
