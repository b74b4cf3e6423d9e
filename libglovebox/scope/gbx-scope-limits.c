/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-scope"

#include "config.h"

#include "gbx-scope-limits.h"

/* How the value of a property is written. */
typedef enum
{
  FORM_NUMBER,  /* t */
  FORM_PERCENT, /* t: microseconds of each second, for percent of one processor */
} Form;

/* See systemd.resource-control(5). */
typedef struct
{
  const char *key, *property;
  GbxControllers controller;
  Form form;
} Limit;

static const Limit limits[] = {
  { "resources.cpu-weight", "CPUWeight", GBX_CONTROLLER_CPU, FORM_NUMBER },
  { "resources.cpu-quota", "CPUQuotaPerSecUSec", GBX_CONTROLLER_CPU, FORM_PERCENT },
  { "resources.memory", "MemoryMax", GBX_CONTROLLER_MEMORY, FORM_NUMBER },
  { "resources.memory-soft", "MemoryHigh", GBX_CONTROLLER_MEMORY, FORM_NUMBER },
  { "resources.swap", "MemorySwapMax", GBX_CONTROLLER_MEMORY, FORM_NUMBER },
  { "resources.disk-weight", "IOWeight", GBX_CONTROLLER_IO, FORM_NUMBER },
};

static const struct
{
  const char *name;
  GbxControllers controller;
} names[] = {
  { "cpu", GBX_CONTROLLER_CPU },
  { "memory", GBX_CONTROLLER_MEMORY },
  { "io", GBX_CONTROLLER_IO },
  { "pids", GBX_CONTROLLER_PIDS },
};

struct _GbxScopeLimits
{
  guint64 values[G_N_ELEMENTS (limits)];
  gboolean is_set[G_N_ELEMENTS (limits)];
};

GbxControllers
gbx_controllers_parse (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \n", -1);
  GbxControllers found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strv_contains ((const char *const *)words, names[i].name))
      found |= names[i].controller;
  return found;
}

GbxScopeLimits *
gbx_scope_limits_new (void)
{
  return g_new0 (GbxScopeLimits, 1);
}

void
gbx_scope_limits_free (GbxScopeLimits *self)
{
  g_free (self);
}

/* -1 if a scope cannot hold it. */
static int
find_limit (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    if (g_str_equal (limits[i].key, key))
      return (int)i;
  return -1;
}

GbxControllers
gbx_scope_limits_need (const char *key)
{
  int index = find_limit (key);

  return index < 0 ? 0 : limits[index].controller;
}

gboolean
gbx_scope_limits_set (GbxScopeLimits *self, const char *key, guint64 value)
{
  int index = find_limit (key);

  if (index < 0)
    return FALSE;
  self->values[index] = value;
  self->is_set[index] = TRUE;
  return TRUE;
}

GbxControllers
gbx_scope_limits_get_needed (GbxScopeLimits *self)
{
  GbxControllers needed = 0;

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    if (self->is_set[i])
      needed |= limits[i].controller;
  return needed;
}

static GVariant *
to_property (GbxScopeLimits *self, guint index)
{
  guint64 value = self->values[index];

  switch (limits[index].form)
    {
    case FORM_PERCENT:
      return g_variant_new_uint64 (value == G_MAXUINT64 ? value : value * (G_USEC_PER_SEC / 100));
    default:
      return g_variant_new_uint64 (value);
    }
}

void
gbx_scope_limits_add_properties (GbxScopeLimits *self, GVariantBuilder *properties)
{
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    if (self->is_set[i])
      g_variant_builder_add (properties, "(sv)", limits[i].property, to_property (self, i));
}

void
gbx_scope_limits_foreach_unheld (GbxScopeLimits *self, GbxControllers controllers,
                                 void (*func) (const char *key, gpointer user_data),
                                 gpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    if (self->is_set[i] && !(limits[i].controller & controllers))
      func (limits[i].key, user_data);
}
