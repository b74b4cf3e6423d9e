/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-model"

#include "config.h"

#include "gbx-editor-model.h"

#include "gbx-editor-application.h"
#include "gbx-editor-history.h"
#include "gbx-editor-save.h"
#include "gbx-editor-text.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-profile-match.h"

#include <errno.h>
#include <gio/gdesktopappinfo.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

/* Several events of one change from outside, in milliseconds. */
#define LOOK_DELAY 50
#define EMPTY "[Profile]\nVersion=1\n"

struct _GbxEditorModel
{
  GObject parent_instance;

  GbxProfileStore *store;
  char *id;
  char *path;
  char *desktop_id; /* or NULL */
  gboolean lost_application;

  gboolean is_own;
  char *blank; /* the layer without a change: no file is needed for it */
  char *text;  /* as it is here */
  char *base;  /* as it is on the disk, as far as is known; NULL without a file */
  GbxResolution *resolution; /* or NULL */
  GbxResolution *inherited;  /* or NULL */
  GbxEditorHistory *history;

  guint save_source;
  gboolean saving;
  char *written; /* while it is saved; NULL where the file is removed */
  gboolean save_again; /* the user asked for it meanwhile */
  char *failure;  /* of the last attempt to save; or NULL */
  char *trouble;  /* why it does not hold together; or NULL */
  char *damage;   /* of the file itself; or NULL */
  gboolean conflict;
  gboolean gone;
  char *theirs; /* in a conflict; NULL if they removed the file */

  GPtrArray *monitors;
  GAppInfoMonitor *applications;
  guint look_source;
};

enum
{
  CHANGED,
  CONDITION_CHANGED,
  ADOPTED,
  TOLD,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxEditorModel, gbx_editor_model, G_TYPE_OBJECT)

static void schedule (GbxEditorModel *self);

static void
emit (GbxEditorModel *self, guint signal)
{
  g_signal_emit (self, signals[signal], 0);
}

/* ----------------------------------------------------------- resolution -- */

/* What it inherits depends on the parent that the user chose. */
static GbxProfileFile *
make_inherited_layer (GbxEditorModel *self, const char *text)
{
  g_autofree char *parent = gbx_editor_text_lookup (text, "Profile", "Inherits");
  g_autofree char *bare
      = parent ? gbx_editor_text_set (EMPTY, "Profile", "Inherits", parent) : g_strdup (EMPTY);

  return gbx_profile_file_new (self->path, bare, NULL);
}

/* A value that a command can have and a window cannot is still a value. */
static GbxResolution *
resolve_layer (GbxEditorModel *self, GbxProfileFile *layer, GError **error)
{
  GbxResolution *resolution;

  gbx_profile_store_set_user_layer (self->store, self->id, layer);
  resolution = gbx_resolution_new (self->store, self->id, TRUE, NULL);
  if (!resolution)
    resolution = gbx_resolution_new (self->store, self->id, FALSE, error);
  gbx_profile_store_set_user_layer (self->store, NULL, NULL);
  return resolution;
}

/* On an error all is as before. */
static gboolean
resolve (GbxEditorModel *self, const char *text, GError **error)
{
  g_autoptr (GbxProfileFile) layer = gbx_profile_file_new (self->path, text, error);
  g_autoptr (GbxProfileFile) bare = layer ? make_inherited_layer (self, text) : NULL;
  g_autoptr (GbxResolution) resolution = layer ? resolve_layer (self, layer, error) : NULL;
  g_autoptr (GbxResolution) inherited = resolution ? resolve_layer (self, bare, error) : NULL;

  if (!inherited)
    return FALSE;
  g_clear_pointer (&self->resolution, gbx_resolution_free);
  g_clear_pointer (&self->inherited, gbx_resolution_free);
  self->resolution = g_steal_pointer (&resolution);
  self->inherited = g_steal_pointer (&inherited);
  return TRUE;
}

/* Where the text is the same and its surroundings are others. */
static void
resolve_again (GbxEditorModel *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) layers = gbx_profile_store_load_readable (self->store, self->id);

  self->is_own = !g_str_equal (self->id, GBX_PROFILE_DEFAULT)
                 && (layers->len == 0 || !gbx_profile_file_is_system (layers->pdata[0]));
  g_clear_pointer (&self->trouble, g_free);
  if (resolve (self, self->text, &error))
    return;
  self->trouble = g_strdup (error->message);
  g_clear_pointer (&self->resolution, gbx_resolution_free);
  g_clear_pointer (&self->inherited, gbx_resolution_free);
}

