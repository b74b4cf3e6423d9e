/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gbx-xorg-config.h"

#include <linux/input-event-codes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* -------------------------------------------------------------- inputs -- */

static bool
has_bit (const uint8_t *set, size_t size, unsigned bit)
{
  return bit / 8 < size && (set[bit / 8] >> (bit % 8) & 1);
}

#define HAS(set, bit) has_bit (set, sizeof set, bit)

GbxInputKind
gbx_input_classify (const GbxInputBits *bits)
{
  bool buttons = HAS (bits->keys, BTN_LEFT) || HAS (bits->keys, BTN_TOUCH);

  if (HAS (bits->types, EV_ABS) && HAS (bits->absolute, ABS_X) && HAS (bits->absolute, ABS_Y) && buttons)
    return GBX_INPUT_TABLET;
  if (HAS (bits->types, EV_REL) && HAS (bits->relative, REL_X) && HAS (bits->relative, REL_Y) && buttons)
    return GBX_INPUT_MOUSE;
  /* A power button has keys as well, but no letters. */
  if (HAS (bits->types, EV_KEY) && HAS (bits->keys, KEY_A) && HAS (bits->keys, KEY_ENTER))
    return GBX_INPUT_KEYBOARD;
  return GBX_INPUT_NONE;
}

size_t
gbx_udev_entry_write (GbxInputKind kind, char *out, size_t size)
{
  static const char *const properties[] = {
    [GBX_INPUT_NONE] = "",
    [GBX_INPUT_KEYBOARD] = "E:ID_INPUT_KEY=1\nE:ID_INPUT_KEYBOARD=1\n",
    [GBX_INPUT_TABLET] = "E:ID_INPUT_MOUSE=1\n",
    [GBX_INPUT_MOUSE] = "E:ID_INPUT_MOUSE=1\n",
  };
  int n = snprintf (out, size, "I:1\nE:ID_INPUT=1\n%sE:LIBINPUT_DEVICE_GROUP=%d\nG:seat\n",
                    properties[kind], kind);

  return n > 0 && (size_t) n < size ? (size_t) n : 0;
}

/* ----------------------------------------------------------- xorg.conf -- */

typedef struct
{
  char *out;
  size_t size, used;
  bool failed;
} Text;

static void __attribute__ ((format (printf, 2, 3)))
add (Text *self, const char *format, ...)
{
  va_list arguments;
  int n;

  va_start (arguments, format);
  n = vsnprintf (self->out + self->used, self->size - self->used, format, arguments);
  va_end (arguments);
  if (n < 0 || (size_t) n >= self->size - self->used)
    self->failed = true;
  else
    self->used += n;
}

