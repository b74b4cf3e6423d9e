/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-tuning"

#include "config.h"

#include "gbx-tuning-disks.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

/* The kernel limits access to whole disks, not to partitions: with a partition libvirt's start
 * fails with ENODEV. */

/* (nullable) (transfer full): "sda" for a device of the file system, which may be a partition. */
static char *
find_disk_name (dev_t device)
{
  g_autofree char *link = g_strdup_printf ("/sys/dev/block/%u:%u", major (device), minor (device));
  g_autofree char *folder = realpath (link, NULL);
  g_autofree char *partition = folder ? g_build_filename (folder, "partition", NULL) : NULL;
  g_autofree char *disk = NULL;

  if (!folder)
    return NULL;
  disk = g_file_test (partition, G_FILE_TEST_EXISTS) ? g_path_get_dirname (folder)
                                                     : g_strdup (folder);
  return g_path_get_basename (disk);
}

static void
add (GPtrArray *disks, const char *path)
{
  g_autofree char *name = NULL;
  char *device;
  struct stat st;

  if (stat (path, &st) < 0 || !(name = find_disk_name (st.st_dev)))
    return;
  /* As in "cciss!c0d0". */
  device = g_strdup_printf ("/dev/%s", g_strdelimit (name, "!", '/'));
  if (stat (device, &st) == 0 && S_ISBLK (st.st_mode) &&
      !g_ptr_array_find_with_equal_func (disks, device, g_str_equal, NULL))
    g_ptr_array_add (disks, device);
  else
    g_free (device);
}

GPtrArray *
gbx_tuning_find_disks (GbxPolicy *policy)
{
  static const char *const folders[] = { "/", "/usr", "/opt", "/var", "/etc" };
  GPtrArray *disks = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *shares = gbx_policy_get_shares (policy);

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    add (disks, folders[i]);
  for (guint i = 0; i < shares->len; i++)
    add (disks, gbx_share_get_path (shares->pdata[i]));
  add (disks, g_get_user_data_dir ());
  add (disks, g_get_user_state_dir ());
  return disks;
}
