/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-share"

#include "config.h"

#include "gbx-share-private.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-surroundings.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

/* The table of places on the host that are dangerous to share.
 *
 *   - Places with sockets of the session cannot be shared at all.
 *   - The configuration of Glovebox and libvirt cannot be shared for writing: a sandbox
 *     could weaken its own confinement, or another's.
 *   - Files that later run outside of the sandbox, as the user, can be shared for
 *     writing, with a warning.
 *
 * A share that contains such a place counts like one inside of it. */
static const GbxPlace sockets[] = {
  { GBX_BASE_RUNTIME, "" },
  { GBX_BASE_SOCKETS, "" },
  { GBX_BASE_ROOT, "tmp/.X11-unix" },
  { GBX_BASE_ROOT, "tmp/.ICE-unix" },
  { GBX_BASE_ROOT, "run/user" },
  { GBX_BASE_ROOT, "run/dbus" },
  { GBX_BASE_ROOT, "run/libvirt" },
  { GBX_BASE_HOME, ".gnupg/S.gpg-agent" },
  /* The monitors of virtual machines, and the keys to them. */
  { GBX_BASE_CONFIG, "libvirt/qemu/lib" },
  { GBX_BASE_HOME, ".config/libvirt/qemu/lib" },
  { GBX_BASE_ROOT, "var/lib/libvirt/qemu" },
};

/* The user's file systems in a folder of sockets: those of gvfs and the portal. */
static const GbxPlace among_sockets[] = {
  { GBX_BASE_RUNTIME, "gvfs" },
  { GBX_BASE_RUNTIME, "doc" },
};

static const GbxPlace configuration[] = {
  { GBX_BASE_CONFIG, "libvirt" },
  { GBX_BASE_HOME, ".config/libvirt" },
  { GBX_BASE_DATA, "libvirt" },
  { GBX_BASE_CACHE, "libvirt" },
  { GBX_BASE_ROOT, "etc/libvirt" },
  { GBX_BASE_ROOT, "var/lib/libvirt" },
  { GBX_BASE_CONFIG, "glovebox" },
  { GBX_BASE_HOME, ".config/glovebox" },
  { GBX_BASE_DATA, "glovebox" },
  { GBX_BASE_STATE, "glovebox" },
  { GBX_BASE_CACHE, "glovebox" },
  { GBX_BASE_OWN, "" },
};

/* A folder of the configuration.  What is at NUMBER/work/NAME in a folder of it is a copy that a
 * sandbox edits, and that the user decides about at the end. */
static const GbxPlace edits = { GBX_BASE_STATE, "glovebox/edits" };

static char *
base_path (GbxPlaceBase base)
{
  switch (base)
    {
    case GBX_BASE_HOME:
      return g_strdup (g_get_home_dir ());
    case GBX_BASE_CONFIG:
      return g_strdup (g_get_user_config_dir ());
    case GBX_BASE_DATA:
      return g_strdup (g_get_user_data_dir ());
    case GBX_BASE_STATE:
      return g_strdup (g_get_user_state_dir ());
    case GBX_BASE_CACHE:
      return g_strdup (g_get_user_cache_dir ());
    case GBX_BASE_RUNTIME:
      return g_strdup (gbx_surroundings_get_session_folder ());
    case GBX_BASE_SOCKETS:
      return gbx_surroundings_get_own_folder ();
    case GBX_BASE_OWN:
      return gbx_path_runtime_name ();
    case GBX_BASE_ROOT:
    default:
      return g_strdup ("/");
    }
}

char *
gbx_place_resolve (const char *path)
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
  folder = gbx_place_resolve (parent);
  return g_build_filename (folder, name, NULL);
}

char *
gbx_place_get_path (const GbxPlace *place)
{
  g_autofree char *base = base_path (place->base);
  g_autofree char *path = NULL;

  if (!base || !g_path_is_absolute (base))
    return NULL;
  path = g_build_filename (base, place->path, NULL);
  return gbx_place_resolve (path);
}

static gboolean
overlap (const char *path, const char *place)
{
  return gbx_path_is_within (path, place) || gbx_path_is_within (place, path);
}

char *
gbx_place_find (const char *path, const GbxPlace *places, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *place = gbx_place_get_path (&places[i]);

      if (place && overlap (path, place))
        return g_steal_pointer (&place);
    }
  return NULL;
}

/* Another one.  What is at NAME/root/… in it belongs to a service, with its copies of /etc and
 * /var. */
static const GbxPlace services = { GBX_BASE_DATA, "glovebox/services" };

static gboolean
is_of_service (const char *path)
{
  g_autofree char *place = gbx_place_get_path (&services);
  g_auto (GStrv) parts = NULL;

  if (!place || !gbx_path_is_within (path, place))
    return FALSE;
  parts = g_strsplit (path + strlen (place), "/", -1);
  return g_strv_length (parts) >= 5 && g_str_equal (parts[2], "root");
}

static gboolean
is_edited_copy (const char *path)
{
  g_autofree char *place = gbx_place_get_path (&edits);
  g_auto (GStrv) parts = NULL;

  if (!place || !gbx_path_is_within (path, place) || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  parts = g_strsplit (path + strlen (place), "/", -1);
  return g_strv_length (parts) == 5 && g_str_equal (parts[3], "work");
}

static gboolean
is_among_sockets (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (among_sockets); i++)
    {
      g_autofree char *place = gbx_place_get_path (&among_sockets[i]);

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
  g_autofree char *agent_path = agent && *agent == '/' ? gbx_place_resolve (agent) : NULL;

  if (is_among_sockets (path))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      g_autofree char *place = gbx_place_get_path (&sockets[i]);

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
      writable && !is_edited_copy (path) && !is_of_service (path)
          ? gbx_place_find (path, configuration, G_N_ELEMENTS (configuration))
          : NULL;
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
