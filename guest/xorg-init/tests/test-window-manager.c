/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The window manager of the guest on an X server of the host, with the
 * windows of an application that is none.  TAP. */

#include "gbx-util.h"
#include "gbx-x-client.h"
#include "gbx-x-helper.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xcb/xkb.h>

#define WIDTH 1280
#define HEIGHT 800
#define PATIENCE_MS 5000

static unsigned count, failures;
static xcb_connection_t *connection;
static xcb_window_t root;
static int manager; /* the socket to it */

static void
check (bool ok, const char *what)
{
  printf ("%s %u - %s\n", ok ? "ok" : "not ok", ++count, what);
  failures += !ok;
}

/* Another process makes it true, sooner or later. */
#define CHECK_SOON(condition, what)                                                                \
  do                                                                                               \
    {                                                                                              \
      uint32_t deadline = gbx_uptime_ms () + PATIENCE_MS;                                          \
      bool is_true;                                                                                \
                                                                                                   \
      while (!(is_true = (condition)) && gbx_uptime_ms () < deadline)                              \
        usleep (10000);                                                                            \
      check (is_true, what);                                                                       \
    }                                                                                              \
  while (0)

/* ------------------------------------------------------- the application -- */

static xcb_atom_t
atom (const char *name)
{
  xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply (
      connection, xcb_intern_atom (connection, 0, strlen (name), name), NULL);
  xcb_atom_t value = reply ? reply->atom : XCB_ATOM_NONE;

  free (reply);
  return value;
}

static void
set_property (xcb_window_t window, xcb_atom_t property, xcb_atom_t type, uint32_t n,
              const uint32_t *values)
{
  xcb_change_property (connection, XCB_PROP_MODE_REPLACE, window, property, type, 32, n, values);
}

static xcb_window_t
make_window (int16_t x, int16_t y, uint16_t width, uint16_t height)
{
  xcb_window_t window = xcb_generate_id (connection);
  const uint32_t values[] = { 0x204060, XCB_EVENT_MASK_STRUCTURE_NOTIFY };

  xcb_create_window (connection, XCB_COPY_FROM_PARENT, window, root, x, y, width, height, 0,
                     XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                     XCB_CW_BACK_PIXEL | XCB_CW_EVENT_MASK, values);
  return window;
}

static void
set_types (xcb_window_t window, const char *first, const char *second)
{
  const uint32_t types[] = { atom (first), second ? atom (second) : XCB_ATOM_NONE };

  set_property (window, atom ("_NET_WM_WINDOW_TYPE"), XCB_ATOM_ATOM, second ? 2 : 1, types);
}

static void
map (xcb_window_t window)
{
  xcb_map_window (connection, window);
  xcb_flush (connection);
}

static xcb_window_t
make_dialog (uint16_t width, uint16_t height)
{
  const uint32_t protocol = atom ("WM_DELETE_WINDOW");
  xcb_window_t window = make_window (0, 0, width, height);

  set_types (window, "_NET_WM_WINDOW_TYPE_DIALOG", NULL);
  set_property (window, atom ("WM_PROTOCOLS"), XCB_ATOM_ATOM, 1, &protocol);
  map (window);
  return window;
}

static void
send_message (xcb_window_t window, const char *type, uint32_t a, uint32_t b, uint32_t c)
{
  xcb_client_message_event_t message = {
    .response_type = XCB_CLIENT_MESSAGE, .format = 32, .window = window, .type = atom (type),
    .data = { .data32 = { a, b, c } },
  };

  xcb_send_event (connection, 0, root,
                  XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY | XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT,
                  (const char *) &message);
  xcb_flush (connection);
}

/* --------------------------------------------------------- what is to see -- */

static GbxXPlace
place_of (xcb_window_t window)
{
  xcb_get_geometry_reply_t *size =
      xcb_get_geometry_reply (connection, xcb_get_geometry (connection, window), NULL);
  xcb_translate_coordinates_reply_t *at = xcb_translate_coordinates_reply (
      connection, xcb_translate_coordinates (connection, window, root, 0, 0), NULL);
  GbxXPlace place = { 0 };

  if (size && at)
    place = (GbxXPlace) { at->dst_x, at->dst_y, size->width, size->height };
  free (size);
  free (at);
  return place;
}

static bool
is_at (xcb_window_t window, int x, int y, int width, int height)
{
  GbxXPlace place = place_of (window);

  return place.x == x && place.y == y && place.width == width && place.height == height;
}

/* In the middle, with a title bar. */
static bool
is_framed (xcb_window_t window, int width, int height)
{
  return is_at (window, (WIDTH - width) / 2,
                (HEIGHT - height - GBX_X_TITLE_HEIGHT - GBX_X_BORDER) / 2 + GBX_X_TITLE_HEIGHT,
                width, height);
}

