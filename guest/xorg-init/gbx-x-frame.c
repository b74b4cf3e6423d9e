/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The frame of dialogs: a window around theirs, with a title bar whose picture another
 * program draws.  Without that program, core fonts must do. */

#include "gbx-x-client.h"

#include <string.h>

#define FONT "fixed"
#define BASELINE 16

uint16_t
gbx_x_outer_width (const GbxXWindow *window)
{
  return window->place.width + (window->frame ? 2 * GBX_X_BORDER : 0);
}

uint16_t
gbx_x_outer_height (const GbxXWindow *window)
{
  return window->place.height + (window->frame ? GBX_X_TITLE_HEIGHT + GBX_X_BORDER : 0);
}

void
gbx_x_frame_prepare (GbxXClient *self)
{
  xcb_font_t font = xcb_generate_id (self->connection);
  const GbxXColours *colours = &gbx_x_looks ()->colours;
  const uint32_t values[] = { colours->text, colours->bar, font, 0 };

  xcb_open_font (self->connection, font, strlen (FONT), FONT);
  self->gc = xcb_generate_id (self->connection);
  xcb_create_gc (self->connection, self->gc, self->root,
                 XCB_GC_FOREGROUND | XCB_GC_BACKGROUND | XCB_GC_FONT | XCB_GC_GRAPHICS_EXPOSURES,
                 values);
  xcb_close_font (self->connection, font);
}

/* The core font has the characters of Latin-1: others become a question mark. */
static uint8_t
to_latin1 (const char *text, char *out, uint8_t max)
{
  const unsigned char *at = (const unsigned char *) text;
  uint8_t n = 0;

  while (*at && n < max)
    {
      if (*at < 0x80)
        out[n++] = (char) *at++;
      else
        {
          bool latin = (at[0] == 0xc2 || at[0] == 0xc3) && (at[1] & 0xc0) == 0x80;

          out[n++] = latin ? (char) ((at[0] & 3) << 6 | (at[1] & 0x3f)) : '?';
          for (at++; (*at & 0xc0) == 0x80; at++)
            ;
        }
    }
  return n;
}

static void
fill (GbxXClient *self, xcb_window_t frame, uint32_t colour, xcb_rectangle_t part)
{
  xcb_change_gc (self->connection, self->gc, XCB_GC_FOREGROUND, &colour);
  xcb_poly_fill_rectangle (self->connection, frame, self->gc, 1, &part);
}

static void
draw_cross (GbxXClient *self, const GbxXWindow *window)
{
  int16_t size = GBX_X_TITLE_HEIGHT / 3, top = (GBX_X_TITLE_HEIGHT - size) / 2;
  int16_t left = gbx_x_outer_width (window) - top - size;
  xcb_segment_t cross[] = { { left, top, left + size, top + size },
                            { left, top + size, left + size, top } };

  xcb_poly_segment (self->connection, window->frame, self->gc, 2, cross);
}

/* Until there is a picture. */
static void
draw_bar (GbxXClient *self, const GbxXWindow *window)
{
  const GbxXColours *colours = &gbx_x_looks ()->colours;
  bool active = window == &self->windows[0];
  uint32_t text[] = { active ? colours->text : colours->text_inactive,
                      active ? colours->bar : colours->bar_inactive };
  uint16_t width = gbx_x_outer_width (window), height = GBX_X_TITLE_HEIGHT;
  char title[120];
  uint8_t length = to_latin1 (window->title, title, sizeof title);

  fill (self, window->frame, text[1], (xcb_rectangle_t) { 0, 0, width, height - 1 });
  xcb_change_gc (self->connection, self->gc, XCB_GC_FOREGROUND | XCB_GC_BACKGROUND, text);
  if (!gbx_x_title_works () && length > 0 && width > 2 * height)
    xcb_image_text_8 (self->connection, length, window->frame, self->gc, 8, BASELINE, title);
  /* The cross has its own background, over the end of a long title. */
  fill (self, window->frame, text[1], (xcb_rectangle_t) { width - height, 0, height, height - 1 });
  xcb_change_gc (self->connection, self->gc, XCB_GC_FOREGROUND, text);
  draw_cross (self, window);
}

