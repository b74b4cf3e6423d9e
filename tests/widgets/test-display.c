/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-display-private.h"

#include "gbx-error.h"
#include "test-policy.h"

/* The state machine of GbxDisplay, with a protocol that does as it is told. */
#define FAKE_TYPE_DISPLAY (fake_display_get_type ())
G_DECLARE_FINAL_TYPE (FakeDisplay, fake_display, FAKE, DISPLAY, GbxDisplay)

struct _FakeDisplay
{
  GbxDisplay parent_instance;

  guint opened, closed, keys, resized;
  guint width, height;
};

G_DEFINE_FINAL_TYPE (FakeDisplay, fake_display, GBX_TYPE_DISPLAY)

static void
fake_open (GbxDisplay *display, GbxSandbox *sandbox)
{
  FAKE_DISPLAY (display)->opened++;
  gbx_display_set_child (display, gtk_drawing_area_new ());
}

static void
fake_close (GbxDisplay *display)
{
  FAKE_DISPLAY (display)->closed++;
  gbx_display_set_child (display, NULL);
}

static GdkPixbuf *
fake_snapshot (GbxDisplay *display)
{
  guint width, height;

  gbx_display_get_desktop_size (display, &width, &height);
  return gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, (int)width, (int)height);
}

static void
fake_send_keys (GbxDisplay *display, const guint *keyvals, guint n_keyvals)
{
  FAKE_DISPLAY (display)->keys += n_keyvals;
}

static void
fake_release_grab (GbxDisplay *display)
{
  gbx_display_report_grab (display, FALSE);
}

static void
fake_set_grab_keyboard (GbxDisplay *display, gboolean grab)
{
}

static gboolean
fake_resize_guest (GbxDisplay *display, guint width, guint height)
{
  FakeDisplay *self = FAKE_DISPLAY (display);

  self->resized++;
  self->width = width;
  self->height = height;
  return TRUE;
}

static void
fake_display_class_init (FakeDisplayClass *klass)
{
  GbxDisplayClass *display_class = GBX_DISPLAY_CLASS (klass);

  display_class->open = fake_open;
  display_class->close = fake_close;
  display_class->snapshot = fake_snapshot;
  display_class->send_keys = fake_send_keys;
  display_class->release_grab = fake_release_grab;
  display_class->set_grab_keyboard = fake_set_grab_keyboard;
  display_class->resize_guest = fake_resize_guest;
}

static void
fake_display_init (FakeDisplay *self)
{
}

typedef struct
{
  GtkWidget *window;
  FakeDisplay *fake;
  GbxDisplay *display;
  GbxPolicy *policy;
  GbxSandbox *sandbox;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->policy = make_test_policy (0);
  fixture->sandbox = gbx_sandbox_new (fixture->policy);
  fixture->window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  fixture->fake = g_object_new (FAKE_TYPE_DISPLAY, "visible", TRUE, NULL);
  fixture->display = GBX_DISPLAY (fixture->fake);
  gtk_container_add (GTK_CONTAINER (fixture->window), GTK_WIDGET (fixture->fake));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 500, 400);
  gtk_widget_show (fixture->window);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_widget_destroy (fixture->window);
  g_object_unref (fixture->sandbox);
  gbx_policy_unref (fixture->policy);
}

static void
become_ready (Fixture *fixture, int width, int height)
{
  gbx_display_connect (fixture->display, fixture->sandbox);
  gbx_display_report_connected (fixture->display);
  g_assert_true (gbx_display_report_size (fixture->display, width, height));
  gbx_display_report_frame (fixture->display);
}

static void
test_states (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_DISCONNECTED);
  gbx_display_connect (fixture->display, fixture->sandbox);
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_CONNECTING);
  gbx_display_report_connected (fixture->display);
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_CONNECTED);
  gbx_display_report_frame (fixture->display);
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_READY);
  gbx_display_report_closed (fixture->display);
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_DISCONNECTED);
  /* A late frame does not bring it back. */
  gbx_display_report_frame (fixture->display);
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_DISCONNECTED);

  gbx_display_connect (fixture->display, fixture->sandbox);
  g_assert_cmpuint (fixture->fake->opened, ==, 2);
}

static void
test_first_error_stays (Fixture *fixture, gconstpointer data)
{
  become_ready (fixture, 800, 600);
  gbx_display_report_error (fixture->display,
                            g_error_new_literal (GBX_ERROR, GBX_ERROR_DISPLAY, "first"));
  gbx_display_report_error (fixture->display,
                            g_error_new_literal (GBX_ERROR, GBX_ERROR_DISPLAY, "echo"));
  gbx_display_report_closed (fixture->display);
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_FAILED);
  g_assert_cmpstr (gbx_display_get_error (fixture->display)->message, ==, "first");
  g_assert_null (gtk_bin_get_child (GTK_BIN (fixture->display)));

  gbx_display_connect (fixture->display, fixture->sandbox);
  g_assert_null (gbx_display_get_error (fixture->display));
}