static uint32_t
get_number (xcb_window_t window, const char *property, uint32_t at)
{
  xcb_get_property_reply_t *reply = xcb_get_property_reply (
      connection, xcb_get_property (connection, 0, window, atom (property), XCB_ATOM_ANY, at, 1),
      NULL);
  uint32_t value = 0;

  if (reply && xcb_get_property_value_length (reply) == 4)
    memcpy (&value, xcb_get_property_value (reply), 4);
  free (reply);
  return value;
}

static xcb_window_t
active (void)
{
  return get_number (root, "_NET_ACTIVE_WINDOW", 0);
}

static xcb_window_t
parent_of (xcb_window_t window)
{
  xcb_query_tree_reply_t *tree =
      xcb_query_tree_reply (connection, xcb_query_tree (connection, window), NULL);
  xcb_window_t parent = tree ? tree->parent : XCB_NONE;

  free (tree);
  return parent;
}

/* Both are children of the root. */
static bool
is_above (xcb_window_t upper, xcb_window_t lower)
{
  xcb_query_tree_reply_t *tree =
      xcb_query_tree_reply (connection, xcb_query_tree (connection, root), NULL);
  const xcb_window_t *children = tree ? xcb_query_tree_children (tree) : NULL;
  int n = tree ? xcb_query_tree_children_length (tree) : 0, upper_at = -1, lower_at = -1;

  for (int i = 0; i < n; i++)
    {
      upper_at = children[i] == upper ? i : upper_at;
      lower_at = children[i] == lower ? i : lower_at;
    }
  free (tree);
  return upper_at > lower_at && lower_at >= 0;
}

/* Fills in the one of the two that the next packet has: the other one has no window, or no such
 * event. */
static bool
read_packet (GbxWindowReport *report, GbxWindowList *list, int patience_ms)
{
  static GbxWindowList ignored;
  uint8_t packet[GBX_X_PACKET_MAX];
  struct pollfd ready = { manager, POLLIN, 0 };
  ssize_t n = poll (&ready, 1, patience_ms) > 0 ? recv (manager, packet, sizeof packet, 0) : 0;
  GbxFrame frame = { .payload = packet + 1, .length = n > 0 ? n - 1 : 0 };

  if (n <= 0)
    return false;
  report->event = GBX_WINDOW_LAST + 1;
  if (packet[0] == GBX_MSG_WINDOW)
    return gbx_window_decode (report, &frame);
  return gbx_windows_decode (list ? list : &ignored, &frame);
}

/* Whether the manager reports it in time. */
static bool
is_reported (GbxWindowEvent event)
{
  GbxWindowReport report;

  while (read_packet (&report, NULL, PATIENCE_MS))
    if (report.event == event)
      return true;
  return false;
}

/* ------------------------------------------------------------- the tests -- */

static void
test_contents (void)
{
  xcb_window_t first = make_window (0, 0, 300, 200), second = make_window (0, 0, 300, 200);

  map (first);
  check (is_reported (GBX_WINDOW_MAPPED), "the first window is reported");
  map (second);
  CHECK_SOON (active () == second, "the newer one is used");
  xcb_destroy_window (connection, first);
  xcb_flush (connection);
  check (is_reported (GBX_WINDOW_DRAWN), "contents are reported though the first window went");
  xcb_destroy_window (connection, second);
  xcb_flush (connection);
  check (is_reported (GBX_WINDOW_NONE), "so is the end of the last one");
}

static void
test_kinds (void)
{
  xcb_window_t normal = make_window (0, 0, 300, 200), utility = make_window (5, 5, 300, 200);
  xcb_window_t tooltip = make_window (5, 6, 300, 200);

  set_types (normal, "_KDE_NET_WM_WINDOW_TYPE_OVERRIDE", "_NET_WM_WINDOW_TYPE_NORMAL");
  set_types (utility, "_NET_WM_WINDOW_TYPE_UTILITY", "_NET_WM_WINDOW_TYPE_NORMAL");
  set_types (tooltip, "_NET_WM_WINDOW_TYPE_TOOLTIP", NULL);
  map (normal);
  CHECK_SOON (is_at (normal, 0, 0, WIDTH, HEIGHT), "a type that nobody knows is passed over");
  map (utility);
  CHECK_SOON (is_framed (utility, 300, 200), "a tool box can be moved and closed");
  map (tooltip);
  CHECK_SOON (active () == tooltip, "a tooltip is mapped");
  check (is_at (tooltip, 5, 6, 300, 200), "and stays where it is");
  xcb_destroy_window (connection, normal);
  xcb_destroy_window (connection, utility);
  xcb_destroy_window (connection, tooltip);
}

