/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-share"

#include "config.h"

#include "gbx-share-private.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-surroundings.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

/* The table of places on the host that are dangerous to share.
 *
 *   - Places with sockets of the session cannot be shared at all.
 *   - The configuration of Glovebox and libvirt cannot be shared for writing: a sandbox
 *     could weaken its own confinement, or another's.
 *   - Files that later run outside of the sandbox, as the user, can be shared for
 *     writing, with a warning.
 *
 * A share that contains such a place counts like one inside of it. */
typedef enum
{
  BASE_ROOT,
  BASE_HOME,
  BASE_CONFIG,
  BASE_DATA,
  BASE_STATE,
  BASE_CACHE,
  BASE_RUNTIME, /* where programs listen */
  BASE_SOCKETS, /* libvirt's, where that is not it */
  BASE_OWN,     /* our folder in it */
} Base;

typedef struct
{
  Base base;
  const char *path;
} Place;

static const Place sockets[] = {
  { BASE_RUNTIME, "" },
  { BASE_SOCKETS, "" },
  { BASE_ROOT, "tmp/.X11-unix" },
  { BASE_ROOT, "tmp/.ICE-unix" },
  { BASE_ROOT, "run/user" },
  { BASE_ROOT, "run/dbus" },
  { BASE_ROOT, "run/libvirt" },
  { BASE_HOME, ".gnupg/S.gpg-agent" },
  /* The monitors of virtual machines, and the keys to them. */
  { BASE_CONFIG, "libvirt/qemu/lib" },
  { BASE_HOME, ".config/libvirt/qemu/lib" },
  { BASE_ROOT, "var/lib/libvirt/qemu" },
};

/* The user's file systems in a folder of sockets: those of gvfs and the portal. */
static const Place among_sockets[] = {
  { BASE_RUNTIME, "gvfs" },
  { BASE_RUNTIME, "doc" },
};

static const Place configuration[] = {
  { BASE_CONFIG, "libvirt" },
  { BASE_HOME, ".config/libvirt" },
  { BASE_DATA, "libvirt" },
  { BASE_CACHE, "libvirt" },
  { BASE_ROOT, "etc/libvirt" },
  { BASE_ROOT, "var/lib/libvirt" },
  { BASE_CONFIG, "glovebox" },
  { BASE_HOME, ".config/glovebox" },
  { BASE_DATA, "glovebox" },
  { BASE_STATE, "glovebox" },
  { BASE_CACHE, "glovebox" },
  { BASE_OWN, "" },
};

static const Place programs[] = {
  { BASE_HOME, ".bash_aliases" },
  { BASE_HOME, ".bash_login" },
  { BASE_HOME, ".bash_logout" },
  { BASE_HOME, ".bash_profile" },
  { BASE_HOME, ".bashrc" },
  { BASE_HOME, ".profile" },
  { BASE_HOME, ".login" },
  { BASE_HOME, ".cshrc" },
  { BASE_HOME, ".tcshrc" },
  { BASE_HOME, ".kshrc" },
  { BASE_HOME, ".zlogin" },
  { BASE_HOME, ".zlogout" },
  { BASE_HOME, ".zprofile" },
  { BASE_HOME, ".zshenv" },
  { BASE_HOME, ".zshrc" },
  { BASE_HOME, ".pam_environment" },
  { BASE_HOME, ".xinitrc" },
  { BASE_HOME, ".xprofile" },
  { BASE_HOME, ".xsession" },
  { BASE_HOME, ".xsessionrc" },
  { BASE_HOME, ".emacs" },
  { BASE_HOME, ".emacs.d" },
  { BASE_HOME, ".vim" },
  { BASE_HOME, ".vimrc" },
  { BASE_HOME, ".gitconfig" },
  { BASE_HOME, ".gnupg" },
  { BASE_HOME, ".ssh" },
  { BASE_HOME, ".local/bin" },
  { BASE_HOME, ".local/lib" },
  { BASE_HOME, "bin" },
  { BASE_CONFIG, "autostart" },
  { BASE_CONFIG, "autostart-scripts" },
  { BASE_CONFIG, "environment.d" },
  { BASE_CONFIG, "fish" },
  { BASE_CONFIG, "git" },
  { BASE_CONFIG, "nvim" },
  { BASE_CONFIG, "plasma-workspace" },
  { BASE_CONFIG, "systemd" },
  { BASE_CONFIG, "mimeapps.list" },
  { BASE_DATA, "applications" },
  { BASE_DATA, "dbus-1" },
  { BASE_DATA, "gnome-shell" },
  { BASE_DATA, "nautilus/scripts" },
  { BASE_DATA, "systemd" },
};

