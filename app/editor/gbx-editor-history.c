/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-editor-history"

#include "config.h"

#include "gbx-editor-history.h"

#define STEPS_MAX 200
/* Microseconds between two letters of one word. */
#define SAME_STEP (1 * G_USEC_PER_SEC)

typedef struct
{
  char *before;
  char *after;
  char *what;
  char *key; /* or NULL */
  gint64 time;
} Step;

struct _GbxEditorHistory
{
  GPtrArray *steps; /* (element-type Step) */
  guint position;   /* the steps before it are done, the others are undone */
};

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->before);
  g_free (step->after);
  g_free (step->what);
  g_free (step->key);
  g_free (step);
}

GbxEditorHistory *
gbx_editor_history_new (void)
{
  GbxEditorHistory *self = g_new0 (GbxEditorHistory, 1);

  self->steps = g_ptr_array_new_with_free_func (step_free);
  return self;
}

void
gbx_editor_history_free (GbxEditorHistory *self)
{
  g_ptr_array_unref (self->steps);
  g_free (self);
}

void
gbx_editor_history_clear (GbxEditorHistory *self)
{
  g_ptr_array_set_size (self->steps, 0);
  self->position = 0;
}

static Step *
get_last (GbxEditorHistory *self)
{
  return self->position > 0 ? self->steps->pdata[self->position - 1] : NULL;
}

static gboolean
continues (Step *last, const char *key)
{
  return last && key && g_strcmp0 (last->key, key) == 0
         && g_get_monotonic_time () - last->time < SAME_STEP;
}

static void
add_step (GbxEditorHistory *self, const char *before, const char *what, const char *key)
{
  Step *step = g_new0 (Step, 1);

  step->before = g_strdup (before);
  step->what = g_strdup (what);
  step->key = g_strdup (key);
  if (self->steps->len == STEPS_MAX)
    g_ptr_array_remove_index (self->steps, 0);
  g_ptr_array_add (self->steps, step);
  self->position = self->steps->len;
}

void
gbx_editor_history_add (GbxEditorHistory *self, const char *before, const char *after,
                        const char *what, const char *key)
{
  Step *last;

  if (self->position < self->steps->len)
    g_ptr_array_set_size (self->steps, (int)self->position);
  if (!continues (get_last (self), key))
    add_step (self, before, what, key);
  last = get_last (self);
  g_free (last->after);
  last->after = g_strdup (after);
  last->time = g_get_monotonic_time ();
  /* There and back again is no step. */
  if (g_str_equal (last->before, last->after))
    g_ptr_array_set_size (self->steps, (int)--self->position);
}

const char *
gbx_editor_history_undo (GbxEditorHistory *self)
{
  Step *last = get_last (self);

  if (!last)
    return NULL;
  self->position--;
  /* What comes next is a step of its own. */
  last->time = 0;
  return last->before;
}

const char *
gbx_editor_history_redo (GbxEditorHistory *self)
{
  Step *step;

  if (self->position == self->steps->len)
    return NULL;
  step = self->steps->pdata[self->position++];
  return step->after;
}

const char *
gbx_editor_history_get_undo (GbxEditorHistory *self)
{
  Step *last = get_last (self);

  return last ? last->what : NULL;
}

const char *
gbx_editor_history_get_redo (GbxEditorHistory *self)
{
  return self->position < self->steps->len ? ((Step *)self->steps->pdata[self->position])->what
                                           : NULL;
}