static void
test_full_screen (void)
{
  enum { REMOVE, ADD };
  xcb_window_t dialog = make_dialog (300, 200);
  xcb_atom_t state = atom ("_NET_WM_STATE_FULLSCREEN");

  CHECK_SOON (is_framed (dialog, 300, 200), "a dialog is in the middle");
  check (get_number (dialog, "_NET_FRAME_EXTENTS", 2) == GBX_X_TITLE_HEIGHT, "with a title");
  send_message (dialog, "_NET_WM_STATE", ADD, state, 0);
  CHECK_SOON (is_at (dialog, 0, 0, WIDTH, HEIGHT), "full screen, its contents cover the screen");
  CHECK_SOON (get_number (dialog, "_NET_FRAME_EXTENTS", 2) == 0, "without a frame");
  send_message (dialog, "_NET_WM_STATE", REMOVE, state, 0);
  CHECK_SOON (is_framed (dialog, 300, 200), "and then it has its size again");
  xcb_destroy_window (connection, dialog);
}

/* It answers in order: all that was said to it before has been done. */
static void
await_manager (void)
{
  xcb_window_t dialog = make_window (0, 0, 300, 200);

  set_types (dialog, "_NET_WM_WINDOW_TYPE_DIALOG", NULL);
  send_message (dialog, "_NET_REQUEST_FRAME_EXTENTS", 0, 0, 0);
  CHECK_SOON (get_number (dialog, "_NET_FRAME_EXTENTS", 2) == GBX_X_TITLE_HEIGHT,
              "a window is told of its frame before it is mapped");
  xcb_destroy_window (connection, dialog);
}

static uint32_t
pixel_at (int16_t x, int16_t y)
{
  xcb_get_image_reply_t *image = xcb_get_image_reply (
      connection, xcb_get_image (connection, XCB_IMAGE_FORMAT_Z_PIXMAP, root, x, y, 1, 1, ~0u), NULL);
  uint32_t pixel = image ? *(const uint32_t *) xcb_get_image_data (image) & 0xffffff : 0;

  free (image);
  return pixel;
}

static bool
is_silent (void)
{
  GbxWindowReport report;

  while (read_packet (&report, NULL, 0))
    if (report.event <= GBX_WINDOW_LAST)
      return false;
  return true;
}

/* When the last window has gone, all begins again; its last picture stays until then. */
static void
test_windows_again (void)
{
  static const char class[] = "instance\0Class of it";
  xcb_window_t window = make_window (0, 0, 300, 200), dialog;

  xcb_change_property (connection, XCB_PROP_MODE_REPLACE, window, XCB_ATOM_WM_CLASS,
                       XCB_ATOM_STRING, 8, sizeof class, class);
  map (window);
  check (is_reported (GBX_WINDOW_CLASS), "the class of a window is reported");
  check (is_reported (GBX_WINDOW_MAPPED), "a window after the last one is reported");
  check (is_reported (GBX_WINDOW_DRAWN), "and its contents");
  xcb_destroy_window (connection, window);
  xcb_flush (connection);
  check (is_reported (GBX_WINDOW_NONE), "and its end");
  check (pixel_at (640, 400) == 0x204060, "the picture of a main window stays");
  dialog = make_dialog (300, 200);
  check (is_reported (GBX_WINDOW_MAPPED), "a dialog comes without a main window");
  CHECK_SOON (is_framed (dialog, 300, 200) && pixel_at (10, 10) == 0x20232a,
              "and there is nothing behind it");
  xcb_destroy_window (connection, dialog);
  xcb_flush (connection);
  check (is_reported (GBX_WINDOW_NONE), "and goes");
}

static void
map_unmanaged (xcb_window_t window)
{
  const uint32_t yes = 1;

  xcb_change_window_attributes (connection, window, XCB_CW_OVERRIDE_REDIRECT, &yes);
  map (window);
}

/* A launcher has no other window, and toolkits have some that nobody can see. */
static void
test_unmanaged (void)
{
  xcb_window_t bar = make_window (0, 0, WIDTH, 20), tiny = make_window (10, 10, 1, 1);
  xcb_window_t outside = make_window (-400, 0, 300, 200);

  map_unmanaged (tiny);
  map_unmanaged (outside);
  await_manager ();
  check (is_silent (), "a window that cannot be seen is not reported");
  map_unmanaged (bar);
  check (is_reported (GBX_WINDOW_MAPPED), "one that can be seen is, though nobody manages it");
  check (is_reported (GBX_WINDOW_DRAWN), "with its contents");
  xcb_unmap_window (connection, bar);
  xcb_flush (connection);
  check (is_reported (GBX_WINDOW_NONE), "and its end");
  xcb_destroy_window (connection, bar);
  xcb_destroy_window (connection, tiny);
  xcb_destroy_window (connection, outside);
}

