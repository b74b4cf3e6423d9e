/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The window manager, for one application: main windows fill the screen,
 * dialogs are in the middle with a title, the rest is left alone.
 *
 * It is part of the init because starting one of the host's takes seconds under TCG (fonts,
 * themes, configuration), and so that it runs before the application's first window. */

#include "gbx-x-client.h"

#include <stdlib.h>

#define BACKGROUND 0x20232a
#define LEFT_POINTER 68 /* XC_left_ptr of the cursor font */

static bool
become_manager (GbxXClient *self)
{
  const uint32_t wanted = XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY |
                          XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_generic_error_t *error = xcb_request_check (
      self->connection, xcb_change_window_attributes_checked (self->connection, self->root,
                                                              XCB_CW_EVENT_MASK, &wanted));
  bool alone = error == NULL;

  free (error);
  return alone;
}

static void
set_root_appearance (GbxXClient *self)
{
  static const char name[] = "cursor";
  xcb_font_t font = xcb_generate_id (self->connection);
  xcb_cursor_t cursor = xcb_generate_id (self->connection);
  const uint32_t values[] = { BACKGROUND, cursor };

  xcb_open_font (self->connection, font, sizeof name - 1, name);
  xcb_create_glyph_cursor (self->connection, cursor, font, font, LEFT_POINTER, LEFT_POINTER + 1, 0,
                           0, 0, 0xffff, 0xffff, 0xffff);
  xcb_change_window_attributes (self->connection, self->root, XCB_CW_BACK_PIXEL | XCB_CW_CURSOR,
                                values);
  xcb_clear_area (self->connection, 0, self->root, 0, 0, 0, 0);
}

/* With any state of the keyboard's locks. */
static void
grab_keys (GbxXClient *self)
{
  static const uint16_t locks[] = { 0, XCB_MOD_MASK_LOCK, XCB_MOD_MASK_2,
                                    XCB_MOD_MASK_LOCK | XCB_MOD_MASK_2 };

  for (size_t i = 0; i < sizeof locks / sizeof *locks; i++)
    {
      xcb_grab_key (self->connection, 0, self->root, XCB_MOD_MASK_1 | locks[i], GBX_X_KEY_TAB,
                    XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC);
      xcb_grab_key (self->connection, 0, self->root, XCB_MOD_MASK_1 | locks[i], GBX_X_KEY_F4,
                    XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC);
    }
}

static void
announce (GbxXClient *self)
{
  static const char name[] = "Glovebox";
  const uint32_t hidden = 1;

  self->check = xcb_generate_id (self->connection);
  xcb_create_window (self->connection, XCB_COPY_FROM_PARENT, self->check, self->root, -10, -10, 1, 1,
                     0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, XCB_CW_OVERRIDE_REDIRECT,
                     &hidden);
  xcb_change_property (self->connection, XCB_PROP_MODE_REPLACE, self->check,
                       self->atoms[GBX_ATOM__NET_WM_NAME], self->atoms[GBX_ATOM_UTF8_STRING], 8,
                       sizeof name - 1, name);
  gbx_x_set_atoms (self, self->check, GBX_ATOM__NET_SUPPORTING_WM_CHECK, XCB_ATOM_WINDOW, 1,
                   &self->check);
  gbx_x_set_atoms (self, self->root, GBX_ATOM__NET_SUPPORTED, XCB_ATOM_ATOM, GBX_N_ATOMS,
                   self->atoms);
  gbx_x_publish_screen (self);
  gbx_x_publish_windows (self);
  gbx_x_set_atoms (self, self->root, GBX_ATOM__NET_SUPPORTING_WM_CHECK, XCB_ATOM_WINDOW, 1,
                   &self->check);
}

/* Windows that existed before, if the application was faster. */
static void
adopt_windows (GbxXClient *self)
{
  xcb_query_tree_reply_t *tree = xcb_query_tree_reply (
      self->connection, xcb_query_tree (self->connection, self->root), NULL);
  const xcb_window_t *children = tree ? xcb_query_tree_children (tree) : NULL;
  int n = tree ? xcb_query_tree_children_length (tree) : 0;

  for (int i = 0; i < n; i++)
    {
      xcb_get_window_attributes_reply_t *attributes = xcb_get_window_attributes_reply (
          self->connection, xcb_get_window_attributes (self->connection, children[i]), NULL);

      if (attributes && !attributes->override_redirect &&
          attributes->map_state == XCB_MAP_STATE_VIEWABLE)
        gbx_x_window_manage (self, children[i], true);
      free (attributes);
    }
  free (tree);
}

bool
gbx_x_manager_start (GbxXClient *self)
{
  self->width = self->screen->width_in_pixels;
  self->height = self->screen->height_in_pixels;
  if (!become_manager (self))
    return false;
  gbx_x_looks_read (self);
  gbx_x_frame_prepare (self);
  set_root_appearance (self);
  gbx_x_curtain_prepare (self);
  grab_keys (self);
  announce (self);
  adopt_windows (self);
  return true;
}
