/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What applications look like on the host: theme, fonts, cursor, dots per inch.  The table
 * in gbx-appearance.c has one row for each setting, with its names in the guest. */
typedef struct _GbxAppearance GbxAppearance;

/* settings: a dictionary of the type a{sv}.  Unknown keys and values out of range are
 * ignored, and so are themes that the guest does not see. */
GbxAppearance *gbx_appearance_new (GVariant *settings);
GbxAppearance *gbx_appearance_ref (GbxAppearance *self);
void gbx_appearance_unref (GbxAppearance *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxAppearance, gbx_appearance_unref)

/* Adds the settings to the files of a composed root, where toolkits look for defaults.
 * Blocking. */
gboolean gbx_appearance_write (GbxAppearance *self, const char *root, GError **error);

/* The values of the variables for the application, as KEY=VALUE. */
char **gbx_appearance_list_environment (GbxAppearance *self);

G_END_DECLS