static void
click (xcb_window_t frame, int16_t x, int16_t y)
{
  xcb_button_press_event_t event = {
    .response_type = XCB_BUTTON_PRESS, .detail = XCB_BUTTON_INDEX_1, .root = root, .event = frame,
    .root_x = 500, .root_y = 300, .event_x = x, .event_y = y, .same_screen = 1,
  };

  xcb_send_event (connection, 0, frame, XCB_EVENT_MASK_BUTTON_PRESS, (const char *) &event);
  await_manager ();
}

static unsigned
count_messages (void)
{
  xcb_generic_event_t *event;
  unsigned n = 0;

  while ((event = xcb_poll_for_event (connection)))
    {
      n += (event->response_type & 0x7f) == XCB_CLIENT_MESSAGE;
      free (event);
    }
  return n;
}

static bool
pointer_is_free (void)
{
  xcb_grab_pointer_reply_t *reply = xcb_grab_pointer_reply (
      connection,
      xcb_grab_pointer (connection, 0, root, 0, XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC, XCB_NONE,
                        XCB_NONE, XCB_CURRENT_TIME), NULL);
  bool is_free = reply && reply->status == XCB_GRAB_STATUS_SUCCESS;

  if (is_free)
    xcb_ungrab_pointer (connection, XCB_CURRENT_TIME);
  xcb_flush (connection);
  free (reply);
  return is_free;
}

static void
test_pointer (void)
{
  xcb_window_t dialog = make_dialog (300, 200);
  xcb_window_t frame;

  CHECK_SOON (is_framed (dialog, 300, 200), "a dialog to click at");
  frame = parent_of (dialog);
  count_messages ();
  click (frame, 301, 100);
  check (!pointer_is_free (), "a click at its frame takes the pointer");
  check (count_messages () == 0, "at its right edge it does not close it");
  /* No button is down. */
  xcb_warp_pointer (connection, XCB_NONE, root, 0, 0, 0, 0, 700, 500);
  await_manager ();
  check (pointer_is_free (), "a pointer without a button drags nothing");
  check (is_framed (dialog, 300, 200), "and the dialog has not moved");
  click (frame, 290, 10);
  check (count_messages () == 1, "at the cross it does");
  send_message (dialog, "_NET_WM_MOVERESIZE", 500, 300, 8);
  await_manager ();
  check (!pointer_is_free (), "an application begins to move its window");
  send_message (dialog, "_NET_WM_MOVERESIZE", 0, 0, 11);
  await_manager ();
  check (pointer_is_free (), "and cancels it");
  xcb_destroy_window (connection, dialog);
}

static void
test_raise (void)
{
  const uint32_t above = XCB_STACK_MODE_ABOVE;
  xcb_window_t first = make_dialog (300, 200), second;

  CHECK_SOON (active () == first, "a first dialog is used");
  second = make_dialog (200, 100);
  CHECK_SOON (active () == second, "then a second");
  xcb_configure_window (connection, first, XCB_CONFIG_WINDOW_STACK_MODE, &above);
  xcb_flush (connection);
  CHECK_SOON (active () == first, "the first raises itself");
  xcb_destroy_window (connection, first);
  xcb_destroy_window (connection, second);
}

static void
test_smaller_screen (void)
{
  GbxXRequest small = { .kind = GBX_X_RESIZE, .width = 640, .height = 480 };
  GbxXRequest large = { .kind = GBX_X_RESIZE, .width = WIDTH, .height = HEIGHT };
  xcb_window_t window = make_window (1000, 700, 200, 50);

  set_types (window, "_NET_WM_WINDOW_TYPE_NOTIFICATION", NULL);
  map (window);
  CHECK_SOON (active () == window, "a notification is mapped");
  send (manager, &small, sizeof small, 0);
  CHECK_SOON (place_of (window).x < 640 && place_of (window).y < 480,
              "on a smaller screen it stays within reach");
  send (manager, &large, sizeof large, 0);
  CHECK_SOON (is_at (window, 1000, 700, 200, 50), "and goes back with a larger one");
  xcb_destroy_window (connection, window);
}

/* The last list that the manager reports within a moment. */
static const GbxWindowList *
read_list (void)
{
  static GbxWindowList list;
  GbxWindowReport report;

  while (read_packet (&report, &list, 300))
    ;
  return &list;
}

static bool
is_listed (size_t n, uint32_t first, uint8_t flags)
{
  uint32_t deadline = gbx_uptime_ms () + PATIENCE_MS;
  const GbxWindowList *list;

  do
    list = read_list ();
  while ((list->n != n || (n > 0 && list->entries[0].number != first)) &&
         gbx_uptime_ms () < deadline);
  return list->n == n && (n == 0 || (list->entries[0].number == first &&
                                     list->entries[0].flags == flags));
}

