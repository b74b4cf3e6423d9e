/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-settings"

#include "config.h"

#include "gbx-editor-settings.h"

#include "gbx-editor-text.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-profile-keys.h"
#include "gbx-publication.h"
#include "gbx-tuning.h"
#include "gbx-virt-containers.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* --------------------------------------------------------------- sources -- */

char *
gbx_editor_profile_dup_name (GbxProfileStore *store, const char *id)
{
  g_autoptr (GPtrArray) layers = gbx_profile_store_load_readable (store, id);

  for (guint i = layers->len; i-- > 0;)
    {
      const char *name = gbx_key_text_lookup_locale (gbx_profile_file_get_text (layers->pdata[i]),
                                                     "Profile", "Name");

      if (name && *name)
        return g_strdup (name);
    }
  return g_strdup (id);
}

GbxEditorSource
gbx_editor_source_of_layer (GbxEditorModel *model, GbxProfileFile *layer, char **words)
{
  const char *id = gbx_profile_file_get_id (layer);
  GbxProfileStore *store = gbx_editor_model_get_store (model);
  const char *path = gbx_profile_file_get_path (layer);
  g_autofree char *name = NULL;

  if (gbx_profile_file_is_system (layer) && gbx_profile_store_is_administrators (store, path))
    {
      g_autofree char *shown = gbx_path_show (path);

      *words = g_strdup_printf (_ ("Set by the administrator, in %s"), shown);
      return GBX_SOURCE_ADMINISTRATOR;
    }
  if (g_str_equal (id, gbx_editor_model_get_id (model)))
    {
      *words = g_strdup (gbx_profile_file_is_system (layer)
                             ? _ ("From this profile, as it is installed")
                             : _ ("Changed here"));
      return gbx_profile_file_is_system (layer) ? GBX_SOURCE_PARENT : GBX_SOURCE_HERE;
    }
  name = gbx_editor_profile_dup_name (store, id);
  *words = g_strdup_printf (_ ("From the profile “%s”"), name);
  return GBX_SOURCE_PARENT;
}

static char *
dup_unset (const GbxSetting *setting)
{
  return setting->unset ? g_strdup_printf (_ ("Nothing is set: %s"), _ (setting->unset))
                        : g_strdup (_ ("Nothing is set"));
}

GbxEditorSource
gbx_editor_setting_get_source (GbxEditorModel *model, const GbxSetting *setting, char **words)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);
  g_autofree char *group = gbx_profile_key_group (setting);
  g_autofree char *key = gbx_profile_key_name (setting);
  const char *origin = NULL;
  GbxProfileFile *layer = NULL;

  if (resolution)
    {
      /* What a lock has narrowed is from the lock. */
      if (gbx_resolution_get_lock (resolution, setting->key, &origin)
          && g_strcmp0 (gbx_values_get_origin (gbx_resolution_get_values (resolution),
                                               setting->key),
                        origin)
                 == 0)
        {
          *words = gbx_editor_setting_dup_lock (model, setting);
          return GBX_SOURCE_ADMINISTRATOR;
        }
      layer = gbx_resolution_find_layer (resolution, group, key);
    }
  if (layer)
    return gbx_editor_source_of_layer (model, layer, words);
  *words = dup_unset (setting);
  return GBX_SOURCE_DEFAULT;
}

/* ----------------------------------------------------------------- locks -- */

static gboolean
is_fixed (GbxEditorModel *model, const GbxSetting *setting)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);

  return resolution
         && g_strcmp0 (gbx_resolution_get_lock (resolution, setting->key, NULL), "fixed") == 0;
}

char *
gbx_editor_setting_dup_lock (GbxEditorModel *model, const GbxSetting *setting)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);
  const char *origin = NULL;
  const char *lock
      = resolution ? gbx_resolution_get_lock (resolution, setting->key, &origin) : NULL;

  if (!lock)
    return NULL;
  if (g_str_equal (lock, "fixed"))
    return g_strdup_printf (_ ("The administrator has locked it, in %s"), origin);
  return g_strdup_printf (_ ("The administrator allows no more than “%s”, in %s"), lock, origin);
}

static GVariant *
get_limit (GbxEditorModel *model, const GbxSetting *setting)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);

  return resolution ? gbx_resolution_get_limit (resolution, setting->key) : NULL;
}

/* Choices that need something of the computer. */
static gboolean
has_kvm (void)
{
  return g_access ("/dev/kvm", R_OK | W_OK) == 0;
}

static gboolean
has_passt (void)
{
  g_autofree char *passt = gbx_path_command ("passt");
  g_autofree char *pasta = gbx_path_command ("pasta");

  return passt && pasta;
}

