/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-protocol.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The guest's screen and pointer in memory that the decoding program shares.  The window
 * makes the memory and seals its size, so that the program cannot take it away, and maps
 * it for reading only. */
typedef struct _GbxDisplayPicture GbxDisplayPicture;

GbxDisplayPicture *gbx_display_picture_new (GError **error);
void gbx_display_picture_free (GbxDisplayPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxDisplayPicture, gbx_display_picture_free)

/* For as long as the picture lives. */
int gbx_display_picture_get_cursor_fd (GbxDisplayPicture *self);

/* Makes a frame of that size, an acceptable one, which becomes the picture once something
 * is drawn in it.  Its descriptor is the caller's to close; -1 on failure. */
int gbx_display_picture_prepare (GbxDisplayPicture *self, guint width, guint height,
                                 guint32 *serial, GError **error);
/* FALSE if there is no such frame or it has no such part. */
gboolean
gbx_display_picture_damage (GbxDisplayPicture *self, guint32 serial, const GdkRectangle *part);

/* 0 × 0: nothing has been drawn yet. */
void gbx_display_picture_get_size (GbxDisplayPicture *self, guint *width, guint *height);
cairo_surface_t *gbx_display_picture_get_surface (GbxDisplayPicture *self); /* (nullable) */
/* A copy: (nullable) (transfer full) */
GdkPixbuf *gbx_display_picture_copy (GbxDisplayPicture *self);
/* The pointer's shape as the program has left it, of a size in range. */
GdkPixbuf *gbx_display_picture_copy_cursor (GbxDisplayPicture *self, guint width, guint height);

G_END_DECLS
