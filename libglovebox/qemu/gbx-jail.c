/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-jail"

#include "config.h"

#include "gbx-jail.h"

#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-machine-tuning.h"
#include "gbx-paths.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <linux/landlock.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What QEMU itself needs besides the exports: its libraries, modules and firmware, the
 * files that they read in /etc, and the kernel's interfaces. */
static const char *const readable[] = {
  "/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
  "/etc/alternatives", "/etc/qemu", "/etc/localtime", "/etc/passwd", "/etc/group",
  "/etc/nsswitch.conf", "/etc/sasl2", "/etc/pki/qemu", "/sys/devices/system",
  "/sys/module/kvm/parameters", "/sys/module/kvm_intel/parameters",
  "/sys/module/kvm_amd/parameters", "/sys/kernel/mm", "/proc/cpuinfo", "/proc/meminfo",
  "/proc/sys/vm", "/proc/stat", "/proc/filesystems", "/dev/random",
};
static const char *const writable[] = { "/dev/null", "/dev/zero", "/dev/urandom", "/dev/kvm" };

/* A rule of host/emulator-jail/: what QEMU may do, with which path of the
 * host, and by which path QEMU knows it. */
typedef struct
{
  const char *verb;
  char *from, *at;
} Rule;

static void
rule_free (Rule *self)
{
  g_free (self->from);
  g_free (self->at);
  g_free (self);
}

static void
add_rule_at (GPtrArray *rules, const char *verb, const char *from, const char *at)
{
  Rule *rule = g_new (Rule, 1);

  *rule = (Rule) { verb, g_strdup (from), g_strdup (at) };
  g_ptr_array_add (rules, rule);
}

static void
add_rule (GPtrArray *rules, const char *verb, const char *path)
{
  add_rule_at (rules, verb, path, path);
}

/* What the emulator serves: the share, or the folder with a copy of it. */
static const char *
get_source (GbxLaunchPlan *plan, guint index)
{
  const char *copy = gbx_file_copies_get_folder (plan->copies, index);

  return copy ? copy : gbx_share_get_path (gbx_policy_get_shares (plan->policy)->pdata[index]);
}

/* Where the share is shown to the emulator, if it has a file system of its own. */
static void
add_share (GPtrArray *rules, GbxLaunchPlan *plan, guint index)
{
  GbxShare *share = gbx_policy_get_shares (plan->policy)->pdata[index];
  const char *verb = gbx_share_get_writable (share) ? "write" : "read";
  g_autofree char *folder = gbx_exports_share_path (plan, index);
  g_autofree char *file = gbx_exports_file_path (plan, index);

  if (gbx_share_is_directory (share) || gbx_file_copies_get_folder (plan->copies, index))
    {
      add_rule_at (rules, verb, get_source (plan, index), folder);
      return;
    }
  /* Nothing can be made beside the file, be it writable. */
  add_rule (rules, "own-read", folder);
  add_rule_at (rules, verb, gbx_share_get_path (share), file);
}

static void
add_shares (GPtrArray *rules, GbxLaunchPlan *plan, gboolean isolate)
{
  GPtrArray *shares = gbx_policy_get_shares (plan->policy);

  for (guint i = 0; i < shares->len; i++)
    if (gbx_exports_is_served (plan, i))
      continue; /* by another process */
    else if (isolate)
      add_share (rules, plan, i);
    else
      add_rule (rules, gbx_share_get_writable (shares->pdata[i]) ? "write" : "read",
                get_source (plan, i));
}

/* Of libvirt's files the jail adds only the domain's own key, which it finds in QEMU's
 * arguments.  Of /proc only the emulator's own folder is visible. */
static void
add_system (GPtrArray *rules, GbxLaunchPlan *plan)
{
  g_autofree char *emulator = g_canonicalize_filename (plan->emulator, "/");

  for (guint i = 0; i < G_N_ELEMENTS (readable); i++)
    add_rule (rules, "system-read", readable[i]);
  for (guint i = 0; i < G_N_ELEMENTS (writable); i++)
    add_rule (rules, "system-write", writable[i]);
  add_rule (rules, "own-read", "/proc/self");
  add_rule (rules, "system-read", emulator);
}

