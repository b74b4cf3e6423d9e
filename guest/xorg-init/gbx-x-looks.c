/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the host told about the looks of things: a file of X resources.  The host wrote it,
 * and validated it; the application cannot change it. */

#include "gbx-util.h"
#include "gbx-x-client.h"

#include <stdlib.h>
#include <string.h>

#define DPI_USUAL 96
#define FONT_USUAL "Sans 10"
#define POINTS_USUAL 10
/* A title bar is higher than its text. */
#define TITLE_HEIGHT_MIN 24

static const char *file = GBX_RESOURCES;
static GbxXLooks looks;

void
gbx_x_looks_use (const char *path)
{
  file = path;
}

const GbxXLooks *
gbx_x_looks (void)
{
  return &looks;
}

/* The value of a resource in a text of "NAME:\tVALUE\n"; empty if it is not there. */
static void
get_resource (const char *text, const char *name, char *out, size_t size)
{
  size_t length = strlen (name);

  out[0] = '\0';
  for (const char *line = text; *line; line += strcspn (line, "\n"), line += *line == '\n')
    if (strncmp (line, name, length) == 0 && line[length] == ':')
      {
        const char *value = line + length + 1;
        size_t n;

        value += strspn (value, " \t");
        n = strcspn (value, "\n");
        if (n >= size)
          n = size - 1;
        memcpy (out, value, n);
        out[n] = '\0';
      }
}

static int
get_number (const char *text, const char *name, int least, int most, int usual)
{
  char value[16];
  int number;

  get_resource (text, name, value, sizeof value);
  number = value[0] ? atoi (value) : usual;
  return number < least || number > most ? usual : number;
}

/* The last word of a font's description, such as "Cantarell Bold 11". */
static double
points_of (const char *font)
{
  const char *word = strrchr (font, ' ');
  double points = word ? strtod (word + 1, NULL) : 0;

  return points >= 4 && points <= 72 ? points : POINTS_USUAL;
}

static void
choose_sizes (const char *text)
{
  int scale = get_number (text, "glovebox.scale", 1, 4, 1);
  int dpi = get_number (text, "Xft.dpi", 48, 480, DPI_USUAL);
  int pixels = (int)(points_of (looks.font) * dpi * scale / 72 + 0.5);

  looks.text_pixels = pixels < 8 ? 8 : pixels > 100 ? 100 : pixels;
  looks.title_height = looks.text_pixels * 9 / 5;
  if (looks.title_height < TITLE_HEIGHT_MIN * scale)
    looks.title_height = TITLE_HEIGHT_MIN * scale;
}

/* As of GTK's own theme. */
static void
choose_colours (bool dark)
{
  static const GbxXColours light = { 0xdedad6, 0xf6f5f4, 0x2e3436, 0x929595, 0xbfb8b1 };
  static const GbxXColours night = { 0x2c2c2c, 0x353535, 0xeeeeec, 0x919190, 0x1b1b1b };

  looks.colours = dark ? night : light;
}

void
gbx_x_looks_read (GbxXClient *self)
{
  static char text[4096];
  ssize_t length = gbx_read_file (file, text, sizeof text - 1);

  text[length > 0 ? length : 0] = '\0';
  get_resource (text, "glovebox.font", looks.font, sizeof looks.font);
  if (!looks.font[0])
    strcpy (looks.font, FONT_USUAL);
  choose_sizes (text);
  choose_colours (get_number (text, "glovebox.dark", 0, 1, 0));
  /* Where every client looks for them. */
  if (length > 0)
    xcb_change_property (self->connection, XCB_PROP_MODE_REPLACE, self->root,
                         XCB_ATOM_RESOURCE_MANAGER, XCB_ATOM_STRING, 8, length, text);
}

uint16_t
gbx_x_title_height (void)
{
  return looks.title_height ? looks.title_height : TITLE_HEIGHT_MIN;
}
