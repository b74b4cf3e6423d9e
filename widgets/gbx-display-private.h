/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display.h"

G_BEGIN_DECLS

/* What a protocol implements, and how it reports back. */
struct _GbxDisplayClass
{
  GtkBinClass parent_class;

  /* Adds its widget as the child and starts to connect; ends in one of the
   * gbx_display_report_… functions. */
  void (*open) (GbxDisplay *self, GbxSandbox *sandbox);
  /* Drops the connection and the child; safe at any time. */
  void (*close) (GbxDisplay *self);
  /* (nullable) (transfer full) */
  GdkPixbuf *(*snapshot) (GbxDisplay *self);
  void (*send_keys) (GbxDisplay *self, const guint *keyvals, guint n_keyvals);
  void (*release_grab) (GbxDisplay *self);
  void (*set_grab_keyboard) (GbxDisplay *self, gboolean grab_keyboard);
  /* TRUE when the protocol's own agent takes care; else the sandbox is asked. */
  gboolean (*resize_guest) (GbxDisplay *self, guint width, guint height);
};

void gbx_display_report_connected (GbxDisplay *self);
/* FALSE: the size is refused, the display has failed, use nothing of it. */
gboolean gbx_display_report_size (GbxDisplay *self, int width, int height);
void gbx_display_report_frame (GbxDisplay *self);
void gbx_display_report_update (GbxDisplay *self, int width, int height);
void gbx_display_report_closed (GbxDisplay *self);
/* (transfer full) */
void gbx_display_report_error (GbxDisplay *self, GError *error);
void gbx_display_report_grab (GbxDisplay *self, gboolean grabbed);
void gbx_display_report_capabilities (GbxDisplay *self, GbxDisplayCapabilities capabilities);

/* Shows a protocol's widget, which fills the place given to it. */
void gbx_display_set_child (GbxDisplay *self, GtkWidget *child);

G_END_DECLS