static void
add_launch (GPtrArray *rules, GbxLaunchPlan *plan)
{
  add_rule (rules, "own-read", plan->kernel);
  add_rule (rules, "own-read", plan->initrd);
  /* One image for writing, and of a template the other for reading: no folder. */
  if (plan->home_image)
    add_rule (rules, "write", plan->home_image);
  if (plan->home_base)
    add_rule (rules, "read", plan->home_base);
  for (guint i = 0; i < plan->exports->len; i++)
    {
      GbxExport *export = plan->exports->pdata[i];

      if (!g_str_has_prefix (export->tag, GBX_EXPORT_SHARE_PREFIX))
        add_rule (rules, "own-read", export->path);
    }
}

/* A folder comes before its contents, which are mounted on top of it. */
static int
compare_rules (gconstpointer a, gconstpointer b)
{
  const Rule *const *one = a;
  const Rule *const *other = b;

  return strcmp ((*one)->at, (*other)->at);
}

void
gbx_jail_write_part (GByteArray *text, const char *part)
{
  g_byte_array_append (text, (const guint8 *) part, strlen (part) + 1);
}

void
gbx_jail_write_rule (GByteArray *text, const char *verb, const char *from, const char *at)
{
  gbx_jail_write_part (text, verb);
  gbx_jail_write_part (text, from);
  gbx_jail_write_part (text, at);
}

/* QEMU cannot make a socket: it gets those that it needs, connected. */
static void
write_socket (GByteArray *text, const char *path)
{
  if (!path)
    return;
  gbx_jail_write_part (text, "connect");
  gbx_jail_write_part (text, path);
}

static void
write_files (GByteArray *text, GbxLaunchPlan *plan, gboolean isolate)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) rule_free);

  add_system (rules, plan);
  add_launch (rules, plan);
  add_shares (rules, plan, isolate);
  g_ptr_array_sort (rules, compare_rules);
  for (guint i = 0; i < rules->len; i++)
    {
      Rule *rule = rules->pdata[i];

      gbx_jail_write_rule (text, rule->verb, rule->from, rule->at);
    }
}

static GByteArray *
compose_rules (GbxLaunchPlan *plan, gboolean isolate, gboolean landlock)
{
  GByteArray *text = g_byte_array_new ();

  if (isolate)
    gbx_jail_write_part (text, "isolate");
  if (landlock)
    gbx_jail_write_part (text, "landlock");
  gbx_jail_write_part (text, "filter");
  gbx_machine_tuning_write (text, plan->policy, TRUE);
  write_socket (text, plan->console_socket);
  write_socket (text, plan->network_socket);
  for (guint i = 0; i < plan->exports->len; i++)
    write_socket (text, ((GbxExport *) plan->exports->pdata[i])->socket);
  write_files (text, plan, isolate);
  return text;
}

/* libvirt caches the capabilities of an emulator by the path and time of its file.  For the
 * jail this would be wrong after an update of QEMU. So each version of QEMU has its own
 * path to the jail, with a link to QEMU beside it. */
static gboolean
make_link (const char *target, const char *path)
{
  g_autofree char *present = g_file_read_link (path, NULL);

  if (g_strcmp0 (present, target) == 0)
    return TRUE;
  /* The path of QEMU has changed, but not its time or inode. */
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

gboolean
gbx_jail_has_landlock (void)
{
  return syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 1;
}

gboolean
gbx_jail_can_isolate (const char *jail)
{
  const char *argv[] = { jail, "--can-isolate", NULL };
  int status = 1;

  return g_spawn_sync ("/", (char **) argv, NULL,
                       G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                       NULL, &status, NULL) &&
         status == 0;
}

gboolean
gbx_jail_apparmor_is_on (void)
{
  g_autofree char *enabled = NULL;

  return g_file_get_contents ("/sys/module/apparmor/parameters/enabled", &enabled, NULL, NULL) &&
         enabled[0] == 'Y';
}

/* Debian's profile lets libvirtd execute programs in /usr/bin: an installed jail, but not
 * one in a build tree. */
char *
gbx_jail_advise (const char *jail, gboolean apparmor)
{
  if (!apparmor || gbx_path_is_within (jail, "/usr/bin"))
    return NULL;
  return g_strdup_printf (_ ("if AppArmor does not let libvirt start %s, allow it by “echo '%s PUx,' "
                             "| sudo tee -a /etc/apparmor.d/local/usr.sbin.libvirtd” and “sudo "
                             "apparmor_parser -r /etc/apparmor.d/usr.sbin.libvirtd”"),
                          jail, jail);
}

static gboolean
refuse_share (GbxShare *share, const char *why, GError **error)
{
  g_autofree char *shown = gbx_path_show (gbx_share_get_path (share));

  g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE, _ ("Cannot share “%s” here: %s"), shown, why);
  return FALSE;
}