static void
test_list (void)
{
  const uint32_t modal = atom ("_NET_WM_STATE_MODAL");
  GbxXRequest close_all = { .kind = GBX_X_CLOSE_WINDOWS };
  GbxXRequest use = { .kind = GBX_X_USE_WINDOW };
  xcb_window_t main_window = make_window (0, 0, 300, 200), splash = make_window (0, 0, 300, 200);
  xcb_window_t dialog, question;
  uint32_t first;

  set_types (splash, "_NET_WM_WINDOW_TYPE_SPLASH", NULL);
  map (splash);
  map (main_window);
  while (read_list ()->n != 1)
    ;
  first = read_list ()->entries[0].number;
  check (first > 0, "a splash screen is not in the list, a main window is");
  dialog = make_dialog (1000, 700);
  check (is_listed (2, first + 1, GBX_WINDOW_CLOSES), "a dialog that can be closed is");
  question = make_window (0, 0, 200, 100);
  set_property (question, XCB_ATOM_WM_TRANSIENT_FOR, XCB_ATOM_WINDOW, 1, &main_window);
  set_property (question, atom ("_NET_WM_STATE"), XCB_ATOM_ATOM, 1, &modal);
  map (question);
  check (is_listed (3, first + 2, GBX_WINDOW_MODAL), "so is a modal one, marked");
  xcb_destroy_window (connection, question);
  xcb_flush (connection);
  check (is_listed (2, first + 1, GBX_WINDOW_CLOSES), "and then the one before is used again");
  use.window = first;
  send (manager, &use, sizeof use, 0);
  CHECK_SOON (active () == main_window, "the host's user switches to the main window");
  CHECK_SOON (is_above (main_window, parent_of (dialog)), "which a large dialog does not hide");
  use.window = first + 1;
  send (manager, &use, sizeof use, 0);
  CHECK_SOON (active () == dialog && is_above (parent_of (dialog), main_window), "and back");
  use.window = first + 99;
  send (manager, &use, sizeof use, 0);
  await_manager ();
  count_messages ();
  send (manager, &close_all, sizeof close_all, 0);
  await_manager ();
  check (count_messages () == 1, "only who can be asked to close is asked");
  check (active () == dialog, "a number that no window has is passed over");
  xcb_destroy_window (connection, dialog);
  xcb_destroy_window (connection, main_window);
  xcb_destroy_window (connection, splash);
  xcb_flush (connection);
  check (is_listed (0, 0, 0), "at the end the list is empty");
}

/* Of our modes; other modes are the server's. */
static unsigned
count_modes (void)
{
  xcb_randr_get_screen_resources_current_reply_t *resources =
      xcb_randr_get_screen_resources_current_reply (
          connection, xcb_randr_get_screen_resources_current (connection, root), NULL);
  unsigned n = 0;
  const xcb_randr_mode_info_t *modes =
      resources ? xcb_randr_get_screen_resources_current_modes (resources) : NULL;
  const uint8_t *name =
      resources ? xcb_randr_get_screen_resources_current_names (resources) : NULL;

  for (int i = 0; resources && i < resources->num_modes; name += modes[i].name_len, i++)
    n += modes[i].name_len > 4 && memcmp (name, "gbx-", 4) == 0;
  free (resources);
  return n;
}

static void
test_modes (void)
{
  GbxXRequest size = { .kind = GBX_X_RESIZE };

  for (int i = 0; i < 20; i++)
    {
      size.width = 700 + 3 * i;
      size.height = 500 + 2 * i;
      send (manager, &size, sizeof size, 0);
      usleep (10000);
    }
  CHECK_SOON (is_at (root, 0, 0, size.width, size.height), "the screen follows twenty sizes");
  CHECK_SOON (count_modes () <= 2, "and leaves no mode of them");
  size.width = WIDTH;
  size.height = HEIGHT;
  send (manager, &size, sizeof size, 0);
  CHECK_SOON (is_at (root, 0, 0, WIDTH, HEIGHT), "and has the first size again");
}

/* Reports the size that the manager asks for. */
static bool
is_size_wanted (uint16_t width, uint16_t height)
{
  GbxWindowReport report;

  while (read_packet (&report, NULL, PATIENCE_MS))
    if (report.event == GBX_WINDOW_SIZE)
      return report.width == width && report.height == height;
  return false;
}

