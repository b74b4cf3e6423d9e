/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-container-plan"

#include "config.h"

#include "gbx-container-plan.h"

#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-home-disk.h"
#include "gbx-paths.h"
#include "gbx-policy-private.h"
#include "gbx-virt.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The same program as in the initial file system of a virtual machine. */
#define INIT_PROGRAM "glovebox-init"

/* -------------------------------------------------------------- shares -- */

/* Its rights over a file are those of others, unless owner and group are both the account's:
 * then it may do all. */
static gboolean
may_enter (const struct stat *st, guint32 uid, guint32 gid)
{
  return (st->st_uid == uid && st->st_gid == gid) || (st->st_mode & S_IXOTH);
}

gboolean
gbx_container_can_reach (const char *path, guint32 uid, guint32 gid, char **folder)
{
  g_autofree char *real = realpath (path, NULL);
  struct stat st;

  *folder = NULL;
  /* What does not exist is somebody else's error. */
  for (char *slash = real; slash && (slash = strchr (slash + 1, '/'));)
    {
      *slash = '\0';
      if (stat (real, &st) == 0 && !may_enter (&st, uid, gid))
        {
          *folder = g_steal_pointer (&real);
          return FALSE;
        }
      *slash = '/';
    }
  return TRUE;
}

static gboolean
check_share (GbxLaunchPlan *plan, guint index, GError **error)
{
  GbxShare *share = gbx_policy_get_shares (plan->policy)->pdata[index];
  g_autofree char *folder = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *shown_folder = NULL;

  if (gbx_file_copies_get_folder (plan->copies, index) ||
      gbx_container_can_reach (gbx_share_get_path (share), geteuid (), getegid (), &folder))
    return TRUE;
  shown = gbx_path_show (gbx_share_get_path (share));
  shown_folder = gbx_path_show (folder);
  g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
               _ ("Cannot share “%s” with a container: root in it is nobody on this computer, and "
                  "may not enter the folder “%s”; let everybody enter that folder (chmod o+x), or "
                  "use a virtual machine"),
               shown, shown_folder);
  return FALSE;
}

static gboolean
fail_to_prepare (const char *path, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot prepare the share %s: %s"), path,
               g_strerror (errno));
  return FALSE;
}

/* The description has no place for every byte that a path may have, and libvirt follows a
 * link.  A folder is exported itself, or the one with the copy of a file; a file has a place in
 * an empty folder of its own. */
static gboolean
place_share (GbxLaunchPlan *plan, guint index, GError **error)
{
  GbxShare *share = gbx_policy_get_shares (plan->policy)->pdata[index];
  const char *copy = gbx_file_copies_get_folder (plan->copies, index);
  g_autofree char *place = gbx_exports_share_path (plan, index);
  g_autofree char *link = g_strconcat (place, GBX_EXPORT_FILE_SUFFIX, NULL);
  gboolean is_folder = copy || gbx_share_is_directory (share);

  if (is_folder && g_rmdir (place) != 0)
    return fail_to_prepare (place, error);
  if (symlink (copy ? copy : gbx_share_get_path (share), is_folder ? place : link) != 0)
    return fail_to_prepare (place, error);
  return TRUE;
}

static gboolean
place_shares (GbxLaunchPlan *plan, GError **error)
{
  for (guint i = 0; i < gbx_policy_get_shares (plan->policy)->len; i++)
    if (!check_share (plan, i, error) || !place_share (plan, i, error))
      return FALSE;
  return TRUE;
}

/* ---------------------------------------------------------------- root -- */

static gboolean
make_point (const char *root, const char *one, const char *other, GError **error)
{
  g_autofree char *path = g_build_filename (root, one, other, NULL);

  if (g_mkdir (path, 0755) == 0 || errno == EEXIST)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot create %s: %s"), path,
               g_strerror (errno));
  return FALSE;
}

/* A copy, because root in the container may not enter every folder that a program is in. */
static gboolean
copy_init (const char *root, GCancellable *cancellable, GError **error)
{
  g_autofree char *program = gbx_path_program (INIT_PROGRAM);
  g_autofree char *path = g_build_filename (root, GBX_CONTAINER_INIT, NULL);
  g_autoptr (GFile) from = program ? g_file_new_for_path (program) : NULL;
  g_autoptr (GFile) to = g_file_new_for_path (path);

  if (!from)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("The program %s is missing; install Glovebox again"), INIT_PROGRAM);
      return FALSE;
    }
  return g_file_copy (from, to, G_FILE_COPY_NONE, cancellable, NULL, NULL, error) &&
         g_chmod (path, 0755) == 0;
}