static void
test_absurd_size (Fixture *fixture, gconstpointer data)
{
  guint width, height;

  become_ready (fixture, 800, 600);
  g_assert_false (gbx_display_report_size (fixture->display, 65535, 65535));
  g_assert_cmpint (gbx_display_get_state (fixture->display), ==, GBX_DISPLAY_FAILED);
  g_assert_error (gbx_display_get_error (fixture->display), GBX_ERROR, GBX_ERROR_PROTOCOL);
  gbx_display_get_desktop_size (fixture->display, &width, &height);
  g_assert_cmpuint (width, ==, 800);
  g_assert_cmpuint (height, ==, 600);
}

static void
screenshot_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  GAsyncResult **out = data;

  *out = g_object_ref (result);
}

static void
test_screenshot_waits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  gbx_display_screenshot_async (fixture->display, NULL, screenshot_cb, &result);
  g_assert_null (result);
  become_ready (fixture, 640, 480);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  pixbuf = gbx_display_screenshot_finish (fixture->display, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 640);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, 480);
}

static void
test_screenshot_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  gbx_display_connect (fixture->display, fixture->sandbox);
  gbx_display_screenshot_async (fixture->display, NULL, screenshot_cb, &result);
  gbx_display_report_closed (fixture->display);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (gbx_display_screenshot_finish (fixture->display, result, &error));
  g_assert_error (error, GBX_ERROR, GBX_ERROR_DISPLAY);
}

static void
test_guest_follows (Fixture *fixture, gconstpointer data)
{
  int scale = gtk_widget_get_scale_factor (fixture->window);

  become_ready (fixture, 800, 600);
  while (fixture->fake->resized == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->fake->width, ==, 500 * scale);
  g_assert_cmpuint (fixture->fake->height, ==, 400 * scale);

  /* The guest's answer, or a mode of its own choice, must not start another round. */
  gbx_display_report_size (fixture->display, 496 * scale, 400 * scale);
  gtk_window_resize (GTK_WINDOW (fixture->window), 600, 450);
  while (fixture->fake->resized == 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->fake->width, ==, 600 * scale);
  g_assert_cmpuint (fixture->fake->resized, ==, 2);
}

static void
test_keys_only_when_ready (Fixture *fixture, gconstpointer data)
{
  const guint keys[] = { GDK_KEY_Control_L, GDK_KEY_Alt_L, GDK_KEY_Delete };

  gbx_display_connect (fixture->display, fixture->sandbox);
  gbx_display_send_keys (fixture->display, keys, G_N_ELEMENTS (keys));
  g_assert_cmpuint (fixture->fake->keys, ==, 0);
  gbx_display_report_frame (fixture->display);
  gbx_display_send_keys (fixture->display, keys, G_N_ELEMENTS (keys));
  g_assert_cmpuint (fixture->fake->keys, ==, 3);
}

static void
test_grab (Fixture *fixture, gconstpointer data)
{
  become_ready (fixture, 800, 600);
  gbx_display_report_grab (fixture->display, TRUE);
  g_assert_true (gbx_display_get_grabbed (fixture->display));
  gbx_display_release_grab (fixture->display);
  g_assert_false (gbx_display_get_grabbed (fixture->display));
  gbx_display_report_grab (fixture->display, TRUE);
  gbx_display_disconnect (fixture->display);
  g_assert_false (gbx_display_get_grabbed (fixture->display));
}

/* A sandbox that does not run has no display: both protocols say so, and once. */
static void
test_protocol_without_domain (gconstpointer protocol)
{
  g_autoptr (GbxPolicy) policy = make_test_policy (0);
  g_autoptr (GbxSandbox) sandbox = gbx_sandbox_new (policy);
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);
  GbxDisplay *display = GBX_DISPLAY (gbx_display_new (GPOINTER_TO_INT (protocol)));

  gtk_container_add (GTK_CONTAINER (window), GTK_WIDGET (display));
  gtk_widget_show (window);
  gbx_display_connect (display, sandbox);
  while (gbx_display_get_state (display) == GBX_DISPLAY_CONNECTING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (gbx_display_get_state (display), ==, GBX_DISPLAY_FAILED);
  g_assert_nonnull (gbx_display_get_error (display));
  gtk_widget_destroy (window);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  ADD ("/display/states", test_states);
  ADD ("/display/first-error-stays", test_first_error_stays);
  ADD ("/display/absurd-size", test_absurd_size);
  ADD ("/display/screenshot-waits", test_screenshot_waits);
  ADD ("/display/screenshot-fails", test_screenshot_fails);
  ADD ("/display/guest-follows", test_guest_follows);
  ADD ("/display/keys-only-when-ready", test_keys_only_when_ready);
  ADD ("/display/grab", test_grab);
  g_test_add_data_func ("/display/spice-without-domain",
                        GINT_TO_POINTER (GBX_DISPLAY_PROTOCOL_SPICE), test_protocol_without_domain);
  g_test_add_data_func ("/display/vnc-without-domain", GINT_TO_POINTER (GBX_DISPLAY_PROTOCOL_VNC),
                        test_protocol_without_domain);
  return g_test_run ();
}
