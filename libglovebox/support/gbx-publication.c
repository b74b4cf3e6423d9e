/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-support"

#include "config.h"

#include "gbx-publication.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define DEFAULT_ADDRESS "127.0.0.1"

static void
publication_free (GbxPublication *self)
{
  g_clear_object (&self->address);
  g_free (self);
}

/* ---------------------------------------------------------------- parse -- */

static gboolean
fail (const char *text, const char *why, GError **error)
{
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, "“%s” %s", text, why);
  return FALSE;
}

static gboolean
parse_port (const char *text, guint16 *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16) number;
  return TRUE;
}

/* Cuts the last ":" and what follows it off; NULL if there is none. */
static char *
cut_last (char *text)
{
  char *colon = strrchr (text, ':');

  if (!colon)
    return NULL;
  *colon = '\0';
  return colon + 1;
}

/* IPv6 has brackets, so that its last part is not taken for a port. */
static GInetAddress *
parse_address (char *text)
{
  gsize length = strlen (text);
  gboolean is_bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
  g_autoptr (GInetAddress) address = NULL;

  if (is_bracketed)
    text[length - 1] = '\0';
  address = g_inet_address_new_from_string (is_bracketed ? text + 1 : text);
  if (!address ||
      is_bracketed != (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6))
    return NULL;
  return g_steal_pointer (&address);
}

static gboolean
parse_into (GbxPublication *self, const char *text, GError **error)
{
  g_autofree char *rest = g_strdup (text);
  const char *inside, *port;
  gboolean has_address;

  if ((self->is_udp = g_str_has_suffix (rest, "/udp")) || g_str_has_suffix (rest, "/tcp"))
    rest[strlen (rest) - strlen ("/udp")] = '\0';
  inside = cut_last (rest);
  port = inside ? cut_last (rest) : NULL;
  has_address = port != NULL;
  if (!inside || !parse_port (inside, &self->inside) ||
      !parse_port (has_address ? port : rest, &self->port))
    return fail (text, _ ("is not a port to publish; use [ADDRESS:]PORT:PORT[/udp], as in 8080:80 "
                          "or [::1]:5353:53/udp, with ports from 1 to 65535"),
                 error);
  if (has_address)
    self->address = parse_address (rest);
  else
    self->address = g_inet_address_new_from_string (DEFAULT_ADDRESS);
  if (!self->address)
    return fail (text, _ ("does not begin with an address of this computer; write one as numbers, "
                          "as in 127.0.0.1:8080:80, and IPv6 in brackets, as in [::1]:8080:80"),
                 error);
  if (g_inet_address_get_is_multicast (self->address))
    return fail (text, _ ("has a multicast address; use an address of this computer"), error);
  return TRUE;
}

static gboolean
is_same_place (const GbxPublication *self, const GbxPublication *other)
{
  return self->port == other->port && self->is_udp == other->is_udp &&
         g_inet_address_equal (self->address, other->address);
}

static gboolean
add (GPtrArray *all, const char *text, GError **error)
{
  GbxPublication *self = g_new0 (GbxPublication, 1);

  g_ptr_array_add (all, self);
  if (!parse_into (self, text, error))
    return FALSE;
  for (guint i = 0; i + 1 < all->len; i++)
    if (is_same_place (g_ptr_array_index (all, i), self))
      return fail (text, _ ("uses an address and port that another port of this sandbox uses; "
                            "choose another port"),
                   error);
  if (all->len > GBX_PUBLICATIONS_MAX)
    return fail (text, _ ("is one too many; a sandbox can publish 64 ports"), error);
  return TRUE;
}

GPtrArray *
gbx_publications_parse (const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, ", \t", -1);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) publication_free);

  for (guint i = 0; words[i]; i++)
    if (*words[i] && !add (all, words[i], error))
      return NULL;
  return g_steal_pointer (&all);
}

/* --------------------------------------------------------------- format -- */

char *
gbx_publication_format_place (const GbxPublication *self)
{
  g_autofree char *address = g_inet_address_to_string (self->address);
  gboolean is_ipv6 = g_inet_address_get_family (self->address) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf (is_ipv6 ? "[%s]:%u" : "%s:%u", address, self->port);
}

char *
gbx_publication_format (const GbxPublication *self)
{
  g_autofree char *place = gbx_publication_format_place (self);

  return g_strdup_printf ("%s:%u%s", place, self->inside, self->is_udp ? "/udp" : "");
}

gboolean
gbx_publication_is_open (const GbxPublication *self)
{
  return !g_inet_address_get_is_loopback (self->address);
}
