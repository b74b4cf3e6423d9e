/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-end-text.h"
#include "gbx-error.h"
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
  assert_description (0, 0, "Sandbox xterm · no network · no shares · processor emulated");
  assert_description (1, 0, "Sandbox xterm · no network · 1 share (read-only) · processor emulated");
  assert_description (0, 2, "Sandbox xterm · no network · 2 shares (writable) · processor emulated");
  assert_description (2, 1, "Sandbox xterm · no network · 3 shares (1 writable) · processor emulated");
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

/* A kept home is worth a word. */
static void
test_home (void)
{
  static const struct
  {
    const char *kind;
    const char *strip, *more;
  } kinds[] = {
    { "private", " · kept home", "Its home “web” is kept." },
    { "template", " · home from a template", "home “web” are thrown away" },
  };
  const char *command[] = { "true", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
      g_autoptr (GbxPolicy) policy = NULL;
      g_autofree char *strip = NULL;
      g_autofree char *more = NULL;

      gbx_policy_builder_set_command (builder, command);
      gbx_policy_builder_set_text (builder, "files.home", kinds[i].kind, "test", NULL);
      gbx_policy_builder_set_text (builder, "files.home-name", "web", "test", NULL);
      policy = gbx_policy_builder_build (builder, NULL);
      strip = gbx_identity_describe ("x", policy, GBX_ACCELERATOR_KVM);
      more = gbx_identity_explain (policy, GBX_ACCELERATOR_KVM);
      g_assert_nonnull (strstr (strip, kinds[i].strip));
      g_assert_nonnull (strstr (more, kinds[i].more));
    }
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
assert_end (GbxEnd end, const char *heading, const char *in_body)
{
  g_autofree char *head = NULL;
  g_autofree char *body = NULL;

  end.title = "Editor";
  head = gbx_end_text_heading (&end);
  body = gbx_end_text_body (&end);
  g_assert_cmpstr (head, ==, heading);
  if (!strstr (body, in_body))
    g_error ("“%s” is not in “%s”", in_body, body);
}

#define EXITED(...) ((GbxEnd){ .reason = GBX_END_EXITED, .started = TRUE, __VA_ARGS__ })
#define ABSENT(...) ((GbxEnd){ .reason = GBX_END_EXITED, __VA_ARGS__ })

static void
test_end_text (void)
{
  g_autoptr (GError) error = g_error_new_literal (GBX_ERROR, GBX_ERROR_KERNEL, "No kernel.");

  assert_end (EXITED (.status = 3), "Editor quit with an error", "exit status is 3");
  assert_end (EXITED (.status = 0), "Editor has ended", "has opened no window");
  assert_end (EXITED (.status = 0, .drawn = TRUE), "Editor has ended", "without an error.");
  assert_end (ABSENT (.status = 127), "Editor could not be started", "not found");
  assert_end (ABSENT (.status = 126), "Editor could not be started", "cannot be executed");
  /* A shell's own, of a command in its script. */
  assert_end (EXITED (.status = 127), "Editor quit with an error", "exit status is 127");
  assert_end (EXITED (.status = 139), "Editor crashed", "Segmentation fault");
  assert_end (EXITED (.status = 143), "Editor was ended by a signal", "Signal 15");
  assert_end (EXITED (.status = 137), "Editor was ended by a signal", "Signal 9");
  assert_end (EXITED (.status = 137, .out_of_memory = TRUE, .memory = 512 << 20),
              "Editor ran out of memory", "MiB of memory");
  assert_end (EXITED (.status = 1, .lacks_opengl = TRUE), "Editor quit with an error",
              "status is 1. It seems to need OpenGL");
  assert_end (EXITED (.status = 1, .lacks_opengl = TRUE), "Editor quit with an error",
              "--opengl on");
  assert_end ((GbxEnd){ .reason = GBX_END_STOPPED, .status = 143 }, "Editor was stopped", "gone");
  assert_end ((GbxEnd){ .reason = GBX_END_FAILED, .error = error }, "The sandbox of Editor failed",
              "No kernel.");
  assert_end ((GbxEnd){ .reason = GBX_END_FAILED }, "The sandbox of Editor failed", "See the log");
}

static void
assert_line (GbxEnd end, const char *pattern)
{
  g_autofree char *line = NULL;

  end.title = "Editor";
  line = gbx_end_text_line (&end);
  if (!g_pattern_match_simple (pattern, line))
    g_error ("“%s” is not as “%s”", line, pattern);
}

static void
test_end_line (void)
{
  g_autoptr (GError) error = g_error_new_literal (GBX_ERROR, GBX_ERROR_KERNEL, "No kernel.");

  assert_line (ABSENT (.status = 127), "Editor could not be started. The program*");
  assert_line (EXITED (.status = 139), "Editor crashed. *Segmentation fault*");
  assert_line ((GbxEnd){ .reason = GBX_END_TIMEOUT, .limit = 1 },
               "the time limit of 1 second has passed*");
  assert_line ((GbxEnd){ .reason = GBX_END_TIMEOUT, .limit = 60 },
               "the time limit of 60 seconds has passed*");
  assert_line ((GbxEnd){ .reason = GBX_END_CANCELLED }, "the start of Editor was cancelled");
  assert_line ((GbxEnd){ .reason = GBX_END_FAILED, .error = error }, "No kernel.");
  assert_line ((GbxEnd){ .reason = GBX_END_FAILED }, "The sandbox of Editor failed. *log.");
}

static gboolean
restart_helps (GbxEnd end)
{
  return gbx_end_text_restart_helps (&end);
}

/* Restart is offered first only where the same launch may end in another way. */
static void
test_restart_helps (void)
{
  g_autoptr (GError) lasting = g_error_new_literal (GBX_ERROR, GBX_ERROR_SHARE, "No such share.");
  g_autoptr (GError) passing = g_error_new_literal (GBX_ERROR, GBX_ERROR_TIMEOUT, "Too slow.");

  g_assert_true (restart_helps (EXITED (.status = 139)));
  g_assert_true (restart_helps ((GbxEnd){ .reason = GBX_END_STOPPED }));
  g_assert_true (restart_helps ((GbxEnd){ .reason = GBX_END_FAILED, .error = passing }));
  g_assert_false (restart_helps ((GbxEnd){ .reason = GBX_END_FAILED, .error = lasting }));
  g_assert_false (restart_helps (EXITED (.status = 0)));
  g_assert_false (restart_helps (EXITED (.status = 3)));
  g_assert_false (restart_helps (ABSENT (.status = 127)));
  g_assert_false (restart_helps (EXITED (.status = 137, .out_of_memory = TRUE)));
  g_assert_false (restart_helps (EXITED (.status = 134, .lacks_opengl = TRUE)));
}

static void
test_opengl_words (void)
{
  static const char *const of_opengl[]
      = { "Error: couldn't get an RGB, Double-buffered visual\n",
          "X Error: GLXBadContext\n", "libGL error: failed to load driver: swrast\n",
          "qt.qpa: could not create a GL context\n", "Unable to initialize OpenGL.\n" };

  for (guint i = 0; i < G_N_ELEMENTS (of_opengl); i++)
    g_assert_true (gbx_end_text_speaks_of_opengl (of_opengl[i]));
  g_assert_false (gbx_end_text_speaks_of_opengl ("Gtk-WARNING: cannot open the file\n"));
  g_assert_false (gbx_end_text_speaks_of_opengl (""));
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
  g_test_add_func ("/identity/home", test_home);
  g_test_add_func ("/identity/strip", test_strip);
  g_test_add_func ("/end-text/page", test_end_text);
  g_test_add_func ("/end-text/line", test_end_line);
  g_test_add_func ("/end-text/restart-helps", test_restart_helps);
  g_test_add_func ("/end-text/opengl-words", test_opengl_words);
  return g_test_run ();
}
