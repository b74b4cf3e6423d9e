/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pure parts of the guest's init, on the host.  TAP. */

#include "gbx-application.h"
#include "gbx-file-limit.h"
#include "gbx-input-records.h"
#include "gbx-mounts.h"
#include "gbx-parts.h"
#include "gbx-services.h"
#include "gbx-stream.h"
#include "gbx-xorg-config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input-event-codes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned count, failures;

static void
check (bool ok, const char *what)
{
  printf ("%s %u - %s\n", ok ? "ok" : "not ok", ++count, what);
  failures += !ok;
}

/* ---------------------------------------------------------------- paths -- */

static void
test_paths (void)
{
  char out[32];

  check (gbx_path_is_below ("/home/u", "/home"), "a folder is below its parent");
  check (gbx_path_is_below ("/home", "/home/"), "a folder is below itself");
  check (!gbx_path_is_below ("/homes", "/home"), "a common beginning is not enough");
  check (gbx_path_parent ("/a/b/", out, sizeof out) && strcmp (out, "/a") == 0, "parent of /a/b/");
  check (gbx_path_parent ("/a", out, sizeof out) && strcmp (out, "/") == 0, "parent of /a");
  check (!gbx_path_parent ("/a/long/enough/to/not/fit/there/x", out, 8), "a parent that does not fit");
}

static void
test_home (void)
{
  char out[256];

  check (gbx_home_mount_point ("/home/u", out, sizeof out) && !out[0], "/home is a tmpfs already");
  check (gbx_home_mount_point ("/srv/u", out, sizeof out) && strcmp (out, "/srv/u") == 0,
         "another home becomes a tmpfs");
  check (gbx_home_mount_point ("/root", out, sizeof out) && strcmp (out, "/root") == 0, "root's home");
  check (!gbx_home_mount_point ("/", out, sizeof out), "the root cannot be a home");
  check (!gbx_home_mount_point ("/usr", out, sizeof out), "/usr cannot be a home");
}

static void
test_candidates (void)
{
  char out[32];
  size_t at = 0;

  check (gbx_next_candidate ("ls", "/a::/b", &at, out, sizeof out) && strcmp (out, "/a/ls") == 0,
         "first folder of the path");
  check (gbx_next_candidate ("ls", "/a::/b", &at, out, sizeof out) && strcmp (out, "./ls") == 0,
         "an empty entry is the working folder");
  check (gbx_next_candidate ("ls", "/a::/b", &at, out, sizeof out) && strcmp (out, "/b/ls") == 0,
         "last folder of the path");
  check (!gbx_next_candidate ("ls", "/a::/b", &at, out, sizeof out), "then no more");
  at = 0;
  check (gbx_next_candidate ("./x", "/a", &at, out, sizeof out) && strcmp (out, "./x") == 0 &&
             !gbx_next_candidate ("./x", "/a", &at, out, sizeof out),
         "a name with a slash is not searched for");
}

static void
test_mounts (void)
{
  GbxGuestConfig *config = calloc (1, sizeof *config);
  size_t order[GBX_CONFIG_SHARES_MAX];
  char options[128], small[10];

  config->n_shares = 3;
  strcpy (config->shares[0].path, "/home/u/a/b");
  strcpy (config->shares[1].path, "/home/u");
  strcpy (config->shares[2].path, "/home/u/a");
  gbx_sort_shares (config, order);
  check (order[0] == 1 && order[1] == 2 && order[2] == 0, "folders are mounted before what is below");
  gbx_9p_options (options, sizeof options, false, true);
  check (strstr (options, "cache=loose") != NULL, "what cannot change is cached");
  gbx_9p_options (options, sizeof options, true, false);
  check (strstr (options, "cache=mmap") != NULL, "a writable share is not");
  gbx_9p_options (small, sizeof small, true, false);
  check (strlen (small) < sizeof small, "options stay within their buffer");
  free (config);
}