/* A single file is bind-mounted in its own folder, which needs the emulator's own file
 * system.  QEMU's 9p server has had escapes through writable exports, so without any
 * confinement no share may be writable. */
static gboolean
check_shares (GbxLaunchPlan *plan, gboolean isolate, gboolean landlock, GError **error)
{
  GPtrArray *shares = gbx_policy_get_shares (plan->policy);

  for (guint i = 0; i < shares->len; i++)
    {
      GbxShare *share = shares->pdata[i];

      if (!isolate && !gbx_share_is_directory (share) &&
          !gbx_file_copies_get_folder (plan->copies, i))
        return refuse_share (share,
                             _ ("sharing a single file needs user namespaces, which this "
                                "system does not let you create; share its folder instead"),
                             error);
      if (!isolate && !landlock && gbx_share_get_writable (share))
        return refuse_share (share,
                             _ ("a writable share needs user namespaces or a kernel with Landlock "
                                "(boot it with “landlock” in lsm=); share it read-only"),
                             error);
    }
  return TRUE;
}

/* What an escape from the virtual machine could reach in addition. */
char *
gbx_jail_describe_weakness (gboolean isolate, gboolean landlock)
{
  if (isolate)
    return NULL;
  return g_strdup (landlock ? _ ("This system does not let you create user namespaces. The "
                                 "emulator can open only the sandbox's files, but it sees the "
                                 "names of other files and could change their modes and times.")
                            : _ ("This system gives you neither user namespaces nor Landlock, "
                                 "so the emulator is not confined to the sandbox's files."));
}

static gboolean
write_rules (GbxLaunchPlan *plan, gboolean isolate, gboolean landlock, GError **error)
{
  g_autofree char *file = g_build_filename (plan->runtime, "jail", NULL);
  g_autoptr (GByteArray) rules = compose_rules (plan, isolate, landlock);

  if (!g_file_set_contents (file, (const char *) rules->data, rules->len, error))
    return FALSE;
  plan->jail_rules = g_steal_pointer (&file);
  return TRUE;
}

/* Without a file system of its own the emulator finds a share by a link in the place
 * that is exported.  What that leads to is decided before: with Landlock by the rule,
 * which follows no links, and without it nothing is writable. */
static gboolean
link_share (GbxLaunchPlan *plan, guint index, GError **error)
{
  g_autofree char *place = gbx_exports_share_path (plan, index);

  if (g_rmdir (place) == 0 && symlink (get_source (plan, index), place) == 0)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot prepare the share %s: %s"), place,
               g_strerror (errno));
  return FALSE;
}

static gboolean
link_shares (GbxLaunchPlan *plan, GError **error)
{
  for (guint i = 0; i < gbx_policy_get_shares (plan->policy)->len; i++)
    if (!link_share (plan, i, error))
      return FALSE;
  return TRUE;
}

gboolean
gbx_jail_renew (GbxLaunchPlan *plan, GError **error)
{
  g_autofree char *former = g_steal_pointer (&plan->jail_rules);
  g_autofree char *jail = gbx_path_program ("glovebox-emulator-jail");

  return write_rules (plan, jail && gbx_jail_can_isolate (jail), gbx_jail_has_landlock (), error);
}

gboolean
gbx_jail_prepare (GbxLaunchPlan *plan, GError **error)
{
  g_autofree char *jail = gbx_path_program ("glovebox-emulator-jail");
  g_autofree char *emulator = NULL;
  gboolean landlock = gbx_jail_has_landlock (), isolate;

  if (!jail)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("The program glovebox-emulator-jail is missing; install Glovebox "
                              "again"));
      return FALSE;
    }
  isolate = gbx_jail_can_isolate (jail);
  if (!check_shares (plan, isolate, landlock, error))
    return FALSE;
  plan->weakness = gbx_jail_describe_weakness (isolate, landlock);
  plan->hides_ids = isolate && !plan->by_root;
  if ((!isolate && !link_shares (plan, error)) || !write_rules (plan, isolate, landlock, error))
    return FALSE;
  emulator = link_emulator (jail, plan->emulator, error);
  if (!emulator)
    return FALSE;
  g_free (plan->emulator);
  plan->emulator = g_steal_pointer (&emulator);
  return TRUE;
}
