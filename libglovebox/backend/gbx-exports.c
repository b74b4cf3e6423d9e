/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-exports"

#include "config.h"

#include "gbx-exports.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

char *
gbx_exports_share_tag (guint index)
{
  return g_strdup_printf (GBX_EXPORT_SHARE_PREFIX "%u", index);
}

char *
gbx_exports_share_path (GbxLaunchPlan *plan, guint index)
{
  g_autofree char *tag = gbx_exports_share_tag (index);

  return g_build_filename (plan->runtime, tag, NULL);
}

char *
gbx_exports_file_path (GbxLaunchPlan *plan, guint index)
{
  g_autofree char *folder = gbx_exports_share_path (plan, index);

  return g_build_filename (folder, GBX_EXPORT_FILE_NAME, NULL);
}

/* An empty file; the jail bind-mounts the real one on it. */
static gboolean
make_file (GbxLaunchPlan *plan, guint index)
{
  g_autofree char *path = gbx_exports_file_path (plan, index);
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  return fd >= 0 && close (fd) == 0;
}

gboolean
gbx_exports_is_served (GbxLaunchPlan *plan, guint index)
{
  return plan->has_share_servers &&
         gbx_share_is_directory (gbx_policy_get_shares (plan->policy)->pdata[index]);
}

/* A short name, because the path of a socket has at most 107 bytes. */
static char *
socket_path (GbxLaunchPlan *plan, guint index)
{
  g_autofree char *name = g_strdup_printf ("fs-%u", index);

  return g_build_filename (plan->runtime, name, NULL);
}

static gboolean
add_share (GbxLaunchPlan *plan, guint index, GError **error)
{
  GbxShare *share = gbx_policy_get_shares (plan->policy)->pdata[index];
  g_autofree char *tag = gbx_exports_share_tag (index);
  g_autofree char *path = gbx_exports_share_path (plan, index);
  g_autofree char *socket =
      gbx_exports_is_served (plan, index) ? socket_path (plan, index) : NULL;

  if (g_mkdir (path, 0700) != 0 ||
      (!gbx_share_is_directory (share) && !gbx_file_copies_get_folder (plan->copies, index) &&
       !make_file (plan, index)))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot prepare the share %s: %s"),
                   path, g_strerror (errno));
      return FALSE;
    }
  gbx_launch_plan_add_served_export (plan, tag, path, socket, gbx_share_get_writable (share));
  return TRUE;
}

static gboolean
has_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  return dir && g_dir_read_name (dir);
}

/* Then the export would contain files that are only hidden by a mount in the guest. */
static gboolean
holds_home (const char *folder, GbxIdentity *identity)
{
  g_autofree char *real = realpath (identity->home, NULL);
  const char *home = real ? real : identity->home;

  return gbx_path_is_within (home, folder) || gbx_path_is_within (identity->account_home, folder);
}

gboolean
gbx_exports_prepare (GbxLaunchPlan *plan, const char *root, GbxIdentity *identity, GError **error)
{
  GPtrArray *shares = gbx_policy_get_shares (plan->policy);

  if (holds_home ("/usr", identity))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("Your home folder %s lies in /usr, which every sandbox sees; use an account "
                      "with its home elsewhere"),
                   identity->home);
      return FALSE;
    }
  gbx_launch_plan_add_export (plan, "gbx-root", root, FALSE);
  gbx_launch_plan_add_export (plan, "gbx-usr", "/usr", FALSE);
  if (has_entries ("/opt") && !holds_home ("/opt", identity))
    gbx_launch_plan_add_export (plan, "gbx-opt", "/opt", FALSE);
  if (!gbx_file_copies_prepare (plan->policy, plan->name, plan->uuid, &plan->copies, error))
    return FALSE;
  for (guint i = 0; i < shares->len; i++)
    if (!add_share (plan, i, error))
      return FALSE;
  return TRUE;
}
