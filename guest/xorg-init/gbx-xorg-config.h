/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Files for Xorg and the window manager.  Pure: memory in, memory out. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GBX_INPUTS_MAX 16

typedef enum
{
  GBX_INPUT_NONE, /* for example a lid switch, useless for Xorg */
  GBX_INPUT_KEYBOARD,
  GBX_INPUT_TABLET, /* a pointer with absolute co-ordinates */
  GBX_INPUT_MOUSE,
} GbxInputKind;

/* A device's properties from EVIOCGBIT: the kernel's bit sets. */
typedef struct
{
  uint8_t types[4];
  uint8_t keys[96];
  uint8_t relative[2];
  uint8_t absolute[8];
} GbxInputBits;

typedef struct
{
  char device[64]; /* "/dev/input/event0" */
  GbxInputKind kind;
} GbxInputDevice;

typedef struct
{
  const char *card; /* "/dev/dri/card0", or NULL for the frame buffer */
  bool accelerated; /* the card can render, and OpenGL is requested */
  bool glx;
  const char *input_driver; /* "evdev" or "libinput" */
  size_t n_inputs;
  GbxInputDevice inputs[GBX_INPUTS_MAX];
  const char *xkb_model, *xkb_layout, *xkb_variant, *xkb_options;
} GbxXorgConfig;

GbxInputKind gbx_input_classify (const GbxInputBits *bits);

/* Each returns the length, or 0 if size is too small. */
size_t gbx_xorg_config_write (const GbxXorgConfig *self, char *out, size_t size);
/* One entry forevery host name ("wild") and display 0. */
size_t gbx_xauthority_write (const uint8_t cookie[16], uint8_t *out, size_t size);
/* For udev's database, where libinput looks up the type of a device. */
size_t gbx_udev_entry_write (GbxInputKind kind, char *out, size_t size);

/* Whether it is safe in Xorg's configuration: it cannot end the quotes. */
bool gbx_xkb_name_is_clean (const char *name);
