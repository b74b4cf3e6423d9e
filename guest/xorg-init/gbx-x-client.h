/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The parts of the X helper's process, which is also the window manager. */

#include "gbx-guest-config.h"
#include "gbx-protocol.h"

#include <linux/input-event-codes.h>
#include <xcb/damage.h>
#include <xcb/randr.h>
#include <xcb/xcb.h>

#define GBX_X_WINDOWS_MAX 128
#define GBX_X_UNMANAGED_MAX 16
/* As Xorg numbers the kernel's keys. */
#define GBX_X_KEY_TAB (KEY_TAB + 8)
#define GBX_X_KEY_F4 (KEY_F4 + 8)

#define GBX_X_TITLE_HEIGHT (gbx_x_title_height ())
#define GBX_X_BORDER 1

/* The window types come last, NORMAL first of them. */
#define GBX_X_ATOMS(X)                                                                             \
  X (WM_PROTOCOLS) X (WM_DELETE_WINDOW) X (WM_TAKE_FOCUS) X (WM_STATE) X (UTF8_STRING)             \
  X (_MOTIF_WM_HINTS) X (_NET_SUPPORTED) X (_NET_SUPPORTING_WM_CHECK) X (_NET_CLIENT_LIST)         \
  X (_NET_CLIENT_LIST_STACKING) X (_NET_ACTIVE_WINDOW) X (_NET_NUMBER_OF_DESKTOPS)                 \
  X (_NET_CURRENT_DESKTOP) X (_NET_WORKAREA) X (_NET_DESKTOP_GEOMETRY) X (_NET_WM_NAME)            \
  X (_NET_CLOSE_WINDOW) X (_NET_WM_MOVERESIZE) X (_NET_WM_STATE) X (_NET_WM_STATE_FULLSCREEN)      \
  X (_NET_WM_STATE_MODAL)                                                                          \
  X (_NET_WM_STATE_MAXIMIZED_VERT) X (_NET_WM_STATE_MAXIMIZED_HORZ) X (_NET_WM_STATE_FOCUSED)      \
  X (_NET_FRAME_EXTENTS) X (_NET_REQUEST_FRAME_EXTENTS) X (_NET_WM_WINDOW_TYPE)                    \
  X (_NET_WM_WINDOW_TYPE_NORMAL) X (_NET_WM_WINDOW_TYPE_DIALOG) X (_NET_WM_WINDOW_TYPE_UTILITY)    \
  X (_NET_WM_WINDOW_TYPE_TOOLBAR) X (_NET_WM_WINDOW_TYPE_MENU) X (_NET_WM_WINDOW_TYPE_SPLASH)      \
  X (_NET_WM_WINDOW_TYPE_DESKTOP) X (_NET_WM_WINDOW_TYPE_DOCK) X (_NET_WM_WINDOW_TYPE_TOOLTIP)     \
  X (_NET_WM_WINDOW_TYPE_NOTIFICATION) X (_NET_WM_WINDOW_TYPE_DROPDOWN_MENU)                       \
  X (_NET_WM_WINDOW_TYPE_POPUP_MENU) X (_NET_WM_WINDOW_TYPE_COMBO) X (_NET_WM_WINDOW_TYPE_DND)

typedef enum
{
#define GBX_X_ATOM_ENTRY(name) GBX_ATOM_##name,
  GBX_X_ATOMS (GBX_X_ATOM_ENTRY)
#undef GBX_X_ATOM_ENTRY
  GBX_N_ATOMS,
} GbxAtom;

typedef enum
{
  GBX_X_MAIN,   /* fills the screen */
  GBX_X_DIALOG, /* in the middle, with a title bar if it has none itself */
  GBX_X_FREE,   /* a splash screen or tooltip: placed as it requests */
} GbxXKind;

/* A window's properties when it is mapped. */
typedef struct
{
  GbxXKind kind;
  bool decorated, centred;
  bool takes_input, takes_focus, deletes; /* how it wants to get focus and to be closed */
  xcb_window_t parent;            /* of a dialog; 0 */
  uint16_t min_width, min_height; /* 0: none */
} GbxXHints;

typedef struct
{
  int16_t x, y;           /* of the frame, or of the window without one */
  uint16_t width, height; /* of the window */
} GbxXPlace;

