/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-os-private.h"

#include <string.h>

#include "gbx-error.h"

#define VIRTIO_GPU "http://pcisig.com/pci/1af4/1050"
#define QXL "http://pcisig.com/pci/1b36/0100"
#define NETWORK_CARD "http://pcisig.com/pci/8086/100e"

/* An entry of a made-up database; the device is a video device or another. */
static OsinfoOs *
add_os (OsinfoDb *database, const char *distro, const char *version, const char *device)
{
  g_autofree char *id
      = g_strdup_printf ("http://test/%s/%s", distro, version ? version : "rolling");
  g_autoptr (OsinfoOs) os = osinfo_os_new (id);

  osinfo_entity_set_param (OSINFO_ENTITY (os), OSINFO_OS_PROP_DISTRO, distro);
  if (version != NULL)
    osinfo_entity_set_param (OSINFO_ENTITY (os), OSINFO_PRODUCT_PROP_VERSION, version);
  if (device != NULL)
    {
      g_autoptr (OsinfoDevice) item = osinfo_device_new (device);
      OsinfoDeviceLink *link = osinfo_os_add_device (os, item);

      g_assert_nonnull (link);
    }
  osinfo_db_add_os (database, os);

  return osinfo_db_get_os (database, id);
}

static OsinfoDb *
make_database (void)
{
  OsinfoDb *database = osinfo_db_new ();
  OsinfoOs *debian_11 = add_os (database, "debian", "11", VIRTIO_GPU);

  add_os (database, "debian", "8", QXL);
  add_os (database, "debian", "10", QXL);
  add_os (database, "debian", "testing", VIRTIO_GPU);
  osinfo_product_add_related (OSINFO_PRODUCT (add_os (database, "debian", "11.5", NULL)),
                              OSINFO_PRODUCT_RELATIONSHIP_DERIVES_FROM, OSINFO_PRODUCT (debian_11));
  add_os (database, "archlinux", NULL, VIRTIO_GPU);
  add_os (database, "fedora", "9", QXL);
  add_os (database, "fedora", "37", VIRTIO_GPU);
  add_os (database, "fedora", "unknown", NULL);
  add_os (database, "ubuntu", "22.04", VIRTIO_GPU);
  add_os (database, "ubuntu", "18.04", QXL);
  add_os (database, "minimal", "1", NETWORK_CARD);

  return database;
}

static const struct
{
  GbxOsIdentity identity;
  const char *id; /* NULL: nothing is like it */
  GbxVideo video;
} cases[] = {
  { { "debian", NULL, "10" }, "http://test/debian/10", GBX_VIDEO_QXL },
  { { "debian", NULL, "12" }, "http://test/debian/11.5", GBX_VIDEO_VIRTIO },
  { { "debian", NULL, "9" }, "http://test/debian/8", GBX_VIDEO_QXL },
  { { "debian", NULL, "7" }, "http://test/debian/8", GBX_VIDEO_QXL },
  { { "debian", NULL, NULL }, "http://test/debian/testing", GBX_VIDEO_VIRTIO },
  { { "arch", NULL, NULL }, "http://test/archlinux/rolling", GBX_VIDEO_VIRTIO },
  { { "fedora", NULL, "37" }, "http://test/fedora/37", GBX_VIDEO_VIRTIO },
  { { "fedora", NULL, "44" }, "http://test/fedora/37", GBX_VIDEO_VIRTIO },
  { { "linuxmint", "ubuntu debian", "21.1" }, "http://test/ubuntu/22.04", GBX_VIDEO_VIRTIO },
  { { "minimal", NULL, "1" }, "http://test/minimal/1", GBX_VIDEO_VGA },
  { { "plan9", NULL, "4" }, NULL, GBX_VIDEO_VIRTIO },
};

static void
test_match (void)
{
  g_autoptr (OsinfoDb) database = make_database ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (OsinfoOs) os = gbx_os_match (database, &cases[i].identity);

      g_test_message ("%s %s", cases[i].identity.id,
                      cases[i].identity.version ? cases[i].identity.version : "");
      if (cases[i].id == NULL)
        {
          g_assert_null (os);
          continue;
        }
      g_assert_nonnull (os);
      g_assert_cmpstr (osinfo_entity_get_id (OSINFO_ENTITY (os)), ==, cases[i].id);
      g_assert_cmpint (gbx_os_supported_video (os), ==, cases[i].video);
    }
}

/* An entry that lists no device at all says nothing against virtio-gpu. */
static void
test_no_devices (void)
{
  g_autoptr (OsinfoDb) database = osinfo_db_new ();
  OsinfoOs *os = add_os (database, "empty", "1", NULL);

  g_assert_cmpint (gbx_os_supported_video (os), ==, GBX_VIDEO_VIRTIO);
}

static void
test_this_system (void)
{
  g_autoptr (GbxOs) first = NULL;
  g_autoptr (GbxOs) second = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start;

  first = gbx_os_detect (NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gbx_os_get_name (first), !=, "");

  start = g_get_monotonic_time ();
  second = gbx_os_detect (NULL, &error);
  g_assert_no_error (error);
  g_test_minimized_result ((g_get_monotonic_time () - start) / 1e6, "a cached answer, seconds");
  g_assert_cmpstr (gbx_os_get_osinfo_id (first), ==, gbx_os_get_osinfo_id (second));
  g_assert_cmpint (gbx_os_get_video (first), ==, gbx_os_get_video (second));
}

/* Without any database the system is unknown, and that is no failure. */
static void
test_no_database (void)
{
  g_autoptr (GbxOs) os = NULL;
  g_autoptr (GError) error = NULL;

  g_setenv ("OSINFO_SYSTEM_DIR", "/nonexistent", TRUE);
  g_setenv ("OSINFO_LOCAL_DIR", "/nonexistent", TRUE);
  g_setenv ("OSINFO_USER_DIR", "/nonexistent", TRUE);
  os = gbx_os_detect (NULL, &error);
  g_assert_no_error (error);
  g_assert_null (gbx_os_get_osinfo_id (os));
  g_assert_cmpint (gbx_os_get_video (os), ==, GBX_VIDEO_VIRTIO);
  g_unsetenv ("OSINFO_SYSTEM_DIR");
  g_unsetenv ("OSINFO_LOCAL_DIR");
  g_unsetenv ("OSINFO_USER_DIR");
}

int
main (int argc, char **argv)
{
  g_setenv ("LC_ALL", "C", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/os/match", test_match);
  g_test_add_func ("/os/no-devices", test_no_devices);
  g_test_add_func ("/os/this-system", test_this_system);
  g_test_add_func ("/os/no-database", test_no_database);

  return g_test_run ();
}