static void
set_text (GbxEditorModel *self, const char *text)
{
  char *owned = g_strdup (text);

  g_free (self->text);
  self->text = owned;
}

/* -------------------------------------------------------------- the disk -- */

/* What is to be on the disk: %NULL if no file is needed.  A profile of the user's own is not there
 * without its file. */
static const char *
get_wanted (GbxEditorModel *self)
{
  if (g_str_equal (self->text, self->blank) && (!self->is_own || self->desktop_id))
    return NULL;
  return !self->is_own && gbx_editor_text_is_blank (self->text) ? NULL : self->text;
}

static gboolean
is_dirty (GbxEditorModel *self)
{
  /* A file that says nothing, and was there already, need not go at once. */
  return g_strcmp0 (get_wanted (self), self->base) != 0
         && g_strcmp0 (self->text, self->base) != 0;
}

/* %NULL without an error: there is no file. */
static char *
read_file (GbxEditorModel *self, GError **error)
{
  g_autoptr (GbxProfileFile) file = NULL;
  struct stat st;

  if (g_lstat (self->path, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
    return NULL;
  file = gbx_profile_file_load (self->path, FALSE, error);
  return file ? gbx_key_text_to_string (gbx_profile_file_get_text (file)) : NULL;
}

static void
replace (char **at, char *text)
{
  g_free (*at);
  *at = text;
}

/* What is on the disk becomes what is here. */
static void
adopt (GbxEditorModel *self, const char *text)
{
  g_autofree char *owned = g_strdup (text);

  replace (&self->base, g_strdup (owned));
  set_text (self, owned ? owned : self->blank);
  gbx_editor_history_clear (self->history);
  self->conflict = self->gone = FALSE;
  g_clear_pointer (&self->failure, g_free);
  g_clear_handle_id (&self->save_source, g_source_remove);
  resolve_again (self);
}

static void
meet_conflict (GbxEditorModel *self, const char *theirs)
{
  g_clear_handle_id (&self->save_source, g_source_remove);
  self->gone = !theirs && self->is_own;
  self->conflict = !self->gone;
  replace (&self->theirs, g_strdup (theirs));
}

/* The file is not what it was. */
static void
meet_change (GbxEditorModel *self, const char *theirs)
{
  /* A file that was made by hand, and says the same. */
  if (g_strcmp0 (theirs, self->text) == 0)
    {
      replace (&self->base, g_strdup (theirs));
      self->conflict = self->gone = FALSE;
      schedule (self);
    }
  else if (self->conflict || self->gone || is_dirty (self)
           || (!theirs && self->is_own))
    meet_conflict (self, theirs);
  else
    {
      adopt (self, theirs);
      emit (self, ADOPTED);
    }
}

/* Looks whether somebody else has changed the file, or one that it depends on. */
static void
look (GbxEditorModel *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *theirs = read_file (self, &error);
  gboolean was_damaged = self->damage != NULL;

  replace (&self->damage, error ? g_strdup (error->message) : NULL);
  if (error)
    g_clear_handle_id (&self->save_source, g_source_remove);
  else if (g_strcmp0 (theirs, self->base) != 0)
    meet_change (self, theirs);
  else if (was_damaged)
    schedule (self);
  resolve_again (self);
  emit (self, CHANGED);
  emit (self, CONDITION_CHANGED);
}

static gboolean
on_look (gpointer user_data)
{
  GbxEditorModel *self = user_data;

  self->look_source = 0;
  /* What is being written is no news; another look follows. */
  if (!self->saving)
    look (self);
  return G_SOURCE_REMOVE;
}

static void
look_soon (GbxEditorModel *self)
{
  if (!self->look_source)
    self->look_source = g_timeout_add (LOOK_DELAY, on_look, self);
}

/* ---------------------------------------------------------------- saving -- */

static void
save_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GbxEditorModel) self = user_data;
  g_autoptr (GError) error = NULL;

  self->saving = FALSE;
  g_clear_pointer (&self->failure, g_free);
  if (gbx_editor_save_finish (result, &error))
    replace (&self->base, g_steal_pointer (&self->written));
  else
    self->failure = g_strdup (error->message);
  /* A change from outside explains a failure better. */
  look (self);
  if (!self->failure || self->save_again)
    schedule (self);
  self->save_again = FALSE;
  emit (self, CONDITION_CHANGED);
}

