/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-window-size"
#include "config.h"

#include "gbx-window-size.h"

#define LEAST_WIDTH 320
#define LEAST_HEIGHT 240
/* What a window has around its content, and a panel: header bar, strip, frame. */
#define MARGIN_WIDTH 16
#define MARGIN_HEIGHT 96
/* A window manager may take so long to carry out a request, or to change it. */
#define REQUEST_US (3 * G_USEC_PER_SEC)

struct _GbxWindowSize
{
  GObject parent_instance;

  GtkWindow *window;  /* (unowned) */
  GtkWidget *content; /* (unowned) */
  gboolean follows;   /* the application decides */
  gboolean fitted;    /* to its first window */
  gint64 request;     /* when a size was requested last, monotonic */
  int width, height;  /* of the window, as it was requested */
  guint zoom;         /* in percent */
};

G_DEFINE_FINAL_TYPE (GbxWindowSize, gbx_window_size, G_TYPE_OBJECT)

static void
get_work_area (GbxWindowSize *self, GdkRectangle *area)
{
  GdkDisplay *display = gtk_widget_get_display (GTK_WIDGET (self->window));
  GdkWindow *window = gtk_widget_get_window (GTK_WIDGET (self->window));
  GdkMonitor *monitor = window ? gdk_display_get_monitor_at_window (display, window)
                               : gdk_display_get_primary_monitor (display);

  *area = (GdkRectangle){ 0, 0, 1280, 800 };
  if (!monitor)
    monitor = gdk_display_get_monitor (display, 0);
  if (monitor)
    gdk_monitor_get_workarea (monitor, area);
}

static void
limit (GbxWindowSize *self, int *width, int *height)
{
  GdkRectangle area;

  get_work_area (self, &area);
  *width = CLAMP (*width, LEAST_WIDTH, MAX (area.width - MARGIN_WIDTH, LEAST_WIDTH));
  *height = CLAMP (*height, LEAST_HEIGHT, MAX (area.height - MARGIN_HEIGHT, LEAST_HEIGHT));
}

/* The window begins with the size that gives the guest the resolution asked for, so that
 * the guest need not change it at once. */
static void
request_first (GbxWindowSize *self, GbxPolicy *policy)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self->window));
  guint width, height;
  int logical_width, logical_height;

  gbx_policy_get_display_size (policy, &width, &height);
  logical_width = (int)width / scale;
  logical_height = (int)height / scale;
  limit (self, &logical_width, &logical_height);
  /* A long name in the header bar does not make the window wider: it begins with its least size,
   * which is this request. */
  gtk_window_set_default_size (self->window, 1, 1);
  gtk_widget_set_size_request (self->content, logical_width, logical_height);
}

static void
on_map (GbxWindowSize *self)
{
  self->request = g_get_monotonic_time ();
  gtk_widget_set_size_request (self->content, LEAST_WIDTH, LEAST_HEIGHT);
}

/* Any other size than one that was just requested is the user's choice. */
static void
on_configured (GbxWindowSize *self)
{
  int width, height;

  gtk_window_get_size (self->window, &width, &height);
  if (g_get_monotonic_time () - self->request > REQUEST_US
      && (width != self->width || height != self->height))
    self->follows = FALSE;
  self->width = width;
  self->height = height;
}

gboolean
gbx_window_size_is_free (GbxWindowSize *self)
{
  GdkWindow *window = gtk_widget_get_window (GTK_WIDGET (self->window));
  GdkWindowState fixed = GDK_WINDOW_STATE_MAXIMIZED | GDK_WINDOW_STATE_FULLSCREEN
                         | GDK_WINDOW_STATE_TILED;

  return window && !(gdk_window_get_state (window) & fixed);
}

/* Around its centre, within the screen. */
static void
resize (GbxWindowSize *self, int width, int height)
{
  GdkRectangle area;
  int x, y, old_width, old_height;

  get_work_area (self, &area);
  gtk_window_get_position (self->window, &x, &y);
  gtk_window_get_size (self->window, &old_width, &old_height);
  x += (old_width - width) / 2;
  y += (old_height - height) / 2;
  self->request = g_get_monotonic_time ();
  gtk_window_resize (self->window, width, height);
  gtk_window_move (self->window, MAX (MIN (x, area.x + area.width - width), area.x),
                   MAX (MIN (y, area.y + area.height - height), area.y));
}

static void
gbx_window_size_class_init (GbxWindowSizeClass *klass)
{
}

static void
gbx_window_size_init (GbxWindowSize *self)
{
}

GbxWindowSize *
gbx_window_size_new (GtkWindow *window, GtkWidget *content, GbxPolicy *policy)
{
  GbxWindowSize *self = g_object_new (GBX_TYPE_WINDOW_SIZE, NULL);

  self->window = window;
  self->content = content;
  self->zoom = 100;
  self->follows = gbx_policy_get_fits_display (policy);
  self->request = g_get_monotonic_time ();
  request_first (self, policy);
  g_signal_connect_object (window, "map", G_CALLBACK (on_map), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (window, "size-allocate", G_CALLBACK (on_configured), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  return self;
}

void
gbx_window_size_set_zoom (GbxWindowSize *self, guint zoom)
{
  self->zoom = zoom;
}

static void
resize_content (GbxWindowSize *self, int width, int height)
{
  GtkAllocation now;
  int window_width, window_height;

  gtk_widget_get_allocation (self->content, &now);
  gtk_window_get_size (self->window, &window_width, &window_height);
  if (width != now.width || height != now.height)
    resize (self, window_width + width - now.width, window_height + height - now.height);
}

void
gbx_window_size_fit (GbxWindowSize *self, int width, int height)
{
  limit (self, &width, &height);
  if (gbx_window_size_is_free (self))
    resize_content (self, width, height);
}

void
gbx_window_size_want (GbxWindowSize *self, guint guest_width, guint guest_height)
{
  int scale = gtk_widget_get_scale_factor (self->content);
  int width = ((int)(guest_width * self->zoom / 100) + scale - 1) / scale;
  int height = ((int)(guest_height * self->zoom / 100) + scale - 1) / scale;
  GtkAllocation now;

  if (!self->follows || !gbx_window_size_is_free (self))
    return;
  gtk_widget_get_allocation (self->content, &now);
  limit (self, &width, &height);
  /* Only the first window may make it smaller. */
  if (self->fitted)
    {
      width = MAX (width, now.width);
      height = MAX (height, now.height);
    }
  self->fitted = TRUE;
  resize_content (self, width, height);
}
