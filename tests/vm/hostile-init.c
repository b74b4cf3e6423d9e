/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An init as an attacker who owns the guest would write it, in place of our own:
 * for tests of what the host makes of it.  The mode is patched into the program
 * by the test, since there is no other way to say something to the first process
 * of a guest. */

#include "gbx-heartbeat.h"
#include "gbx-place.h"
#include "gbx-power.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Found by its text: "hostile-mode=" and room for a word. */
static volatile char mode[64] = "hostile-mode=silent";

static GbxInit self;
static const GbxExitReport ended_well = { .kind = GBX_EXIT_STATUS };

static bool
mode_is (const char *word)
{
  return strcmp ((const char *) mode + strlen ("hostile-mode="), word) == 0;
}

static void
send_raw (const void *data, size_t length)
{
  const uint8_t *at = data;

  while (length > 0)
    {
      ssize_t n = write (self.port.fd, at, length);

      if (n < 0 && errno != EAGAIN && errno != EINTR)
        return;
      if (n > 0)
        {
          at += n;
          length -= n;
        }
      else
        usleep (1000);
    }
}

static void
send_header (uint8_t type, uint16_t process, uint8_t channel, uint32_t length)
{
  uint8_t header[GBX_HEADER_SIZE];

  gbx_frame_header (header, type, process, channel, length);
  send_raw (header, sizeof header);
}

/* ---------------------------------------------------- against the protocol -- */

static void
send_garbage (void)
{
  uint8_t data[4096];
  unsigned state = 12345;

  for (size_t i = 0; i < sizeof data; i++)
    data[i] = (uint8_t) ((state = state * 1103515245 + 12345) >> 16);
  for (;;)
    send_raw (data, sizeof data);
}

static void
send_data_without_credit (void)
{
  static uint8_t data[GBX_DATA_MAX];

  for (int i = 0; i < 1000; i++)
    {
      send_header (GBX_MSG_DATA, GBX_PROCESS_FIRST, GBX_STREAM_STDOUT, sizeof data);
      send_raw (data, sizeof data);
    }
}

static void
flood_log (void)
{
  GbxLogLine line = { .level = GBX_LOG_INFO };
  uint8_t buffer[GBX_TEXT_MAX + 16];
  GbxWriter writer;

  memset (line.text, 'x', GBX_TEXT_MAX);
  for (;;)
    {
      gbx_writer_init (&writer, buffer, sizeof buffer);
      gbx_log_encode (&line, &writer);
      send_header (GBX_MSG_LOG, GBX_PROCESS_GUEST, GBX_STREAM_NONE, writer.length);
      send_raw (buffer, writer.length);
    }
}

static void
send_bad_title (void)
{
  static const char title[] = "\033[31mred\a\n\xff\xfe and \xe2\x80\xae reversed";
  GbxLogLine line = { .level = GBX_LOG_WARNING };
  uint8_t buffer[GBX_TEXT_MAX + 16];
  GbxWriter writer;

  memcpy (line.text, title, sizeof title);
  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_log_encode (&line, &writer);
  send_header (GBX_MSG_LOG, GBX_PROCESS_GUEST, GBX_STREAM_NONE, writer.length);
  send_raw (buffer, writer.length);
}

/* Of a process that there is not. */
static void
send_of_nobody (void)
{
  send_header (GBX_MSG_DATA, GBX_PROCESS_LAST + 1, GBX_STREAM_STDOUT, 1);
  send_raw ("x", 1);
}

/* Of one that the host has not started, and without end. */
static void
end_nobody (void)
{
  for (;;)
    {
      gbx_report_u32 (&self, GBX_MSG_STARTED, (GbxAddress) { GBX_PROCESS_SECOND, 0 }, 7);
      gbx_report_exit (&self, GBX_PROCESS_SECOND, &ended_well);
      gbx_port_flush (&self.port);
    }
}

/* On a channel that nobody has opened. */
static void
send_on_no_channel (void)
{
  send_header (GBX_MSG_DATA, GBX_PROCESS_GUEST, GBX_CHANNEL_OF_HOST, 1);
  send_raw ("x", 1);
}

