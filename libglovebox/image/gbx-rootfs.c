/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-rootfs"

#include "config.h"

#include "gbx-rootfs.h"

#include "gbx-error.h"
#include "gbx-guest-config.h"
#include "gbx-guest-names.h"
#include "gbx-host-files.h"
#include "gbx-paths.h"
#include "gbx-terminfo.h"
#include "gbx-tree.h"
#include "gbx-usr-links.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The guest's root is a small tree made for each sandbox: mount points, the
 * links of a merged /usr, and the parts of /etc and /var that applications
 * read.  /usr and /opt are exports of their own. */

/* Files or whole folders that applications look for by their paths; what links of /usr
 * lead to is added by itself.  What is missing is passed over, and so is what not
 * everybody may read (keys, /etc/ssl/private). */
static const char *const wanted[] = {
  /* the dynamic linker and the C library */
  "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload",
  "/etc/gai.conf", "/etc/host.conf", "/etc/services", "/etc/protocols", "/etc/rpc", "/etc/ethertypes",
  /* language, time and terminal */
  "/etc/default/locale", "/etc/locale.conf", "/etc/locale.alias", "/etc/localtime", "/etc/timezone",
  "/etc/terminfo", "/etc/inputrc", "/etc/bash.bashrc", "/etc/profile", "/etc/profile.d", "/etc/shells",
  "/etc/environment", "/etc/debian_version", "/etc/os-release", "/etc/lsb-release", "/etc/issue",
  /* alternatives and interpreters */
  "/etc/alternatives", "/etc/perl", "/etc/python3", "/etc/python3.11", "/etc/python3.12", "/etc/python3.13",
  "/etc/java", "/etc/lua", "/etc/php", "/etc/R",
  /* tools, and what they tell of packages */
  "/etc/gitconfig", "/etc/gdb", "/etc/nanorc", "/etc/screenrc", "/etc/tmux.conf", "/etc/zsh",
  "/etc/lynx", "/etc/w3m", "/etc/mpv", "/etc/sgml", "/etc/xml", "/etc/dpkg",
  "/var/lib/dpkg/alternatives", "/var/lib/dpkg/diversions", "/var/lib/dpkg/statoverride",
  "/var/lib/dpkg/status",
  /* desktop: fonts, themes, MIME, menus, X resources */
  "/etc/fonts", "/etc/gtk-2.0", "/etc/gtk-3.0", "/etc/gtk-4.0", "/etc/xdg", "/etc/X11/app-defaults",
  "/etc/X11/Xresources", "/etc/X11/cursors", "/etc/X11/xkb", "/etc/X11/rgb.txt", "/etc/mime.types",
  "/etc/mailcap", "/etc/magic", "/etc/papersize", "/etc/dconf/profile", "/etc/dconf/db", "/etc/glvnd",
  "/etc/vulkan", "/etc/OpenCL", "/etc/drirc", "/etc/libva.conf", "/etc/ImageMagick-6",
  "/etc/ImageMagick-7", "/etc/libreoffice", "/etc/firefox", "/etc/firefox-esr", "/etc/chromium",
  "/etc/chromium.d", "/etc/emacs", "/etc/vim", "/etc/ghostscript", "/etc/texmf", "/etc/sane.d/dll.conf",
  "/etc/manpath.config", "/etc/enchant", "/etc/enchant-2", "/etc/gimp", "/etc/vdpau_wrapper.cfg", "/etc/libinput",
  "/etc/dictionaries-common", "/etc/openal", "/etc/alsa", "/etc/asound.conf", "/etc/pulse/client.conf",
  /* certificates that are public */
  "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted",
  "/etc/ca-certificates", "/etc/ca-certificates.conf", "/etc/crypto-policies",
  /* caches that save the guest seconds, or that nothing works without */
  "/var/cache/fontconfig", "/var/lib/ghostscript", "/var/lib/aspell", "/var/lib/texmf",
};

static const char *const usr_links[] = { "bin", "sbin", "lib", "lib32", "lib64", "libx32" };

