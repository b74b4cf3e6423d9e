/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-display"
#include "config.h"

#include "gbx-decoder-screen.h"

#include "gbx-decoder-link.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Several successive changes are shown as one. */
#define GATHER_MS 2
/* The number of separate parts; with one more they are merged. */
#define RECTANGLES_MAX 6

typedef struct
{
  int left, top, right, bottom;
} Rectangle;

struct _GbxScreen
{
  GbxScreenFlushed flushed;
  gpointer user_data;

  /* what the protocol has decoded */
  const guint8 *pixels; /* (nullable) (unowned) */
  guint width, height, stride;

  /* what the window sees */
  guint8 *frame; /* (nullable): mapped; of the same size as the pixels */
  gsize frame_bytes;
  guint32 serial; /* of the frame: the number of SIZE messages so far */
  guint8 *cursor; /* (nullable): mapped, GBX_CURSOR_BYTES */

  /* what is sent in the next turn */
  gboolean has_turn;
  guint flush_source;
  gboolean size_waits, answered_waits, closed_waits, cursor_waits;
  guint fault;    /* GbxDisplayFault or 0 */
  guint channels; /* bit n: a descriptor for the channel n is wanted */
  Rectangle damage[RECTANGLES_MAX];
  guint n_damage;
  GbxCursorKind cursor_kind;
  guint cursor_width, cursor_height, hot_x, hot_y;
  guint8 *rgba; /* (nullable): of a cursor that waits */
};

GbxScreen *
gbx_screen_new (void)
{
  return g_new0 (GbxScreen, 1);
}

void
gbx_screen_set_flushed (GbxScreen *self, GbxScreenFlushed flushed, gpointer user_data)
{
  self->flushed = flushed;
  self->user_data = user_data;
}

/* -------------------------------------------------------------- damage -- */

static gboolean
touch (const Rectangle *a, const Rectangle *b)
{
  return a->left <= b->right && b->left <= a->right && a->top <= b->bottom && b->top <= a->bottom;
}

static void
extend (Rectangle *a, const Rectangle *by)
{
  a->left = MIN (a->left, by->left);
  a->top = MIN (a->top, by->top);
  a->right = MAX (a->right, by->right);
  a->bottom = MAX (a->bottom, by->bottom);
}

static void
add_damage (GbxScreen *self, Rectangle new)
{
  for (guint i = 0; i < self->n_damage;)
    if (touch (&self->damage[i], &new) || self->n_damage == RECTANGLES_MAX)
      {
        extend (&new, &self->damage[i]);
        self->damage[i] = self->damage[--self->n_damage];
        i = 0;
      }
    else
      i++;
  self->damage[self->n_damage++] = new;
}

static void
copy (GbxScreen *self, const Rectangle *part)
{
  gsize offset = (gsize)part->left * 4, length = (gsize)(part->right - part->left) * 4;
  gsize frame_stride = gbx_display_stride (self->width);

  for (int y = part->top; y < part->bottom; y++)
    memcpy (self->frame + y * frame_stride + offset,
            self->pixels + (gsize)y * self->stride + offset, length);
}

static void
send_damage (GbxScreen *self)
{
  for (guint i = 0; i < self->n_damage; i++)
    {
      const Rectangle *part = &self->damage[i];

      copy (self, part);
      gbx_link_send (GBX_DISPLAY_DAMAGE, 5, self->serial, part->left, part->top,
                     part->right - part->left, part->bottom - part->top);
    }
  self->n_damage = 0;
}

/* --------------------------------------------------------------- turns -- */

static gboolean
has_damage (GbxScreen *self)
{
  return self->frame && self->pixels && self->n_damage > 0;
}

static gboolean
has_pending_messages (GbxScreen *self)
{
  return self->size_waits || self->answered_waits || self->closed_waits || self->fault
         || self->channels || (self->cursor_waits && self->cursor) || has_damage (self);
}

static void
send_cursor (GbxScreen *self)
{
  self->cursor_waits = FALSE;
  if (self->rgba)
    memcpy (self->cursor, self->rgba, (gsize)self->cursor_width * self->cursor_height * 4);
  g_clear_pointer (&self->rgba, g_free);
  gbx_link_send (GBX_DISPLAY_CURSOR, 5, self->cursor_kind, self->cursor_width, self->cursor_height,
                 self->hot_x, self->hot_y);
}

static void
send_connection (GbxScreen *self)
{
  for (guint channel = 0; channel < GBX_DISPLAY_CHANNELS; channel++)
    if (self->channels & (1u << channel))
      gbx_link_send (GBX_DISPLAY_WANT_FD, 1, channel);
  self->channels = 0;
  if (self->answered_waits)
    gbx_link_send (GBX_DISPLAY_ANSWERED, 0);
  self->answered_waits = FALSE;
}

static void
send_end (GbxScreen *self)
{
  if (self->fault)
    gbx_link_send (GBX_DISPLAY_FAILURE, 1, self->fault);
  if (self->closed_waits)
    gbx_link_send (GBX_DISPLAY_CLOSED, 0);
  self->fault = 0;
  self->closed_waits = FALSE;
}