/* And never reads an answer. */
static void
ask_for_channels (void)
{
  GbxOpenRequest request = { "files", GBX_WINDOW_MAX };
  uint8_t buffer[64];
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_open_encode (&request, &writer);
  for (;;)
    {
      send_header (GBX_MSG_OPEN, GBX_PROCESS_GUEST, GBX_CHANNEL_OF_GUEST, writer.length);
      send_raw (buffer, writer.length);
    }
}

/* The reason is what EXIT says, cleaned, and not what the log says last. */
static void
fail_with_bad_text (void)
{
  GbxExitReport report = { GBX_EXIT_SETUP_FAILED, GBX_PHASE_CONFIG, false,
                           "\033[31mthe reason\a\xff \xe2\x80\xae" };

  gbx_report_exit (&self, GBX_PROCESS_GUEST, &report);
  gbx_log (&self, GBX_LOG_ERROR, "what the log says last");
  send_header (GBX_MSG_BYE, GBX_PROCESS_GUEST, GBX_STREAM_NONE, 0);
}

/* Each good-bye would give another second to live. */
static void
say_good_bye_for_ever (void)
{
  gbx_report_exit (&self, GBX_PROCESS_FIRST, &ended_well);
  gbx_port_flush (&self.port);
  for (;;)
    {
      send_header (GBX_MSG_BYE, GBX_PROCESS_GUEST, GBX_STREAM_NONE, 0);
      usleep (300 * 1000);
    }
}

/* -------------------------------------------------------- against the host -- */

static void
tell (const char *format, ...) __attribute__ ((format (printf, 1, 2)));

/* As if the application had written it to stdout. */
static void
tell (const char *format, ...)
{
  char text[2048];
  va_list arguments;
  int n;

  va_start (arguments, format);
  n = vsnprintf (text, sizeof text, format, arguments);
  va_end (arguments);
  if (n >= (int) sizeof text)
    n = sizeof text - 1;
  send_header (GBX_MSG_DATA, GBX_PROCESS_FIRST, GBX_STREAM_STDOUT, n);
  send_raw (text, n);
}

static void
try_existing (const char *folder, const char *name)
{
  char path[4200], other[4300];
  int fd;

  if (snprintf (path, sizeof path, "%s/%s", folder, name) >= (int) sizeof path ||
      snprintf (other, sizeof other, "%s.moved", path) >= (int) sizeof other)
    return;
  if ((fd = open (path, O_WRONLY | O_NOFOLLOW)) >= 0)
    tell ("wrote: opened %s\n", path);
  if (fd >= 0)
    close (fd);
  if (truncate (path, 0) == 0)
    tell ("wrote: truncated %s\n", path);
  if (chmod (path, 04777) == 0)
    tell ("wrote: changed the mode of %s\n", path);
  if (lchown (path, 0, 0) == 0)
    tell ("wrote: changed the owner of %s\n", path);
  if (lsetxattr (path, "user.gbx", "x", 1, 0) == 0)
    tell ("wrote: set an attribute of %s\n", path);
  if (utimensat (AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW) == 0)
    tell ("wrote: changed the times of %s\n", path);
  if (link (path, other) == 0)
    tell ("wrote: linked %s\n", path);
  if (rename (path, other) == 0)
    tell ("wrote: moved %s\n", path);
  if (unlink (path) == 0)
    tell ("wrote: removed %s\n", path);
}

static void
try_new (const char *folder)
{
  char path[4200];
  int fd;

  if (snprintf (path, sizeof path, "%s/gbx-probe", folder) >= (int) sizeof path)
    return;
  if ((fd = open (path, O_WRONLY | O_CREAT, 0666)) >= 0)
    tell ("wrote: created %s\n", path);
  if (fd >= 0)
    close (fd);
  if (mkdir (path, 0777) == 0)
    tell ("wrote: made the folder %s\n", path);
  if (symlink ("/", path) == 0)
    tell ("wrote: made the link %s\n", path);
  if (mknod (path, S_IFIFO | 0666, 0) == 0)
    tell ("wrote: made the FIFO %s\n", path);
}

static bool
is_of_this_mount (const char *path, const char *folder)
{
  struct stat a, b;

  return lstat (path, &a) == 0 && lstat (folder, &b) == 0 && a.st_dev == b.st_dev;
}