static char *
base_path (Base base)
{
  switch (base)
    {
    case BASE_HOME:
      return g_strdup (g_get_home_dir ());
    case BASE_CONFIG:
      return g_strdup (g_get_user_config_dir ());
    case BASE_DATA:
      return g_strdup (g_get_user_data_dir ());
    case BASE_STATE:
      return g_strdup (g_get_user_state_dir ());
    case BASE_CACHE:
      return g_strdup (g_get_user_cache_dir ());
    case BASE_RUNTIME:
      return g_strdup (gbx_surroundings_get_session_folder ());
    case BASE_SOCKETS:
      return gbx_surroundings_get_own_folder ();
    case BASE_OWN:
      return gbx_path_runtime_name ();
    case BASE_ROOT:
    default:
      return g_strdup ("/");
    }
}

/* Resolves links in the existing part of the path: the sandbox could create the missing
 * part. */
static char *
resolve (const char *path)
{
  g_autofree char *clean = g_canonicalize_filename (path, "/");
  char *real = realpath (clean, NULL);
  g_autofree char *parent = NULL;
  g_autofree char *name = NULL;
  g_autofree char *folder = NULL;

  if (real || g_str_equal (clean, "/"))
    return real ? real : g_strdup (clean);
  parent = g_path_get_dirname (clean);
  name = g_path_get_basename (clean);
  folder = resolve (parent);
  return g_build_filename (folder, name, NULL);
}

/* (nullable): NULL if the system has no such folder for this account. */
static char *
place_path (const Place *place)
{
  g_autofree char *base = base_path (place->base);
  g_autofree char *path = NULL;

  if (!base || !g_path_is_absolute (base))
    return NULL;
  path = g_build_filename (base, place->path, NULL);
  return resolve (path);
}

static gboolean
overlap (const char *path, const char *place)
{
  return gbx_path_is_within (path, place) || gbx_path_is_within (place, path);
}

/* (nullable): the first place that contains the path or is in it. */
static char *
find_place (const char *path, const Place *places, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *place = place_path (&places[i]);

      if (place && overlap (path, place))
        return g_steal_pointer (&place);
    }
  return NULL;
}

static gboolean
is_among_sockets (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (among_sockets); i++)
    {
      g_autofree char *place = place_path (&among_sockets[i]);

      if (place && gbx_path_is_within (path, place))
        return TRUE;
    }
  return FALSE;
}

/* (nullable): the place of the session's sockets that a share contains or is in.  A share
 * that contains the place counts only if the place exists. */
static char *
find_sockets (const char *path)
{
  const char *agent = g_getenv ("SSH_AUTH_SOCK");
  g_autofree char *agent_path = agent && *agent == '/' ? resolve (agent) : NULL;

  if (is_among_sockets (path))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      g_autofree char *place = place_path (&sockets[i]);

      if (place && (gbx_path_is_within (path, place) ||
                    (gbx_path_is_within (place, path) && g_file_test (place, G_FILE_TEST_EXISTS))))
        return g_steal_pointer (&place);
    }
  return agent_path && gbx_path_is_within (agent_path, path) ? g_steal_pointer (&agent_path) : NULL;
}

gboolean
gbx_share_check_place (const char *path, gboolean writable, GError **error)
{
  g_autofree char *socket_place = find_sockets (path);
  g_autofree char *place =
      writable ? find_place (path, configuration, G_N_ELEMENTS (configuration)) : NULL;
  g_autofree char *shown = gbx_path_show (path);

  if (socket_place)
    g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                 _ ("Cannot share “%s”: programs of your session have sockets in %s; share "
                    "only the folder that the application needs"),
                 shown, socket_place);
  else if (place)
    g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                 _ ("Cannot share “%s” for writing: the files in %s control how sandboxes are "
                    "confined; share it read-only, or share another folder"),
                 shown, place);
  return !socket_place && !place;
}

/* (nullable): a folder in which the user's shell looks for programs. */
static char *
find_on_path (const char *path)
{
  g_auto (GStrv) folders = g_strsplit (g_getenv ("PATH") ? g_getenv ("PATH") : "", ":", -1);

  for (guint i = 0; folders[i]; i++)
    {
      g_autofree char *folder =
          g_path_is_absolute (folders[i]) ? realpath (folders[i], NULL) : NULL;

      if (folder && overlap (path, folder))
        return g_steal_pointer (&folder);
    }
  return NULL;
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
  place = find_place (path, programs, G_N_ELEMENTS (programs));
  if (!place)
    place = find_on_path (path);
  if (!place)
    return NULL;
  return g_strdup_printf (_ ("“%s” is shared for writing: by changing %s the sandbox can run "
                             "programs on your account, outside of the sandbox"),
                          shown, place);
}