static const struct
{
  const char *key;
  const char *word;
  gboolean (*is_there) (void);
  const char *reason;
} needs[] = {
  { "kernel.accelerator", "kvm", has_kvm,
    N_ ("KVM cannot be used: this account cannot open /dev/kvm, or it does not exist") },
  { "backend.kind", "lxc", gbx_virt_may_reach_containers,
    N_ ("A container is not possible: this account may not use the system's libvirt; “glovebox "
        "doctor” says what is missing") },
  { "network.mode", "published", has_passt,
    N_ ("A network is not possible: the programs passt and pasta are not installed") },
  { "network.mode", "user", has_passt,
    N_ ("A network is not possible: the programs passt and pasta are not installed") },
};

/* (nullable) */
static const char *
find_need (const GbxSetting *setting, const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (needs); i++)
    if (g_str_equal (needs[i].key, setting->key) && (!word || g_str_equal (needs[i].word, word))
        && !needs[i].is_there ())
      return _ (needs[i].reason);
  return NULL;
}

static char *
dup_word (GbxEditorModel *model, const char *key)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);
  g_autoptr (GVariant) value
      = resolution ? gbx_values_resolve (gbx_resolution_get_values (resolution), key) : NULL;

  return g_strdup (value ? g_variant_get_string (value, NULL) : "");
}

static gboolean
is_open_to_others (const char *ports)
{
  g_autoptr (GPtrArray) list = gbx_publications_parse (ports, NULL);
  gboolean open = FALSE;

  for (guint i = 0; list && i < list->len; i++)
    open = open || gbx_publication_is_open (list->pdata[i]);
  return open;
}

/* (nullable): what a value means that the user may not expect. */
static const char *
find_warning (GbxEditorModel *model, const GbxSetting *setting)
{
  g_autofree char *word = NULL;
  g_autofree char *network = NULL;

  if (!g_str_equal (setting->key, "backend.kind") && !g_str_equal (setting->key, "network.publish"))
    return NULL;
  word = dup_word (model, setting->key);
  network = dup_word (model, "network.mode");
  if (g_str_equal (word, "lxc"))
    return _ ("A container shares the kernel of this computer: it isolates less than a virtual "
              "machine");
  if (g_str_equal (word, "auto"))
    return _ ("Where no virtual machine is possible it is a container, which shares the kernel of "
              "this computer and isolates less");
  if (g_str_equal (setting->key, "backend.kind") || !*word)
    return NULL;
  if (g_str_equal (network, "none"))
    return _ ("Without a network nothing is published");
  return is_open_to_others (word) ? _ ("Other computers can connect to it") : NULL;
}

char *
gbx_editor_setting_dup_warning (GbxEditorModel *model, const GbxSetting *setting)
{
  const char *warning = find_warning (model, setting);

  return g_strdup (warning ? warning : find_need (setting, NULL));
}

/* What this computer has does not change while a window is open.  Until it is known, it is taken
 * to have everything. */
static GbxTuningHost host = {
  .has_manager = TRUE,
  .delegated = ~0u,
  .has_unified_groups = TRUE,
  .counts_swap = TRUE,
  .weighs_disks = TRUE,
  .may_lock = TRUE,
  .huge = G_MAXUINT64,
};

static void
read_host_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GbxTuningHost *read = g_new0 (GbxTuningHost, 1);

  gbx_tuning_host_read (read, TRUE);
  g_task_return_pointer (task, read, g_free);
}

static void
read_host_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree GbxTuningHost *read = g_task_propagate_pointer (G_TASK (result), NULL);

  host = *read;
  g_signal_emit_by_name (source, "changed");
}

void
gbx_editor_settings_look_at_host (GbxEditorModel *model)
{
  g_autoptr (GTask) task = g_task_new (model, NULL, read_host_cb, NULL);

  g_task_run_in_thread (task, read_host_thread);
}

/* Where this profile runs. */
static char *
dup_unheld (GbxEditorModel *model, const GbxSetting *setting)
{
  g_autofree char *kind = dup_word (model, "backend.kind");
  GbxPlatform platform = gbx_tuning_choose_platform (g_str_equal (kind, "lxc"));
  const GbxHold *hold = &setting->holds[platform];
  g_autofree char *reason = gbx_tuning_dup_obstacle (setting, platform, &host);

  if (!hold->by && !hold->lacks)
    return g_strdup (_ ("It has no effect: nothing can enforce it"));
  return reason ? g_strdup_printf (_ ("It does not hold here. %s"), reason) : NULL;
}

gboolean
gbx_editor_setting_allows (GbxEditorModel *model, const GbxSetting *setting, guint index)
{
  GVariant *limit = get_limit (model, setting);
  g_autoptr (GVariant) value = NULL;

  if (setting->kind == GBX_KIND_CHOICE && find_need (setting, setting->words[index]))
    return FALSE;
  if (!limit)
    return TRUE;
  value = g_variant_ref_sink (setting->kind == GBX_KIND_SWITCH
                                  ? g_variant_new_boolean (index > 0)
                                  : g_variant_new_string (setting->words[index]));
  return !gbx_setting_is_wider (setting, value, limit);
}