static void
test_fit (void)
{
  GbxXRequest fit = { GBX_X_FIT, WIDTH, HEIGHT, 0 }, resize = { GBX_X_RESIZE, WIDTH, HEIGHT, 0 };
  xcb_window_t splash = make_window (0, 0, 700, 500), first = make_window (0, 0, 400, 300), second;

  send (manager, &fit, sizeof fit, 0);
  await_manager ();
  set_types (splash, "_NET_WM_WINDOW_TYPE_SPLASH", NULL);
  map (splash);
  map (first);
  check (is_size_wanted (400, 300), "the first window that is no splash screen chooses the size");
  CHECK_SOON (is_at (root, 0, 0, 400, 300) && is_at (first, 0, 0, 400, 300), "and gets it");
  second = make_dialog (600, 200);
  check (is_size_wanted (600 + 2 * GBX_X_BORDER, 300), "a larger dialog asks for more");
  send (manager, &resize, sizeof resize, 0);
  CHECK_SOON (is_framed (second, 600, 200), "which the host may give");
  xcb_destroy_window (connection, splash);
  xcb_destroy_window (connection, first);
  xcb_destroy_window (connection, second);
  xcb_flush (connection);
}

/* A window that cannot be smaller than the screen is not cut. */
static void
test_large (void)
{
  const uint32_t least[18] = { [0] = 1 << 4, [5] = 1000, [6] = 500 };
  GbxXRequest small = { GBX_X_RESIZE, 640, 600, 0 }, large = { GBX_X_RESIZE, WIDTH, HEIGHT, 0 };
  xcb_window_t dialog = make_window (0, 0, 1000, 500);

  set_types (dialog, "_NET_WM_WINDOW_TYPE_DIALOG", NULL);
  set_property (dialog, XCB_ATOM_WM_NORMAL_HINTS, XCB_ATOM_WM_SIZE_HINTS, 18, least);
  send (manager, &small, sizeof small, 0);
  map (dialog);
  CHECK_SOON (is_at (root, 0, 0, 1008, 600), "the screen grows for a dialog that cannot shrink");
  CHECK_SOON (place_of (dialog).width == 1000, "which has its size");
  xcb_destroy_window (connection, dialog);
  xcb_flush (connection);
  CHECK_SOON (is_at (root, 0, 0, 640, 600), "and then it is as the host wants it again");
  send (manager, &large, sizeof large, 0);
  CHECK_SOON (is_at (root, 0, 0, WIDTH, HEIGHT), "in any size");
}

/* ------------------------------------------------------------ the titles -- */

#define TITLE_WIDTH 400

/* A number that stands for the picture of a window's title bar; 0 if there is none. */
static uint64_t
picture_of (xcb_window_t frame, uint32_t *back, unsigned *n_others)
{
  xcb_get_image_reply_t *image = xcb_get_image_reply (
      connection,
      xcb_get_image (connection, XCB_IMAGE_FORMAT_Z_PIXMAP, frame, 0, 0,
                     TITLE_WIDTH - GBX_X_TITLE_HEIGHT, GBX_X_TITLE_HEIGHT - 1, ~0u), NULL);
  const uint32_t *pixels = image ? (const uint32_t *) xcb_get_image_data (image) : NULL;
  int n = image ? xcb_get_image_data_length (image) / 4 : 0;
  uint64_t sum = 14695981039346656037u;

  *n_others = 0;
  *back = n > 0 ? pixels[0] & 0xffffff : 0;
  for (int i = 0; i < n; i++)
    {
      sum = (sum ^ (pixels[i] & 0xffffff)) * 1099511628211u;
      *n_others += (pixels[i] & 0xffffff) != *back;
    }
  free (image);
  return n > 0 ? sum : 0;
}

static void
set_title (xcb_window_t window, const char *title)
{
  xcb_change_property (connection, XCB_PROP_MODE_REPLACE, window, atom ("_NET_WM_NAME"),
                       atom ("UTF8_STRING"), 8, strlen (title), title);
  xcb_flush (connection);
}

/* The picture after the title was set, once it is another one with a text. */
static uint64_t
draw_title (xcb_window_t window, const char *title, uint64_t before)
{
  xcb_window_t frame = parent_of (window);
  uint32_t back;
  unsigned others = 0;
  uint64_t picture = before;

  set_title (window, title);
  CHECK_SOON ((picture = picture_of (frame, &back, &others)) != before && others > 20,
              "a title is drawn");
  return picture;
}

/* Each would be question marks, of the same number. */
static void
test_titles (void)
{
  static const char *const titles[] = { "Привет!", "Γειάσου", "שלום שם", "سلامسلا" };
  xcb_window_t dialog = make_dialog (TITLE_WIDTH - 2 * GBX_X_BORDER, 200);
  uint64_t pictures[5] = { 0 };
  uint32_t back;
  unsigned others;

  CHECK_SOON (is_framed (dialog, TITLE_WIDTH - 2 * GBX_X_BORDER, 200), "a dialog with a title");
  for (size_t i = 0; i < 4; i++)
    pictures[i + 1] = draw_title (dialog, titles[i], pictures[i]);
  for (size_t i = 1; i <= 4; i++)
    for (size_t j = 1; j < i; j++)
      check (pictures[i] != pictures[j], "and is another picture");
  picture_of (parent_of (dialog), &back, &others);
  check (back == 0x2c2c2c, "on a dark desktop the bar is dark");
  /* Old applications write Latin-1; the rest is any bytes. */
  pictures[0] = draw_title (dialog, "\xdc" "bergr\xf6\xdf" "e", pictures[4]);
  pictures[2] = draw_title (dialog, "Something else", pictures[0]);
  pictures[1] = draw_title (dialog, "Übergröße", pictures[2]);
  check (pictures[0] == pictures[1], "Latin-1 is read as such");
  draw_title (dialog, "\xff\xfe\x01\n\xf0\x9f\x98\x80 end", pictures[1]);
  xcb_destroy_window (connection, dialog);
  xcb_flush (connection);
}