typedef struct
{
  xcb_window_t window, frame; /* frame: 0 without a title bar */
  uint32_t number;            /* for the host: of the order in which they appeared */
  GbxXHints hints;
  GbxXPlace wanted; /* requested by the application and the pointer */
  GbxXPlace place;  /* actual, on this screen and in its state */
  bool fullscreen, maximised, modal; /* as the application asked */
  bool moved;
  bool lowered; /* a dialog that the user has put behind the main windows */
  unsigned ignored_unmaps; /* that we created */
  char title[GBX_TITLE_MAX + 1];
} GbxXWindow;

typedef struct
{
  xcb_connection_t *connection;
  xcb_screen_t *screen;
  xcb_window_t root;
  xcb_atom_t atoms[GBX_N_ATOMS];
  int socket; /* to init */

  uint16_t width, height;               /* of the screen */
  uint16_t asked_width, asked_height;   /* by init, or by the first window */
  uint16_t needed_width, needed_height; /* the last result of these and of the windows */
  bool fits, fitted; /* the first window may choose the size; it has, or nobody may any more */

  /* Managed windows, the most recently used one first. */
  size_t n_windows;
  uint32_t last_number;
  GbxXWindow windows[GBX_X_WINDOWS_MAX];
  xcb_window_t check; /* of _NET_SUPPORTING_WM_CHECK */
  xcb_window_t dragged; /* 0: none */
  int16_t drag_x, drag_y; /* where the pointer holds the frame */
  xcb_gcontext_t gc;
  xcb_window_t curtain;

  /* Windows that the application placed without us and that can be seen: menus, launchers. */
  size_t n_unmanaged;
  GbxXWindow unmanaged[GBX_X_UNMANAGED_MAX];

  /* input */
  bool has_xkb, has_test, watches_pointer;
  uint8_t fixes_event;   /* 0: no XFIXES extension */
  uint8_t hidden;        /* what has been reported of the pointer; 255: nothing */

  /* reports */
  uint8_t damage_event; /* 0: no DAMAGE extension */
  bool mapped, drawn;   /* what has been reported */
  uint32_t first_damage_ms;
  xcb_window_t watched; /* for damage */
  xcb_damage_damage_t damage;
  char title[GBX_TITLE_MAX + 1], class[GBX_TITLE_MAX + 1];
} GbxXClient;

/* gbx-x-screen.c: sets exactly that screen size; false if the card refuses it. */
bool gbx_x_screen_resize (GbxXClient *self, uint16_t width, uint16_t height);

/* gbx-x-hints.c */
xcb_get_property_reply_t *gbx_x_get_property (GbxXClient *self, xcb_window_t window,
                                              xcb_atom_t property, uint32_t words);
void gbx_x_read_hints (GbxXClient *self, xcb_window_t window, GbxXHints *hints);
void gbx_x_read_title (GbxXClient *self, xcb_window_t window, char title[GBX_TITLE_MAX + 1]);
void gbx_x_read_class (GbxXClient *self, xcb_window_t window, char class[GBX_TITLE_MAX + 1]);

/* gbx-x-looks.c: what the host told about the looks of things. */
typedef struct
{
  uint32_t bar, bar_inactive, text, text_inactive, line; /* 0xRRGGBB */
} GbxXColours;

typedef struct
{
  GbxXColours colours;
  char font[160]; /* as Pango describes it */
  int text_pixels, title_height;
} GbxXLooks;

/* Also offers the resources to all clients. */
void gbx_x_looks_read (GbxXClient *self);
const GbxXLooks *gbx_x_looks (void);
uint16_t gbx_x_title_height (void);
/* Another file, for the tests. */
void gbx_x_looks_use (const char *path);

/* gbx-x-title.c: the pictures of title bars. */
/* The last one of that window, if any; it is drawn again when there is a newer one. */
xcb_pixmap_t gbx_x_title_get (GbxXClient *self, const GbxXWindow *window);
/* False if no picture will ever come. */
bool gbx_x_title_works (void);
/* What to poll; or -1. */
int gbx_x_title_get_fd (void);
void gbx_x_title_tick (GbxXClient *self);
/* Another program, for the tests. */
void gbx_x_title_use (const char *path);

/* gbx-x-frame.c */
void gbx_x_frame_prepare (GbxXClient *self);
void gbx_x_frame_add (GbxXClient *self, GbxXWindow *window);
void gbx_x_frame_remove (GbxXClient *self, GbxXWindow *window);
void gbx_x_frame_draw (GbxXClient *self, const GbxXWindow *window);
/* Moves window and frame to their place, and notifies the window. */
void gbx_x_frame_place (GbxXClient *self, const GbxXWindow *window);
/* The size with the frame. */
uint16_t gbx_x_outer_width (const GbxXWindow *window);
uint16_t gbx_x_outer_height (const GbxXWindow *window);

