/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-os"
#include "config.h"

#include "gbx-os-private.h"

#include <string.h>

#include "gbx-kernel-private.h"

/* The database is often older than the system: Debian 12 shipped one that ends with Debian
 * 11.  So for a missing entry the newest entry that is not newer is used; for an unknown
 * system, that of the system in ID_LIKE. */

/* os-release's ID where libosinfo's name of the distribution is another. */
static const struct
{
  const char *id;
  const char *distro;
} distro_names[] = {
  { "arch", "archlinux" },
  { "alpine", "alpinelinux" },
  { "endless", "eos" },
  { "opensuse-leap", "opensuse" },
  { "opensuse-tumbleweed", "opensuse" },
  { "void", "voidlinux" },
  { "pop", "popos" },
  { "clear-linux-os", "clearlinux" },
};

/* Best first; by entity id, which is what the database has for certain. */
static const struct
{
  const char *device;
  GbxVideo video;
} video_devices[] = {
  { "http://pcisig.com/pci/1af4/1050", GBX_VIDEO_VIRTIO },
  { "http://pcisig.com/pci/1b36/0100", GBX_VIDEO_QXL },
};

static const char *
distro_of (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (distro_names); i++)
    if (strcmp (distro_names[i].id, id) == 0)
      return distro_names[i].distro;

  return id;
}

static const char *
version_of (OsinfoOs *os)
{
  const char *version = osinfo_product_get_version (OSINFO_PRODUCT (os));

  return version != NULL ? version : "";
}

/* "rolling", "testing", "rawhide", "unknown": these cannot be ordered. */
static gboolean
is_numbered (OsinfoOs *os)
{
  const char *version = version_of (os);

  return g_ascii_isdigit (version[0]) && strstr (version, "unknown") == NULL;
}

/* Whether the candidate describes the system better than the best so far. */
static gboolean
is_better (OsinfoOs *candidate, OsinfoOs *best, const char *version)
{
  if (best == NULL)
    return TRUE;

  /* A system without a version is a rolling one, as is its entry. */
  if (is_numbered (candidate) != is_numbered (best))
    return is_numbered (candidate) == (version != NULL);
  if (!is_numbered (candidate))
    return FALSE;

  if (version != NULL)
    {
      gboolean candidate_is_newer
          = gbx_kernel_compare_releases (version_of (candidate), version) > 0;
      gboolean best_is_newer = gbx_kernel_compare_releases (version_of (best), version) > 0;

      if (candidate_is_newer != best_is_newer)
        return best_is_newer;
      if (best_is_newer)
        return gbx_kernel_compare_releases (version_of (candidate), version_of (best)) < 0;
    }

  return gbx_kernel_compare_releases (version_of (candidate), version_of (best)) > 0;
}

static OsinfoOs *
match_distro (OsinfoDb *database, const char *distro, const char *version)
{
  g_autoptr (OsinfoOsList) all = osinfo_db_get_os_list (database);
  OsinfoOs *best = NULL;
  int n = osinfo_list_get_length (OSINFO_LIST (all));

  for (int i = 0; i < n; i++)
    {
      OsinfoOs *os = OSINFO_OS (osinfo_list_get_nth (OSINFO_LIST (all), i));

      if (g_strcmp0 (osinfo_os_get_distro (os), distro) == 0 && is_better (os, best, version))
        best = os;
    }

  return best != NULL ? g_object_ref (best) : NULL;
}

OsinfoOs *
gbx_os_match (OsinfoDb *database, const GbxOsIdentity *identity)
{
  OsinfoOs *found = match_distro (database, distro_of (identity->id), identity->version);
  g_auto (GStrv) like = g_strsplit (identity->like != NULL ? identity->like : "", " ", -1);

  /* Versions of another distribution cannot be compared: use the newest. */
  for (gsize i = 0; found == NULL && like[i] != NULL; i++)
    found = match_distro (database, distro_of (like[i]), "99999");

  return found;
}

GbxVideo
gbx_os_supported_video (OsinfoOs *os)
{
  g_autoptr (OsinfoDeviceList) devices = osinfo_os_get_all_devices (os, NULL);

  /* Without a list, assume virtio-gpu: the guest runs the host's kernel, and Linux has had
   * that driver since 2015. */
  if (osinfo_list_get_length (OSINFO_LIST (devices)) == 0)
    return GBX_VIDEO_VIRTIO;

  for (gsize i = 0; i < G_N_ELEMENTS (video_devices); i++)
    if (osinfo_list_find_by_id (OSINFO_LIST (devices), video_devices[i].device) != NULL)
      return video_devices[i].video;

  return GBX_VIDEO_VGA;
}
