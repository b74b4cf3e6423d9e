/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The title bar of dialogs: a window around theirs, in core fonts, as there is
 * no library here that draws. */

#include "gbx-x-client.h"

#include <string.h>

#define COLOUR_BAR 0x3a3f4b
#define COLOUR_BAR_INACTIVE 0x6b7080
#define COLOUR_TEXT 0xffffff
#define FONT "fixed"
#define BASELINE 16
#define CLOSE_SIZE 10

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
  const uint32_t values[] = { COLOUR_TEXT, COLOUR_BAR, font };

  xcb_open_font (self->connection, font, strlen (FONT), FONT);
  self->gc = xcb_generate_id (self->connection);
  xcb_create_gc (self->connection, self->gc, self->root,
                 XCB_GC_FOREGROUND | XCB_GC_BACKGROUND | XCB_GC_FONT, values);
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

void
gbx_x_frame_draw (GbxXClient *self, const GbxXWindow *window)
{
  bool active = window == &self->windows[0];
  uint32_t colours[] = { active ? COLOUR_BAR : COLOUR_BAR_INACTIVE, COLOUR_TEXT };
  uint32_t text[] = { COLOUR_TEXT, colours[0] };
  uint16_t width = gbx_x_outer_width (window);
  xcb_rectangle_t all = { 0, 0, width, gbx_x_outer_height (window) };
  int16_t left = width - GBX_X_TITLE_HEIGHT + 7, top = 7;
  xcb_segment_t cross[] = { { left, top, left + CLOSE_SIZE, top + CLOSE_SIZE },
                            { left, top + CLOSE_SIZE, left + CLOSE_SIZE, top } };
  char title[120];
  uint8_t length;

  if (!window->frame)
    return;
  xcb_change_gc (self->connection, self->gc, XCB_GC_FOREGROUND, colours);
  xcb_poly_fill_rectangle (self->connection, window->frame, self->gc, 1, &all);
  xcb_change_gc (self->connection, self->gc, XCB_GC_FOREGROUND | XCB_GC_BACKGROUND, text);
  length = to_latin1 (window->title, title, sizeof title);
  if (length > 0 && width > 2 * GBX_X_TITLE_HEIGHT)
    xcb_image_text_8 (self->connection, length, window->frame, self->gc, 8, BASELINE, title);
  /* The cross has its own background, over the end of a long title. */
  all = (xcb_rectangle_t) { width - GBX_X_TITLE_HEIGHT, 0, GBX_X_TITLE_HEIGHT, GBX_X_TITLE_HEIGHT };
  xcb_change_gc (self->connection, self->gc, XCB_GC_FOREGROUND, colours);
  xcb_poly_fill_rectangle (self->connection, window->frame, self->gc, 1, &all);
  xcb_change_gc (self->connection, self->gc, XCB_GC_FOREGROUND, text);
  xcb_poly_segment (self->connection, window->frame, self->gc, 2, cross);
}

void
gbx_x_frame_add (GbxXClient *self, GbxXWindow *window)
{
  const uint32_t values[] = { COLOUR_BAR, 1,
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
