/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The phases that are hardly more than what the place does. */

#include "gbx-place.h"

#include <string.h>

#define CONTAINER "--container"

const GbxPlace *
gbx_place_choose (int argc, char **argv)
{
  return argc > 1 && strcmp (argv[1], CONTAINER) == 0 ? gbx_container_place (argc, argv)
                                                      : gbx_machine_place ();
}

static void
send_hello (GbxInit *self)
{
  uint8_t buffer[GBX_HEADER_SIZE + 128];
  GbxHello hello = { GBX_PROTOCOL_VERSION, "glovebox-init " GBX_VERSION };
  GbxWriter writer;

  gbx_writer_init (&writer, buffer, sizeof buffer);
  gbx_hello_encode (&hello, &writer);
  gbx_port_send (&self->port, GBX_MSG_HELLO, GBX_TO_GUEST, buffer, writer.length, GBX_QUEUE_SIZE);
}

void
gbx_phase_modules (GbxInit *self)
{
  /* The first message in the queue, before the report of this phase. */
  send_hello (self);
  gbx_report_phase (self, GBX_PHASE_MODULES);
  self->place->connect (self);
}

void
gbx_phase_root (GbxInit *self)
{
  self->place->enter_root (self);
}

void
gbx_phase_xorg (GbxInit *self)
{
  self->place->start_display (self);
}
