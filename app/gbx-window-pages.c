/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-window-pages"
#include "config.h"

#include "gbx-window-pages.h"

/* An application mostly has its first window by then ... */
#define FIRST_WINDOW_MS 4000
/* ... and has mostly quit after its last one.  Until then the last picture stays. */
#define LAST_WINDOW_MS 2000

struct _GbxWindowPages
{
  GObject parent_instance;

  GbxPages pages;
  GbxDisplayConnection *connection;
  GbxSandbox *sandbox; /* (nullable) */
  char *title;         /* (nullable) */
  guint wait;          /* source: until the quiet page */
};

enum
{
  DISPLAY_SHOWN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxWindowPages, gbx_window_pages, G_TYPE_OBJECT)

static gboolean
is_shown (GbxWindowPages *self, gpointer page)
{
  return gtk_stack_get_visible_child (self->pages.stack) == GTK_WIDGET (page);
}

static void
set_usable (GtkWidget *page, gpointer shown)
{
  gtk_widget_set_sensitive (page, page == GTK_WIDGET (shown));
}

/* A page that still fades away takes no key and no click any more. */
static void
show_page (GbxWindowPages *self, gpointer page)
{
  gtk_container_foreach (GTK_CONTAINER (self->pages.stack), set_usable, page);
  gtk_stack_set_visible_child (self->pages.stack, GTK_WIDGET (page));
}

static gboolean
on_wait (gpointer data)
{
  GbxWindowPages *self = data;

  self->wait = 0;
  show_page (self, self->pages.quiet);
  gbx_quiet_page_focus (self->pages.quiet);
  return G_SOURCE_REMOVE;
}

static void
show_display (GbxWindowPages *self)
{
  g_clear_handle_id (&self->wait, g_source_remove);
  if (is_shown (self, self->pages.display))
    return;
  show_page (self, self->pages.display);
  g_signal_emit (self, signals[DISPLAY_SHOWN], 0);
}

static void
update (GbxWindowPages *self)
{
  if (!self->sandbox || is_shown (self, self->pages.files))
    return;
  if (gbx_display_connection_get_showing (self->connection))
    {
      show_display (self);
      return;
    }
  /* While it is stopped, or its screen is not connected, the page stays. */
  if (gbx_sandbox_get_state (self->sandbox) != GBX_SANDBOX_RUNNING
      || gbx_sandbox_get_has_window (self->sandbox))
    g_clear_handle_id (&self->wait, g_source_remove);
  else if (!self->wait && !is_shown (self, self->pages.quiet))
    self->wait = g_timeout_add (gbx_sandbox_get_drawn (self->sandbox) ? LAST_WINDOW_MS
                                                                      : FIRST_WINDOW_MS,
                                on_wait, self);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_window_pages_dispose (GObject *object)
{
  GbxWindowPages *self = GBX_WINDOW_PAGES (object);

  g_clear_handle_id (&self->wait, g_source_remove);
  g_clear_object (&self->connection);
  g_clear_object (&self->sandbox);
  g_clear_pointer (&self->title, g_free);
  G_OBJECT_CLASS (gbx_window_pages_parent_class)->dispose (object);
}

static void
gbx_window_pages_class_init (GbxWindowPagesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_window_pages_dispose;
  signals[DISPLAY_SHOWN] = g_signal_new ("display-shown", G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gbx_window_pages_init (GbxWindowPages *self)
{
}

/* ---------------------------------------------------------------- public -- */

GbxWindowPages *
gbx_window_pages_new (const GbxPages *pages, GbxDisplayConnection *connection)
{
  GbxWindowPages *self = g_object_new (GBX_TYPE_WINDOW_PAGES, NULL);

  self->pages = *pages;
  self->connection = g_object_ref (connection);
  g_signal_connect_object (connection, "notify::showing", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  return self;
}

void
gbx_window_pages_set_sandbox (GbxWindowPages *self, GbxSandbox *sandbox)
{
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_set_object (&self->sandbox, sandbox);
  g_object_connect (sandbox, "swapped-object-signal::notify::state", update, self,
                    "swapped-object-signal::notify::has-window", update, self, NULL);
  g_clear_handle_id (&self->wait, g_source_remove);
  g_clear_pointer (&self->title, g_free);
  gbx_boot_page_set_sandbox (self->pages.boot, sandbox);
  gbx_quiet_page_set_sandbox (self->pages.quiet, sandbox);
  show_page (self, self->pages.boot);
  gbx_boot_page_focus (self->pages.boot);
}

void
gbx_window_pages_set_title (GbxWindowPages *self, const char *title)
{
  g_free (self->title);
  self->title = g_strdup (title);
  gbx_quiet_page_set_title (self->pages.quiet, title);
}

static const char *
get_title (GbxWindowPages *self)
{
  return self->title ? self->title : gbx_policy_get_title (gbx_sandbox_get_policy (self->sandbox));
}

void
gbx_window_pages_show_files (GbxWindowPages *self, GbxLeftover *leftover)
{
  g_clear_handle_id (&self->wait, g_source_remove);
  gbx_files_page_show (self->pages.files, self->sandbox, leftover, get_title (self));
  show_page (self, self->pages.files);
  gbx_files_page_focus (self->pages.files);
}

gboolean
gbx_window_pages_shows_files (GbxWindowPages *self)
{
  return is_shown (self, self->pages.files)
         && gtk_widget_get_sensitive (GTK_WIDGET (self->pages.files));
}

void
gbx_window_pages_show_end (GbxWindowPages *self)
{
  g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_clear_handle_id (&self->wait, g_source_remove);
  gbx_end_page_set_sandbox (self->pages.end, self->sandbox, get_title (self));
  show_page (self, self->pages.end);
  gbx_end_page_focus (self->pages.end);
}

gboolean
gbx_window_pages_shows_display (GbxWindowPages *self)
{
  return is_shown (self, self->pages.display);
}