/* ----------------------------------------------------------------- Xorg -- */

static void
set_bit (uint8_t *set, unsigned bit)
{
  set[bit / 8] |= 1 << (bit % 8);
}

static void
test_inputs (void)
{
  GbxInputBits keyboard = { 0 }, tablet = { 0 }, mouse = { 0 }, power = { 0 };

  set_bit (keyboard.types, EV_KEY);
  set_bit (keyboard.keys, KEY_A);
  set_bit (keyboard.keys, KEY_ENTER);
  check (gbx_input_classify (&keyboard) == GBX_INPUT_KEYBOARD, "a keyboard");
  set_bit (tablet.types, EV_ABS);
  set_bit (tablet.absolute, ABS_X);
  set_bit (tablet.absolute, ABS_Y);
  set_bit (tablet.keys, BTN_LEFT);
  check (gbx_input_classify (&tablet) == GBX_INPUT_TABLET, "a tablet");
  set_bit (mouse.types, EV_REL);
  set_bit (mouse.relative, REL_X);
  set_bit (mouse.relative, REL_Y);
  set_bit (mouse.keys, BTN_LEFT);
  check (gbx_input_classify (&mouse) == GBX_INPUT_MOUSE, "a mouse");
  set_bit (power.types, EV_KEY);
  set_bit (power.keys, KEY_POWER);
  check (gbx_input_classify (&power) == GBX_INPUT_NONE, "a power button is no keyboard");
}

static void
test_xorg_config (void)
{
  GbxXorgConfig config = {
    .card = "/dev/dri/card0",
    .input_driver = "evdev",
    .n_inputs = 2,
    .inputs = { { "/dev/input/event0", GBX_INPUT_KEYBOARD }, { "/dev/input/event1", GBX_INPUT_TABLET } },
    .xkb_layout = "de",
    .xkb_variant = "x\"\nEndSection",
  };
  char text[8192];
  size_t length = gbx_xorg_config_write (&config, text, sizeof text);

  check (length > 0 && length == strlen (text), "the configuration has its length");
  check (strstr (text, "\"AccelMethod\" \"none\"") != NULL, "no acceleration unless it is wanted");
  check (strstr (text, "\"XkbLayout\" \"de\"") != NULL, "the layout is there");
  check (strstr (text, "XkbVariant") == NULL, "a name that would end the quotes is left out");
  check (strstr (text, "\"input0\" \"CoreKeyboard\"") && strstr (text, "\"input1\" \"CorePointer\""),
         "keyboard and pointer are the core devices");
  check (strstr (text, "\"AutoAddDevices\" \"true\"") != NULL, "evdev's rules for the first keymap");
  for (size_t size = 1; size <= length; size += 97)
    if (gbx_xorg_config_write (&config, text, size) != 0)
      failures++;
  config.card = NULL;
  gbx_xorg_config_write (&config, text, sizeof text);
  check (strstr (text, "fbdev") != NULL, "without a card the frame buffer is used");
}

static void
test_xauthority (void)
{
  static const uint8_t head[] = { 0xff, 0xff, 0, 0, 0, 1, '0', 0, 18, 'M', 'I', 'T' };
  uint8_t cookie[16] = { 1, 2, 3 }, out[64];

  check (gbx_xauthority_write (cookie, out, sizeof out) == 45, "length of an entry");
  check (memcmp (out, head, sizeof head) == 0, "wild family, no address, display 0");
  check (out[28] == 16 && memcmp (out + 29, cookie, 16) == 0, "the cookie ends it");
  check (gbx_xauthority_write (cookie, out, 44) == 0, "an entry that does not fit");
}

/* -------------------------------------------------------------- streams -- */

static GbxPort port;
static GbxStreams streams;

