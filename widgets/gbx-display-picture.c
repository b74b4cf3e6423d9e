/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "gbx-display"
#include "config.h"

#include "gbx-display-picture.h"

#include "gbx-error.h"
#include "gbx-policy.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

G_STATIC_ASSERT (GBX_DISPLAY_LONGEST == GBX_DISPLAY_MAX);

typedef struct
{
  guint width, height;
  guint8 *memory;
  gsize size;
  cairo_surface_t *surface;
} Frame;

struct _GbxDisplayPicture
{
  Frame *frame, *next; /* (nullable): shown; sent to the program, but not drawn yet */
  guint32 serial;      /* of the latest */
  int cursor_fd;
  guint8 *cursor;
};

/* -------------------------------------------------------------- memory -- */

/* Memory of fixed size, mapped read-only. */
static guint8 *
make_memory (gsize size, int *fd, GError **error)
{
  void *memory = MAP_FAILED;

  *fd = memfd_create ("glovebox-display", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (*fd >= 0 && ftruncate (*fd, (off_t)size) == 0
      && fcntl (*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    memory = mmap (NULL, size, PROT_READ, MAP_SHARED, *fd, 0);
  if (memory != MAP_FAILED)
    return memory;
  g_set_error (error, GBX_ERROR, GBX_ERROR_MEMORY,
               _ ("There is not enough memory to show the sandbox's screen (%s). Close other "
                  "programs, then connect again."),
               g_strerror (errno));
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
  return NULL;
}

static void
frame_free (Frame *self)
{
  cairo_surface_finish (self->surface);
  cairo_surface_destroy (self->surface);
  munmap (self->memory, self->size);
  g_free (self);
}

/* Cairo only ever reads from it. */
static Frame *
frame_new (guint width, guint height, int *fd, GError **error)
{
  gsize size = gbx_display_frame_bytes (width, height);
  guint8 *memory = make_memory (size, fd, error);
  Frame *self;

  if (!memory)
    return NULL;
  self = g_new0 (Frame, 1);
  self->width = width;
  self->height = height;
  self->memory = memory;
  self->size = size;
  self->surface = cairo_image_surface_create_for_data (
      memory, CAIRO_FORMAT_RGB24, (int)width, (int)height, (int)gbx_display_stride (width));
  return self;
}

GbxDisplayPicture *
gbx_display_picture_new (GError **error)
{
  int fd;
  guint8 *cursor = make_memory (GBX_CURSOR_BYTES, &fd, error);
  GbxDisplayPicture *self;

  if (!cursor)
    return NULL;
  self = g_new0 (GbxDisplayPicture, 1);
  self->cursor = cursor;
  self->cursor_fd = fd;
  return self;
}

void
gbx_display_picture_free (GbxDisplayPicture *self)
{
  g_clear_pointer (&self->frame, frame_free);
  g_clear_pointer (&self->next, frame_free);
  munmap (self->cursor, GBX_CURSOR_BYTES);
  close (self->cursor_fd);
  g_free (self);
}

/* -------------------------------------------------------------- frames -- */

int
gbx_display_picture_get_cursor_fd (GbxDisplayPicture *self)
{
  return self->cursor_fd;
}

int
gbx_display_picture_prepare (GbxDisplayPicture *self, guint width, guint height, guint32 *serial,
                             GError **error)
{
  int fd;

  g_clear_pointer (&self->next, frame_free);
  self->next = frame_new (width, height, &fd, error);
  *serial = ++self->serial;
  return fd;
}

static gboolean
is_within (const Frame *frame, const GdkRectangle *part)
{
  return part->x >= 0 && part->y >= 0 && part->width > 0 && part->height > 0
         && (gint64)part->x + part->width <= frame->width
         && (gint64)part->y + part->height <= frame->height;
}

gboolean
gbx_display_picture_damage (GbxDisplayPicture *self, guint32 serial, const GdkRectangle *part)
{
  Frame *frame = self->next ? self->next : self->frame;

  if (!frame || serial != self->serial || !is_within (frame, part))
    return FALSE;
  if (self->next)
    {
      g_clear_pointer (&self->frame, frame_free);
      self->frame = g_steal_pointer (&self->next);
    }
  cairo_surface_mark_dirty_rectangle (frame->surface, part->x, part->y, part->width, part->height);
  return TRUE;
}

void
gbx_display_picture_get_size (GbxDisplayPicture *self, guint *width, guint *height)
{
  *width = self->frame ? self->frame->width : 0;
  *height = self->frame ? self->frame->height : 0;
}

cairo_surface_t *
gbx_display_picture_get_surface (GbxDisplayPicture *self)
{
  return self->frame ? self->frame->surface : NULL;
}

GdkPixbuf *
gbx_display_picture_copy (GbxDisplayPicture *self)
{
  if (!self->frame)
    return NULL;
  return gdk_pixbuf_get_from_surface (self->frame->surface, 0, 0, (int)self->frame->width,
                                      (int)self->frame->height);
}

GdkPixbuf *
gbx_display_picture_copy_cursor (GbxDisplayPicture *self, guint width, guint height)
{
  g_autoptr (GBytes) bytes = g_bytes_new (self->cursor, (gsize)width * height * 4);

  return gdk_pixbuf_new_from_bytes (bytes, GDK_COLORSPACE_RGB, TRUE, 8, (int)width, (int)height,
                                    (int)width * 4);
}
