/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-profile"

#include "config.h"

#include "gbx-difference.h"

#include "gbx-settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

void
gbx_difference_free (GbxDifference *self)
{
  g_free (self->key);
  g_free (self->label);
  g_free (self->from);
  g_free (self->to);
  g_free (self);
}

/* Takes key and label. */
static void
add (GPtrArray *list, char *key, char *label, const char *from, const char *to, GbxChange change)
{
  GbxDifference *difference = g_new0 (GbxDifference, 1);

  difference->key = key;
  difference->label = label;
  difference->from = g_strdup (from);
  difference->to = g_strdup (to);
  difference->change = change;
  g_ptr_array_add (list, difference);
}

static void
compare_setting (GPtrArray *list, const GbxSetting *setting, GbxResolution *a, GbxResolution *b)
{
  g_autoptr (GVariant) from = gbx_values_resolve (gbx_resolution_get_values (a), setting->key);
  g_autoptr (GVariant) to = gbx_values_resolve (gbx_resolution_get_values (b), setting->key);
  g_autofree char *from_text = gbx_setting_format (setting, from);
  g_autofree char *to_text = gbx_setting_format (setting, to);
  GbxChange change = setting->wider == GBX_WIDER_NEITHER        ? GBX_CHANGE_OTHER
                     : gbx_setting_is_wider (setting, to, from) ? GBX_CHANGE_WIDER
                                                                : GBX_CHANGE_NARROWER;

  if (!g_variant_equal (from, to))
    add (list, g_strdup (setting->key), g_strdup (_ (setting->label)), from_text, to_text, change);
}

/* -------------------------------------------------------------- shares -- */

static GbxResolvedShare *
find_share (GbxResolution *resolution, const char *name)
{
  GPtrArray *shares = gbx_resolution_get_shares (resolution);

  for (guint i = 0; i < shares->len; i++)
    if (g_str_equal (((GbxResolvedShare *)shares->pdata[i])->name, name))
      return shares->pdata[i];
  return NULL;
}

static char *
describe_share (GbxResolvedShare *share)
{
  if (!share)
    return g_strdup ("none");
  return g_strdup_printf ("%s %s%s%s", share->access, share->path ? share->path : share->presence,
                          share->guest_path ? ":" : "", share->guest_path ? share->guest_path : "");
}

/* "none" < "ro" < "rw" as texts, too. */
static void
compare_share (GPtrArray *list, const char *name, GbxResolvedShare *from, GbxResolvedShare *to)
{
  g_autofree char *from_text = describe_share (from);
  g_autofree char *to_text = describe_share (to);
  int order = strcmp (to ? to->access : "none", from ? from->access : "none");
  GbxChange change = order == 0  ? GBX_CHANGE_OTHER
                     : order > 0 ? GBX_CHANGE_WIDER
                                 : GBX_CHANGE_NARROWER;

  if (!g_str_equal (from_text, to_text))
    add (list, g_strdup_printf ("share %s", name), g_strdup_printf (_ ("Share “%s”"), name),
         from_text, to_text, change);
}

static void
compare_shares (GPtrArray *list, GbxResolution *a, GbxResolution *b)
{
  GPtrArray *from = gbx_resolution_get_shares (a);
  GPtrArray *to = gbx_resolution_get_shares (b);

  for (guint i = 0; i < from->len; i++)
    {
      GbxResolvedShare *share = from->pdata[i];

      compare_share (list, share->name, share, find_share (b, share->name));
    }
  for (guint i = 0; i < to->len; i++)
    {
      GbxResolvedShare *share = to->pdata[i];

      if (!find_share (a, share->name))
        compare_share (list, share->name, NULL, share);
    }
}

/* ----------------------------------------------------------- variables -- */

static void
compare_variable (GPtrArray *list, const char *name, GbxResolution *a, GbxResolution *b)
{
  const char *from = gbx_resolution_get_variable (a, name, NULL);
  const char *to = gbx_resolution_get_variable (b, name, NULL);

  if (g_strcmp0 (from, to) != 0)
    add (list, g_strdup_printf ("environment %s", name), g_strdup_printf (_ ("Variable %s"), name),
         from ? from : "–", to ? to : "–", GBX_CHANGE_OTHER);
}

static void
compare_variables (GPtrArray *list, GbxResolution *a, GbxResolution *b)
{
  GPtrArray *from = gbx_resolution_get_variables (a);
  GPtrArray *to = gbx_resolution_get_variables (b);

  for (guint i = 0; i < from->len; i++)
    compare_variable (list, from->pdata[i], a, b);
  for (guint i = 0; i < to->len; i++)
    if (!gbx_resolution_get_variable (a, to->pdata[i], NULL))
      compare_variable (list, to->pdata[i], a, b);
}

GPtrArray *
gbx_difference_list (GbxResolution *from, GbxResolution *to)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)gbx_difference_free);

  for (guint i = 0; i < gbx_settings_get_n (); i++)
    compare_setting (list, gbx_settings_get (i), from, to);
  compare_shares (list, from, to);
  compare_variables (list, from, to);
  return list;
}
