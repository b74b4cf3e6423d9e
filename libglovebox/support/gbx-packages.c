/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-packages"
#include "config.h"

#include "gbx-packages.h"

#include <string.h>
#include <sys/utsname.h>

enum
{
  FAMILY_DEBIAN,
  FAMILY_UBUNTU,
  FAMILY_FEDORA,
  FAMILY_ARCH,
  FAMILY_SUSE,
  N_FAMILIES,
};

static const char *const installers[N_FAMILIES] = {
  [FAMILY_DEBIAN] = "sudo apt install ",  [FAMILY_UBUNTU] = "sudo apt install ",
  [FAMILY_FEDORA] = "sudo dnf install ",  [FAMILY_ARCH] = "sudo pacman -S ",
  [FAMILY_SUSE] = "sudo zypper install ",
};

/* Ubuntu's family comes before Debian's, because ID_LIKE of Ubuntu contains Debian. */
static const struct
{
  const char *id;
  int family;
} families[] = {
  { "ubuntu", FAMILY_UBUNTU }, { "debian", FAMILY_DEBIAN }, { "fedora", FAMILY_FEDORA },
  { "rhel", FAMILY_FEDORA },   { "arch", FAMILY_ARCH },     { "opensuse", FAMILY_SUSE },
  { "suse", FAMILY_SUSE },
};

/* %s is the architecture as the distribution calls it. */
static const char *const names[][N_FAMILIES] = {
  [GBX_PACKAGE_KERNEL]
  = { "linux-image-%s", "linux-image-generic", "kernel kernel-modules", "linux", "kernel-default" },
  [GBX_PACKAGE_LIBVIRT]
  = { "libvirt-daemon libvirt-daemon-driver-qemu", "libvirt-daemon libvirt-daemon-driver-qemu",
      "libvirt-daemon-driver-qemu", "libvirt", "libvirt-daemon-qemu" },
  [GBX_PACKAGE_QEMU] = { "qemu-system-x86", "qemu-system-x86", "qemu-kvm", "qemu-desktop", "qemu" },
  [GBX_PACKAGE_XORG]
  = { "xserver-xorg-core xserver-xorg-input-evdev", "xserver-xorg-core xserver-xorg-input-evdev",
      "xorg-x11-server-Xorg xorg-x11-drv-evdev", "xorg-server xf86-input-evdev",
      "xorg-x11-server xf86-input-evdev" },
  [GBX_PACKAGE_PASST] = { "passt", "passt", "passt", "passt", "passt" },
  [GBX_PACKAGE_E2FSPROGS] = { "e2fsprogs", "e2fsprogs", "e2fsprogs", "e2fsprogs", "e2fsprogs" },
  [GBX_PACKAGE_QEMU_IMG]
  = { "qemu-utils", "qemu-utils", "qemu-img", "qemu-img", "qemu-img" },
  [GBX_PACKAGE_DOCUMENT_VIEWER] = { "evince", "evince", "evince", "evince", "evince" },
  [GBX_PACKAGE_IMAGE_VIEWER] = { "eog", "eog", "eog", "eog", "eog" },
  [GBX_PACKAGE_MEDIA_PLAYER] = { "totem", "totem", "totem", "totem", "totem" },
  [GBX_PACKAGE_FILE_MANAGER] = { "thunar", "thunar", "Thunar", "thunar", "thunar" },
  [GBX_PACKAGE_OFFICE] = { "libreoffice", "libreoffice", "libreoffice", "libreoffice-fresh",
                           "libreoffice" },
  [GBX_PACKAGE_ARCHIVER] = { "engrampa", "engrampa", "engrampa", "engrampa", "engrampa" },
  /* Not Firefox: on Ubuntu it is a snap. */
  [GBX_PACKAGE_BROWSER] = { "epiphany-browser", "epiphany-browser", "epiphany", "epiphany",
                            "epiphany" },
  [GBX_PACKAGE_EDITOR] = { "mousepad", "mousepad", "mousepad", "mousepad", "mousepad" },
};

static int
family_of (const char *os_id, const char *os_like)
{
  g_auto (GStrv) words = g_strsplit (os_like != NULL ? os_like : "", " ", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    if (g_strcmp0 (families[i].id, os_id) == 0
        || g_strv_contains ((const char *const *)words, families[i].id))
      return families[i].family;

  return FAMILY_DEBIAN;
}

static const char *
debian_architecture (void)
{
  struct utsname machine;

  return uname (&machine) == 0 && strcmp (machine.machine, "aarch64") == 0 ? "arm64" : "amd64";
}

char *
gbx_packages_command_for (GbxPackage package, const char *os_id, const char *os_like)
{
  int family = family_of (os_id, os_like);
  g_auto (GStrv) parts = g_strsplit (names[package][family], "%s", 2);

  return g_strconcat (installers[family], parts[0],
                      parts[1] != NULL ? debian_architecture () : NULL, parts[1], NULL);
}

char *
gbx_packages_command (GbxPackage package)
{
  g_autofree char *os_id = g_get_os_info (G_OS_INFO_KEY_ID);
  g_autofree char *os_like = g_get_os_info ("ID_LIKE");

  return gbx_packages_command_for (package, os_id, os_like);
}