static const struct
{
  const char *path;
  guint mode;
} folders[] = {
  { "usr", 0755 },       { "opt", 0755 },     { "proc", 0555 }, { "sys", 0555 },
  { "dev", 0755 },       { "tmp", 01777 },    { "run", 0755 },  { "home", 0755 },
  { "root", 0700 },      { "mnt", 0755 },     { "etc", 0755 },  { "var", 0755 },
  { "var/tmp", 01777 },  { "var/lib", 0755 }, { "var/log", 0755 }, { "var/cache", 0755 },
  { "var/lib/dbus", 0755 }, { "etc/default", 0755 }, { "etc/X11", 0755 },
};

/* ------------------------------------------------------------ identity -- */

/* Of the user database. */
#define LINE_MAX_BYTES (16 * 1024 * 1024)

static char *
passwd_field (const char *text, const char *fallback)
{
  char *copy = g_strdup (text && *text ? text : fallback);

  return g_strdelimit (copy, ":\n,", ' ');
}

/* The range that Debian and others use for packages, not for users. */
#define FIRST_OWN_ACCOUNT 64000

static gboolean
is_taken (GbxIdentity *self, guint32 account, const gid_t *groups, guint n_groups)
{
  if (account == self->uid || account == self->gid || account == self->display_account)
    return TRUE;
  for (guint i = 0; i < n_groups; i++)
    if (account == groups[i])
      return TRUE;
  return FALSE;
}

static guint32
free_account (GbxIdentity *self, const gid_t *groups, guint n_groups)
{
  guint32 account = FIRST_OWN_ACCOUNT;

  while (is_taken (self, account, groups, n_groups) || account == GBX_NOBODY)
    account++;
  return account;
}

void
gbx_identity_choose_accounts (GbxIdentity *self, const gid_t *groups, guint n_groups)
{
  self->display_account = 0;
  self->display_account = free_account (self, groups, n_groups);
  self->private_account = free_account (self, groups, n_groups);
}

/* The list may contain the main group, and is then one too long. */
static void
read_groups (GbxIdentity *self)
{
  int n_groups = getgroups (0, NULL);
  g_autofree gid_t *groups = g_new0 (gid_t, MAX (n_groups, 1));

  n_groups = n_groups > 0 ? getgroups (n_groups, groups) : 0;
  self->groups = g_new0 (gid_t, MAX (n_groups, 1));
  /* The guest's root has nothing for the group 0. */
  for (int i = 0; i < n_groups; i++)
    if (groups[i] != self->gid && groups[i] != 0)
      self->groups[self->n_groups++] = groups[i];
}

GbxIdentity *
gbx_identity_new_for_host (GError **error)
{
  g_autoptr (GbxIdentity) self = g_new0 (GbxIdentity, 1);
  struct passwd entry, *found = NULL;
  struct group group_entry, *group = NULL;
  g_autofree char *buffer = NULL;
  g_autofree char *group_buffer = NULL;
  gsize size = 1024;

  self->uid = geteuid ();
  self->gid = getegid ();
  /* A line has any length, also that of another account before this one's. */
  do
    buffer = g_realloc (buffer, size *= 2);
  while (getpwuid_r (self->uid, &entry, buffer, size, &found) == ERANGE && size < LINE_MAX_BYTES);
  if (!found)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("The account with the ID %u has no entry in the user database"),
                   self->uid);
      return NULL;
    }
  size = 1024;
  do
    group_buffer = g_realloc (group_buffer, size *= 2);
  while (getgrgid_r (self->gid, &group_entry, group_buffer, size, &group) == ERANGE &&
         size < LINE_MAX_BYTES);
  self->user = passwd_field (found->pw_name, "user");
  self->full_name = passwd_field (found->pw_gecos, self->user);
  self->group = passwd_field (group ? group->gr_name : NULL, self->user);
  self->home = g_canonicalize_filename (g_get_home_dir (), "/");
  self->account_home = g_canonicalize_filename (found->pw_dir, "/");
  self->shell = passwd_field (found->pw_shell, "/bin/sh");
  read_groups (self);
  gbx_identity_choose_accounts (self, self->groups, self->n_groups);
  return g_steal_pointer (&self);
}

static void
replace (char **at, char *text)
{
  g_free (*at);
  *at = text;
}