static gboolean
may_save (GbxEditorModel *self)
{
  return !self->conflict && !self->gone && !self->damage && is_dirty (self);
}

void
gbx_editor_model_save (GbxEditorModel *self)
{
  const char *wanted = get_wanted (self);

  g_clear_handle_id (&self->save_source, g_source_remove);
  self->save_again = self->saving;
  if (self->saving || !may_save (self))
    return;
  self->saving = TRUE;
  replace (&self->written, g_strdup (wanted));
  gbx_editor_save_async (self->path, self->base, wanted, save_cb, g_object_ref (self));
  emit (self, CONDITION_CHANGED);
}

void
gbx_editor_model_flush (GbxEditorModel *self)
{
  gbx_editor_model_save (self);
  while (self->saving)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
on_save (gpointer user_data)
{
  GbxEditorModel *self = user_data;

  self->save_source = 0;
  gbx_editor_model_save (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (GbxEditorModel *self)
{
  g_clear_handle_id (&self->save_source, g_source_remove);
  if (may_save (self))
    self->save_source = g_timeout_add (GBX_EDITOR_SAVE_DELAY, on_save, self);
  else if (!is_dirty (self))
    g_clear_pointer (&self->failure, g_free);
}

/* -------------------------------------------------------------- changes -- */

static void
take (GbxEditorModel *self, const char *text)
{
  set_text (self, text);
  schedule (self);
  emit (self, CHANGED);
  emit (self, CONDITION_CHANGED);
}

gboolean
gbx_editor_model_apply (GbxEditorModel *self, const char *text, const char *what, const char *key,
                        GError **error)
{
  if (g_str_equal (text, self->text))
    return TRUE;
  if (!resolve (self, text, error))
    return FALSE;
  gbx_editor_history_add (self->history, self->text, text, what, key);
  take (self, text);
  return TRUE;
}

gboolean
gbx_editor_model_set (GbxEditorModel *self, const char *group, const char *key, const char *value,
                      const char *what, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *name = g_strconcat (group, ".", key, NULL);

  if (value && strpbrk (value, "\n\r"))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("%s: use one line of text"), what);
      return FALSE;
    }
  text = gbx_editor_text_set (self->text, group, key, value);
  return gbx_editor_model_apply (self, text, what, name, error);
}

gboolean
gbx_editor_model_is_here (GbxEditorModel *self, const char *group, const char *key)
{
  g_autofree char *value = key ? gbx_editor_text_lookup (self->text, group, key) : NULL;

  return key ? value != NULL : gbx_editor_text_has_group (self->text, group);
}

/* Its own profile keeps its name, its parent and what it is for. */
static char *
make_cleared (GbxEditorModel *self)
{
  return gbx_editor_text_clear (self->text, gbx_editor_model_is_own (self));
}

gboolean
gbx_editor_model_has_changes (GbxEditorModel *self)
{
  g_autofree char *cleared = make_cleared (self);

  return !g_str_equal (cleared, self->text);
}

void
gbx_editor_model_reset_all (GbxEditorModel *self)
{
  g_autofree char *cleared = make_cleared (self);

  gbx_editor_model_apply (self, cleared, _ ("All settings"), NULL, NULL);
}

void
gbx_editor_model_tell (GbxEditorModel *self, const char *sentence)
{
  g_signal_emit (self, signals[TOLD], 0, sentence);
}

static void
go (GbxEditorModel *self, const char *text)
{
  g_autofree char *owned = g_strdup (text);

  if (!owned)
    return;
  set_text (self, owned);
  resolve_again (self);
  take (self, owned);
}

void
gbx_editor_model_undo (GbxEditorModel *self)
{
  go (self, gbx_editor_history_undo (self->history));
}

void
gbx_editor_model_redo (GbxEditorModel *self)
{
  go (self, gbx_editor_history_redo (self->history));
}

const char *
gbx_editor_model_get_undo (GbxEditorModel *self)
{
  return gbx_editor_history_get_undo (self->history);
}

const char *
gbx_editor_model_get_redo (GbxEditorModel *self)
{
  return gbx_editor_history_get_redo (self->history);
}

/* --------------------------------------------------- conflicts and damage -- */

/* What others changed elsewhere in the file stays. */
void
gbx_editor_model_keep_mine (GbxEditorModel *self)
{
  g_autofree char *merged = NULL;
  g_autoptr (GError) error = NULL;

  if (!self->conflict && !self->gone)
    return;
  merged = gbx_editor_text_merge (self->base ? self->base : self->blank, self->text,
                                  self->theirs ? self->theirs : self->blank);
  if (self->gone || !resolve (self, merged, &error))
    replace (&merged, g_strdup (self->text));
  replace (&self->base, g_strdup (self->theirs));
  self->conflict = self->gone = FALSE;
  gbx_editor_history_clear (self->history);
  set_text (self, merged);
  resolve_again (self);
  gbx_editor_model_save (self);
  emit (self, CHANGED);
  emit (self, CONDITION_CHANGED);
}

void
gbx_editor_model_take_theirs (GbxEditorModel *self)
{
  if (!self->conflict && !self->gone)
    return;
  adopt (self, self->theirs);
  emit (self, CHANGED);
  emit (self, CONDITION_CHANGED);
}

gboolean
gbx_editor_model_has_lost_parent (GbxEditorModel *self)
{
  g_autofree char *parent = gbx_editor_text_lookup (self->text, "Profile", "Inherits");

  return !self->damage && self->trouble && parent && *parent
         && !gbx_profile_store_contains (self->store, parent);
}

gboolean
gbx_editor_model_can_restore (GbxEditorModel *self)
{
  return self->damage || gbx_editor_model_has_lost_parent (self);
}

/* The damaged file stays beside the profile, under a name that no profile has. */
gboolean
gbx_editor_model_restore (GbxEditorModel *self, GError **error)
{
  g_autofree char *aside = g_strconcat (self->path, ".damaged", NULL);

  if (gbx_editor_model_has_lost_parent (self))
    {
      g_clear_pointer (&self->trouble, g_free);
      return gbx_editor_model_set (self, "Profile", "Inherits", NULL, _ ("Parent"), error);
    }
  if (g_rename (self->path, aside) != 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("The damaged profile cannot be put aside: %s"), g_strerror (errno));
      return FALSE;
    }
  g_clear_pointer (&self->damage, g_free);
  g_clear_pointer (&self->base, g_free);
  resolve_again (self);
  gbx_editor_model_save (self);
  emit (self, CHANGED);
  emit (self, CONDITION_CHANGED);
  return TRUE;
}