/* At most 4 + 1 + 1 + 6 + 1 + 2 + 1 messages: see GBX_DISPLAY_TURN_MAX. */
static void
flush (GbxScreen *self)
{
  if (!self->has_turn || !has_pending_messages (self))
    return;
  send_connection (self);
  if (self->size_waits)
    {
      self->serial++;
      gbx_link_send (GBX_DISPLAY_SIZE, 2, self->width, self->height);
    }
  self->size_waits = FALSE;
  if (has_damage (self))
    send_damage (self);
  if (self->cursor_waits && self->cursor)
    send_cursor (self);
  send_end (self);
  self->has_turn = FALSE;
  gbx_link_send (GBX_DISPLAY_TURN_DONE, 0);
  if (self->flushed)
    self->flushed (self->user_data);
}

static gboolean
on_flush (gpointer data)
{
  GbxScreen *self = data;

  self->flush_source = 0;
  flush (self);
  return G_SOURCE_REMOVE;
}

static void
queue_flush (GbxScreen *self)
{
  if (self->has_turn && !self->flush_source)
    self->flush_source = g_timeout_add (GATHER_MS, on_flush, self);
}

void
gbx_screen_handle_turn (GbxScreen *self)
{
  self->has_turn = TRUE;
  flush (self);
}

/* --------------------------------------------------------- the window's -- */

static guint8 *
map (int fd, gsize size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

  close (fd);
  return memory == MAP_FAILED ? NULL : memory;
}

static void
forget_frame (GbxScreen *self)
{
  if (self->frame)
    munmap (self->frame, self->frame_bytes);
  self->frame = NULL;
}

void
gbx_screen_handle_cursor_memory (GbxScreen *self, int fd)
{
  self->cursor = map (fd, GBX_CURSOR_BYTES);
}

void
gbx_screen_handle_frame (GbxScreen *self, const GbxDisplayMessage *message, int fd)
{
  /* The answer to an old size: another frame will follow. */
  if (self->size_waits || message->args[0] != self->serial || !self->pixels)
    {
      close (fd);
      return;
    }
  forget_frame (self);
  self->frame_bytes = gbx_display_frame_bytes (message->args[1], message->args[2]);
  self->frame = map (fd, self->frame_bytes);
  if (!self->frame)
    gbx_screen_fail (self, GBX_DISPLAY_FAULT_MEMORY);
  gbx_screen_damage (self, 0, 0, (int)self->width, (int)self->height);
}

/* ------------------------------------------------------- the protocols' -- */

void
gbx_screen_set_pixels (GbxScreen *self, const guint8 *pixels, guint width, guint height,
                       guint stride)
{
  self->pixels = pixels;
  self->n_damage = 0;
  if (!pixels || width == 0 || height == 0)
    {
      self->pixels = NULL;
      return;
    }
  if (self->frame && self->width == width && self->height == height)
    {
      self->stride = stride;
      gbx_screen_damage (self, 0, 0, (int)width, (int)height);
      return;
    }
  gbx_screen_claim_size (self, width, height);
  self->pixels = pixels;
  self->stride = stride;
}

void
gbx_screen_claim_size (GbxScreen *self, guint width, guint height)
{
  forget_frame (self);
  self->pixels = NULL;
  self->width = MIN (width, G_MAXUINT16);
  self->height = MIN (height, G_MAXUINT16);
  self->size_waits = TRUE;
  queue_flush (self);
}

void
gbx_screen_damage (GbxScreen *self, int x, int y, int width, int height)
{
  Rectangle new = { CLAMP (x, 0, (int)self->width), CLAMP (y, 0, (int)self->height),
                    (int)CLAMP ((gint64)x + width, 0, self->width),
                    (int)CLAMP ((gint64)y + height, 0, self->height) };

  /* A future frame is damaged as a whole. */
  if (!self->pixels || !self->frame || new.left >= new.right || new.top >= new.bottom)
    return;
  add_damage (self, new);
  queue_flush (self);
}

void
gbx_screen_set_cursor (GbxScreen *self, GbxCursorKind kind, const guint8 *rgba, guint width,
                       guint height, guint hot_x, guint hot_y)
{
  gboolean has_shape = kind == GBX_CURSOR_SHAPE && rgba && width > 0 && height > 0
                       && width <= GBX_CURSOR_LONGEST && height <= GBX_CURSOR_LONGEST;

  g_clear_pointer (&self->rgba, g_free);
  if (kind == GBX_CURSOR_SHAPE && !has_shape)
    kind = GBX_CURSOR_DEFAULT;
  self->cursor_kind = kind;
  self->cursor_width = has_shape ? width : 0;
  self->cursor_height = has_shape ? height : 0;
  self->hot_x = has_shape ? MIN (hot_x, width - 1) : 0;
  self->hot_y = has_shape ? MIN (hot_y, height - 1) : 0;
  if (has_shape)
    self->rgba = g_memdup2 (rgba, (gsize)width * height * 4);
  self->cursor_waits = TRUE;
  queue_flush (self);
}

void
gbx_screen_want_fd (GbxScreen *self, guint channel)
{
  self->channels |= 1u << channel;
  queue_flush (self);
}

void
gbx_screen_answered (GbxScreen *self)
{
  self->answered_waits = TRUE;
  queue_flush (self);
}

void
gbx_screen_fail (GbxScreen *self, GbxDisplayFault fault)
{
  /* The first one is the cause. */
  if (!self->fault)
    self->fault = fault;
  queue_flush (self);
}

void
gbx_screen_closed (GbxScreen *self)
{
  self->closed_waits = TRUE;
  queue_flush (self);
}
