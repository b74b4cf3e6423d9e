/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-doctor-place"
#include "config.h"

#include "gbx-doctor-place.h"

#include "gbx-doctor-page.h"

#include <glib/gi18n.h>
#include <string.h>

#define NAME "doctor"
/* The window and its applications come first. */
#define SECONDS 2

/* --------------------------------------------------------------- memory -- */

/* Which version has found this computer in order, or good enough for the user. */
static char *
get_stamp (void)
{
  return g_build_filename (g_get_user_state_dir (), "glovebox", "checked", NULL);
}

static gboolean
is_stamped (void)
{
  g_autofree char *path = get_stamp ();
  g_autofree char *version = NULL;

  return g_file_get_contents (path, &version, NULL, NULL)
         && g_str_equal (g_strstrip (version), GBX_VERSION);
}

static void
set_stamp (void)
{
  g_autofree char *path = get_stamp ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  /* Without it, the next start looks again. */
  g_mkdir_with_parents (folder, 0700);
  if (!g_file_set_contents (path, GBX_VERSION "\n", -1, &error))
    g_debug ("%s", error->message);
}

/* ----------------------------------------------------------------- page -- */

static void
hide (GtkStack *pages, GtkWidget *page)
{
  GtkWidget *first = gtk_stack_get_child_by_name (pages, "applications");

  if (first && gtk_stack_get_visible_child (pages) == page)
    gtk_stack_set_visible_child (pages, first);
  gtk_widget_hide (page);
}

/* Nobody is interrupted, unless no sandbox would start. */
static void
on_finished (GtkStack *pages, guint worst, GtkWidget *page)
{
  gboolean was_hidden = !gtk_widget_get_visible (page);

  if (worst == GBX_CHECK_OK)
    set_stamp ();
  if (worst == GBX_CHECK_OK || !was_hidden)
    return;
  gtk_widget_show (page);
  if (worst == GBX_CHECK_PROBLEM)
    gtk_stack_set_visible_child (pages, page);
  else
    gtk_container_child_set (GTK_CONTAINER (pages), page, "needs-attention", TRUE, NULL);
}

static void
on_dismissed (GtkStack *pages, GtkWidget *page)
{
  set_stamp ();
  hide (pages, page);
}

static void
on_page_changed (GtkStack *pages)
{
  GtkWidget *page = gtk_stack_get_child_by_name (pages, NAME);

  if (page && gtk_stack_get_visible_child (pages) == page)
    gtk_container_child_set (GTK_CONTAINER (pages), page, "needs-attention", FALSE, NULL);
}

static gboolean
on_timeout (gpointer data)
{
  GtkStack *pages = data;
  GtkWidget *page = gtk_stack_get_child_by_name (pages, NAME);

  g_object_set_data (G_OBJECT (pages), "gbx-doctor-timeout", NULL);
  if (page && !gtk_widget_get_visible (page))
    gbx_doctor_page_check_quickly (GBX_DOCTOR_PAGE (page));
  return G_SOURCE_REMOVE;
}

static void
on_destroyed (GtkStack *pages)
{
  guint timeout = GPOINTER_TO_UINT (g_object_steal_data (G_OBJECT (pages), "gbx-doctor-timeout"));

  if (timeout)
    g_source_remove (timeout);
}

void
gbx_doctor_place_add (GtkStack *pages)
{
  GtkWidget *page = gbx_doctor_page_new ();

  gtk_stack_add_titled (pages, page, NAME, _ ("Check"));
  gtk_container_child_set (GTK_CONTAINER (pages), page, "icon-name", "emblem-system-symbolic",
                           NULL);
  g_signal_connect_object (page, "finished", G_CALLBACK (on_finished), pages, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "dismissed", G_CALLBACK (on_dismissed), pages, G_CONNECT_SWAPPED);
  g_signal_connect (pages, "notify::visible-child", G_CALLBACK (on_page_changed), NULL);
  g_signal_connect (pages, "destroy", G_CALLBACK (on_destroyed), NULL);
  if (!is_stamped ())
    g_object_set_data (G_OBJECT (pages), "gbx-doctor-timeout",
                       GUINT_TO_POINTER (g_timeout_add_seconds (SECONDS, on_timeout, pages)));
}
