/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-protocol.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The guest's screen and pointer in memory shared with the decoding program.  The window
 * creates the memory, seals its size, so that the program cannot shrink it, and maps it
 * read-only. */
typedef struct _GbxDisplayPicture GbxDisplayPicture;

GbxDisplayPicture *gbx_display_picture_new (GError **error);
void gbx_display_picture_free (GbxDisplayPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxDisplayPicture, gbx_display_picture_free)

/* For as long as the picture lives. */
int gbx_display_picture_get_cursor_fd (GbxDisplayPicture *self);

/* Creates a frame of that size, which must be allowed.  It becomes the picture once
 * something is drawn in it.  Returns its descriptor, which the caller closes; -1 on
 * failure. */
int gbx_display_picture_prepare (GbxDisplayPicture *self, guint width, guint height,
                                 guint32 *serial, GError **error);
/* FALSE if there is no such frame or the part is outside of it. */
gboolean
gbx_display_picture_damage (GbxDisplayPicture *self, guint32 serial, const GdkRectangle *part);

/* 0 × 0: nothing has been drawn yet. */
void gbx_display_picture_get_size (GbxDisplayPicture *self, guint *width, guint *height);
cairo_surface_t *gbx_display_picture_get_surface (GbxDisplayPicture *self); /* (nullable) */
/* A copy: (nullable) (transfer full) */
GdkPixbuf *gbx_display_picture_copy (GbxDisplayPicture *self);
/* The current pointer shape in the shared memory; the size must be in range. */
GdkPixbuf *gbx_display_picture_copy_cursor (GbxDisplayPicture *self, guint width, guint height);

G_END_DECLS
