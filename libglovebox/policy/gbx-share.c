/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-share"

#include "config.h"

#include "gbx-share-private.h"

#include "gbx-error.h"
#include "gbx-guest-config.h"
#include "gbx-paths.h"
#include "gbx-system-files.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * GbxShare:
 *
 * A file or folder of the host that the sandbox sees.  Immutable.
 */
struct _GbxShare
{
  gatomicrefcount references;
  char *path;       /* on the host: absolute, no links */
  char *guest_path; /* absolute */
  gboolean writable;
  gboolean is_directory;
};

G_DEFINE_BOXED_TYPE (GbxShare, gbx_share, gbx_share_ref, gbx_share_unref)

/* Paths of the guest's system: a share there would hide it. */
static const char *const guest_system[] = {
  "/usr", "/opt", "/proc", "/sys",  "/dev",  "/run",   "/boot",   "/bin",
  "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/tmp/.X11-unix",
};
/* Only as a whole: other files in them may be the user's or an application's. */
static const char *const guest_folders[] = { "/etc", "/var", "/var/lib", "/var/cache" };
/* Kernel interfaces: through the emulator they would show its own process. */
static const char *const host_kernel[] = { "/proc", "/sys", "/dev" };

/* Of /run, which is the guest's own, what holds nothing but a user's files. */
static const char *const guest_media[] = { "/run/media", "/run/mount" };

static gboolean
check_host_path (const char *path, GError **error)
{
  g_autofree char *home = realpath (g_get_home_dir (), NULL);
  g_autofree char *shown = gbx_path_show (path);

  if (g_str_equal (path, "/"))
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_SHARE,
                           _ ("Cannot share “/”: it contains the whole system; share only the "
                              "folder that the application needs"));
      return FALSE;
    }
  if (home && gbx_path_is_within (home, path))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   _ ("Cannot share “%s”: it contains your whole home; share only the folder "
                      "that the application needs"),
                   shown);
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (host_kernel); i++)
    if (gbx_path_is_within (path, host_kernel[i]))
      {
        g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                     _ ("Cannot share “%s”: %s shows the host's kernel, not files"), shown,
                     host_kernel[i]);
        return FALSE;
      }
  return TRUE;
}

/* Removable disks, and what gvfs and the portal have in the session's own folder. */
static gboolean
is_among_media (const char *path)
{
  g_autofree char *session = g_strdup_printf ("/run/user/%u/", (guint) getuid ());
  const char *rest = g_str_has_prefix (path, session) ? path + strlen (session) : "";

  for (guint i = 0; i < G_N_ELEMENTS (guest_media); i++)
    if (g_str_has_prefix (path, guest_media[i]) && path[strlen (guest_media[i])] == '/')
      return TRUE;
  return g_str_has_prefix (rest, "gvfs/") || g_str_has_prefix (rest, "doc/");
}

/* (nullable): what of the guest's system a share at that path would hide. */
static const char *
find_hidden (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (guest_system) && !is_among_media (path); i++)
    if (gbx_path_is_within (path, guest_system[i]))
      return guest_system[i];
  for (guint i = 0; i < G_N_ELEMENTS (guest_folders); i++)
    if (g_str_equal (path, guest_folders[i]))
      return guest_folders[i];
  return gbx_path_is_within (path, "/etc") ? gbx_system_files_find (path) : NULL;
}

static gboolean
check_guest_path (const char *path, GError **error)
{
  g_autofree char *clean = g_canonicalize_filename (path, "/");
  g_autofree char *shown = gbx_path_show (path);
  const char *hidden = find_hidden (clean);

  if (!g_path_is_absolute (path) || g_str_equal (clean, "/") ||
      strlen (path) > GBX_CONFIG_PATH_MAX)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   _ ("Cannot share to “%s” in the sandbox: it has to be an absolute path of at "
                      "most %d bytes, and not “/”"),
                   shown, GBX_CONFIG_PATH_MAX);
      return FALSE;
    }
  if (hidden)
    g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                 _ ("Cannot share to “%s” in the sandbox: %s belongs to its system; give "
                    "another path, as in PATH:/home/…"),
                 shown, hidden);
  return hidden == NULL;
}

/**
 * gbx_share_new:
 * @path: (type filename): a file or folder of the host; relative to the working directory
 * @guest_path: (type filename) (nullable): where the sandbox sees it, an absolute path of at most
 *   1024 bytes and no part of the guest's system; %NULL for the same path
 * @writable: whether the sandbox may change it
 * @error: return location for a %GBX_ERROR_SHARE
 *
 * Describes a share, and looks at the file system to see that it can be made.
 *
 * Returns: (transfer full): the share; %NULL with %GBX_ERROR_SHARE when it does not exist, is
 *   neither a file nor a folder, would share too much, or may not be read or written by this
 *   account
 */
