/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-appearance.h"

G_BEGIN_DECLS

typedef enum
{
  GBX_LOOK_GTK_THEME,
  GBX_LOOK_DARK,
  GBX_LOOK_ICON_THEME,
  GBX_LOOK_FONT,
  GBX_LOOK_MONOSPACE_FONT,
  GBX_LOOK_CURSOR_THEME,
  GBX_LOOK_CURSOR_SIZE,
  GBX_LOOK_ANTIALIAS,
  GBX_LOOK_HINTING,
  GBX_LOOK_HINT_STYLE,
  GBX_LOOK_RGBA,
  GBX_LOOK_DPI, /* in 1024ths, as GTK has it */
  GBX_LOOK_SCALE, /* of the window, for title bars */
  GBX_N_LOOKS,
} GbxLook;

typedef struct
{
  const char *key;
  const char *type;     /* of the GVariant: "s", "b" or "i" */
  const char *gtk;      /* (nullable): of GtkSettings */
  const char *desktop;  /* (nullable): of the schema org.gnome.desktop.interface */
  const char *resource; /* (nullable): of the X server's resources */
} GbxLookNames;

/* (nullable) */
GVariant *gbx_appearance_get (GbxAppearance *self, GbxLook setting);
const GbxLookNames *gbx_look_get_names (GbxLook setting);

G_END_DECLS