void
gbx_x_frame_draw (GbxXClient *self, const GbxXWindow *window)
{
  uint16_t width = gbx_x_outer_width (window), height = gbx_x_outer_height (window);
  xcb_pixmap_t picture;

  if (!window->frame)
    return;
  picture = gbx_x_title_get (self, window);
  fill (self, window->frame, gbx_x_looks ()->colours.line,
        (xcb_rectangle_t) { 0, GBX_X_TITLE_HEIGHT - 1, width, height - GBX_X_TITLE_HEIGHT + 1 });
  if (picture == XCB_NONE || !gbx_x_title_works ())
    draw_bar (self, window);
  else
    /* A frame that has grown waits for its picture. */
    xcb_copy_area (self->connection, picture, window->frame, self->gc, 0, 0, 0, 0, width,
                   GBX_X_TITLE_HEIGHT);
}

void
gbx_x_frame_add (GbxXClient *self, GbxXWindow *window)
{
  const uint32_t values[] = { gbx_x_looks ()->colours.line, 1,
                              XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT |
                                  XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY | XCB_EVENT_MASK_EXPOSURE |
                                  XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE |
                                  XCB_EVENT_MASK_POINTER_MOTION };

  window->frame = xcb_generate_id (self->connection);
  /* Override-redirect, so that the server does not ask us whether to map it. */
  xcb_create_window (self->connection, XCB_COPY_FROM_PARENT, window->frame, self->root,
                     window->place.x, window->place.y, gbx_x_outer_width (window),
                     gbx_x_outer_height (window), 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                     XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
  xcb_reparent_window (self->connection, window->window, window->frame, GBX_X_BORDER,
                       GBX_X_TITLE_HEIGHT);
}

void
gbx_x_frame_remove (GbxXClient *self, GbxXWindow *window)
{
  if (!window->frame)
    return;
  xcb_reparent_window (self->connection, window->window, self->root, window->place.x,
                       window->place.y);
  xcb_destroy_window (self->connection, window->frame);
  window->frame = XCB_NONE;
}

void
gbx_x_frame_place (GbxXClient *self, const GbxXWindow *window)
{
  const GbxXPlace *place = &window->place;
  const uint32_t outer[] = { (uint32_t) place->x, (uint32_t) place->y, gbx_x_outer_width (window),
                             gbx_x_outer_height (window), 0 };
  const uint32_t inner[] = { GBX_X_BORDER, GBX_X_TITLE_HEIGHT, place->width, place->height, 0 };
  const uint16_t mask = XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
                        XCB_CONFIG_WINDOW_HEIGHT;
  const uint16_t with_border = mask | XCB_CONFIG_WINDOW_BORDER_WIDTH;
  /* Reports its place on the screen, which a window in a frame does not know. */
  xcb_configure_notify_event_t told = {
    .response_type = XCB_CONFIGURE_NOTIFY,
    .event = window->window,
    .window = window->window,
    .x = place->x + (window->frame ? GBX_X_BORDER : 0),
    .y = place->y + (window->frame ? GBX_X_TITLE_HEIGHT : 0),
    .width = place->width,
    .height = place->height,
  };
  char event[32] = { 0 }; /* every event has that size */

  if (window->frame)
    {
      xcb_configure_window (self->connection, window->frame, mask, outer);
      xcb_configure_window (self->connection, window->window, with_border, inner);
    }
  else
    xcb_configure_window (self->connection, window->window, with_border, outer);
  memcpy (event, &told, sizeof told);
  xcb_send_event (self->connection, 0, window->window, XCB_EVENT_MASK_STRUCTURE_NOTIFY, event);
}
