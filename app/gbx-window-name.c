/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-window-name"
#include "config.h"

#include "gbx-window-name.h"

#include "gbx-application-search.h"
#include "gbx-badge.h"
#include "gbx-page-icon.h"
#include "gbx-window-class.h"

#include <glib/gi18n.h>

struct _GbxWindowName
{
  GObject parent_instance;

  GtkWindow *window;
  HdyHeaderBar *header;
  GtkImage *icon;
  GbxPolicy *policy;
  GbxSandbox *sandbox;       /* (nullable) */
  GCancellable *cancellable; /* (nullable): of the search by the window's class */
  char *title;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxWindowName, gbx_window_name, G_TYPE_OBJECT)

/* --------------------------------------------------------------- icons -- */

/* With the badge: a task bar often shows no more. */
static GdkPixbuf *
make_icon (GIcon *icon, int size)
{
  g_autoptr (GtkIconInfo) info = gtk_icon_theme_lookup_by_gicon (
      gtk_icon_theme_get_default (), icon, size, GTK_ICON_LOOKUP_FORCE_SIZE);
  g_autoptr (GdkPixbuf) plain = info ? gtk_icon_info_load_icon (info, NULL) : NULL;

  return plain ? gbx_badge_apply (plain, size) : NULL;
}

static void
show_icon (GbxWindowName *self, const char *name)
{
  static const int sizes[] = { 16, 24, 32, 48, 64, 128 };
  GList *list = NULL;
  GIcon *icon = NULL;

  gbx_page_icon_show (self->icon, name);
  gtk_image_get_gicon (self->icon, &icon, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      GdkPixbuf *pixbuf = make_icon (icon, sizes[i]);

      if (pixbuf)
        list = g_list_prepend (list, pixbuf);
    }
  gtk_window_set_icon_list (self->window, list);
  g_list_free_full (list, g_object_unref);
}

/* ---------------------------------------------------------------- names -- */

static void
show_name (GbxWindowName *self, const char *title, const char *icon)
{
  /* Translators: the title of a window, for the list of windows; %s is an application. */
  g_autofree char *marked = g_strdup_printf (_ ("%s – sandbox"), title);

  g_free (self->title);
  self->title = g_strdup (title);
  hdy_header_bar_set_title (self->header, title);
  gtk_window_set_title (self->window, marked);
  show_icon (self, icon);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_title (GbxWindowName *self)
{
  /* The guest chooses these words: they are the subtitle, and never the title. */
  hdy_header_bar_set_subtitle (self->header, gbx_sandbox_get_title (self->sandbox));
}

static void
search_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GbxWindowName *self = data;
  g_autofree char *icon = NULL;
  g_autofree char *name = gbx_application_search_finish (result, &icon);

  /* If it was cancelled, there may be no window any more. */
  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    return;
  g_clear_object (&self->cancellable);
  if (name)
    show_name (self, name, icon);
}

/* The launch has found the application. */
static gboolean
is_known (GbxPolicy *policy)
{
  return gbx_policy_get_desktop_id (policy) || gbx_policy_get_icon_name (policy);
}

/* The guest chooses the class too.  It can only choose among the names of applications, and only
 * where the user started something that is none. */
static void
on_class (GbxWindowName *self)
{
  const char *class = gbx_sandbox_get_window_class (self->sandbox);

  if (!class || self->cancellable || is_known (self->policy)
      || g_strcmp0 (self->title, gbx_policy_get_title (self->policy)) != 0)
    return;
  self->cancellable = g_cancellable_new ();
  gbx_application_search_async (class, self->cancellable, search_cb, self);
}

static void
cancel_search (GbxWindowName *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_window_name_dispose (GObject *object)
{
  GbxWindowName *self = GBX_WINDOW_NAME (object);

  cancel_search (self);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_window_name_parent_class)->dispose (object);
}

static void
gbx_window_name_finalize (GObject *object)
{
  GbxWindowName *self = GBX_WINDOW_NAME (object);

  gbx_policy_unref (self->policy);
  g_free (self->title);
  G_OBJECT_CLASS (gbx_window_name_parent_class)->finalize (object);
}

static void
gbx_window_name_class_init (GbxWindowNameClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_window_name_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_window_name_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
gbx_window_name_init (GbxWindowName *self)
{
}

/* ---------------------------------------------------------------- public -- */

GbxWindowName *
gbx_window_name_new (GtkWindow *window, HdyHeaderBar *header, GtkImage *icon, GbxPolicy *policy)
{
  GbxWindowName *self = g_object_new (GBX_TYPE_WINDOW_NAME, NULL);

  self->window = window;
  self->header = header;
  self->icon = icon;
  self->policy = gbx_policy_ref (policy);
  show_name (self, gbx_policy_get_title (policy), gbx_policy_get_icon_name (policy));
  return self;
}

void
gbx_window_name_set_sandbox (GbxWindowName *self, GbxSandbox *sandbox)
{
  cancel_search (self);
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_set_object (&self->sandbox, sandbox);
  g_object_connect (sandbox, "swapped-object-signal::notify::title", on_title, self,
                    "swapped-object-signal::notify::window-class", on_class, self, NULL);
  on_title (self);
}

const char *
gbx_window_name_get_title (GbxWindowName *self)
{
  return self->title;
}

char *
gbx_window_name_make_class (GbxPolicy *policy)
{
  const char *id = gbx_policy_get_desktop_id (policy);
  g_autofree char *name
      = id ? g_strdup (id) : g_path_get_basename (gbx_policy_get_command (policy)[0]);

  return gbx_window_class_make (name, NULL);
}