static void
test_resources (void)
{
  xcb_get_property_reply_t *reply = xcb_get_property_reply (
      connection, xcb_get_property (connection, 0, root, XCB_ATOM_RESOURCE_MANAGER, XCB_ATOM_STRING,
                                    0, 100), NULL);

  check (reply && memmem (xcb_get_property_value (reply), xcb_get_property_value_length (reply),
                          "Xcursor.size:\t48\n", 17), "every client gets the resources");
  free (reply);
}

/* A program that does not start, or ends: the bar is drawn by the X server. */
static void
test_without_program (void)
{
  xcb_window_t dialog = make_dialog (TITLE_WIDTH - 2 * GBX_X_BORDER, 100);

  CHECK_SOON (is_framed (dialog, TITLE_WIDTH - 2 * GBX_X_BORDER, 100), "a dialog with a title");
  draw_title (dialog, "Without a program", 0);
  xcb_destroy_window (connection, dialog);
  xcb_flush (connection);
}

/* --------------------------------------------------------------- input -- */

static unsigned
get_group (void)
{
  xcb_xkb_get_state_reply_t *reply = xcb_xkb_get_state_reply (
      connection, xcb_xkb_get_state (connection, XCB_XKB_ID_USE_CORE_KBD), NULL);
  unsigned group = reply ? reply->lockedGroup : 99;

  free (reply);
  return group;
}

static void
ask (GbxXRequest request)
{
  send (manager, &request, sizeof request, 0);
}

static void
test_group (void)
{
  if (system ("setxkbmap us,de,fr") != 0)
    {
      printf ("ok %u - layouts # SKIP setxkbmap is not installed\n", ++count);
      return;
    }
  free (xcb_xkb_use_extension_reply (connection, xcb_xkb_use_extension (connection, 1, 0), NULL));
  ask ((GbxXRequest) { .kind = GBX_X_GROUP, .number = 2 });
  CHECK_SOON (get_group () == 2, "the third layout is used");
  ask ((GbxXRequest) { .kind = GBX_X_GROUP });
  CHECK_SOON (get_group () == 0, "and the first again");
}

static bool
gets_button (uint8_t type, uint8_t button)
{
  xcb_generic_event_t *event;
  bool found = false;

  while (!found && (event = xcb_poll_for_event (connection)))
    {
      found = (event->response_type & 0x7f) == type &&
              ((xcb_button_press_event_t *) event)->detail == button;
      free (event);
    }
  return found;
}

static void
place_pointer (int *x, int *y)
{
  xcb_query_pointer_reply_t *reply = xcb_query_pointer_reply (
      connection, xcb_query_pointer (connection, root), NULL);

  *x = reply->root_x;
  *y = reply->root_y;
  free (reply);
}

static bool
pointer_is_at (int x, int y)
{
  int now_x, now_y;

  place_pointer (&now_x, &now_y);
  return now_x == x && now_y == y;
}

static void
test_buttons (void)
{
  const uint32_t buttons = XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE;
  xcb_window_t window = make_window (0, 0, 400, 300);

  xcb_change_window_attributes (connection, window, XCB_CW_EVENT_MASK, &buttons);
  map (window);
  CHECK_SOON (active () == window, "a window takes buttons");
  xcb_warp_pointer (connection, XCB_NONE, root, 0, 0, 0, 0, 100, 100);
  xcb_flush (connection);
  ask ((GbxXRequest) { .kind = GBX_X_BUTTON, .number = 7, .pressed = true });
  CHECK_SOON (gets_button (XCB_BUTTON_PRESS, 7), "the wheel goes to the right");
  ask ((GbxXRequest) { .kind = GBX_X_BUTTON, .number = 7 });
  CHECK_SOON (gets_button (XCB_BUTTON_RELEASE, 7), "and is let go");
  ask ((GbxXRequest) { .kind = GBX_X_MOTION, .x = 30, .y = -20 });
  CHECK_SOON (pointer_is_at (130, 80), "the pointer moves from where it is");
  xcb_destroy_window (connection, window);
}

