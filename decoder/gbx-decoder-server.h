/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-decoder-screen.h"

G_BEGIN_DECLS

/* A display protocol.  There is one connection per process. */
typedef struct
{
  const char *name;

  /* Called after the confinement.  Before it, the libraries would start threads and search
   * for USB devices, which cannot be undone. */
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
