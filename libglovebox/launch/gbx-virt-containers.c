/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-virt-containers"

#include "config.h"

#include "gbx-virt-containers.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <grp.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The daemon for containers alone comes first; libvirt looks in the same order. */
static const char *const sockets[] = { "/run/libvirt/virtlxcd-sock", "/run/libvirt/libvirt-sock" };

const char *
gbx_virt_get_container_uri (void)
{
  const char *named = g_getenv ("GLOVEBOX_LXC_URI");

  return named && *named ? named : "lxc:///system";
}

gboolean
gbx_virt_uri_is_of_containers (const char *uri)
{
  return g_str_has_prefix (uri, "lxc");
}

gboolean
gbx_virt_may_reach_containers (void)
{
  if (g_getenv ("GLOVEBOX_LXC_URI"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    if (access (sockets[i], R_OK | W_OK) == 0)
      return TRUE;
  return FALSE;
}

/* The group that may use the daemon; with systemd's sockets everybody may connect, and a rule
 * of polkit asks for this one. */
static gid_t
find_group (char **name)
{
  struct group *entry;
  struct stat st;

  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    if (stat (sockets[i], &st) == 0 && st.st_gid != 0 && (entry = getgrgid (st.st_gid)))
      {
        *name = g_strdup (entry->gr_name);
        return st.st_gid;
      }
  *name = g_strdup ("libvirt");
  entry = getgrnam ("libvirt");
  return entry ? entry->gr_gid : (gid_t) -1;
}

/* In the database of groups; the session may be older. */
static gboolean
is_member (void)
{
  g_autofree char *name = NULL;
  gid_t group = find_group (&name), groups[256];
  int n = G_N_ELEMENTS (groups);

  if (getgrouplist (g_get_user_name (), getegid (), groups, &n) < 0)
    return FALSE;
  for (int i = 0; i < n; i++)
    if (groups[i] == group)
      return TRUE;
  return FALSE;
}

static GbxRefusal
refuse_account (void)
{
  return is_member () ? GBX_REFUSAL_OLD_LOGIN : GBX_REFUSAL_NO_MEMBER;
}

GbxRefusal
gbx_virt_get_refusal (void)
{
  virErrorPtr last = virGetLastError ();

  if (!last)
    return GBX_REFUSAL_OTHER;
  switch (last->code)
    {
    case VIR_ERR_NO_CONNECT:
      return GBX_REFUSAL_NO_DRIVER;
    case VIR_ERR_INTERNAL_ERROR:
      /* It is there, and found that it cannot work, as in an account's own daemon. */
      return last->message && strstr (last->message, "driver is not active")
                 ? GBX_REFUSAL_NO_DRIVER
                 : GBX_REFUSAL_OTHER;
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
    case VIR_ERR_ACCESS_DENIED:
      return refuse_account ();
    case VIR_ERR_SYSTEM_ERROR:
      if (last->int1 == EACCES || last->int1 == EPERM)
        return refuse_account ();
      if (last->int1 == ENOENT || last->int1 == ECONNREFUSED)
        return GBX_REFUSAL_NO_DAEMON;
      return GBX_REFUSAL_OTHER;
    default:
      return GBX_REFUSAL_OTHER;
    }
}

char *
gbx_virt_describe_refusal (GbxRefusal refusal)
{
  g_autofree char *group = NULL;

  switch (refusal)
    {
    case GBX_REFUSAL_NO_DAEMON:
      return g_strdup (_ ("Containers need libvirt's system daemon, which does not run; install it "
                          "(on Debian: apt-get install libvirt-daemon-system "
                          "libvirt-daemon-driver-lxc) and start it (systemctl start libvirtd)"));
    case GBX_REFUSAL_NO_DRIVER:
      return g_strdup (_ ("libvirt's system daemon has no driver for containers; install it (on "
                          "Debian: apt-get install libvirt-daemon-driver-lxc) and start the daemon "
                          "again (systemctl restart libvirtd)"));
    case GBX_REFUSAL_NO_MEMBER:
      find_group (&group);
      return g_strdup_printf (_ ("Your account may not use libvirt's system daemon, which containers "
                                 "need; add it to the group %s (sudo adduser %s %s) and log in "
                                 "again. Members of this group can do everything that root can"),
                              group, g_get_user_name (), group);
    case GBX_REFUSAL_OLD_LOGIN:
      find_group (&group);
      return g_strdup_printf (_ ("Your account is in the group %s, but this session is older; log "
                                 "out and in again to use containers"),
                              group);
    default:
      return g_strdup_printf (_ ("libvirt's system daemon, which containers need, refuses the "
                                 "connection: %s"),
                              virGetLastErrorMessage ());
    }
}

char *
gbx_virt_get_refusal_command (GbxRefusal refusal)
{
  g_autofree char *group = NULL;

  switch (refusal)
    {
    case GBX_REFUSAL_NO_DAEMON:
      return g_strdup ("sudo apt-get install libvirt-daemon-system libvirt-daemon-driver-lxc");
    case GBX_REFUSAL_NO_DRIVER:
      return g_strdup ("sudo apt-get install libvirt-daemon-driver-lxc");
    case GBX_REFUSAL_NO_MEMBER:
      find_group (&group);
      return g_strdup_printf ("sudo adduser %s %s", g_get_user_name (), group);
    default:
      return NULL;
    }
}

char *
gbx_virt_explain_container (const char *message)
{
  if (strstr (message, "cgroup"))
    return g_strdup_printf (_ ("libvirt cannot limit a container here, because the kernel's control "
                               "groups are missing (%s); mount them (as systemd does), or use a "
                               "virtual machine"),
                            message);
  if (strstr (message, "user namespace") || strstr (message, "User namespaces"))
    return g_strdup_printf (_ ("The kernel has no user namespaces, which keep root in a container "
                               "away from this computer (%s); use a virtual machine"),
                            message);
  if (strstr (message, "bind mount") && strstr (message, "Invalid argument"))
    return g_strdup_printf (_ ("A container cannot show a folder in which another file system is "
                               "mounted (%s); share folders below it, or use a virtual machine"),
                            message);
  return NULL;
}