GbxShare *
gbx_share_new (const char *path, const char *guest_path, gboolean writable, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *shown = gbx_path_show (absolute);
  g_autofree char *real = realpath (absolute, NULL);
  g_autofree char *target = NULL;
  GbxShare *self;
  struct stat st;

  if (!real || stat (real, &st) != 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE, _ ("Cannot share “%s”: %s"), shown,
                   g_strerror (errno));
      return NULL;
    }
  if (!check_host_path (real, error) || !gbx_share_check_place (real, writable, error))
    return NULL;
  if (!S_ISDIR (st.st_mode) && !S_ISREG (st.st_mode))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   _ ("Cannot share “%s”: it is neither a file nor a folder"), shown);
      return NULL;
    }
  if (access (real, S_ISDIR (st.st_mode) ? R_OK | X_OK : R_OK) != 0 ||
      (writable && access (real, W_OK) != 0))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   writable ? _ ("Cannot share “%s” for writing: %s")
                            : _ ("Cannot share “%s”: %s"),
                   shown, g_strerror (errno));
      return NULL;
    }
  if (!check_guest_path (guest_path ? guest_path : absolute, error))
    return NULL;
  target = g_canonicalize_filename (guest_path ? guest_path : absolute, "/");

  self = g_new0 (GbxShare, 1);
  g_atomic_ref_count_init (&self->references);
  self->path = g_strdup (real);
  self->guest_path = g_steal_pointer (&target);
  self->writable = writable;
  self->is_directory = S_ISDIR (st.st_mode);
  return self;
}

static gboolean
exists (const char *path)
{
  return *path && access (path, F_OK) == 0;
}

/* Where the path ends for which another is given: at the last colon that follows
 * something that exists; else at the first one that an absolute path follows.  NULL:
 * it is a path alone. */
static char *
find_separator (char *text)
{
  char *first = NULL;

  if (exists (text))
    return NULL;
  for (char *colon = text + strlen (text); colon-- > text;)
    {
      gboolean leaves_something;

      if (*colon != ':')
        continue;
      *colon = '\0';
      leaves_something = exists (text);
      *colon = ':';
      if (leaves_something)
        return colon;
      if (colon[1] == '/')
        first = colon;
    }
  return first;
}

static gboolean
take_mode (char *text)
{
  gsize length = strlen (text);
  gboolean writable = g_str_has_suffix (text, ":rw");

  if (!exists (text) && (writable || g_str_has_suffix (text, ":ro")))
    text[length - 3] = '\0';
  return writable && text[length - 3] == '\0';
}

/**
 * gbx_share_parse:
 * @text: (type filename): `PATH[:GUESTPATH][:ro|rw]`, as the option `--share` of glovebox-run(1)
 *   has it; read-only by default.  A colon that is part of the name of a file that exists is
 *   that, so a path needs no quoting.
 * @error: return location for a %GBX_ERROR_SHARE
 *
 * Reads a share from its text, and checks it as gbx_share_new() does.
 *
 * Returns: (transfer full): the share; %NULL with %GBX_ERROR_SHARE
 */
GbxShare *
gbx_share_parse (const char *text, GError **error)
{
  g_autofree char *path = g_strdup (text);
  g_autofree char *shown = gbx_path_show (text);
  gboolean writable = take_mode (path);
  char *separator = find_separator (path);

  if (separator)
    *separator++ = '\0';
  if (*path && (!separator || *separator))
    return gbx_share_new (path, separator, writable, error);
  g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
               _ ("Cannot read the share “%s”: it is PATH[:GUESTPATH][:ro|rw]"), shown);
  return NULL;
}

/**
 * gbx_share_ref:
 * @self: a share
 *
 * Adds a reference; from any thread.
 *
 * Returns: (transfer full): the same share
 */
GbxShare *
gbx_share_ref (GbxShare *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * gbx_share_unref:
 * @self: (transfer full): a share
 *
 * Drops a reference, the last of which frees the share; from any thread.
 */
void
gbx_share_unref (GbxShare *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->path);
  g_free (self->guest_path);
  g_free (self);
}

/**
 * gbx_share_get_path:
 * @self: a share
 *
 * Gets what is shared.
 *
 * Returns: (transfer none) (type filename): a path on the host: absolute, and without links; its
 *   bytes need not be UTF-8
 */
const char *
gbx_share_get_path (GbxShare *self)
{
  return self->path;
}

/**
 * gbx_share_get_guest_path:
 * @self: a share
 *
 * Gets where the sandbox sees it.
 *
 * Returns: (transfer none) (type filename): a path in the guest: absolute; its bytes need not
 *   be UTF-8
 */
const char *
gbx_share_get_guest_path (GbxShare *self)
{
  return self->guest_path;
}

/**
 * gbx_share_get_writable:
 * @self: a share
 *
 * Tells whether the sandbox may write.
 *
 * Returns: %TRUE when the sandbox may change it, %FALSE when it may only read it
 */
gboolean
gbx_share_get_writable (GbxShare *self)
{
  return self->writable;
}

/**
 * gbx_share_is_directory:
 * @self: a share
 *
 * Tells what kind it was when the share was made.
 *
 * Returns: %TRUE for a folder, %FALSE for a single file
 */
gboolean
gbx_share_is_directory (GbxShare *self)
{
  return self->is_directory;
}
