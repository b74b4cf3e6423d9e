/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-binding"

#include "config.h"

#include "gbx-editor-binding.h"

#include "gbx-editor-field.h"

#include "gbx-profile-keys.h"

#include <glib/gi18n.h>

/* One row and what it is for. */
typedef struct
{
  const GbxEditorBinding *binding;
  GbxEditorModel *model;
  const GbxSetting *setting;
  char *name; /* or NULL */
  GbxEditorRow *row;     /* (unowned) */
  GbxEditorField *field; /* (unowned) */
} Bound;

static void
bound_free (gpointer data)
{
  Bound *bound = data;

  g_object_unref (bound->model);
  g_free (bound->name);
  g_free (bound);
}

/* ------------------------------------------------------------------ show -- */

static void
show_choices (Bound *bound)
{
  if (bound->setting->kind != GBX_KIND_CHOICE || !bound->binding->allows)
    return;
  for (guint i = 0; bound->setting->words[i]; i++)
    gbx_editor_field_set_allowed (
        bound->field, i,
        bound->binding->allows (bound->model, bound->setting, bound->name, i));
}

static void
show_source (Bound *bound)
{
  g_autofree char *words = NULL;
  GbxEditorSource source = GBX_SOURCE_DEFAULT;

  if (bound->binding->get_source)
    source = bound->binding->get_source (bound->model, bound->setting, bound->name, &words);
  gbx_editor_row_set_source (bound->row, source, words);
}

static void
show (Bound *bound)
{
  const GbxEditorBinding *binding = bound->binding;
  g_autofree char *text = binding->dup_text (bound->model, bound->setting, bound->name);
  g_autoptr (GVariant) value
      = binding->dup_value ? binding->dup_value (bound->model, bound->setting, bound->name) : NULL;
  g_autofree char *obstacle
      = binding->dup_obstacle ? binding->dup_obstacle (bound->model, bound->setting, bound->name)
                              : NULL;

  gbx_editor_field_show (bound->field, text, value);
  show_choices (bound);
  show_source (bound);
  gbx_editor_row_set_obstacle (bound->row, obstacle);
  if (binding->dup_warning)
    {
      g_autofree char *warning
          = binding->dup_warning (bound->model, bound->setting, bound->name);

      gbx_editor_row_set_warning (bound->row, warning);
    }
}

static void
on_changed (GbxEditorRow *row)
{
  /* One that was taken away may still be used. */
  if (gtk_widget_get_parent (GTK_WIDGET (row)))
    show (g_object_get_data (G_OBJECT (row), "bound"));
}

/* ---------------------------------------------------------------- change -- */

/* Nothing in an entry is as if it had not been set. */
static void
on_edited (GbxEditorField *field, const char *text, gpointer user_data)
{
  Bound *bound = user_data;
  g_autoptr (GbxEditorRow) row = g_object_ref (bound->row);
  g_autoptr (GError) error = NULL;

  if (*text || bound->binding->keeps_empty)
    bound->binding->set (bound->model, bound->setting, bound->name, text, &error);
  else
    bound->binding->reset (bound->model, bound->setting, bound->name);
  /* The change may have taken the row away. */
  if (gtk_widget_get_parent (GTK_WIDGET (row)))
    gbx_editor_row_set_error (row, error ? error->message : NULL);
}

static void
on_reset (Bound *bound)
{
  g_autoptr (GbxEditorRow) row = g_object_ref (bound->row);
  g_autofree char *sentence
      = g_strdup_printf (_ ("“%s” was reset"), gbx_editor_row_get_title (bound->row));

  gbx_editor_row_set_error (bound->row, NULL);
  bound->binding->reset (bound->model, bound->setting, bound->name);
  gbx_editor_model_tell (bound->model, sentence);
}

static char *
make_help (const GbxSetting *setting)
{
  if (setting->help && setting->unset)
    return g_strdup_printf (_ ("%s. If it is not set: %s."), _ (setting->help),
                            _ (setting->unset));
  return setting->help ? g_strdup (_ (setting->help)) : NULL;
}

/* What a search finds: as it is written in a profile and on the command line. */
static char *
make_keywords (const GbxSetting *setting)
{
  g_autofree char *group = gbx_profile_key_group (setting);
  g_autofree char *key = gbx_profile_key_name (setting);

  return g_strjoin (" ", setting->key, group, key, setting->option ? setting->option : "", NULL);
}

GtkWidget *
gbx_editor_binding_make_row (const GbxEditorBinding *binding, GbxEditorModel *model,
                             const GbxSetting *setting, const char *name)
{
  g_autofree char *help = make_help (setting);
  g_autofree char *keywords = make_keywords (setting);
  GtkWidget *row = gbx_editor_row_new (_ (setting->label), help);
  GtkWidget *field = gbx_editor_field_new (setting);
  Bound *bound = g_new0 (Bound, 1);

  bound->binding = binding;
  bound->model = g_object_ref (model);
  bound->setting = setting;
  bound->name = g_strdup (name);
  bound->row = GBX_EDITOR_ROW (row);
  bound->field = GBX_EDITOR_FIELD (field);
  gbx_editor_row_set_keywords (bound->row, keywords);
  gbx_editor_row_set_control (bound->row, field, gbx_editor_field_get_focus (bound->field),
                              gbx_editor_field_is_wide (bound->field));
  gbx_editor_row_set_resettable (bound->row, binding->get_source != NULL);
  g_object_set_data_full (G_OBJECT (row), "bound", bound, bound_free);
  g_signal_connect (field, "edited", G_CALLBACK (on_edited), bound);
  g_signal_connect_swapped (row, "reset", G_CALLBACK (on_reset), bound);
  g_signal_connect_object (model, "changed", G_CALLBACK (on_changed), row, G_CONNECT_SWAPPED);
  show (bound);
  return row;
}

/* -------------------------------------------------- the table of settings -- */

static char *
dup_text (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  return gbx_editor_setting_dup_text (model, setting);
}

static GVariant *
dup_value (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  return gbx_editor_setting_dup_value (model, setting);
}

static gboolean
set (GbxEditorModel *model, const GbxSetting *setting, const char *name, const char *text,
     GError **error)
{
  return gbx_editor_setting_set (model, setting, text, error);
}

static void
reset (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  gbx_editor_setting_reset (model, setting);
}

static GbxEditorSource
get_source (GbxEditorModel *model, const GbxSetting *setting, const char *name, char **words)
{
  return gbx_editor_setting_get_source (model, setting, words);
}

static char *
dup_obstacle (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  return gbx_editor_setting_dup_obstacle (model, setting);
}

static char *
dup_warning (GbxEditorModel *model, const GbxSetting *setting, const char *name)
{
  return gbx_editor_setting_dup_warning (model, setting);
}

static gboolean
allows (GbxEditorModel *model, const GbxSetting *setting, const char *name, guint index)
{
  return gbx_editor_setting_allows (model, setting, index);
}

const GbxEditorBinding gbx_editor_binding_settings = {
  .dup_text = dup_text,
  .dup_value = dup_value,
  .set = set,
  .reset = reset,
  .get_source = get_source,
  .dup_obstacle = dup_obstacle,
  .dup_warning = dup_warning,
  .allows = allows,
};
