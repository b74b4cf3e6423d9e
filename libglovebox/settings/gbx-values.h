/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-setting.h"

G_BEGIN_DECLS

/* The values of settings, each with its origin: "--memory", "/etc/…/x.profile:12".  A setting
 * without a value is unset, which is not the same as set to its default. */
typedef struct _GbxValues GbxValues;

GbxValues *gbx_values_new (gboolean desktop);
GbxValues *gbx_values_copy (GbxValues *self);
void gbx_values_free (GbxValues *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxValues, gbx_values_free)

/* An error says the origin.  @value is sunk if it floats.  %NULL unsets. */
gboolean gbx_values_set (GbxValues *self, const char *key, GVariant *value, const char *origin,
                         GError **error);
gboolean gbx_values_set_text (GbxValues *self, const char *key, const char *text,
                              const char *origin, GError **error);

/* (transfer none) (nullable) */
GVariant *gbx_values_get (GbxValues *self, const char *key);
const char *gbx_values_get_origin (GbxValues *self, const char *key);
/* (transfer full): the value, or the default. */
GVariant *gbx_values_resolve (GbxValues *self, const char *key);

/* The values that are set, for another process (floating, a{sv}). */
GVariant *gbx_values_to_variant (GbxValues *self);

G_END_DECLS
