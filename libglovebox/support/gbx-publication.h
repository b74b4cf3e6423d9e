/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* So many ports one sandbox can publish: each is an open descriptor of its network helper. */
#define GBX_PUBLICATIONS_MAX 64

/* A port of the host whose connections go to a port of the sandbox. */
typedef struct
{
  GInetAddress *address; /* of the host */
  guint16 port;          /* of the host */
  guint16 inside;        /* of the sandbox */
  gboolean is_udp;
} GbxPublication;

/* "[ADDRESS:]PORT:PORT[/udp]", more of them separated by commas or blanks.  An IPv6 address is
 * in brackets.  Without an address it is 127.0.0.1.
 *
 * The error is a clause about the one that is wrong.
 * Returns: (transfer full) (element-type GbxPublication): empty for an empty text. */
GPtrArray *gbx_publications_parse (const char *text, GError **error);
/* The one as text, with its address: "127.0.0.1:8080:80", "[::1]:53:53/udp". */
char *gbx_publication_format (const GbxPublication *self);
/* Where it is found on the host: "127.0.0.1:8080", "[::1]:53". */
char *gbx_publication_format_place (const GbxPublication *self);
/* Whether other computers can reach it. */
gboolean gbx_publication_is_open (const GbxPublication *self);

G_END_DECLS