/* gbx-x-properties.c: properties for applications. */
void gbx_x_set_atoms (GbxXClient *self, xcb_window_t window, GbxAtom property, xcb_atom_t type,
                      uint32_t n, const uint32_t *values);
void gbx_x_publish_state (GbxXClient *self, const GbxXWindow *window);
void gbx_x_publish_extents (GbxXClient *self, xcb_window_t window, bool framed);
void gbx_x_publish_windows (GbxXClient *self);
void gbx_x_publish_screen (GbxXClient *self);
void gbx_x_send_protocol (GbxXClient *self, const GbxXWindow *window, GbxAtom protocol);

/* gbx-x-windows.c: activating, managing and unmanaging a window moves the others. */
/* Finds a window by itself or its frame; NULL: not managed. */
GbxXWindow *gbx_x_window_find (GbxXClient *self, xcb_window_t id);
void gbx_x_window_layout (GbxXClient *self, GbxXWindow *window);
void gbx_x_window_use (GbxXClient *self, GbxXWindow *window);
/* viewable: it is already on the screen. */
void gbx_x_window_manage (GbxXClient *self, xcb_window_t id, bool viewable);
/* exists: it was only unmapped. */
void gbx_x_window_unmanage (GbxXClient *self, GbxXWindow *window, bool exists);
void gbx_x_window_close (GbxXClient *self, const GbxXWindow *window);

/* gbx-x-unmanaged.c: windows with override-redirect, which are only counted. */
void gbx_x_unmanaged_map (GbxXClient *self, xcb_window_t id);
void gbx_x_unmanaged_unmap (GbxXClient *self, xcb_window_t id);

/* gbx-x-curtain.c: update it when a window has come or gone. */
void gbx_x_curtain_prepare (GbxXClient *self);
void gbx_x_curtain_update (GbxXClient *self);

/* gbx-x-events.c */
void gbx_x_manager_event (GbxXClient *self, const xcb_generic_event_t *event);
/* The screen has another size. */
void gbx_x_manager_resized (GbxXClient *self, uint16_t width, uint16_t height);

/* gbx-x-manager.c; false if there is another window manager. */
bool gbx_x_manager_start (GbxXClient *self);

/* gbx-x-list.c */
/* Reports all windows to init, if anything has changed. */
void gbx_x_list_report (GbxXClient *self);
void gbx_x_list_close (GbxXClient *self);
void gbx_x_list_use (GbxXClient *self, uint32_t number);

/* gbx-x-fit.c */
/* Call it with each new window, before it has a frame and a place. */
void gbx_x_fit (GbxXClient *self, GbxXWindow *window);
/* Gives the screen the size that init and the windows need, if that has changed. */
void gbx_x_fit_screen (GbxXClient *self);
/* gbx-x-input.c: what the user does that comes from init, and the pointer's state. */
void gbx_x_input_start (GbxXClient *self);
void gbx_x_input_group (GbxXClient *self, uint16_t group);
void gbx_x_input_button (GbxXClient *self, uint16_t button, bool pressed);
void gbx_x_input_motion (GbxXClient *self, int16_t x, int16_t y);
void gbx_x_input_watch_pointer (GbxXClient *self);
void gbx_x_input_event (GbxXClient *self, const xcb_generic_event_t *event);

/* gbx-x-report.c: reports to init. */
void gbx_x_report_start (GbxXClient *self);
void gbx_x_report_mapped (GbxXClient *self, const GbxXWindow *window);
void gbx_x_report_title (GbxXClient *self, const char *title);
/* A screen of that size is needed. */
void gbx_x_report_size (GbxXClient *self, uint16_t width, uint16_t height);
void gbx_x_report_event (GbxXClient *self, const xcb_generic_event_t *event);
void gbx_x_report_gone (GbxXClient *self, xcb_window_t window);
/* A window has gone: reports if it was the last one, else watches one that is left. */
void gbx_x_report_left (GbxXClient *self);
/* The time until the next action without an event; -1: none. */
int gbx_x_report_timeout (const GbxXClient *self);
void gbx_x_report_tick (GbxXClient *self);
