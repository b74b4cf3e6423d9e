/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-policy"

#include "config.h"

#include "gbx-system-files.h"

#include "gbx-paths.h"

/* With their contents, regardless of modes.  The composed files are listed too, because the
 * host's files contain its users and network. */
static const char *const system_files[] = {
  /* secrets */
  "/etc/shadow",
  "/etc/shadow-",
  "/etc/gshadow",
  "/etc/gshadow-",
  "/etc/sudoers",
  "/etc/sudoers.d",
  "/etc/ssh",
  "/etc/ssl/private",
  "/etc/pki/private",
  "/etc/krb5.keytab",
  "/etc/security",
  "/etc/pam.d",
  "/etc/polkit-1",
  "/etc/credstore",
  "/etc/credstore.encrypted",
  "/etc/crypttab",
  "/etc/apt/auth.conf",
  "/etc/apt/auth.conf.d",
  "/etc/wireguard",
  "/etc/openvpn",
  "/etc/ppp",
  "/etc/NetworkManager",
  "/etc/wpa_supplicant",
  "/etc/netplan",
  "/etc/letsencrypt",
  "/etc/docker",
  "/etc/kubernetes",
  "/var/lib/docker",
  "/var/lib/containers",
  "/var/lib/private",
  "/var/lib/NetworkManager",
  "/var/lib/bluetooth",
  "/var/lib/iwd",
  "/var/lib/libvirt",
  /* identity and users */
  "/etc/machine-id",
  "/var/lib/dbus",
  "/etc/passwd",
  "/etc/passwd-",
  "/etc/group",
  "/etc/group-",
  "/etc/subuid",
  "/etc/subgid",
  "/etc/aliases",
  "/etc/nsswitch.conf",
  "/var/lib/AccountsService",
  "/var/lib/systemd",
  "/var/lib/sss",
  /* names of hosts, and mounts */
  "/etc/hostname",
  "/etc/hosts",
  "/etc/resolv.conf",
  "/etc/mailname",
  "/etc/network",
  "/etc/fstab",
  "/etc/mtab",
  "/etc/exports",
  "/etc/cups",
  "/etc/printcap",
  "/var/lib/dhcp",
};

const char *
gbx_system_files_find (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (system_files); i++)
    if (gbx_path_is_within (path, system_files[i]))
      return system_files[i];
  return NULL;
}
