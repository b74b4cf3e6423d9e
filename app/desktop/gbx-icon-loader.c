/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-icon-loader"
#include "config.h"

#include "gbx-icon-loader.h"

#define FALLBACK "application-x-executable"
#define MAX_AT_ONCE 3
#define LATEST "gbx-icon-loader-latest"

typedef struct
{
  GWeakRef image;
  GIcon *icon;
  int size, scale;
  gboolean is_fallback;
} Request;

static GQueue waiting = G_QUEUE_INIT;
static guint n_loading;
static guint starter; /* source */

static void start_next (void);

static void
request_free (Request *self)
{
  g_weak_ref_clear (&self->image);
  g_object_unref (self->icon);
  g_free (self);
}

static GtkIconInfo *
look_up (GIcon *icon, int size, int scale)
{
  GtkIconTheme *theme = gtk_icon_theme_get_default ();

  /* A pipe would never end. */
  if (G_IS_FILE_ICON (icon))
    {
      g_autofree char *path = g_file_get_path (g_file_icon_get_file (G_FILE_ICON (icon)));

      if (!path || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return NULL;
    }
  return gtk_icon_theme_lookup_by_gicon_for_scale (theme, icon, size, scale,
                                                   GTK_ICON_LOOKUP_FORCE_SIZE);
}

/* Requests end in any order: what was asked for last is shown. */
static gboolean
is_latest (Request *request, GtkImage *image)
{
  return g_object_get_data (G_OBJECT (image), LATEST) == request;
}

static void
show (Request *request, GdkPixbuf *pixbuf)
{
  g_autoptr (GtkImage) image = g_weak_ref_get (&request->image);
  cairo_surface_t *surface;

  if (!image || !is_latest (request, image))
    return;
  surface = gdk_cairo_surface_create_from_pixbuf (pixbuf, request->scale,
                                                  gtk_widget_get_window (GTK_WIDGET (image)));
  gtk_image_set_from_surface (image, surface);
  cairo_surface_destroy (surface);
}

static void
fall_back (Request *request)
{
  g_object_unref (request->icon);
  request->icon = g_themed_icon_new (FALLBACK);
  request->is_fallback = TRUE;
  g_queue_push_head (&waiting, request);
}

static void
load_cb (GObject *info, GAsyncResult *result, gpointer data)
{
  g_autoptr (GdkPixbuf) pixbuf
      = gtk_icon_info_load_icon_finish (GTK_ICON_INFO (info), result, NULL);
  Request *request = data;

  n_loading--;
  if (pixbuf)
    show (request, pixbuf);
  if (!pixbuf && !request->is_fallback)
    fall_back (request);
  else
    request_free (request);
  start_next ();
}

static void
start (Request *request)
{
  g_autoptr (GtkImage) image = g_weak_ref_get (&request->image);
  gboolean is_wanted = image && is_latest (request, image);
  g_autoptr (GtkIconInfo) info
      = is_wanted ? look_up (request->icon, request->size, request->scale) : NULL;

  if (info)
    {
      n_loading++;
      gtk_icon_info_load_icon_async (info, NULL, load_cb, request);
    }
  else if (is_wanted && !request->is_fallback)
    fall_back (request);
  else
    request_free (request);
}

static gboolean
on_idle (gpointer data)
{
  if (n_loading < MAX_AT_ONCE && !g_queue_is_empty (&waiting))
    {
      start (g_queue_pop_head (&waiting));
      return G_SOURCE_CONTINUE;
    }
  starter = 0;
  return G_SOURCE_REMOVE;
}

/* One at a time, after what is urgent. */
static void
start_next (void)
{
  if (starter == 0)
    starter = g_idle_add (on_idle, NULL);
}

void
gbx_icon_loader_show (GtkImage *image, GIcon *icon, int size)
{
  Request *request = g_new0 (Request, 1);

  g_weak_ref_init (&request->image, image);
  g_object_set_data (G_OBJECT (image), LATEST, request);
  request->icon = g_object_ref (icon);
  request->size = size;
  request->scale = gtk_widget_get_scale_factor (GTK_WIDGET (image));
  g_queue_push_tail (&waiting, request);
  start_next ();
}
