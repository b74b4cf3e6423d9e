/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The channels "input" and "pointer".
 *
 * Should: give Xorg the keymap, the layout and the buttons that the host sends, in their
 * order.
 * Mustn't: let init itself be a client of Xorg: the X helper and xkbcomp are. */

#include "gbx-input.h"

#include "gbx-confine.h"
#include "gbx-input-records.h"
#include "gbx-place.h"
#include "gbx-x-helper.h"
#include "gbx-xorg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define XKBCOMP "/usr/bin/xkbcomp"
#define KEYMAP GBX_XORG_FOLDER "/keymap.xkm"
#define NEW_KEYMAP GBX_XORG_FOLDER "/keymap.new"

/* --------------------------------------------------------------- keymap -- */

static _Noreturn void
run_xkbcomp (GbxInit *self)
{
  uid_t account = self->config.display_account;
  char *arguments[] = { (char *) XKBCOMP, (char *) "-w", (char *) "0", (char *) KEYMAP,
                        (char *) ":0", NULL };
  char *environment[] = { (char *) "XAUTHORITY=" GBX_XORG_AUTHORITY, NULL };
  int null = open ("/dev/null", O_RDWR);

  gbx_confine_process ();
  if (null < 0 || dup2 (null, 0) < 0 || dup2 (null, 1) < 0 || dup2 (null, 2) < 0 ||
      close_range (3, ~0U, 0) != 0 || !gbx_confine_privileges (account) ||
      !gbx_confine_account (account, account, NULL, 0) || !self->place->confine_system_calls ())
    _exit (126);
  execve (XKBCOMP, arguments, environment);
  _exit (127);
}

/* One at a time: the next keymap waits in its own file. */
static void
load_keymap (GbxInit *self)
{
  pid_t *pid = &self->pids[GBX_CHILD_KEYMAP];

  if (*pid > 0 || rename (NEW_KEYMAP, KEYMAP) != 0)
    return;
  *pid = fork ();
  if (*pid == 0)
    run_xkbcomp (self);
  if (*pid < 0)
    {
      *pid = 0;
      gbx_warning (self, "cannot load the keyboard layout: %s", strerror (errno));
    }
}

static void
tell_group (GbxInit *self)
{
  gbx_x_helper_ask (self, &(GbxXRequest) { .kind = GBX_X_GROUP, .number = self->group });
}

void
gbx_input_keymap_loaded (GbxInit *self, int status)
{
  if (status != 0)
    gbx_warning (self, "the keyboard layout was not loaded (status %#x)", status);
  /* The server may have brought the group into the range of the keymap before. */
  tell_group (self);
  load_keymap (self);
}

static void
take_keymap (GbxInit *self, const GbxInputRecord *record)
{
  uid_t account = self->config.display_account;

  if (!gbx_write_file (NEW_KEYMAP, (const char *) record->keymap, record->keymap_length, 0600) ||
      chown (NEW_KEYMAP, account, account) != 0)
    gbx_warning (self, "cannot write %s: %s", NEW_KEYMAP, strerror (errno));
  else
    load_keymap (self);
}

/* -------------------------------------------------------------- records -- */

static void
take_record (GbxInit *self, const GbxInputRecord *record)
{
  switch (record->kind)
    {
    case GBX_INPUT_KEYMAP:
      take_keymap (self, record);
      break;
    case GBX_INPUT_GROUP:
      self->group = record->group;
      if (self->pids[GBX_CHILD_KEYMAP] == 0)
        tell_group (self);
      break;
    case GBX_INPUT_BUTTON:
      gbx_x_helper_ask (self, &(GbxXRequest) { .kind = GBX_X_BUTTON,
                                               .number = record->button,
                                               .pressed = record->pressed });
      break;
    case GBX_INPUT_MOTION:
      gbx_x_helper_ask (
          self, &(GbxXRequest) { .kind = GBX_X_MOTION, .x = record->x, .y = record->y });
      break;
    }
}

static GbxInputReader reader;

void
gbx_input_opened (GbxServices *services, GbxAddress address)
{
  /* The last one may have ended within a record. */
  reader.length = 0;
}

void
gbx_input_take (GbxServices *services, GbxAddress address, const uint8_t *data, size_t length)
{
  GbxInit *self = services->owner;
  GbxInputRecord record;
  int got;

  /* Without a display nobody is there to take it. */
  gbx_services_grant (services, address, (uint32_t) length);
  if (self->helper_fd < 0)
    return;
  while ((got = gbx_input_reader_next (&reader, &data, &length, &record)) > 0)
    take_record (self, &record);
  if (got < 0)
    gbx_fatal (self, "the host broke the protocol: a malformed record of input");
}

/* -------------------------------------------------------------- pointer -- */

void
gbx_pointer_opened (GbxServices *services, GbxAddress address)
{
  GbxInit *self = services->owner;

  gbx_x_helper_ask (self, &(GbxXRequest) { .kind = GBX_X_WATCH_POINTER });
}

void
gbx_pointer_report (GbxInit *self, bool hidden)
{
  const uint8_t record = hidden;

  gbx_services_tell (&self->services, GBX_POINTER_CHANNEL, &record, sizeof record);
}