void
gbx_identity_rename (GbxIdentity *self, GbxPolicy *policy)
{
  const char *account = gbx_policy_get_account (policy);

  if (!account)
    return;
  replace (&self->user, g_strdup (account));
  replace (&self->group, g_strdup (gbx_policy_get_account_group (policy)));
  replace (&self->full_name, g_strdup (account));
  replace (&self->home, g_build_filename ("/home", account, NULL));
  replace (&self->shell, g_strdup ("/bin/sh"));
  replace (&self->listed_home, g_strdup (gbx_policy_get_account_home (policy)));
  /* Of the host's user, who has other rights than the service should have. */
  self->n_groups = 0;
}

void
gbx_identity_free (GbxIdentity *self)
{
  g_free (self->listed_home);
  g_free (self->groups);
  g_free (self->user);
  g_free (self->group);
  g_free (self->full_name);
  g_free (self->home);
  g_free (self->account_home);
  g_free (self->shell);
  g_free (self);
}

/* -------------------------------------------------------- composed files -- */

static gboolean
make_folders (const char *root, GError **error)
{
  if (!gbx_tree_make_folder (root, 0755, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (root, folders[i].path, NULL);

      if (!gbx_tree_make_folder (path, folders[i].mode, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make_usr_links (const char *root, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (usr_links); i++)
    {
      g_autofree char *from = g_build_filename ("/", usr_links[i], NULL);
      g_autofree char *to = g_build_filename (root, usr_links[i], NULL);
      g_autofree char *target = g_file_read_link (from, NULL);

      if (g_file_test (from, G_FILE_TEST_IS_DIR) && !g_file_test (from, G_FILE_TEST_IS_SYMLINK))
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                       _ ("%s is a separate folder here; Glovebox needs a system with a merged "
                          "/usr (on Debian: apt-get install usrmerge)"),
                       from);
          return FALSE;
        }
      if (target && !gbx_tree_make_link (target, to, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_accounts (const char *root, GbxIdentity *who, GError **error)
{
  g_autoptr (GString) passwd = g_string_new (NULL);
  g_autoptr (GString) group = g_string_new (NULL);

  g_string_append_printf (passwd, "%s:x:%u:%u:%s:%s:%s\n", who->user, who->uid, who->gid,
                          who->full_name, who->listed_home ? who->listed_home : who->home,
                          who->shell);
  g_string_append_printf (group, "%s:x:%u:\n", who->group, who->gid);
  if (who->uid != 0)
    g_string_append (passwd, "root:x:0:0:root:/root:/usr/sbin/nologin\n");
  if (who->gid != 0)
    g_string_append (group, "root:x:0:\n");
  g_string_append_printf (passwd, "%s:x:%u:%u:Display server:/nonexistent:/usr/sbin/nologin\n",
                          GBX_XORG_USER, who->display_account, who->display_account);
  g_string_append_printf (group, "%s:x:%u:\ntty:x:5:\nvideo:x:44:\naudio:x:29:\n", GBX_XORG_USER,
                          who->display_account);
  g_string_append_printf (passwd, "nobody:x:%u:%u:nobody:/nonexistent:/usr/sbin/nologin\n", GBX_NOBODY,
                          GBX_NOBODY);
  g_string_append_printf (group, "nogroup:x:%u:\n", GBX_NOBODY);
  return gbx_tree_write_file (root, "etc/passwd", passwd->str, -1, error) &&
         gbx_tree_write_file (root, "etc/group", group->str, -1, error);
}

gboolean
gbx_rootfs_name_groups (const char *path, GbxIdentity *identity, GError **error)
{
  g_autofree char *file = g_build_filename (path, "etc/group", NULL);
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autofree char *present = NULL;

  if (!g_file_get_contents (file, &present, NULL, error))
    return FALSE;
  /* Not by their own names, which tell of the host. */
  for (guint i = 0; i < identity->n_groups; i++)
    g_string_append_printf (lines, "group-%u:x:%u:\n", identity->groups[i], identity->groups[i]);
  g_string_prepend (lines, present);
  return gbx_tree_write_file (path, "etc/group", lines->str, -1, error);
}

static gboolean
write_names (const char *root, const char *hostname, const char *own_id, const char *name_servers,
             GError **error)
{
  g_autofree char *host_line = g_strconcat (hostname, "\n", NULL);
  /* A new identity: with the host's, sandboxes of one user could be linked. */
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) parts = g_strsplit (uuid, "-", -1);
  g_autofree char *joined = g_strjoinv ("", parts);
  g_autofree char *machine_id = g_strconcat (own_id ? own_id : joined, "\n", NULL);
  g_autofree char *dbus_id = g_build_filename (root, "var/lib/dbus/machine-id", NULL);

  if (symlink ("/etc/machine-id", dbus_id) != 0)
    return gbx_tree_set_error (error, dbus_id);
  return gbx_tree_write_file (root, "etc/hostname", host_line, -1, error) &&
         gbx_guest_names_write (root, hostname, name_servers, error) &&
         gbx_tree_write_file (root, "etc/machine-id", machine_id, -1, error) &&
         gbx_tree_write_file (root, "etc/nsswitch.conf",
                     "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n"
                     "networks: files\nprotocols: files\nservices: files\n",
                     -1, error);
}

/* The root is read-only for the guest, so its mount points must exist. */
static gboolean
make_mount_point (const char *root, const char *guest_path, gboolean is_file, GError **error)
{
  g_autofree char *path = g_build_filename (root, guest_path, NULL);

  if (!gbx_tree_make_parents (root, guest_path, error))
    return FALSE;
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (is_file)
    return gbx_tree_write_file (root, guest_path, "", 0, error);
  return gbx_tree_make_folder (path, 0755, error);
}

/* Old names of folders that many services use, and the program that watches over one. */
static gboolean
make_service_files (const char *root, GError **error)
{
  g_autofree char *run = g_build_filename (root, "var/run", NULL);
  g_autofree char *lock = g_build_filename (root, "var/lock", NULL);
  g_autofree char *to = g_build_filename (root, GBX_SERVICE_PROGRAM, NULL);
  g_autofree char *program = gbx_path_program ("glovebox-service");
  g_autofree char *data = NULL;
  gsize length;

  if (!gbx_tree_make_link ("/run", run, error) || !gbx_tree_make_link ("/run/lock", lock, error))
    return FALSE;
  if (!program || !g_file_get_contents (program, &data, &length, NULL))
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("The program glovebox-service, which runs services in sandboxes, is "
                              "missing; reinstall Glovebox"));
      return FALSE;
    }
  return gbx_path_write_file (to, data, length, 0755) || gbx_tree_set_error (error, to);
}

static gboolean
make_mount_points (const char *root, GbxPolicy *policy, GbxIdentity *identity, GError **error)
{
  GPtrArray *shares = gbx_policy_get_shares (policy);

  if (!make_mount_point (root, identity->home, FALSE, error))
    return FALSE;
  for (guint i = 0; i < shares->len; i++)
    {
      GbxShare *share = shares->pdata[i];

      if (!make_mount_point (root, gbx_share_get_guest_path (share),
                             !gbx_share_is_directory (share), error))
        return FALSE;
    }
  return TRUE;
}

gboolean
gbx_rootfs_begin (const char *path, GbxPolicy *policy, GbxIdentity *identity, const char *hostname,
                  const char *name_servers, GError **error)
{
  return make_folders (path, error) && make_usr_links (path, error) &&
         write_accounts (path, identity, error) &&
         write_names (path, hostname, gbx_policy_get_machine_id (policy), name_servers, error) &&
         gbx_terminfo_write (path, error) &&
         (!gbx_policy_get_account (policy) || make_service_files (path, error)) &&
         make_mount_points (path, policy, identity, error);
}

gboolean
gbx_rootfs_fill (const char *path, const char *store, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxHostFiles) files = gbx_host_files_new (path, store, cancellable);
  g_auto (GStrv) links = gbx_usr_links_obtain (cancellable, error);

  if (!links)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    gbx_host_files_want (files, wanted[i]);
  for (guint i = 0; links[i]; i++)
    gbx_host_files_want (files, links[i]);
  return gbx_host_files_copy (files, error);
}