static bool
reports_pointer (uint8_t hidden)
{
  static uint8_t report[GBX_X_PACKET_MAX];
  ssize_t n;

  while ((n = recv (manager, report, sizeof report, MSG_DONTWAIT)) > 0)
    if (n == 2 && report[0] == GBX_X_POINTER && report[1] == hidden)
      return true;
  return false;
}

static xcb_cursor_t
make_cursor (uint16_t size, bool visible)
{
  xcb_pixmap_t pixmap = xcb_generate_id (connection);
  xcb_gcontext_t gc = xcb_generate_id (connection);
  xcb_cursor_t cursor = xcb_generate_id (connection);
  const uint32_t value = visible;
  const xcb_rectangle_t all = { 0, 0, size, size };

  xcb_create_pixmap (connection, 1, pixmap, root, size, size);
  xcb_create_gc (connection, gc, pixmap, XCB_GC_FOREGROUND, &value);
  xcb_poly_fill_rectangle (connection, pixmap, gc, 1, &all);
  xcb_create_cursor (connection, cursor, pixmap, pixmap, 0, 0, 0, 65535, 65535, 65535, 0, 0);
  return cursor;
}

static void
show_cursor (xcb_window_t window, xcb_cursor_t cursor)
{
  xcb_change_window_attributes (connection, window, XCB_CW_CURSOR, &cursor);
  xcb_flush (connection);
}

static void
test_pointer_reports (void)
{
  xcb_window_t window = make_window (0, 0, 400, 300);

  show_cursor (window, make_cursor (16, true));
  map (window);
  CHECK_SOON (active () == window, "a window has a pointer of its own");
  xcb_warp_pointer (connection, XCB_NONE, root, 0, 0, 0, 0, 100, 100);
  ask ((GbxXRequest) { .kind = GBX_X_WATCH_POINTER });
  CHECK_SOON (reports_pointer (0), "it is reported as shown");
  show_cursor (window, make_cursor (16, false));
  CHECK_SOON (reports_pointer (1), "then as hidden");
  show_cursor (window, make_cursor (64, true));
  CHECK_SOON (reports_pointer (0), "the card shows 64 pixels");
  show_cursor (window, make_cursor (128, true));
  CHECK_SOON (reports_pointer (1), "a larger one is drawn on the screen");
  xcb_destroy_window (connection, window);
}

static pid_t
start_manager (const char *program, const char *resources)
{
  int ends[2];
  pid_t pid;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
    return -1;
  pid = fork ();
  if (pid == 0)
    {
      close (ends[0]);
      if (program)
        gbx_x_title_use (program);
      gbx_x_looks_use (resources);
      gbx_x_helper_run (ends[1]);
    }
  close (ends[1]);
  manager = ends[0];
  return pid;
}

static void
end_manager (pid_t pid)
{
  check (waitpid (pid, NULL, WNOHANG) == 0, "the window manager still runs");
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  close (manager);
  CHECK_SOON (get_number (get_number (root, "_NET_SUPPORTING_WM_CHECK", 0),
                          "_NET_SUPPORTING_WM_CHECK", 0) == 0, "and has gone");
}

static bool
is_managed (void)
{
  return get_number (get_number (root, "_NET_SUPPORTING_WM_CHECK", 0),
                     "_NET_SUPPORTING_WM_CHECK", 0) != 0;
}

int
main (int argc, char **argv)
{
  static const char looks[] = "Xcursor.size:\t48\nglovebox.dark:\t1\nglovebox.font:\tSans 10\n";
  char resources[] = "/tmp/gbx-resources-XXXXXX";
  int fd = mkstemp (resources);
  pid_t pid;

  if (argc != 2 || fd < 0 || write (fd, looks, sizeof looks - 1) < 0)
    return 1;
  close (fd);
  connection = xcb_connect (NULL, NULL);
  if (xcb_connection_has_error (connection))
    return 1;
  root = xcb_setup_roots_iterator (xcb_get_setup (connection)).data->root;
  pid = start_manager (argv[1], resources);
  CHECK_SOON (is_managed (), "the window manager is there");
  test_resources ();
  test_contents ();
  test_windows_again ();
  test_unmanaged ();
  test_kinds ();
  test_full_screen ();
  test_pointer ();
  test_raise ();
  test_smaller_screen ();
  test_list ();
  test_modes ();
  test_large ();
  test_fit ();
  test_titles ();
  test_group ();
  test_buttons ();
  test_pointer_reports ();
  end_manager (pid);
  pid = start_manager ("/bin/false", "/nonexistent");
  CHECK_SOON (is_managed (), "a second one is there");
  test_without_program ();
  end_manager (pid);
  unlink (resources);
  printf ("1..%u\n", count);
  return failures > 0;
}