bool
gbx_xkb_name_is_clean (const char *name)
{
  return name && name[0] &&
         name[strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-:,()")] == '\0';
}

static void
add_xkb (Text *text, const char *option, const char *name)
{
  if (gbx_xkb_name_is_clean (name))
    add (text, "  Option \"%s\" \"%s\"\n", option, name);
}

static void
add_input (Text *text, const GbxXorgConfig *self, size_t i)
{
  const GbxInputDevice *input = &self->inputs[i];

  add (text, "Section \"InputDevice\"\n  Identifier \"input%zu\"\n  Driver \"%s\"\n"
             "  Option \"Device\" \"%s\"\n", i, self->input_driver, input->device);
  if (input->kind == GBX_INPUT_KEYBOARD)
    {
      add_xkb (text, "XkbModel", self->xkb_model);
      add_xkb (text, "XkbLayout", self->xkb_layout);
      add_xkb (text, "XkbVariant", self->xkb_variant);
      add_xkb (text, "XkbOptions", self->xkb_options);
    }
  add (text, "EndSection\n");
}

/* The first of each kind is the core device; the rest send the same events. */
static void
add_layout (Text *text, const GbxXorgConfig *self)
{
  bool keyboard = false, pointer = false;

  add (text, "Section \"ServerLayout\"\n  Identifier \"layout\"\n  Screen \"screen\"\n");
  for (size_t i = 0; i < self->n_inputs; i++)
    {
      bool *core = self->inputs[i].kind == GBX_INPUT_KEYBOARD ? &keyboard : &pointer;
      const char *role = *core                                            ? "SendCoreEvents"
                         : self->inputs[i].kind == GBX_INPUT_KEYBOARD ? "CoreKeyboard"
                                                                          : "CorePointer";

      add (text, "  InputDevice \"input%zu\" \"%s\"\n", i, role);
      *core = true;
    }
  add (text, "EndSection\n");
}

static void
add_server_flags (Text *text, const GbxXorgConfig *self)
{
  /* Without udev no device is ever added.  But only if devices could be added, Xorg creates
   * its first keymap with the rules of evdev's keyboards.  They then share it, which saves
   * a run of xkbcomp. libinput needs entries of udev and would find its devices twice. */
  bool adds = strcmp (self->input_driver, "evdev") == 0;

  add (text, "Section \"ServerFlags\"\n  Option \"AutoAddDevices\" \"%s\"\n",
       adds ? "true" : "false");
  /* Disables screen blanking. */
  add (text,
             "  Option \"AutoEnableDevices\" \"true\"\n"
             "  Option \"AutoAddGPU\" \"false\"\n"
             "  Option \"AutoBindGPU\" \"false\"\n"
             "  Option \"AllowEmptyInput\" \"true\"\n"
             "  Option \"DontZap\" \"true\"\n"
             "  Option \"DontVTSwitch\" \"true\"\n"
             "  Option \"BlankTime\" \"0\"\n  Option \"StandbyTime\" \"0\"\n"
             "  Option \"SuspendTime\" \"0\"\n  Option \"OffTime\" \"0\"\n"
             "EndSection\n"
             "Section \"Extensions\"\n  Option \"DPMS\" \"false\"\nEndSection\n");
}

static void
add_card (Text *text, const GbxXorgConfig *self)
{
  /* Even probing OpenGL takes seconds if it ends in software rendering. */
  if (!self->glx)
    add (text, "Section \"Module\"\n  Disable \"glx\"\nEndSection\n");
  add (text, "Section \"Device\"\n  Identifier \"card\"\n");
  if (self->card)
    add (text, "  Driver \"modesetting\"\n  Option \"kmsdev\" \"%s\"\n", self->card);
  else
    add (text, "  Driver \"fbdev\"\n");
  if (self->card && !self->accelerated)
    add (text, "  Option \"AccelMethod\" \"none\"\n");
  add (text, "EndSection\n"
             "Section \"Monitor\"\n  Identifier \"monitor\"\n  Option \"DPMS\" \"false\"\nEndSection\n"
             "Section \"Screen\"\n  Identifier \"screen\"\n  Device \"card\"\n"
             "  Monitor \"monitor\"\n  DefaultDepth 24\nEndSection\n");
}

size_t
gbx_xorg_config_write (const GbxXorgConfig *self, char *out, size_t size)
{
  Text text = { out, size, 0, false };

  add_server_flags (&text, self);
  add_card (&text, self);
  for (size_t i = 0; i < self->n_inputs; i++)
    add_input (&text, self, i);
  add_layout (&text, self);
  return text.failed ? 0 : text.used;
}

/* ---------------------------------------------------------- Xauthority -- */

#define FAMILY_WILD 0xffff

/* Numbers are big-endian; each field is a u16 length and that many bytes:
 * family, address, display number, name, data (XauWriteAuth of libXau). */
static uint8_t *
put_field (uint8_t *at, const void *data, uint16_t length)
{
  at[0] = length >> 8;
  at[1] = length & 0xff;
  memcpy (at + 2, data, length);
  return at + 2 + length;
}

size_t
gbx_xauthority_write (const uint8_t cookie[16], uint8_t *out, size_t size)
{
  static const char name[] = "MIT-MAGIC-COOKIE-1";
  uint8_t *at = out;

  if (size < 2 + 2 + 3 + 2 + sizeof name - 1 + 2 + 16)
    return 0;
  *at++ = FAMILY_WILD >> 8;
  *at++ = FAMILY_WILD & 0xff;
  at = put_field (at, "", 0);
  at = put_field (at, "0", 1);
  at = put_field (at, name, sizeof name - 1);
  at = put_field (at, cookie, 16);
  return at - out;
}
