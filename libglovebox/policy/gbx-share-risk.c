/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-share"

#include "config.h"

#include "gbx-share-risk.h"

#include "gbx-paths.h"
#include "gbx-share-private.h"

#include <fcntl.h>
#include <gio/gunixmounts.h>
#include <glib/gi18n-lib.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Warnings about shares that are allowed.  A warning is no wall: what must never be shared is in
 * gbx-share-places.c. */

/* What runs outside of the sandbox later, as the user. */
static const GbxPlace programs[] = {
  { GBX_BASE_HOME, ".bash_aliases" },
  { GBX_BASE_HOME, ".bash_login" },
  { GBX_BASE_HOME, ".bash_logout" },
  { GBX_BASE_HOME, ".bash_profile" },
  { GBX_BASE_HOME, ".bashrc" },
  { GBX_BASE_HOME, ".profile" },
  { GBX_BASE_HOME, ".login" },
  { GBX_BASE_HOME, ".cshrc" },
  { GBX_BASE_HOME, ".tcshrc" },
  { GBX_BASE_HOME, ".kshrc" },
  { GBX_BASE_HOME, ".zlogin" },
  { GBX_BASE_HOME, ".zlogout" },
  { GBX_BASE_HOME, ".zprofile" },
  { GBX_BASE_HOME, ".zshenv" },
  { GBX_BASE_HOME, ".zshrc" },
  { GBX_BASE_HOME, ".pam_environment" },
  { GBX_BASE_HOME, ".xinitrc" },
  { GBX_BASE_HOME, ".xprofile" },
  { GBX_BASE_HOME, ".xsession" },
  { GBX_BASE_HOME, ".xsessionrc" },
  { GBX_BASE_HOME, ".emacs" },
  { GBX_BASE_HOME, ".emacs.d" },
  { GBX_BASE_HOME, ".vim" },
  { GBX_BASE_HOME, ".vimrc" },
  { GBX_BASE_HOME, ".gitconfig" },
  { GBX_BASE_HOME, ".gnupg" },
  { GBX_BASE_HOME, ".ssh" },
  { GBX_BASE_HOME, ".local/bin" },
  { GBX_BASE_HOME, ".local/lib" },
  { GBX_BASE_HOME, "bin" },
  { GBX_BASE_CONFIG, "autostart" },
  { GBX_BASE_CONFIG, "autostart-scripts" },
  { GBX_BASE_CONFIG, "environment.d" },
  { GBX_BASE_CONFIG, "fish" },
  { GBX_BASE_CONFIG, "git" },
  { GBX_BASE_CONFIG, "nvim" },
  { GBX_BASE_CONFIG, "plasma-workspace" },
  { GBX_BASE_CONFIG, "systemd" },
  { GBX_BASE_CONFIG, "mimeapps.list" },
  { GBX_BASE_DATA, "applications" },
  { GBX_BASE_DATA, "dbus-1" },
  { GBX_BASE_DATA, "gnome-shell" },
  { GBX_BASE_DATA, "nautilus/scripts" },
  { GBX_BASE_DATA, "systemd" },
};

/* What a share of it gives away, even read-only. */
typedef enum
{
  KEYS,
  BROWSER,
  MESSAGES,
  TRACES,
} Kind;

typedef struct
{
  GbxPlace place;
  Kind kind;
} Secret;