static void
try_folder (const char *folder)
{
  DIR *dir = opendir (folder);
  struct dirent *entry;
  int tried = 0;

  try_new (folder);
  while (dir && (entry = readdir (dir)) && tried < 40)
    {
      char path[4200];

      if (entry->d_name[0] == '.')
        continue;
      tried++;
      if (entry->d_type == DT_REG)
        try_existing (folder, entry->d_name);
      if (entry->d_type == DT_DIR &&
          snprintf (path, sizeof path, "%s/%s", folder, entry->d_name) < (int) sizeof path &&
          is_of_this_mount (path, folder))
        try_new (path);
    }
  if (dir)
    closedir (dir);
}

static int
look_at (const char *path, const struct stat *st, int type, struct FTW *walk)
{
  /* What the test planted in the home of the host's user. */
  if (strstr (path + walk->base, "a-secret-that-no-guest-may-read"))
    tell ("found: %s\n", path);
  return 0;
}

/* The guest's own word against writing is taken back first: what is left is the
 * server's, on the host. */
static void
attack_mount (const char *path)
{
  mount (NULL, path, NULL, MS_REMOUNT, NULL);
  mount (NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL);
  try_folder (path);
  if (strcmp (path, "/usr") != 0 && strcmp (path, "/opt") != 0)
    nftw (path, look_at, 32, FTW_PHYS | FTW_MOUNT);
}

static void
attack_mounts (void)
{
  static char paths[64][1024];
  size_t n_paths = 0;
  char line[4096];
  FILE *mounts;

  mkdir ("/tmp/proc", 0700);
  mount ("proc", "/tmp/proc", "proc", 0, NULL);
  mounts = fopen ("/tmp/proc/self/mounts", "re");
  while (mounts && n_paths < 64 && fgets (line, sizeof line, mounts))
    {
      char source[1024], type[64];

      if (sscanf (line, "%1023s %1023s %63s", source, paths[n_paths], type) == 3 &&
          strcmp (type, "9p") == 0)
        n_paths++;
    }
  if (mounts)
    fclose (mounts);
  tell ("mounts: %zu\n", n_paths);
  for (size_t i = 0; i < n_paths; i++)
    attack_mount (paths[i]);
}

/* ----------------------------------------------------- against the network -- */

#define FRAMES 30
#define PERIOD_MS 100

typedef struct
{
  struct ether_header ethernet;
  struct iphdr ip;
  struct udphdr udp;
  char text[4];
} __attribute__ ((packed)) Datagram;

static uint16_t
checksum (const void *data, size_t length)
{
  const uint16_t *words = data;
  uint32_t sum = 0;

  for (size_t i = 0; i < length / 2; i++)
    sum += words[i];
  sum = (sum & 0xffff) + (sum >> 16);
  return ~(sum + (sum >> 16));
}

/* The kernel would not send it, but a frame can bear any address. */
static void
send_datagram (int fd, const char *to, uint16_t port)
{
  Datagram frame = { .ethernet.ether_shost = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 }, .text = "here" };
  struct iphdr ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP };

  memset (frame.ethernet.ether_dhost, 0xff, ETH_ALEN);
  frame.ethernet.ether_type = htons (ETHERTYPE_IP);
  ip.tot_len = htons (sizeof frame - sizeof frame.ethernet);
  ip.saddr = inet_addr (self.config.address);
  ip.daddr = inet_addr (to);
  ip.check = checksum (&ip, sizeof ip);
  frame.ip = ip;
  frame.udp.source = htons (4321);
  frame.udp.dest = htons (port);
  frame.udp.len = htons (sizeof frame.udp + sizeof frame.text);
  if (write (fd, &frame, sizeof frame) < 0)
    return;
}

/* An ARP request for the gateway: that it is answered shows that frames go out. */
static void
ask_for_gateway (int fd)
{
  static const uint8_t head[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0, 0x12, 0x34,
                                  0x56, 8,    6,    0,    1,    8,    0,    6,    4, 0,    1,
                                  0x52, 0x54, 0,    0x12, 0x34, 0x56 };
  uint8_t frame[60] = { 0 };
  uint32_t from = inet_addr (self.config.address), to = inet_addr (self.config.gateway);

  memcpy (frame, head, sizeof head);
  memcpy (frame + 28, &from, 4);
  memcpy (frame + 38, &to, 4);
  if (write (fd, frame, sizeof frame) < 0)
    return;
}

