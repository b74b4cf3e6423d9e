/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-auto-screenshot"
#include "config.h"

#include "gbx-auto-screenshot.h"

#include "gbx-error.h"
#include "gbx-png.h"

#include <glib/gi18n.h>
#include <string.h>

/* How long the screen has to stay as it is: a fifth of the time that the application took to
 * get there, since a slow machine draws slowly, but within these limits. */
#define QUIET_MS 1000
#define QUIET_MAX_MS 5000
/* A clock or a film is never quiet.  The screen is taken as it is then; a slow application gets as
 * much time again as it took. */
#define PATIENCE_MS 10000
/* An application may load for a long time before it draws more than a background, and some
 * have no more. */
#define BLANK_MS 60000
/* A smaller change, as of a blinking text cursor or a pointer, does not count. */
#define SMALL_CHANGE (64 * 64)

typedef struct
{
  GbxSandbox *sandbox;
  GbxDisplay *display;
  char *path;
  gint64 begin; /* monotonic */
  guint quiet_ms;
  guint quiet_source;
  guint patience_source;
  gint64 blank_until; /* monotonic; 0: not known yet */
  gboolean taken;
} Wait;

static void
wait_stop (Wait *wait)
{
  g_clear_handle_id (&wait->quiet_source, g_source_remove);
  g_clear_handle_id (&wait->patience_source, g_source_remove);
}

static void
wait_free (Wait *wait)
{
  wait_stop (wait);
  g_object_unref (wait->sandbox);
  g_object_unref (wait->display);
  g_free (wait->path);
  g_free (wait);
}

static void wait_again (GTask *task);

static void
finish (GTask *task, GError *error)
{
  Wait *wait = g_task_get_task_data (task);

  wait_stop (wait);
  g_signal_handlers_disconnect_by_data (wait->sandbox, task);
  g_signal_handlers_disconnect_by_data (wait->display, task);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
save_cb (GObject *object, GAsyncResult *result, gpointer task)
{
  GError *error = NULL;

  gbx_png_save_finish (result, &error);
  finish (task, error);
}

static gboolean
is_blank (GdkPixbuf *pixbuf)
{
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  gsize stride = (gsize)gdk_pixbuf_get_rowstride (pixbuf);
  gsize step = (gsize)gdk_pixbuf_get_n_channels (pixbuf);
  int width = gdk_pixbuf_get_width (pixbuf), height = gdk_pixbuf_get_height (pixbuf);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      if (memcmp (pixels + (gsize)y * stride + (gsize)x * step, pixels, 3) != 0)
        return FALSE;
  return TRUE;
}

/* What is there has one colour: it is too early, unless that lasts. */
static gboolean
is_too_early (Wait *wait, GdkPixbuf *pixbuf)
{
  gint64 now = g_get_monotonic_time ();

  if (!wait->blank_until)
    wait->blank_until = now + BLANK_MS * 1000;
  return now < wait->blank_until && is_blank (pixbuf)
         && gbx_sandbox_get_state (wait->sandbox) == GBX_SANDBOX_RUNNING;
}

static void
screenshot_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Wait *wait = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GdkPixbuf) pixbuf
      = gbx_display_screenshot_finish (GBX_DISPLAY (object), result, &error);

  if (pixbuf && is_too_early (wait, pixbuf))
    {
      wait->taken = FALSE;
      wait_again (task);
    }
  else if (pixbuf)
    gbx_png_save_async (pixbuf, wait->path, g_task_get_cancellable (task), save_cb, task);
  else
    finish (task, error);
}

static void
take (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  if (wait->taken)
    return;
  wait->taken = TRUE;
  wait_stop (wait);
  gbx_display_screenshot_async (wait->display, g_task_get_cancellable (task), screenshot_cb, task);
}

static gboolean
on_quiet (gpointer task)
{
  Wait *wait = g_task_get_task_data (task);

  wait->quiet_source = 0;
  take (task);
  return G_SOURCE_REMOVE;
}

static gboolean
on_patience (gpointer task)
{
  Wait *wait = g_task_get_task_data (task);

  wait->patience_source = 0;
  take (task);
  return G_SOURCE_REMOVE;
}

static void
wait_for_quiet (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  if (wait->taken)
    return;
  g_clear_handle_id (&wait->quiet_source, g_source_remove);
  wait->quiet_source = g_timeout_add (wait->quiet_ms, on_quiet, task);
}

static void
wait_again (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  gint64 took_ms = (g_get_monotonic_time () - wait->begin) / 1000;

  wait->quiet_ms = (guint)CLAMP (took_ms / 5, QUIET_MS, QUIET_MAX_MS);
  wait->patience_source
      = g_timeout_add ((guint)MAX (took_ms, PATIENCE_MS), on_patience, task);
  wait_for_quiet (task);
}

static void
on_updated (GTask *task, guint pixels)
{
  Wait *wait = g_task_get_task_data (task);

  if (wait->patience_source && pixels > SMALL_CHANGE)
    wait_for_quiet (task);
}

static void
on_progress (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);
  GbxDisplayState state = gbx_display_get_state (wait->display);

  if (!wait->taken && state == GBX_DISPLAY_FAILED)
    {
      wait->taken = TRUE;
      finish (task, g_error_copy (gbx_display_get_error (wait->display)));
      return;
    }
  if (wait->patience_source || wait->taken || state != GBX_DISPLAY_READY
      || !gbx_sandbox_get_settled (wait->sandbox))
    return;
  wait_again (task);
}

static void
on_sandbox_state (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  if (wait->taken || gbx_sandbox_get_state (wait->sandbox) < GBX_SANDBOX_STOPPING)
    return;
  wait->taken = TRUE;
  finish (task, g_error_new (GBX_ERROR, GBX_ERROR_DISPLAY,
                             _ ("No screenshot was written to “%s”: the sandbox ended before its "
                                "application had drawn."),
                             wait->path));
}

void
gbx_auto_screenshot_async (GbxSandbox *sandbox, GbxDisplay *display, const char *path,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  /* finish() drops this reference. */
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Wait *wait = g_new0 (Wait, 1);

  wait->begin = g_get_monotonic_time ();
  wait->sandbox = g_object_ref (sandbox);
  wait->display = g_object_ref (display);
  wait->path = g_strdup (path);
  g_task_set_source_tag (task, gbx_auto_screenshot_async);
  g_task_set_task_data (task, wait, (GDestroyNotify)wait_free);
  g_object_connect (sandbox, "swapped-signal::notify::settled", on_progress, task,
                    "swapped-signal::notify::state", on_sandbox_state, task, NULL);
  g_object_connect (display, "swapped-signal::notify::state", on_progress, task,
                    "swapped-signal::updated", on_updated, task, NULL);
  on_progress (task);
}

gboolean
gbx_auto_screenshot_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