static const Secret secrets[] = {
  { { GBX_BASE_HOME, ".ssh" }, KEYS },
  { { GBX_BASE_HOME, ".gnupg" }, KEYS },
  { { GBX_BASE_DATA, "keyrings" }, KEYS },
  { { GBX_BASE_DATA, "kwalletd" }, KEYS },
  { { GBX_BASE_HOME, ".password-store" }, KEYS },
  { { GBX_BASE_CONFIG, "keepassxc" }, KEYS },
  { { GBX_BASE_HOME, ".pki" }, KEYS },
  { { GBX_BASE_HOME, ".netrc" }, KEYS },
  { { GBX_BASE_HOME, ".git-credentials" }, KEYS },
  { { GBX_BASE_CONFIG, "git/credentials" }, KEYS },
  { { GBX_BASE_HOME, ".aws" }, KEYS },
  { { GBX_BASE_HOME, ".azure" }, KEYS },
  { { GBX_BASE_HOME, ".kube" }, KEYS },
  { { GBX_BASE_HOME, ".docker" }, KEYS },
  { { GBX_BASE_HOME, ".config/gcloud" }, KEYS },
  { { GBX_BASE_CONFIG, "gh" }, KEYS },
  { { GBX_BASE_CONFIG, "rclone" }, KEYS },
  { { GBX_BASE_HOME, ".pgpass" }, KEYS },
  { { GBX_BASE_HOME, ".my.cnf" }, KEYS },
  { { GBX_BASE_HOME, ".npmrc" }, KEYS },
  { { GBX_BASE_HOME, ".pypirc" }, KEYS },
  { { GBX_BASE_HOME, ".cargo/credentials.toml" }, KEYS },
  { { GBX_BASE_HOME, ".vnc" }, KEYS },
  { { GBX_BASE_HOME, ".bitcoin" }, KEYS },
  { { GBX_BASE_HOME, ".electrum" }, KEYS },
  { { GBX_BASE_CONFIG, "monero-project" }, KEYS },
  { { GBX_BASE_HOME, ".Xauthority" }, KEYS },
  { { GBX_BASE_HOME, ".ICEauthority" }, KEYS },
  { { GBX_BASE_HOME, ".mozilla" }, BROWSER },
  { { GBX_BASE_HOME, ".librewolf" }, BROWSER },
  { { GBX_BASE_HOME, ".waterfox" }, BROWSER },
  { { GBX_BASE_CONFIG, "mozilla" }, BROWSER },
  { { GBX_BASE_CONFIG, "google-chrome" }, BROWSER },
  { { GBX_BASE_CONFIG, "google-chrome-beta" }, BROWSER },
  { { GBX_BASE_CONFIG, "chromium" }, BROWSER },
  { { GBX_BASE_CONFIG, "BraveSoftware" }, BROWSER },
  { { GBX_BASE_CONFIG, "microsoft-edge" }, BROWSER },
  { { GBX_BASE_CONFIG, "opera" }, BROWSER },
  { { GBX_BASE_CONFIG, "vivaldi" }, BROWSER },
  { { GBX_BASE_CONFIG, "falkon" }, BROWSER },
  { { GBX_BASE_DATA, "falkon" }, BROWSER },
  { { GBX_BASE_DATA, "epiphany" }, BROWSER },
  { { GBX_BASE_CONFIG, "epiphany" }, BROWSER },
  { { GBX_BASE_DATA, "torbrowser" }, BROWSER },
  { { GBX_BASE_CACHE, "mozilla" }, BROWSER },
  { { GBX_BASE_CACHE, "google-chrome" }, BROWSER },
  { { GBX_BASE_CACHE, "chromium" }, BROWSER },
  { { GBX_BASE_HOME, "snap/firefox" }, BROWSER },
  { { GBX_BASE_HOME, "snap/chromium" }, BROWSER },
  { { GBX_BASE_HOME, ".var/app/org.mozilla.firefox" }, BROWSER },
  { { GBX_BASE_HOME, ".var/app/org.chromium.Chromium" }, BROWSER },
  { { GBX_BASE_HOME, ".var/app/com.google.Chrome" }, BROWSER },
  { { GBX_BASE_HOME, ".var/app/com.brave.Browser" }, BROWSER },
  { { GBX_BASE_HOME, ".thunderbird" }, MESSAGES },
  { { GBX_BASE_HOME, ".icedove" }, MESSAGES },
  { { GBX_BASE_DATA, "evolution" }, MESSAGES },
  { { GBX_BASE_CONFIG, "evolution" }, MESSAGES },
  { { GBX_BASE_HOME, ".claws-mail" }, MESSAGES },
  { { GBX_BASE_HOME, ".mutt" }, MESSAGES },
  { { GBX_BASE_HOME, "Mail" }, MESSAGES },
  { { GBX_BASE_HOME, "Maildir" }, MESSAGES },
  { { GBX_BASE_DATA, "local-mail" }, MESSAGES },
  { { GBX_BASE_DATA, "TelegramDesktop" }, MESSAGES },
  { { GBX_BASE_CONFIG, "Signal" }, MESSAGES },
  { { GBX_BASE_CONFIG, "Element" }, MESSAGES },
  { { GBX_BASE_CONFIG, "discord" }, MESSAGES },
  { { GBX_BASE_CONFIG, "Slack" }, MESSAGES },
  { { GBX_BASE_HOME, ".purple" }, MESSAGES },
  { { GBX_BASE_CONFIG, "hexchat" }, MESSAGES },
  { { GBX_BASE_CONFIG, "goa-1.0" }, KEYS },
  { { GBX_BASE_HOME, ".bash_history" }, TRACES },
  { { GBX_BASE_HOME, ".zsh_history" }, TRACES },
  { { GBX_BASE_HOME, ".python_history" }, TRACES },
  { { GBX_BASE_HOME, ".lesshst" }, TRACES },
  { { GBX_BASE_DATA, "recently-used.xbel" }, TRACES },
};

