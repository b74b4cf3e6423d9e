/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-jail"

#include "config.h"

#include "gbx-jail.h"

#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-paths.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What QEMU itself needs, beside the exports: its libraries, modules and
 * firmware, what they read of /etc, and the kernel's interfaces. */
static const char *const readable[] = {
  "/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
  "/etc/alternatives", "/etc/qemu", "/etc/localtime", "/etc/passwd", "/etc/group",
  "/etc/nsswitch.conf", "/etc/sasl2", "/etc/pki/qemu", "/sys/devices/system",
  "/sys/module/kvm/parameters", "/sys/module/kvm_intel/parameters",
  "/sys/module/kvm_amd/parameters", "/sys/kernel/mm", "/proc/self", "/proc/cpuinfo",
  "/proc/meminfo", "/proc/sys/vm", "/proc/stat", "/proc/filesystems", "/dev/random",
};
static const char *const writable[] = { "/dev/null", "/dev/zero", "/dev/urandom", "/dev/kvm" };

static void
add_rule (GString *rules, const char *verb, const char *path)
{
  g_string_append_printf (rules, "%s %s\n", verb, path);
}

static void
add_exports (GString *rules, GbxLaunchPlan *plan)
{
  for (guint i = 0; i < plan->exports->len; i++)
    {
      GbxExport *export = plan->exports->pdata[i];

      add_rule (rules, export->writable ? "write" : "read", export->path);
    }
}

/* "bind" and "bind-read": FROM, then TO on the next line, since a path may hold
 * anything but a line break. */
static void
add_shared_files (GString *rules, GbxLaunchPlan *plan)
{
  GPtrArray *shares = gbx_policy_get_shares (plan->policy);

  for (guint i = 0; i < shares->len; i++)
    {
      GbxShare *share = shares->pdata[i];
      g_autofree char *to = NULL;

      if (gbx_share_is_directory (share))
        continue;
      to = gbx_exports_file_path (plan, i);
      add_rule (rules, gbx_share_get_writable (share) ? "bind" : "bind-read",
                gbx_share_get_path (share));
      add_rule (rules, "to", to);
      add_rule (rules, gbx_share_get_writable (share) ? "write" : "read",
                gbx_share_get_path (share));
    }
}

static char *
compose_rules (GbxLaunchPlan *plan)
{
  GString *rules = g_string_new (NULL);
  g_autofree char *libvirt =
      g_build_filename (g_get_user_config_dir (), "libvirt", "qemu", "lib", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (readable); i++)
    add_rule (rules, "read", readable[i]);
  for (guint i = 0; i < G_N_ELEMENTS (writable); i++)
    add_rule (rules, "write", writable[i]);
  add_rule (rules, "read", plan->kernel);
  add_rule (rules, "read", plan->initrd);
  /* Where libvirt has QEMU make its monitor's socket. */
  add_rule (rules, "write", geteuid () == 0 ? "/var/lib/libvirt/qemu" : libvirt);
  add_exports (rules, plan);
  add_shared_files (rules, plan);
  return g_string_free (rules, FALSE);
}

/* libvirt remembers what an emulator can do by the path and time of its file.
 * For the wrapper that would be wrong after an update of QEMU; so each QEMU has
 * a path of its own to the wrapper, and beside it a link to itself. */
static gboolean
make_link (const char *target, const char *path)
{
  g_autofree char *present = g_file_read_link (path, NULL);

  if (g_strcmp0 (present, target) == 0)
    return TRUE;
  /* The file has moved without another time or number of its own. */
  if (present)
    g_unlink (path);
  return symlink (target, path) == 0 || errno == EEXIST;
}

static char *
link_emulator (const char *jail, const char *qemu, GError **error)
{
  struct stat st, jail_st;
  g_autofree char *key = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *wrapper = NULL;
  g_autofree char *target = NULL;

  if (stat (qemu, &st) == 0 && stat (jail, &jail_st) == 0)
    key = g_strdup_printf ("%lx-%lx-%lx-%lx", (gulong) st.st_ino, (gulong) st.st_mtime,
                           (gulong) jail_st.st_ino, (gulong) jail_st.st_mtime);
  folder = g_build_filename (g_get_user_cache_dir (), "glovebox", "emulator", key, NULL);
  wrapper = g_build_filename (folder, "qemu-system", NULL);
  target = g_build_filename (folder, "emulator", NULL);
  if (key && g_mkdir_with_parents (folder, 0700) == 0 &&
      make_link (qemu, target) && make_link (jail, wrapper))
    return g_steal_pointer (&wrapper);
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot write in the cache folder %s: %s"),
               folder, g_strerror (errno));
  return NULL;
}

static gboolean
has_landlock (void)
{
  return syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

/* Without the jail an escape from the virtual machine could open whatever the
 * user can.  QEMU's 9p server has had such escapes where it may write, so
 * nothing is writable then, and a single file cannot be shared either. */
static gboolean
go_without_jail (GbxLaunchPlan *plan, GError **error)
{
  GPtrArray *shares = gbx_policy_get_shares (plan->policy);

  for (guint i = 0; i < shares->len; i++)
    if (gbx_share_get_writable (shares->pdata[i]) || !gbx_share_is_directory (shares->pdata[i]))
      {
        g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                     _ ("Cannot share “%s” here: writable shares and single files need a kernel "
                        "with Landlock (boot it with “landlock” in lsm=); share a folder "
                        "read-only"),
                     gbx_share_get_path (shares->pdata[i]));
        return FALSE;
      }
  plan->weakness = g_strdup (_ ("This kernel has no Landlock, so the emulator is not confined to "
                                "the sandbox's files."));
  return TRUE;
}

gboolean
gbx_jail_prepare (GbxLaunchPlan *plan, GError **error)
{
  g_autofree char *jail = gbx_path_program ("glovebox-emulator-jail");
  g_autofree char *rules = NULL;
  g_autofree char *file = g_build_filename (plan->runtime, "jail", NULL);
  g_autofree char *emulator = NULL;

  if (!has_landlock ())
    return go_without_jail (plan, error);
  if (!jail)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("The program glovebox-emulator-jail is missing; install Glovebox "
                              "again"));
      return FALSE;
    }
  emulator = link_emulator (jail, plan->emulator, error);
  if (!emulator)
    return FALSE;
  rules = compose_rules (plan);
  if (!g_file_set_contents (file, rules, -1, error))
    return FALSE;
  g_free (plan->emulator);
  plan->emulator = g_steal_pointer (&emulator);
  plan->jail_rules = g_steal_pointer (&file);
  return TRUE;
}