static guint
count_choices (GbxEditorModel *model, const GbxSetting *setting)
{
  guint n = 0, all = 2;

  if (setting->kind == GBX_KIND_CHOICE)
    all = g_strv_length ((char **)setting->words);
  for (guint i = 0; i < all; i++)
    n += gbx_editor_setting_allows (model, setting, i) ? 1 : 0;
  return n;
}

static gboolean
has_words (const GbxSetting *setting)
{
  return setting->kind == GBX_KIND_CHOICE || setting->kind == GBX_KIND_SWITCH;
}

char *
gbx_editor_setting_dup_obstacle (GbxEditorModel *model, const GbxSetting *setting)
{
  g_autofree char *lock = NULL;
  g_autofree char *unheld = dup_unheld (model, setting);

  if (unheld)
    return g_steal_pointer (&unheld);
  if (setting->kind == GBX_KIND_CHOICE && !setting->words[1])
    return g_strdup (_ ("This Glovebox cannot offer it to a sandbox"));
  if (!is_fixed (model, setting) && (!has_words (setting) || count_choices (model, setting) > 1))
    return NULL;
  lock = gbx_editor_setting_dup_lock (model, setting);
  return lock ? g_steal_pointer (&lock) : g_strdup (find_need (setting, NULL));
}

/* ---------------------------------------------------------------- values -- */

GVariant *
gbx_editor_setting_dup_value (GbxEditorModel *model, const GbxSetting *setting)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);

  return resolution ? gbx_values_resolve (gbx_resolution_get_values (resolution), setting->key)
                    : gbx_setting_get_default (setting, TRUE);
}

char *
gbx_editor_setting_dup_text (GbxEditorModel *model, const GbxSetting *setting)
{
  GbxResolution *resolution = gbx_editor_model_get_resolution (model);
  g_autofree char *group = gbx_profile_key_group (setting);
  g_autofree char *key = gbx_profile_key_name (setting);
  g_autofree char *words = NULL;
  GVariant *value;

  if (gbx_editor_setting_get_source (model, setting, &words) == GBX_SOURCE_HERE)
    return gbx_editor_text_lookup (gbx_editor_model_get_text (model), group, key);
  value = resolution ? gbx_values_get (gbx_resolution_get_values (resolution), setting->key) : NULL;
  return value ? gbx_setting_format (setting, value) : NULL;
}

/* Whether the layer need not say it.  A number that nobody set is not the same as its default. */
static gboolean
is_inherited (GbxEditorModel *model, const GbxSetting *setting, GVariant *value)
{
  GbxResolution *inherited = gbx_editor_model_get_inherited (model);
  GbxValues *values = inherited ? gbx_resolution_get_values (inherited) : NULL;
  g_autoptr (GVariant) other = NULL;

  if (!values || (!has_words (setting) && !gbx_values_get (values, setting->key)))
    return FALSE;
  other = gbx_values_resolve (values, setting->key);
  return g_variant_equal (other, value);
}

static gboolean
check_lock (GbxEditorModel *model, const GbxSetting *setting, GVariant *value, GError **error)
{
  GVariant *limit = get_limit (model, setting);
  g_autofree char *lock = NULL;

  if (!is_fixed (model, setting) && !(limit && gbx_setting_is_wider (setting, value, limit)))
    return TRUE;
  lock = gbx_editor_setting_dup_lock (model, setting);
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, "%s: %s", _ (setting->label), lock);
  return FALSE;
}

static gboolean
write_text (GbxEditorModel *model, const GbxSetting *setting, const char *text, GError **error)
{
  g_autofree char *group = gbx_profile_key_group (setting);
  g_autofree char *key = gbx_profile_key_name (setting);

  return gbx_editor_model_set (model, group, key, text, _ (setting->label), error);
}

gboolean
gbx_editor_setting_set (GbxEditorModel *model, const GbxSetting *setting, const char *text,
                        GError **error)
{
  g_autofree char *plain = g_strstrip (g_strdup (text));
  g_autoptr (GVariant) value = NULL;

  /* In a profile that word removes what a parent says. */
  if (g_str_equal (plain, "default") && !has_words (setting))
    return !is_fixed (model, setting) && write_text (model, setting, plain, error);
  value = gbx_setting_parse (setting, plain, TRUE, _ (setting->label), error);
  if (!value || !check_lock (model, setting, value, error))
    return FALSE;
  return write_text (model, setting, is_inherited (model, setting, value) ? NULL : plain, error);
}

void
gbx_editor_setting_reset (GbxEditorModel *model, const GbxSetting *setting)
{
  write_text (model, setting, NULL, NULL);
}