static void
test_output (void)
{
  int fds[2];
  static char data[400000];
  size_t sent = 0;

  gbx_port_init (&port);
  gbx_streams_init (&streams, GBX_PROCESS_FIRST);
  if (pipe2 (fds, O_NONBLOCK) != 0 || fcntl (fds[1], F_SETPIPE_SZ, 1 << 20) < 0 ||
      write (fds[1], data, sizeof data) != sizeof data)
    exit (1);
  streams.out.fd = fds[0];
  streams.out.credit = 100000;
  while (gbx_output_pump (&streams.out, &port))
    ;
  check (streams.out.credit == 0, "the credit is used up");
  sent = gbx_port_waiting (&port);
  check (sent >= 100000 && sent < 100000 + 10 * GBX_HEADER_SIZE, "and not a byte more is sent");
  check (gbx_output_credit (&streams.out, GBX_WINDOW_MAX), "credit up to the limit");
  check (!gbx_output_credit (&streams.out, 1), "and none beyond it");
  while (gbx_output_pump (&streams.out, &port))
    ;
  check (gbx_port_waiting (&port) <= GBX_QUEUE_DATA_MAX, "the queue stays within its bound");
  port.start = port.end = 0;
  close (fds[1]);
  while (streams.out.fd >= 0)
    {
      port.start = port.end = 0;
      gbx_output_pump (&streams.out, &port);
    }
  check (streams.out.closed && port.queue[0] == GBX_MSG_CLOSE, "the end of the file is sent");
}

static void
test_ends_of_output (void)
{
  int fds[2];
  char data[5000];

  gbx_port_init (&port);
  gbx_streams_init (&streams, GBX_PROCESS_FIRST);
  if (pipe2 (fds, O_NONBLOCK) != 0 || write (fds[1], data, sizeof data) != sizeof data)
    exit (1);
  streams.out.fd = fds[0];
  gbx_output_limit (&streams.out);
  if (write (fds[1], data, sizeof data) != sizeof data)
    exit (1);
  while (gbx_output_pump (&streams.out, &port))
    ;
  check (gbx_port_waiting (&port) == GBX_HEADER_SIZE + sizeof data,
         "of a writer without end only what was there at the limit is sent");
  check (streams.out.fd >= 0 && streams.out.rest == 0, "which is then at its end");

  port.start = port.end = 0;
  gbx_streams_break (&streams, GBX_STREAM_STDOUT, &port);
  check (write (fds[1], data, 1) < 0 && errno == EPIPE, "a reader that goes breaks the pipe");
  check (gbx_port_waiting (&port) == GBX_HEADER_SIZE && port.queue[0] == GBX_MSG_CLOSE,
         "and CLOSE answers it");
  gbx_streams_break (&streams, GBX_STREAM_STDOUT, &port);
  check (gbx_port_waiting (&port) == GBX_HEADER_SIZE, "once");
  close (fds[1]);
}

static void
test_input (void)
{
  static uint8_t data[GBX_WINDOW_INITIAL];
  int fds[2];
  uint32_t credit;

  gbx_streams_init (&streams, GBX_PROCESS_FIRST);
  check (gbx_streams_accept (&streams, data, sizeof data), "input is taken within the window");
  check (!gbx_streams_accept (&streams, data, 1), "and refused beyond it");
  check (gbx_input_pump (&streams) == 0 && streams.input.end == sizeof data,
         "it is kept until there is an application");
  if (pipe2 (fds, O_NONBLOCK) != 0)
    exit (1);
  streams.input.fd = fds[1];
  credit = gbx_input_pump (&streams);
  check (credit == 65536, "credit is given for what went into the pipe");
  close (fds[0]);
  credit = gbx_input_pump (&streams);
  check (credit == sizeof data - 65536, "what nobody reads is thrown away and credited");
  check (streams.input.fd == -1, "and the pipe is closed");
}

/* ------------------------------------------------------------- services -- */

static void
echo_second (GbxServices *services, GbxAddress address)
{
  gbx_services_send (services, address, "tick", 4);
}

