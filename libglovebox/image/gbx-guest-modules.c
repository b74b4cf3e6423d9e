/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-modules"
#include "config.h"

#include "gbx-guest-modules.h"

/* In the order in which the guest uses them.  Dependencies are added automatically; for
 * example 9p needs netfs and fscache on some kernels only. */
static const char *const exec_modules[] = { "virtio_pci", "virtio_console", "9pnet_virtio", "9p" };
static const char *const share_modules[] = { "virtiofs" };
/* Only if there is a disk: ext4 alone takes longer to load than all of the above. */
static const char *const home_modules[] = { "virtio_blk", "ext4" };
static const char *const network_modules[] = { "virtio_net" };
#define IPV6_MODULE "ipv6"
/* evdev makes the /dev/input/event* that every Xorg input driver reads. */
static const char *const input_modules[] = { "virtio_input", "evdev" };

/* In order of preference; the names of the kernel's drivers.  Linux 5.14 renamed the driver
 * of QEMU's plain VGA. */
static const struct
{
  GbxVideo video;
  const char *module;
  const char *old_module;
} video_modules[] = {
  { GBX_VIDEO_VIRTIO, "virtio_gpu", NULL },
  { GBX_VIDEO_QXL, "qxl", NULL },
  { GBX_VIDEO_VGA, "bochs", "bochs_drm" },
};

static gboolean
add_all (GbxModuleSet *set, const char *const *names, gsize n, GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!gbx_module_set_add (set, names[i], error))
      return FALSE;

  return TRUE;
}

static const char *
driver_of (GbxModuleSet *set, GbxVideo video)
{
  for (gsize i = 0; i < G_N_ELEMENTS (video_modules); i++)
    if (video_modules[i].video == video)
      {
        const char *old = video_modules[i].old_module;

        if (old != NULL && !gbx_module_set_knows (set, video_modules[i].module)
            && gbx_module_set_knows (set, old))
          return old;
        return video_modules[i].module;
      }

  return video_modules[0].module;
}

static GbxVideo
video_of_flags (GbxInitrdFlags flags)
{
  if (flags & GBX_INITRD_QXL)
    return GBX_VIDEO_QXL;
  if (flags & GBX_INITRD_VGA)
    return GBX_VIDEO_VGA;

  return GBX_VIDEO_VIRTIO;
}

gboolean
gbx_guest_modules_add (GbxModuleSet *set, GbxInitrdFlags flags, GError **error)
{
  if (!add_all (set, exec_modules, G_N_ELEMENTS (exec_modules), error))
    return FALSE;
  if ((flags & GBX_INITRD_VIRTIOFS)
      && !add_all (set, share_modules, G_N_ELEMENTS (share_modules), error))
    return FALSE;
  if ((flags & GBX_INITRD_NETWORK)
      && !add_all (set, network_modules, G_N_ELEMENTS (network_modules), error))
    return FALSE;
  /* Most kernels contain it, and some have none. */
  if ((flags & GBX_INITRD_NETWORK) && gbx_module_set_knows (set, IPV6_MODULE)
      && !gbx_module_set_add (set, IPV6_MODULE, error))
    return FALSE;
  if ((flags & GBX_INITRD_HOME)
      && !add_all (set, home_modules, G_N_ELEMENTS (home_modules), error))
    return FALSE;
  if (!(flags & GBX_INITRD_DESKTOP))
    return TRUE;

  gbx_module_set_begin_late (set);
  return gbx_module_set_add (set, driver_of (set, video_of_flags (flags)), error)
         && add_all (set, input_modules, G_N_ELEMENTS (input_modules), error);
}

gboolean
gbx_guest_modules_choose_video (GbxModuleSet *set, GbxVideo preferred, GbxVideo *video)
{
  if (gbx_module_set_knows (set, driver_of (set, preferred)))
    {
      *video = preferred;
      return TRUE;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (video_modules); i++)
    if (gbx_module_set_knows (set, driver_of (set, video_modules[i].video)))
      {
        *video = video_modules[i].video;
        return TRUE;
      }

  return FALSE;
}

gboolean
gbx_guest_modules_have_virtiofs (GbxModuleSet *set)
{
  return gbx_module_set_knows (set, share_modules[0]);
}
