/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The coloured bar that no guest can draw over. */
#define GBX_TYPE_IDENTITY_STRIP (gbx_identity_strip_get_type ())
G_DECLARE_FINAL_TYPE (GbxIdentityStrip, gbx_identity_strip, GBX, IDENTITY_STRIP, GtkEventBox)

GtkWidget *gbx_identity_strip_new (void);
/* Follows the sandbox's name and accelerator. */
void gbx_identity_strip_set_sandbox (GbxIdentityStrip *self, GbxSandbox *sandbox);
const char *gbx_identity_strip_get_text (GbxIdentityStrip *self);
void gbx_identity_strip_set_grab (GbxIdentityStrip *self, gboolean keyboard, gboolean pointer);

G_END_DECLS