static void
echo_take (GbxServices *services, GbxAddress address, const uint8_t *data, size_t length)
{
  if (gbx_services_send (services, address, data, length))
    gbx_services_grant (services, address, (uint32_t) length);
}

static GbxServices services;

/* Of the host, on its first channel to the guest itself. */
static const char *
host_sends (GbxMessage type, const void *payload, size_t length)
{
  GbxFrame frame = { .type = type, .channel = GBX_CHANNEL_OF_HOST, .length = (uint32_t) length,
                     .payload = payload };

  port.start = port.end = 0;
  return gbx_services_handle (&services, &frame);
}

static bool
answer_is (GbxMessage type, size_t length)
{
  return gbx_port_waiting (&port) >= GBX_HEADER_SIZE + length && port.queue[0] == type &&
         port.queue[1] == GBX_CHANNEL_OF_HOST && port.queue[4] == length;
}

static void
test_services (void)
{
  static const GbxService table[] = {
    { .name = "echo", .window = 8, .second = echo_second, .take = echo_take },
  };
  static const uint8_t echo[] = { 12, 0, 0, 0, 4, 0, 0, 0, 'e', 'c', 'h', 'o' };
  static const uint8_t other[] = { 12, 0, 0, 0, 4, 0, 0, 0, 'e', 'c', 'h', 'i' };

  gbx_port_init (&port);
  gbx_services_init (&services, &port, NULL, table, 1);
  check (!host_sends (GBX_MSG_OPEN, other, sizeof other) && port.queue[0] == GBX_MSG_REFUSED,
         "a channel of an unknown name is refused, and that is all");
  check (!host_sends (GBX_MSG_OPEN, echo, sizeof echo) && answer_is (GBX_MSG_OPENED, 4) &&
             port.queue[GBX_HEADER_SIZE] == 8,
         "one of a known name is opened, with its window");
  check (host_sends (GBX_MSG_OPEN, echo, sizeof echo) != NULL, "and not twice");
  check (!host_sends (GBX_MSG_DATA, "12345678", 8) && answer_is (GBX_MSG_DATA, 8),
         "what comes goes to the service");
  check (host_sends (GBX_MSG_DATA, "123456789", 9) != NULL, "and not more than there is credit for");
  port.start = port.end = 0;
  gbx_services_second (&services);
  check (answer_is (GBX_MSG_DATA, 4), "each second has its turn");
  port.start = port.end = 0;
  gbx_services_second (&services);
  check (gbx_port_waiting (&port) == 0, "but nothing is sent without credit");
  check (!host_sends (GBX_MSG_CLOSE, NULL, 0) && answer_is (GBX_MSG_CLOSE, 0), "CLOSE answers CLOSE");
  gbx_services_second (&services);
  check (gbx_port_waiting (&port) == GBX_HEADER_SIZE, "after which it has no turn any more");
}

static void
test_parts (void)
{
  static uint8_t payload[GBX_PAYLOAD_MAX];
  GbxFrame frame = { .type = GBX_MSG_START, .length = sizeof payload, .payload = payload };
  GbxParts parts = { 0 };
  size_t n = 0;

  payload[1] = 'a';
  while (!gbx_parts_add (&parts, &frame))
    n++;
  check (n == GBX_PARTS_MAX / (GBX_PAYLOAD_MAX - 1) && !parts.complete,
         "parts without end are refused at their limit");
  payload[0] = 1;
  frame.length = 2;
  check (!gbx_parts_add (&parts, &frame) && parts.complete &&
             parts.length == n * (GBX_PAYLOAD_MAX - 1) + 1 && parts.data[parts.length - 1] == 'a',
         "the last one completes them");
  check (gbx_parts_add (&parts, &frame) != NULL, "and nothing follows");
  free (parts.data);
}

