/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-protocol.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The window's end of the socket to glovebox-display, which is treated as hostile: a guest
 * may have taken it over.
 *
 * Each message is checked.  The program may only send in its turn, and only a limited
 * number of messages.  The window reads when it has nothing to draw.  So invalid or too
 * many messages can only end the connection. */
typedef struct _GbxDisplayLink GbxDisplayLink;

typedef enum
{
  GBX_LINK_ENDED,    /* the program has ended */
  GBX_LINK_NONSENSE, /* it sent an invalid message */
  GBX_LINK_STUCK,    /* it no longer reads, or does not answer */
} GbxLinkLoss;

typedef struct
{
  void (*message) (const GbxDisplayMessage *message, gpointer user_data);
  /* The last call: the link is dead. */
  void (*lost) (GbxLinkLoss loss, gpointer user_data);
} GbxLinkEvents;

/* Milliseconds between two ARE_YOU_ALIVE messages; tests use less. */
extern guint gbx_display_link_question_ms;

/* Starts the program for a protocol of that name. */
GbxDisplayLink *gbx_display_link_start (const char *protocol, const GbxLinkEvents *events,
                                        gpointer user_data, GError **error);
/* For a program that already uses that socket; takes ownership of the socket. */
GbxDisplayLink *gbx_display_link_new (int socket, const GbxLinkEvents *events, gpointer user_data);
/* Ends the program; nothing is called afterwards. */
void gbx_display_link_free (GbxDisplayLink *self);

/* @fd is -1, or a descriptor to send; the caller keeps it. */
void
gbx_display_link_send (GbxDisplayLink *self, int fd, GbxDisplayMessageType type, guint n_args, ...);
/* The program may send again. */
void gbx_display_link_give_turn (GbxDisplayLink *self);
/* For a message that is valid in itself, but wrong in this state. */
void gbx_display_link_refuse (GbxDisplayLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxDisplayLink, gbx_display_link_free)

G_END_DECLS
