/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-display-protocol.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The window's end of the socket to glovebox-display, which is hostile: a guest may
 * have taken it over.
 *
 * What it says is checked; it says nothing but in its turn, and in a turn only so much.
 * The window reads when it has nothing to draw.  So neither nonsense nor a flood does
 * more than end the connection. */
typedef struct _GbxDisplayLink GbxDisplayLink;

typedef enum
{
  GBX_LINK_ENDED,    /* the program has gone */
  GBX_LINK_NONSENSE, /* it said what it must not */
  GBX_LINK_STUCK,    /* it no longer reads what it is told, or does not answer */
} GbxLinkLoss;

typedef struct
{
  void (*message) (const GbxDisplayMessage *message, gpointer user_data);
  /* The last call: the link is dead. */
  void (*lost) (GbxLinkLoss loss, gpointer user_data);
} GbxLinkEvents;

/* Milliseconds between two questions whether the program is alive; a test has less time. */
extern guint gbx_display_link_question_ms;

/* Starts the program for a protocol of that name. */
GbxDisplayLink *gbx_display_link_start (const char *protocol, const GbxLinkEvents *events,
                                        gpointer user_data, GError **error);
/* For a program that speaks at that socket already; takes the socket. */
GbxDisplayLink *gbx_display_link_new (int socket, const GbxLinkEvents *events, gpointer user_data);
/* Ends the program; nothing is called afterwards. */
void gbx_display_link_free (GbxDisplayLink *self);

/* @fd is -1, or one to be sent along, which stays the caller's. */
void
gbx_display_link_send (GbxDisplayLink *self, int fd, GbxDisplayMessageType type, guint n_args, ...);
/* The program may speak again. */
void gbx_display_link_give_turn (GbxDisplayLink *self);
/* What is no message of its own, but wrong all the same. */
void gbx_display_link_refuse (GbxDisplayLink *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxDisplayLink, gbx_display_link_free)

G_END_DECLS