/* -------------------------------------------------------------- getters -- */

GbxEditorCondition
gbx_editor_model_get_condition (GbxEditorModel *self)
{
  if (self->damage || (self->trouble && !self->conflict && !self->gone))
    return GBX_EDITOR_DAMAGED;
  if (self->gone)
    return GBX_EDITOR_GONE;
  if (self->conflict)
    return GBX_EDITOR_CONFLICT;
  if (self->failure)
    return GBX_EDITOR_FAILED;
  if (self->saving)
    return GBX_EDITOR_SAVING;
  return is_dirty (self) ? GBX_EDITOR_UNSAVED : GBX_EDITOR_SAVED;
}

const char *
gbx_editor_model_get_message (GbxEditorModel *self)
{
  return self->damage ? self->damage : self->trouble ? self->trouble : self->failure;
}

const char *
gbx_editor_model_get_id (GbxEditorModel *self)
{
  return self->id;
}

const char *
gbx_editor_model_get_path (GbxEditorModel *self)
{
  return self->path;
}

GbxProfileStore *
gbx_editor_model_get_store (GbxEditorModel *self)
{
  return self->store;
}

const char *
gbx_editor_model_get_desktop_id (GbxEditorModel *self)
{
  return self->desktop_id;
}

gboolean
gbx_editor_model_has_lost_application (GbxEditorModel *self)
{
  return self->lost_application;
}

gboolean
gbx_editor_model_is_own (GbxEditorModel *self)
{
  return self->is_own;
}

gboolean
gbx_editor_model_exists (GbxEditorModel *self)
{
  return self->base || !self->is_own;
}

const char *
gbx_editor_model_get_text (GbxEditorModel *self)
{
  return self->text;
}

GbxResolution *
gbx_editor_model_get_resolution (GbxEditorModel *self)
{
  return self->resolution;
}

GbxResolution *
gbx_editor_model_get_inherited (GbxEditorModel *self)
{
  return self->inherited;
}

/* --------------------------------------------------------------- object -- */

static void
on_applications_changed (GbxEditorModel *self)
{
  g_autoptr (GDesktopAppInfo) info = g_desktop_app_info_new (self->desktop_id);

  if (self->lost_application == !info)
    return;
  self->lost_application = !info;
  emit (self, CONDITION_CHANGED);
}

