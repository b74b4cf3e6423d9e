/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Draws the title bars of the guest's window manager.
 *
 *   glovebox-title-bar FONT PIXELS
 *
 * Init is a static program, and text needs the host's fonts and the libraries that know them:
 * so this program is not static.  It runs in the guest, under the account of the display, once
 * the first title bar is shown.  Standard input is the socket to the window manager.
 *
 * Should: draw what a window of the host would show, in any script.
 * Mustn't: be needed: without it the window manager draws with the X server's own font. */

#include "gbx-title-bar.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIXELS_MIN 6
#define PIXELS_MAX 100

static bool
transfer_all (ssize_t (*transfer) (int, void *, size_t), int fd, void *data, size_t size)
{
  char *at = data;

  while (size > 0)
    {
      ssize_t n = transfer (fd, at, size);

      if (n == 0 || (n < 0 && errno != EINTR))
        return false;
      if (n > 0)
        {
          at += n;
          size -= n;
        }
    }
  return true;
}

static ssize_t
write_some (int fd, void *data, size_t size)
{
  return write (fd, data, size);
}

static void
set_colour (cairo_t *cairo, uint32_t colour)
{
  cairo_set_source_rgb (cairo, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                        (colour & 255) / 255.0);
}

/* Old applications have titles in Latin-1.  A bar has one line. */
static char *
make_text (const char *title)
{
  char *text = g_utf8_validate (title, -1, NULL)
                   ? g_strdup (title)
                   : g_convert (title, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);

  for (char *at = text; at && *at; at++)
    if ((unsigned char)*at < ' ')
      *at = ' ';
  return text ? text : g_strdup ("");
}

static void
draw_text (cairo_t *cairo, PangoFontDescription *font, const GbxBarRequest *request)
{
  char *text = make_text (request->title);
  PangoLayout *layout = pango_cairo_create_layout (cairo);
  /* As much on the left as the cross needs on the right: so the text is in the middle. */
  int room = request->width - 2 * request->height, height;

  pango_layout_set_text (layout, text, -1);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_width (layout, room * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, NULL, &height);
  set_colour (cairo, request->text);
  cairo_move_to (cairo, request->height, (request->height - height) / 2);
  if (room > 0)
    pango_cairo_show_layout (cairo, layout);
  g_object_unref (layout);
  g_free (text);
}

static void
draw_cross (cairo_t *cairo, const GbxBarRequest *request)
{
  double x = request->width - request->height / 2.0, y = request->height / 2.0;
  double half = request->height / 6.0;

  cairo_set_line_width (cairo, fmax (1.5, request->height / 16.0));
  cairo_set_line_cap (cairo, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cairo, x - half, y - half);
  cairo_line_to (cairo, x + half, y + half);
  cairo_move_to (cairo, x + half, y - half);
  cairo_line_to (cairo, x - half, y + half);
  cairo_stroke (cairo);
}

static void
draw (cairo_surface_t *surface, PangoFontDescription *font, const GbxBarRequest *request)
{
  cairo_t *cairo = cairo_create (surface);

  set_colour (cairo, request->back);
  cairo_paint (cairo);
  set_colour (cairo, request->line);
  cairo_rectangle (cairo, 0, request->height - 1, request->width, 1);
  cairo_fill (cairo);
  draw_text (cairo, font, request);
  draw_cross (cairo, request);
  cairo_destroy (cairo);
  cairo_surface_flush (surface);
}

static bool
answer (PangoFontDescription *font, GbxBarRequest *request)
{
  cairo_surface_t *surface;
  bool sent = true;

  request->title[GBX_TITLE_MAX] = '\0';
  if (request->width == 0 || request->width > GBX_BAR_WIDTH_MAX || request->height == 0
      || request->height > GBX_BAR_HEIGHT_MAX)
    return false;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, request->width, request->height);
  draw (surface, font, request);
  /* A row has no padding: the format has four bytes a pixel. */
  sent = cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS
         && transfer_all (write_some, STDIN_FILENO, cairo_image_surface_get_data (surface),
                          (size_t)request->width * request->height * 4);
  cairo_surface_destroy (surface);
  return sent;
}

int
main (int argc, char **argv)
{
  PangoFontDescription *font;
  GbxBarRequest request;
  int pixels = argc == 3 ? atoi (argv[2]) : 0;

  if (pixels < PIXELS_MIN || pixels > PIXELS_MAX)
    return 2;
  /* Some characters look different in Chinese and Japanese. */
  setlocale (LC_CTYPE, "");
  font = pango_font_description_from_string (argv[1]);
  pango_font_description_set_absolute_size (font, (double)pixels * PANGO_SCALE);
  pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  while (transfer_all (read, STDIN_FILENO, &request, sizeof request) && answer (font, &request))
    ;
  pango_font_description_free (font);
  return 0;
}