/* Each mount has its point before libvirt comes. */
static gboolean
furnish_root (GbxLaunchPlan *plan, GCancellable *cancellable, GError **error)
{
  GbxExport *root = plan->exports->pdata[0];

  if (!make_point (root->path, ".oldroot", NULL, error) ||
      !make_point (root->path, GBX_CONTAINER_EXPORTS, NULL, error))
    return FALSE;
  for (guint i = 1; i < plan->exports->len; i++)
    if (!make_point (root->path, GBX_CONTAINER_EXPORTS, ((GbxExport *) plan->exports->pdata[i])->tag,
                     error))
      return FALSE;
  return copy_init (root->path, cancellable, error);
}

/* -------------------------------------------------------------- public -- */

/* The default runtime folder needs no mark; the domains of others may have the same names. */
char *
gbx_container_plan_domain_name (GbxLaunchPlan *plan)
{
  g_autofree char *base = g_path_get_dirname (plan->runtime);
  g_autofree char *usual = g_strdup_printf ("/run/user/%u/glovebox", (guint) geteuid ());
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, base, -1);

  sum[8] = '\0';
  return g_str_equal (base, usual)
             ? g_strdup_printf (GBX_DOMAIN_PREFIX "%u-%s", (guint) geteuid (), plan->name)
             : g_strdup_printf (GBX_DOMAIN_PREFIX "%u-%s-%s", (guint) geteuid (), sum, plan->name);
}

/* Root's files would be those of root in the container. */
static gboolean
refuse_root (GbxLaunchPlan *plan, GError **error)
{
  if (plan->by_root)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                         _ ("A container of root's would not keep root out of this computer; use an "
                            "ordinary account, or a virtual machine"));
  return plan->by_root;
}

static gboolean
refuse_home (GbxLaunchPlan *plan, GError **error)
{
  gboolean wanted = gbx_home_disk_is_wanted (plan->policy);

  if (wanted)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                         _ ("A kept home is a disk, which only a virtual machine can mount; use a "
                            "temporary home, or a virtual machine"));
  return wanted;
}

/* GLOVEBOX_XTIGERVNC names another program, for tests. */
const char *
gbx_container_find_display_server (GError **error)
{
  const char *named = g_getenv ("GLOVEBOX_XTIGERVNC");
  const char *program = named ? named : "/usr/bin/Xtigervnc";

  if (g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    return program;
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_DISPLAY,
                       _ ("Windows in a container need Xtigervnc, which is not installed (on Debian: "
                          "apt-get install tigervnc-standalone-server)"));
  return NULL;
}

static gboolean
place_display (GbxContainerPlan *self, GError **error)
{
  struct sockaddr_un address;

  if (gbx_policy_get_mode (self->plan->policy) != GBX_MODE_DESKTOP)
    return TRUE;
  if (!gbx_container_find_display_server (error))
    return FALSE;
  self->display_socket = g_build_filename (self->plan->runtime, "display", NULL);
  /* "console" is as long, and was checked. */
  g_assert (strlen (self->display_socket) < sizeof address.sun_path);
  return TRUE;
}

gboolean
gbx_container_plan_make (GbxContainerPlan *self, GbxPreparation *preparation,
                         GCancellable *cancellable, GError **error)
{
  self->plan = gbx_preparation_get_plan (preparation);
  self->plan->accelerator = GBX_ACCELERATOR_NONE;
  /* Of groups, a container has only the account's first one. */
  self->plan->hides_ids = TRUE;
  gbx_launch_plan_check_limits (self->plan, TRUE);
  if (refuse_root (self->plan, error) || refuse_home (self->plan, error) ||
      !gbx_id_ranges_find (&self->uids, &self->gids, error) ||
      !gbx_preparation_claim (preparation, error) ||
      !gbx_preparation_compose_root (preparation, error) ||
      !furnish_root (self->plan, cancellable, error) || !place_shares (self->plan, error))
    return FALSE;
  gbx_preparation_place_network (preparation);
  return place_display (self, error);
}

void
gbx_container_plan_clear (GbxContainerPlan *self)
{
  g_clear_pointer (&self->display_socket, g_free);
}