/* The command's arguments: a port, and the addresses to try. */
static void
attack_network (void)
{
  struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons (ETH_P_ALL) };
  int fd = socket (AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons (ETH_P_ALL));
  bool answered = false;
  uint8_t frame[2048];

  gbx_configure_network (&self);
  address.sll_ifindex = if_nametoindex ("eth0");
  if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0)
    gbx_fatal (&self, "no raw frames: %s", strerror (errno));
  for (int i = 0; i < FRAMES; i++)
    {
      struct sockaddr_ll from;
      socklen_t length = sizeof from;

      ask_for_gateway (fd);
      for (size_t n = 2; n < self.first.command.n_args; n++)
        send_datagram (fd, self.first.command.args[n], atoi (self.first.command.args[1]));
      while (recvfrom (fd, frame, sizeof frame, 0, (struct sockaddr *) &from, &length) > 0)
        answered |= from.sll_pkttype != PACKET_OUTGOING;
      usleep (PERIOD_MS * 1000);
    }
  tell ("%s\n", answered ? "answered" : "silence");
}

static void
attack_host (void (*attack) (void))
{
  gbx_phase_root (&self);
  gbx_phase_config (&self);
  gbx_phase_mounts (&self);
  gbx_port_flush (&self.port);
  gbx_report_u32 (&self, GBX_MSG_STARTED, GBX_TO_FIRST, 1);
  attack ();
  tell ("done\n");
  send_header (GBX_MSG_CLOSE, GBX_PROCESS_FIRST, GBX_STREAM_STDOUT, 0);
  send_header (GBX_MSG_CLOSE, GBX_PROCESS_FIRST, GBX_STREAM_STDERR, 0);
  gbx_report_exit (&self, GBX_PROCESS_FIRST, &ended_well);
  gbx_power_off (&self);
}

/* ------------------------------------------------------------------ main -- */

static void
wait_for_ever (void)
{
  for (;;)
    pause ();
}

int
main (int argc, char **argv)
{
  int fd = open ("/", O_RDONLY);

  while (fd >= 0 && fd < STDERR_FILENO)
    fd = dup (fd);
  signal (SIGPIPE, SIG_IGN);
  if (mode_is ("silent"))
    wait_for_ever ();
  if (mode_is ("panic"))
    return 1;

  self.place = gbx_place_choose (argc, argv);
  gbx_port_init (&self.port);
  gbx_offer_services (&self);
  gbx_command_init (&self.first, GBX_PROCESS_FIRST);
  self.devices = self.display_fd = self.helper_fd = self.dbus_fd = -1;
  self.signals = -1;
  gbx_phase_modules (&self); /* says hello */
  gbx_port_flush (&self.port);

  if (mode_is ("attack"))
    attack_host (attack_mounts);
  if (mode_is ("network"))
    attack_host (attack_network);
  if (mode_is ("bye"))
    say_good_bye_for_ever ();
  if (mode_is ("garbage"))
    send_garbage ();
  if (mode_is ("long"))
    send_header (GBX_MSG_LOG, GBX_PROCESS_GUEST, GBX_STREAM_NONE, 0xffffffffu);
  if (mode_is ("unknown"))
    send_header (200, GBX_PROCESS_GUEST, GBX_STREAM_NONE, 0);
  if (mode_is ("process"))
    send_of_nobody ();
  if (mode_is ("exits"))
    end_nobody ();
  if (mode_is ("channel"))
    send_on_no_channel ();
  if (mode_is ("ask"))
    ask_for_channels ();
  if (mode_is ("reason"))
    fail_with_bad_text ();
  if (mode_is ("credit"))
    send_data_without_credit ();
  if (mode_is ("flood"))
    flood_log ();
  if (mode_is ("title"))
    send_bad_title ();
  if (mode_is ("die") || mode_is ("title"))
    {
      sleep (1);
      gbx_reset_machine ();
    }
  wait_for_ever ();
}
