/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-decoder-screen.h"

G_BEGIN_DECLS

/* A protocol that servers of displays speak.  There is one connection in a process. */
typedef struct
{
  const char *name;

  /* Within the walls: the libraries would otherwise start threads and look for USB
   * devices, which no wall could take back. */
  void (*connect) (GbxScreen *screen);
  void (*take_fd) (guint channel, int fd);

  void (*send_key) (guint number, gboolean pressed, guint keysym);
  void (*move_pointer) (guint x, guint y);
  void (*send_button) (guint button, gboolean pressed);
  void (*set_locks) (GbxDisplayLocks locks);
} GbxDecoderServer;

extern const GbxDecoderServer gbx_decoder_spice;
extern const GbxDecoderServer gbx_decoder_vnc;

G_END_DECLS
