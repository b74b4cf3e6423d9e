/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-cli"

#include "config.h"

#include "gbx-open-sandbox.h"

#include "gbx-desktop-entry.h"
#include "gbx-launch-profile.h"
#include "gbx-program.h"

#include "gbx-error.h"
#include "gbx-profile-match.h"

#include <glib/gi18n.h>
#include <string.h>

/* -------------------------------------------------------------- profile -- */

static GbxOpenedFile *
get_file (GbxOpenSandbox *self, guint i)
{
  return self->files->pdata[i];
}

/* A program is named by whoever sent it: its name decides nothing. */
static char *
choose_profile (GbxOpenSandbox *self, GPtrArray *warnings)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  const char *list = self->info ? g_desktop_app_info_get_categories (self->info) : NULL;
  g_auto (GStrv) categories = list ? g_strsplit (list, ";", -1) : NULL;
  g_autoptr (GPtrArray) types = g_ptr_array_new ();

  if (!self->info)
    return g_strdup (GBX_PROFILE_DEFAULT);
  for (guint i = 0; i < self->files->len; i++)
    g_ptr_array_add (types, get_file (self, i)->type);
  g_ptr_array_add (types, NULL);
  return gbx_profile_match (store, g_app_info_get_id (G_APP_INFO (self->info)),
                            (const char *const *) types->pdata, (const char *const *) categories,
                            warnings);
}

static GbxResolution *
resolve (GbxLaunchOptions *options, GPtrArray *warnings, GError **error)
{
  options->files_alone = TRUE;
  options->settings = gbx_values_new (TRUE);
  options->command = g_new0 (char *, 1);
  if (!gbx_values_set_text (options->settings, "files.home", "temporary", _ ("The home"), error))
    return NULL;
  return gbx_launch_profile_resolve (options, GBX_MODE_DESKTOP, warnings, error);
}

/* --------------------------------------------------------------- shares -- */

/* Where the guest sees what has no place of its own there. */
static char *
make_guest_path (const char *name)
{
  return g_build_filename (g_get_home_dir (), _ ("Opened"), name, NULL);
}

/* At its own path, or in the home if the path belongs to the guest's system. */
static GbxShare *
share_file (GbxOpenedFile *file, const char *copy, GError **error)
{
  const char *path = copy ? copy : file->path;
  g_autofree char *name = g_path_get_basename (file->path);
  g_autofree char *inside = make_guest_path (name);
  g_autoptr (GError) first = NULL;
  GbxShare *share = gbx_share_new (path, file->path, copy != NULL, &first);

  if (!share)
    share = gbx_share_new (path, inside, copy != NULL, NULL);
  if (!share)
    g_propagate_error (error, g_steal_pointer (&first));
  return share;
}

/* The copies in a folder, which is shared as a whole. */
static char **
share_staging (GPtrArray *copies, GbxStaging *staging, GbxPolicyBuilder *builder, GError **error)
{
  const char *folder = gbx_staging_get_folder (staging);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autofree char *place = make_guest_path (NULL);
  g_autoptr (GbxShare) share = gbx_share_new (folder, place, FALSE, error);

  if (!share)
    return NULL;
  gbx_policy_builder_add_share (builder, share);
  for (guint i = 0; i < copies->len; i++)
    {
      const char *copy = copies->pdata[i];
      g_autofree char *inside = g_strconcat (place, copy + strlen (folder), NULL);

      g_strv_builder_add (words, inside);
    }
  return g_strv_builder_end (words);
}

/* The words that the application gets. */
static char **
share_files (GbxOpenSandbox *self, GPtrArray *copies, GbxPolicyBuilder *builder, GError **error)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; i < self->files->len; i++)
    {
      GbxOpenedFile *file = get_file (self, i);
      g_autoptr (GbxShare) share = NULL;

      if (file->kind == GBX_OPENED_ADDRESS)
        {
          g_strv_builder_add (words, file->word);
          continue;
        }
      share = share_file (file, copies ? copies->pdata[i] : NULL, error);
      if (!share)
        return NULL;
      gbx_policy_builder_add_share (builder, share);
      g_strv_builder_add (words, gbx_share_get_guest_path (share));
    }
  return g_strv_builder_end (words);
}

/* --------------------------------------------------------------- policy -- */

static gboolean
set_command (GbxOpenSandbox *self, char **words, GbxPolicyBuilder *builder, GStrv *program,
             GError **error)
{
  if (self->info)
    return gbx_desktop_entry_apply_info (self->info, words, builder, program, error);
  gbx_policy_builder_set_command (builder, (const char *const *) words);
  gbx_policy_builder_set_application (builder, NULL, get_file (self, 0)->name, NULL);
  *program = g_strdupv (words);
  return TRUE;
}

static gboolean
check_network (GbxOpenSandbox *self, GbxPolicy *policy, const char *profile, GError **error)
{
  for (guint i = 0; i < self->files->len; i++)
    if (get_file (self, i)->kind == GBX_OPENED_ADDRESS &&
        gbx_policy_get_network (policy) != GBX_NETWORK_USER)
      {
        g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                     _ ("Cannot open “%s”: the profile “%s” has no network. Choose another one with "
                        "--profile, or give it one with “glovebox profile set %s network.mode user”."),
                     get_file (self, i)->name, profile, profile);
        return FALSE;
      }
  return TRUE;
}

GbxPolicy *
gbx_open_sandbox_make_policy (GbxOpenSandbox *self, const char *profile, GPtrArray *copies,
                              GbxStaging *staging, GPtrArray *warnings, GError **error)
{
  g_auto (GbxLaunchOptions) options = { 0 };
  g_autoptr (GbxResolution) resolution = NULL;
  g_autoptr (GbxPolicyBuilder) builder = NULL;
  g_autoptr (GbxPolicy) policy = NULL;
  g_auto (GStrv) words = NULL, program = NULL;

  options.profile = profile ? g_strdup (profile) : choose_profile (self, warnings);
  resolution = resolve (&options, warnings, error);
  if (resolution)
    builder = gbx_launch_options_to_builder (&options, resolution, GBX_MODE_DESKTOP, error);
  if (builder)
    words = staging ? share_staging (copies, staging, builder, error)
                    : share_files (self, copies, builder, error);
  if (!words || !set_command (self, words, builder, &program, error) ||
      !gbx_resolution_check_shares (resolution, builder, error))
    return NULL;
  policy = gbx_policy_builder_build (builder, error);
  if (!policy || !check_network (self, policy, options.profile, error) ||
      gbx_program_check_command (policy, (const char *const *) program, error) != 0)
    return NULL;
  return g_steal_pointer (&policy);
}