static void
watch (GbxEditorModel *self)
{
  g_auto (GStrv) folders = gbx_profile_store_get_folders (self->store);

  for (guint i = 0; folders[i]; i++)
    {
      g_autoptr (GFile) folder = g_file_new_for_path (folders[i]);
      GFileMonitor *monitor
          = g_file_monitor_directory (folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);

      if (!monitor)
        continue;
      g_signal_connect_object (monitor, "changed", G_CALLBACK (look_soon), self,
                               G_CONNECT_SWAPPED);
      g_ptr_array_add (self->monitors, monitor);
    }
  if (!self->desktop_id)
    return;
  self->applications = g_app_info_monitor_get ();
  g_signal_connect_object (self->applications, "changed", G_CALLBACK (on_applications_changed),
                           self, G_CONNECT_SWAPPED);
}

static void
gbx_editor_model_dispose (GObject *object)
{
  GbxEditorModel *self = GBX_EDITOR_MODEL (object);

  /* Nothing is lost, whoever forgot to wait. */
  if (self->save_source && may_save (self))
    gbx_editor_save (self->path, self->base, get_wanted (self), NULL);
  g_clear_handle_id (&self->save_source, g_source_remove);
  g_clear_handle_id (&self->look_source, g_source_remove);
  g_ptr_array_set_size (self->monitors, 0);
  g_clear_object (&self->applications);
  G_OBJECT_CLASS (gbx_editor_model_parent_class)->dispose (object);
}

static void
gbx_editor_model_finalize (GObject *object)
{
  GbxEditorModel *self = GBX_EDITOR_MODEL (object);

  g_clear_pointer (&self->resolution, gbx_resolution_free);
  g_clear_pointer (&self->inherited, gbx_resolution_free);
  gbx_editor_history_free (self->history);
  gbx_profile_store_free (self->store);
  g_ptr_array_unref (self->monitors);
  g_free (self->id);
  g_free (self->path);
  g_free (self->desktop_id);
  g_free (self->blank);
  g_free (self->text);
  g_free (self->base);
  g_free (self->failure);
  g_free (self->trouble);
  g_free (self->damage);
  g_free (self->theirs);
  g_free (self->written);
  G_OBJECT_CLASS (gbx_editor_model_parent_class)->finalize (object);
}

static guint
add_signal (GObjectClass *klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 0);
}

static void
gbx_editor_model_class_init (GbxEditorModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gbx_editor_model_dispose;
  object_class->finalize = gbx_editor_model_finalize;
  signals[CHANGED] = add_signal (object_class, "changed");
  signals[CONDITION_CHANGED] = add_signal (object_class, "condition-changed");
  signals[ADOPTED] = add_signal (object_class, "adopted");
  signals[TOLD] = g_signal_new ("told", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gbx_editor_model_init (GbxEditorModel *self)
{
  self->store = gbx_profile_store_new ();
  self->history = gbx_editor_history_new ();
  self->monitors = g_ptr_array_new_with_free_func (g_object_unref);
}

/* @blank: the layer without a change. */
static GbxEditorModel *
open_model (const char *id, const char *desktop_id, const char *blank)
{
  GbxEditorModel *self = g_object_new (GBX_TYPE_EDITOR_MODEL, NULL);
  g_autoptr (GError) error = NULL;

  self->id = g_strdup (id);
  self->desktop_id = g_strdup (desktop_id);
  self->path = gbx_profile_store_get_user_path (self->store, id);
  self->blank = g_strdup (blank);
  self->base = read_file (self, &error);
  self->damage = error ? g_strdup (error->message) : NULL;
  self->text = g_strdup (self->base ? self->base : self->blank);
  resolve_again (self);
  self->gone = !self->base && !self->damage && self->is_own && !desktop_id;
  watch (self);
  return self;
}

GbxEditorModel *
gbx_editor_model_new (const char *id)
{
  return open_model (id, NULL, EMPTY);
}

GbxEditorModel *
gbx_editor_model_new_for_application (const char *desktop_id)
{
  g_autoptr (GbxProfileStore) store = gbx_profile_store_new ();
  g_autofree char *text = NULL;
  g_autofree char *id = gbx_editor_application_find (store, desktop_id, &text);

  return open_model (id, desktop_id, text ? text : EMPTY);
}
