/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-modules"
#include "config.h"

#include "gbx-module-set.h"

#include <glib/gi18n-lib.h>
#include <libkmod.h>

#include "gbx-error.h"

struct _GbxModuleSet
{
  struct kmod_ctx *context;
  char *directory;
  GPtrArray *modules; /* of GbxModule, in load order */
  gboolean late;
  GHashTable *seen;   /* names, borrowed from libkmod's modules in references */
  GPtrArray *references;
};

typedef struct kmod_list KmodList;

static void
unref_list (KmodList *list)
{
  kmod_module_unref_list (list);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmodList, unref_list)

static void
module_free (GbxModule *module)
{
  g_free (module->name);
  g_free (module->path);
  g_free (module);
}

static void
unref_module (gpointer module)
{
  kmod_module_unref (module);
}

/* What is wrong is told by our own errors. */
static void
log_nothing (void *data, int priority, const char *file, int line, const char *function,
             const char *format, va_list args)
{
}

GbxModuleSet *
gbx_module_set_new (const char *directory, GError **error)
{
  g_autoptr (GbxModuleSet) self = g_new0 (GbxModuleSet, 1);
  g_autofree char *soft = g_build_filename (directory, "modules.softdep", NULL);
  /* The host's modprobe.d is for the host's hardware, so it is ignored, except for the soft
   * dependencies that come with the kernel. */
  const char *const configuration[] = { soft, NULL };

  self->directory = g_strdup (directory);
  self->modules = g_ptr_array_new_with_free_func ((GDestroyNotify)module_free);
  self->references = g_ptr_array_new_with_free_func (unref_module);
  self->seen = g_hash_table_new (g_str_hash, g_str_equal);
  self->context = kmod_new (directory, configuration);
  if (self->context == NULL)
    {
      g_set_error (
          error, GBX_ERROR, GBX_ERROR_MODULE,
          _ ("The kernel modules in “%s” cannot be read: install the kernel package again."),
          directory);
      return NULL;
    }
  kmod_set_log_fn (self->context, log_nothing, NULL);

  return g_steal_pointer (&self);
}

void
gbx_module_set_free (GbxModuleSet *self)
{
  g_clear_pointer (&self->seen, g_hash_table_unref);
  g_clear_pointer (&self->references, g_ptr_array_unref);
  g_clear_pointer (&self->modules, g_ptr_array_unref);
  g_clear_pointer (&self->context, kmod_unref);
  g_free (self->directory);
  g_free (self);
}

/* The modules of that name or alias; NULL when there is none. */
static KmodList *
look_up (GbxModuleSet *self, const char *name)
{
  KmodList *found = NULL;

  if (kmod_module_new_from_lookup (self->context, name, &found) < 0)
    return NULL;

  return found;
}

gboolean
gbx_module_set_knows (GbxModuleSet *self, const char *name)
{
  g_autoptr (KmodList) found = look_up (self, name);

  return found != NULL;
}

static void visit (GbxModuleSet *self, struct kmod_module *module);

static void
visit_list (GbxModuleSet *self, KmodList *list)
{
  KmodList *item;

  kmod_list_foreach (item, list)
  {
    struct kmod_module *module = kmod_module_get_module (item);

    visit (self, module);
    kmod_module_unref (module);
  }
}

/* Depth first: a module's dependencies come before it.  A name is marked before recursion,
 * because soft dependencies may be circular. */
static void
visit (GbxModuleSet *self, struct kmod_module *module)
{
  const char *name = kmod_module_get_name (module);
  g_autoptr (KmodList) before = NULL;
  g_autoptr (KmodList) after = NULL;
  g_autoptr (KmodList) needed = NULL;
  const char *path;
  GbxModule *item;

  if (g_hash_table_contains (self->seen, name))
    return;
  g_ptr_array_add (self->references, kmod_module_ref (module));
  g_hash_table_add (self->seen, (char *)name);

  /* What is built in has no file. */
  path = kmod_module_get_path (module);
  if (path == NULL)
    return;

  (void)kmod_module_get_softdeps (module, &before, &after);
  needed = kmod_module_get_dependencies (module);
  visit_list (self, before);
  visit_list (self, needed);

  item = g_new0 (GbxModule, 1);
  item->name = g_strdup (name);
  item->path = g_strdup (path);
  item->late = self->late;
  g_ptr_array_add (self->modules, item);

  visit_list (self, after);
}

gboolean
gbx_module_set_add (GbxModuleSet *self, const char *name, GError **error)
{
  g_autoptr (KmodList) found = look_up (self, name);

  if (found == NULL)
    {
      g_autofree char *release = g_path_get_basename (self->directory);

      g_set_error (error, GBX_ERROR, GBX_ERROR_MODULE,
                   _ ("The kernel %s has no module “%s”, which the guest needs: install the "
                      "distribution’s full kernel package."),
                   release, name);
      return FALSE;
    }
  visit_list (self, found);

  return TRUE;
}

void
gbx_module_set_begin_late (GbxModuleSet *self)
{
  self->late = TRUE;
}

GPtrArray *
gbx_module_set_list (GbxModuleSet *self)
{
  return self->modules;
}
