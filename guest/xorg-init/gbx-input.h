/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-init.h"

/* The channel "input": the service's functions. */
void gbx_input_opened (GbxServices *services, GbxAddress address);
void gbx_input_take (GbxServices *services, GbxAddress address, const uint8_t *data, size_t length);

/* The program that loads a keymap has ended. */
void gbx_input_keymap_loaded (GbxInit *self, int status);

/* The channel "pointer". */
void gbx_pointer_opened (GbxServices *services, GbxAddress address);
/* Tells the host, if it listens, whether the pointer of the graphics card shows. */
void gbx_pointer_report (GbxInit *self, bool hidden);
