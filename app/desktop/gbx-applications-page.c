/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-applications-page"
#include "config.h"

#include "gbx-applications-page.h"

struct _GbxApplicationsPage
{
  GtkBox parent_instance;
};

G_DEFINE_FINAL_TYPE (GbxApplicationsPage, gbx_applications_page, GTK_TYPE_BOX)

static void
gbx_applications_page_class_init (GbxApplicationsPageClass *klass)
{
}

static void
gbx_applications_page_init (GbxApplicationsPage *self)
{
}

GtkWidget *
gbx_applications_page_new (void)
{
  return g_object_new (GBX_TYPE_APPLICATIONS_PAGE, "orientation", GTK_ORIENTATION_VERTICAL, NULL);
}
