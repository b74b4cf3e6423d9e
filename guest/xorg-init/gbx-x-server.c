/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What every X server needs, be it Xorg in a machine or Xtigervnc in a container, and what becomes
 * of it. */

#include "gbx-xorg.h"

#include "gbx-place.h"
#include "gbx-supervise.h"
#include "gbx-xorg-config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define XKBCOMP "/usr/bin/xkbcomp"
#define XKBCOMP_REAL GBX_XORG_FOLDER "/xkbcomp"
#define XKBCOMP_SCRIPT GBX_XORG_FOLDER "/xkbcomp-once"
/* Where the server expects the keymap of display 0. */
#define XKB_OUTPUT "/tmp/server-0.xkm"

static bool
give_to_display (GbxInit *self, const char *path)
{
  uid_t account = self->config.display_account;

  return chown (path, account, account) == 0;
}

void
gbx_x_server_write (GbxInit *self, const char *path, const void *data, size_t length, uid_t uid, gid_t gid)
{
  if (length == 0 || !gbx_write_file (path, data, length, 0600) || chown (path, uid, gid) != 0)
    gbx_fatal (self, "cannot write %s: %s", path, strerror (errno));
}

static void
write_authority (GbxInit *self)
{
  uid_t account = self->config.display_account;
  uint8_t cookie[16], entry[64];
  char path[64];
  size_t length;

  if (getrandom (cookie, sizeof cookie, 0) != sizeof cookie)
    gbx_fatal (self, "the kernel has no random numbers: %s", strerror (errno));
  length = gbx_xauthority_write (cookie, entry, sizeof entry);
  gbx_x_server_write (self, GBX_XORG_AUTHORITY, entry, length, account, account);
  snprintf (path, sizeof path, "/run/user/%u/Xauthority", self->config.uid);
  gbx_x_server_write (self, path, entry, length, self->config.uid, self->config.gid);
  gbx_set_environment (self, "XAUTHORITY", path);
}

/* --------------------------------------------------------------- keymap -- */

/* The server compiles its keymap with xkbcomp, from a dozen files, which takes a quarter of a
 * second without KVM. The host has already done this in milliseconds.  So the first time
 * that it runs xkbcomp, the result is already there; later, for example when the
 * application sets another layout, the real xkbcomp runs. */
static const char xkbcomp_script[] =
    "#!/bin/sh\n"
    "if [ -O " XKB_OUTPUT " ]; then while read -r line; do :; done; exit 0; fi\n"
    "exec " XKBCOMP_REAL " \"$@\"\n";

static bool
provide_keymap (GbxInit *self)
{
  static char keymap[65536];
  ssize_t length = gbx_read_file (GBX_KEYMAP, keymap, sizeof keymap);

  return length > 0 && (size_t) length < sizeof keymap - 1 &&
         gbx_write_file (XKB_OUTPUT, keymap, length, 0600) &&
         give_to_display (self, XKB_OUTPUT) &&
         gbx_write_file (XKBCOMP_SCRIPT, xkbcomp_script, sizeof xkbcomp_script - 1, 0755) &&
         gbx_write_file (XKBCOMP_REAL, "", 0, 0755);
}

/* In the server's own mounts. */
bool
gbx_x_server_replace_xkbcomp (void)
{
  return access (XKBCOMP_SCRIPT, F_OK) != 0 ||
         (mount (XKBCOMP, XKBCOMP_REAL, NULL, MS_BIND, NULL) == 0 &&
          mount (XKBCOMP_SCRIPT, XKBCOMP, NULL, MS_BIND, NULL) == 0);
}

void
gbx_x_server_prepare (GbxInit *self)
{
  if (mkdir (GBX_XORG_FOLDER, 0700) != 0 || !give_to_display (self, GBX_XORG_FOLDER))
    gbx_fatal (self, "cannot prepare the display: %s", strerror (errno));
  write_authority (self);
  if (!provide_keymap (self))
    gbx_debug (self, "the display server compiles its keymap by itself");
  mkdir ("/tmp/.X11-unix", 01777);
  chmod ("/tmp/.X11-unix", 01777);
  gbx_set_environment (self, "DISPLAY", ":0");
}

/* ------------------------------------------------------------- afterwards -- */

void
gbx_xorg_ready (GbxInit *self)
{
  char number[16];
  ssize_t n = read (self->display_fd, number, sizeof number);

  /* The number and the end of the line come in two writes, and the server exits if either fails:
   * so wait until the server closes the pipe. */
  if (n <= 0)
    gbx_close_fd (&self->display_fd);
  else if (memchr (number, '\n', n))
    gbx_debug (self, "the display server is ready");
}

/* After the time, if any; the log's legend has the mark later in the line. */
static bool
is_error (const char *line)
{
  const char *mark = strchr (line, '(');

  return mark && strncmp (mark, "(EE) ", 5) == 0;
}

/* The error lines, or else the last lines. */
static void
log_errors (GbxInit *self, const char *path)
{
  static char text[65536];
  ssize_t length = gbx_read_file (path, text, sizeof text);
  char *rest = text, *last = length > 3000 ? text + length - 3000 : text, *line;
  bool found = false;

  if (length <= 0)
    return;
  while ((line = strsep (&rest, "\n")))
    if (is_error (line))
      {
        gbx_log (self, GBX_LOG_ERROR, "display: %s", line);
        found = true;
      }
  if (found)
    return;
  for (line = last; line < text + length; line += strlen (line) + 1)
    if (*line)
      gbx_log (self, GBX_LOG_ERROR, "display: %s", line);
}

void
gbx_xorg_failed (GbxInit *self, int status)
{
  /* The first process may have ended long before the application. */
  if (self->kill_ms || (self->first.ended && !gbx_commands_keep (self) && !self->has_window &&
                        gbx_signal_user_processes (self, 0, NULL) == 0))
    return;
  log_errors (self, GBX_X_SERVER_LOG);
  log_errors (self, GBX_X_SERVER_OUTPUT);
  gbx_fatal (self, "the display server ended (status %#x)", status);
}
