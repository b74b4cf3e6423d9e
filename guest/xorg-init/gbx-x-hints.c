/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The properties of windows: ICCCM, EWMH and Motif.  They come from the application, so
 * expect any length and type. */

#include "gbx-x-client.h"

#include <stdlib.h>
#include <string.h>

xcb_get_property_reply_t *
gbx_x_get_property (GbxXClient *self, xcb_window_t window, xcb_atom_t property, uint32_t words)
{
  return xcb_get_property_reply (
      self->connection,
      xcb_get_property (self->connection, 0, window, property, XCB_GET_PROPERTY_TYPE_ANY, 0, words),
      NULL);
}

/* Reads 32-bit numbers; returns how many. */
static size_t
get_numbers (GbxXClient *self, xcb_window_t window, xcb_atom_t property, uint32_t *out, size_t max)
{
  xcb_get_property_reply_t *reply = gbx_x_get_property (self, window, property, max);
  size_t n = 0;

  if (reply && reply->format == 32)
    {
      n = (size_t) xcb_get_property_value_length (reply) / 4;
      n = n < max ? n : max;
      memcpy (out, xcb_get_property_value (reply), n * 4);
    }
  free (reply);
  return n;
}

static bool
has_fixed_size (GbxXClient *self, xcb_window_t window)
{
  enum { MIN_SIZE = 1 << 4, MAX_SIZE = 1 << 5 };
  uint32_t hints[18];

  return get_numbers (self, window, XCB_ATOM_WM_NORMAL_HINTS, hints, 18) >= 9 &&
         (hints[0] & MIN_SIZE) && (hints[0] & MAX_SIZE) && hints[5] == hints[7] &&
         hints[6] == hints[8] && hints[7] > 0;
}

static bool
decorates_itself (GbxXClient *self, xcb_window_t window)
{
  enum { DECORATIONS = 1 << 1 };
  uint32_t motif[5];

  return get_numbers (self, window, self->atoms[GBX_ATOM__MOTIF_WM_HINTS], motif, 5) >= 3 &&
         (motif[0] & DECORATIONS) && motif[2] == 0;
}

/* The list is in order of preference, and may begin with types of one toolkit or desktop:
 * use the first that EWMH defines. */
static GbxAtom
read_type (GbxXClient *self, xcb_window_t window)
{
  uint32_t types[8];
  size_t n = get_numbers (self, window, self->atoms[GBX_ATOM__NET_WM_WINDOW_TYPE], types, 8);

  for (size_t i = 0; i < n; i++)
    for (GbxAtom type = GBX_ATOM__NET_WM_WINDOW_TYPE_NORMAL; type < GBX_N_ATOMS; type++)
      if (types[i] == self->atoms[type])
        return type;
  return GBX_ATOM__NET_WM_WINDOW_TYPE_NORMAL;
}

static void
read_least_size (GbxXClient *self, xcb_window_t window, GbxXHints *hints)
{
  enum { MIN_SIZE = 1 << 4 };
  uint32_t normal[18];

  if (get_numbers (self, window, XCB_ATOM_WM_NORMAL_HINTS, normal, 18) < 7 ||
      !(normal[0] & MIN_SIZE) || normal[5] > INT16_MAX || normal[6] > INT16_MAX)
    return;
  hints->min_width = (uint16_t) normal[5];
  hints->min_height = (uint16_t) normal[6];
}

static GbxXKind
kind_of_normal (GbxXClient *self, xcb_window_t window, bool transient)
{
  return transient || has_fixed_size (self, window) ? GBX_X_DIALOG : GBX_X_MAIN;
}

static void
read_kind (GbxXClient *self, xcb_window_t window, GbxXHints *hints)
{
  GbxAtom type = read_type (self, window);
  bool transient = get_numbers (self, window, XCB_ATOM_WM_TRANSIENT_FOR, &hints->parent, 1) == 1;

  switch (type)
    {
    case GBX_ATOM__NET_WM_WINDOW_TYPE_NORMAL:
      hints->kind = kind_of_normal (self, window, transient);
      break;
    case GBX_ATOM__NET_WM_WINDOW_TYPE_DIALOG:
    /* Tool boxes and torn-off menus: they can be moved and closed. */
    case GBX_ATOM__NET_WM_WINDOW_TYPE_UTILITY:
    case GBX_ATOM__NET_WM_WINDOW_TYPE_TOOLBAR:
    case GBX_ATOM__NET_WM_WINDOW_TYPE_MENU:
      hints->kind = GBX_X_DIALOG;
      break;
    default:
      hints->kind = GBX_X_FREE;
    }
  hints->decorated = hints->kind == GBX_X_DIALOG && !decorates_itself (self, window);
  hints->centred = hints->kind == GBX_X_DIALOG || type == GBX_ATOM__NET_WM_WINDOW_TYPE_SPLASH;
}

void
gbx_x_read_hints (GbxXClient *self, xcb_window_t window, GbxXHints *hints)
{
  uint32_t wm_hints[9], protocols[32];
  size_t n = get_numbers (self, window, self->atoms[GBX_ATOM_WM_PROTOCOLS], protocols, 32);

  memset (hints, 0, sizeof *hints);
  read_kind (self, window, hints);
  read_least_size (self, window, hints);
  for (size_t i = 0; i < n; i++)
    {
      hints->takes_focus |= protocols[i] == self->atoms[GBX_ATOM_WM_TAKE_FOCUS];
      hints->deletes |= protocols[i] == self->atoms[GBX_ATOM_WM_DELETE_WINDOW];
    }
  /* Without the hint it gets input. */
  hints->takes_input = true;
  if (get_numbers (self, window, XCB_ATOM_WM_HINTS, wm_hints, 9) >= 2 && (wm_hints[0] & 1))
    hints->takes_input = wm_hints[1] != 0;
}

void
gbx_x_read_title (GbxXClient *self, xcb_window_t window, char title[GBX_TITLE_MAX + 1])
{
  static const GbxAtom names[] = { GBX_ATOM__NET_WM_NAME, GBX_N_ATOMS };

  memset (title, 0, GBX_TITLE_MAX + 1);
  for (size_t i = 0; i < 2 && !title[0]; i++)
    {
      xcb_atom_t atom = names[i] == GBX_N_ATOMS ? XCB_ATOM_WM_NAME : self->atoms[names[i]];
      xcb_get_property_reply_t *name = gbx_x_get_property (self, window, atom, GBX_TITLE_MAX / 4);

      /* It ends at a NUL: the protocol's text has none. */
      if (name && name->format == 8)
        strncpy (title, xcb_get_property_value (name),
                 xcb_get_property_value_length (name) < (int) GBX_TITLE_MAX
                     ? (size_t) xcb_get_property_value_length (name) : GBX_TITLE_MAX);
      free (name);
    }
}

/* WM_CLASS is two strings, each with a NUL at its end: the instance and the class. */
void
gbx_x_read_class (GbxXClient *self, xcb_window_t window, char class[GBX_TITLE_MAX + 1])
{
  xcb_get_property_reply_t *reply =
      gbx_x_get_property (self, window, XCB_ATOM_WM_CLASS, GBX_TITLE_MAX / 4);
  const char *words = reply && reply->format == 8 ? xcb_get_property_value (reply) : "";
  size_t length = reply && reply->format == 8 ? xcb_get_property_value_length (reply) : 0;
  size_t instance = strnlen (words, length);

  memset (class, 0, GBX_TITLE_MAX + 1);
  if (instance < length)
    memcpy (class, words + instance + 1, strnlen (words + instance + 1, length - instance - 1));
  free (reply);
}