/* How much of a folder is looked at for programs. */
#define ENTRIES_MAX 256

/* (nullable): a folder in which the user's shell looks for programs. */
static char *
find_on_path (const char *path)
{
  g_auto (GStrv) folders = g_strsplit (g_getenv ("PATH") ? g_getenv ("PATH") : "", ":", -1);

  for (guint i = 0; folders[i]; i++)
    {
      g_autofree char *folder
          = g_path_is_absolute (folders[i]) ? realpath (folders[i], NULL) : NULL;

      if (folder && (gbx_path_is_within (path, folder) || gbx_path_is_within (folder, path)))
        return g_steal_pointer (&folder);
    }
  return NULL;
}

/* (nullable): the place by which a writable share runs programs outside. */
static char *
find_program_place (const char *path)
{
  char *place = gbx_place_find (path, programs, G_N_ELEMENTS (programs));

  return place ? place : find_on_path (path);
}

/* ------------------------------------------------------------- secrets -- */

static char *
describe_kind (Kind kind, const char *place)
{
  switch (kind)
    {
    case BROWSER:
      return g_strdup_printf (_ ("The sandbox can read the passwords, cookies and history of a "
                                 "browser in %s"),
                              place);
    case MESSAGES:
      return g_strdup_printf (_ ("The sandbox can read your messages and the passwords for them "
                                 "in %s"),
                              place);
    case TRACES:
      return g_strdup_printf (_ ("The sandbox can read what you typed and opened, in %s"), place);
    case KEYS:
    default:
      return g_strdup_printf (_ ("The sandbox can read your keys or passwords in %s"), place);
    }
}

/* (nullable): the sentence about a secret that the path is in, or that exists in the path. */
static char *
describe_secret (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_autofree char *place = gbx_place_get_path (&secrets[i].place);
      g_autofree char *shown = place ? gbx_path_show (place) : NULL;

      if (place
          && (gbx_path_is_within (path, place)
              || (gbx_path_is_within (place, path) && g_file_test (place, G_FILE_TEST_EXISTS))))
        return describe_kind (secrets[i].kind, shown);
    }
  return NULL;
}

static char *
describe_whole (const char *path)
{
  g_autofree char *home = gbx_place_resolve (g_get_home_dir ());

  if (g_str_equal (path, "/"))
    return g_strdup (_ ("This is the whole computer: every file that you can read"));
  if (g_str_equal (path, home))
    return g_strdup (_ ("This is your whole home: all documents, keys and passwords"));
  if (gbx_path_is_within (home, path))
    return g_strdup (_ ("Your whole home is in this folder: all documents, keys and passwords"));
  return NULL;
}

/* A component of the path that begins with a dot, in the home or anywhere else. */
static char *
describe_hidden (const char *path)
{
  if (!strstr (path, "/."))
    return NULL;
  return g_strdup (_ ("This is hidden: applications keep their settings in such places, and "
                      "often passwords"));
}

/* ------------------------------------------------------------ programs -- */