/* Records of the channel "input", in pieces of every length, and with what is none. */
static void
test_input_records (void)
{
  static GbxInputReader reader;
  static uint8_t stream[300];
  static const uint8_t keymap[200] = { 1, 2, 3 };
  const GbxInputRecord sent[] = {
    { .kind = GBX_INPUT_KEYMAP, .keymap = keymap, .keymap_length = sizeof keymap },
    { .kind = GBX_INPUT_GROUP, .group = 3 },
    { .kind = GBX_INPUT_BUTTON, .button = 7, .pressed = true },
    { .kind = GBX_INPUT_MOTION, .x = -5, .y = 300 },
  };
  static const uint8_t wrong[][8] = {
    { 1, 0, 0, 0, 0 },    /* an empty keymap */
    { 1, 1, 0, 1, 0 },    /* one of more than 65536 bytes */
    { 2, 2, 0, 0, 0 },    /* a group that is too long */
    { 2, 1, 0, 0, 0, 4 }, /* a fifth group */
    { 3, 2, 0, 0, 0, 5, 1 }, { 3, 2, 0, 0, 0, 10, 1 }, { 3, 2, 0, 0, 0, 6, 2 },
    { 3, 1, 0, 0, 0, 6 },    { 4, 2, 0, 0, 0, 1, 1 },  { 5, 1, 0, 0, 0, 1 }, { 0, 1, 0, 0, 0, 1 },
  };
  GbxWriter writer;
  bool all = true;

  gbx_writer_init (&writer, stream, sizeof stream);
  for (size_t i = 0; i < GBX_N_ELEMENTS (sent); i++)
    gbx_input_record_encode (&sent[i], &writer);
  for (size_t piece = 1; piece <= writer.length; piece++)
    {
      size_t n = 0;

      for (size_t at = 0; at < writer.length; at += piece)
        {
          const uint8_t *data = stream + at;
          size_t length = writer.length - at < piece ? writer.length - at : piece;
          GbxInputRecord record;

          while (gbx_input_reader_next (&reader, &data, &length, &record) > 0)
            {
              all = all && n < GBX_N_ELEMENTS (sent) && record.kind == sent[n].kind &&
                    record.group == sent[n].group && record.button == sent[n].button &&
                    record.pressed == sent[n].pressed && record.x == sent[n].x &&
                    record.y == sent[n].y && record.keymap_length == sent[n].keymap_length &&
                    (record.kind != GBX_INPUT_KEYMAP ||
                     memcmp (record.keymap, keymap, sizeof keymap) == 0);
              n++;
            }
        }
      all = all && n == GBX_N_ELEMENTS (sent);
    }
  check (all && !writer.failed, "records arrive in pieces of any length");
  for (size_t i = 0; i < GBX_N_ELEMENTS (wrong); i++)
    {
      const uint8_t *data = wrong[i];
      size_t length = sizeof wrong[i];
      GbxInputRecord record;

      reader.length = 0;
      all = all && gbx_input_reader_next (&reader, &data, &length, &record) < 0;
    }
  check (all, "and what is none is refused");
}

static void
test_slabs (void)
{
  static const char text[] = "slabinfo - version: 2.1\n# name            <active_objs>\n"
                             "fuse_inode_other    7      9\nfuse_inode        5021   5040    832\n"
                             "dentry           99999";

  check (gbx_file_limit_count (text, "fuse_inode") == 5021, "objects of the kernel are counted");
  check (gbx_file_limit_count (text, "dentry") == 99999, "also in the last line");
  check (gbx_file_limit_count (text, "missing") == 0, "there are none of an unknown name");
  check (gbx_file_limit_count ("", "dentry") == 0, "nor in an empty list");
}

int
main (void)
{
  signal (SIGPIPE, SIG_IGN);
  test_paths ();
  test_home ();
  test_candidates ();
  test_mounts ();
  test_inputs ();
  test_xorg_config ();
  test_xauthority ();
  test_output ();
  test_ends_of_output ();
  test_input ();
  test_services ();
  test_parts ();
  test_input_records ();
  test_slabs ();
  printf ("1..%u\n", count);
  return failures > 0;
}
