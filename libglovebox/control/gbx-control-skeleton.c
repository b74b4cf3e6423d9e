/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-control"

#include "config.h"

#include "gbx-control-skeleton.h"

/* GDBus answers a read of a property from the object, and tells nobody.  So this class stands
 * in between. */
struct _GbxControlSkeleton
{
  GbxDBusSandbox1Skeleton parent_instance;

  const GDBusInterfaceVTable *generated;
  GDBusInterfaceVTable table;
};

static guint look;

G_DEFINE_FINAL_TYPE (GbxControlSkeleton, gbx_control_skeleton, GBX_DBUS_TYPE_SANDBOX1_SKELETON)

static GVariant *
on_read (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
         const char *property, GError **error, gpointer user_data)
{
  GbxControlSkeleton *self = user_data;
  g_autoptr (GbxControlSkeleton) kept = g_object_ref (self);

  if (g_str_equal (property, "Figures"))
    g_signal_emit (self, look, 0);
  return self->generated->get_property (connection, sender, path, interface, property, error,
                                        self);
}

static GDBusInterfaceVTable *
get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  GbxControlSkeleton *self = GBX_CONTROL_SKELETON (skeleton);

  self->generated
      = G_DBUS_INTERFACE_SKELETON_CLASS (gbx_control_skeleton_parent_class)->get_vtable (skeleton);
  self->table = *self->generated;
  self->table.get_property = on_read;
  return &self->table;
}

static void
gbx_control_skeleton_class_init (GbxControlSkeletonClass *klass)
{
  G_DBUS_INTERFACE_SKELETON_CLASS (klass)->get_vtable = get_vtable;
  look = g_signal_new ("look", GBX_TYPE_CONTROL_SKELETON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 0);
}

static void
gbx_control_skeleton_init (GbxControlSkeleton *self)
{
}

GbxDBusSandbox1 *
gbx_control_skeleton_new (void)
{
  return GBX_DBUS_SANDBOX1 (g_object_new (GBX_TYPE_CONTROL_SKELETON, NULL));
}