static gboolean
begins_like_program (int folder, const char *name)
{
  char head[4] = { 0 };
  int fd = openat (folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  ssize_t n = fd >= 0 ? read (fd, head, sizeof head) : -1;

  if (fd >= 0)
    close (fd);
  return n >= 2 && (strncmp (head, "#!", 2) == 0 || memcmp (head, "\177ELF", 4) == 0);
}

/* On a file system of other systems all files have the right to be executed. */
static gboolean
is_program (int folder, const char *name)
{
  struct stat st;

  if (fstatat (folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return FALSE;
  if (S_ISDIR (st.st_mode))
    return g_str_equal (name, ".git"); /* which has hooks */
  if (!S_ISREG (st.st_mode))
    return FALSE;
  return g_str_has_suffix (name, ".desktop")
         || ((st.st_mode & 0111) && begins_like_program (folder, name));
}

/* (nullable): a program at the top of the folder, or the file itself. */
static char *
find_program (const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  int fd = open (dir ? path : parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const char *name = dir ? g_dir_read_name (dir) : base;
  char *found = NULL;

  for (guint i = 0; fd >= 0 && name && i < ENTRIES_MAX && !found; i++)
    {
      if (is_program (fd, name))
        found = g_strdup (name);
      name = dir ? g_dir_read_name (dir) : NULL;
    }
  if (fd >= 0)
    close (fd);
  return found;
}

static char *
describe_programs (const char *path)
{
  g_autofree char *place = find_program_place (path);
  g_autofree char *program = place ? NULL : find_program (path);
  g_autofree char *shown = gbx_path_show (place ? place : program ? program : "");

  if (place)
    return g_strdup_printf (_ ("By changing %s the sandbox can run programs on your account, "
                               "outside of the sandbox"),
                            shown);
  if (program)
    return g_strdup_printf (_ ("The sandbox can change “%s”, which may run outside of the sandbox "
                               "when you use it"),
                            shown);
  return NULL;
}

/* ------------------------------------------------- mounts and accounts -- */

static char *
describe_mounts (const char *path)
{
  GList *mounts = g_unix_mounts_get (NULL);
  char *found = NULL;

  for (GList *at = mounts; at && !found; at = at->next)
    {
      const char *mount = g_unix_mount_get_mount_path (at->data);
      g_autofree char *shown = gbx_path_show (mount);

      if (!g_str_equal (mount, path) && gbx_path_is_within (mount, path))
        found = g_strdup_printf (_ ("Another disk or network folder is in it, at %s, and is "
                                    "shared too"),
                                 shown);
    }
  g_list_free_full (mounts, (GDestroyNotify)g_unix_mount_free);
  return found;
}

/* Accounts of people, not of the system. */
static char *
describe_owner (const char *path)
{
  struct stat st;
  struct passwd entry, *found = NULL;
  char buffer[4096];

  if (stat (path, &st) != 0 || st.st_uid < 1000 || st.st_uid >= 65534 || st.st_uid == getuid ())
    return NULL;
  if (getpwuid_r (st.st_uid, &entry, buffer, sizeof buffer, &found) != 0 || !found)
    return NULL;
  return g_strdup_printf (_ ("This belongs to somebody else, to the account “%s”"), found->pw_name);
}

/* ------------------------------------------------------------------------ */

char *
gbx_share_risk (const char *path, gboolean writable)
{
  g_autofree char *real = gbx_place_resolve (path);
  char *whole = describe_whole (real);
  g_autofree char *secret = NULL;
  g_autofree char *program = NULL;
  char *(*const others[]) (const char *) = { describe_hidden, describe_mounts, describe_owner };
  char *other = NULL;

  if (whole)
    return whole;
  secret = describe_secret (real);
  program = writable ? describe_programs (real) : NULL;
  if (secret && program)
    return g_strconcat (secret, "; ", program, NULL);
  if (secret || program)
    return g_strdup (secret ? secret : program);
  for (guint i = 0; i < G_N_ELEMENTS (others) && !other; i++)
    other = others[i](real);
  return other;
}

/**
 * gbx_share_describe_risk:
 * @self: a share
 *
 * Describes the risk of an allowed share: whether the sandbox can change files that later
 * run on the user's account, such as the start-up files of a shell or the session.
 *
 * Returns: (transfer full) (nullable): a translated sentence that names the place; %NULL where
 *   nothing is known of such a risk
 */
char *
gbx_share_describe_risk (GbxShare *self)
{
  const char *path = gbx_share_get_path (self);
  g_autofree char *place = NULL;
  g_autofree char *shown = gbx_path_show (path);

  if (!gbx_share_get_writable (self))
    return NULL;
  place = find_program_place (path);
  if (!place)
    return NULL;
  return g_strdup_printf (_ ("“%s” is shared for writing: by changing %s the sandbox can run "
                             "programs on your account, outside of the sandbox"),
                          shown, place);
}
