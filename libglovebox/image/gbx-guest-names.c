/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-guest-names"

#include "config.h"

#include "gbx-guest-names.h"

#include "gbx-tree.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* More is cut off. */
#define FILE_MAX_BYTES (1024 * 1024)
#define NAME_MAX_BYTES 253
/* As of older C libraries, which is more than any network has. */
#define DOMAINS_MAX 32
#define SERVERS_MAX 3

static gboolean
is_name (const char *word)
{
  gsize length = strlen (word);

  return length > 0 && length <= NAME_MAX_BYTES
         && strspn (word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
                == length;
}

/* Without comments and empty words. */
static char **
split_words (const char *line, const char *comment)
{
  g_autofree char *text = g_strndup (line, strcspn (line, comment));
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; words[i]; i++)
    if (*words[i])
      g_strv_builder_add (builder, words[i]);
  return g_strv_builder_end (builder);
}

/* --------------------------------------------------------- resolv.conf -- */

/* Of resolv.conf(5).  Not "trust-ad": the way to the server is not the host's. */
static const char *const options[] = {
  "ndots:",       "timeout:", "attempts:", "rotate",  "single-request", "single-request-reopen",
  "no-tld-query", "use-vc",   "edns0",     "no-aaaa", "inet6",
};

static gboolean
is_option (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      gsize length = strlen (options[i]);

      if (options[i][length - 1] != ':'
              ? g_str_equal (word, options[i])
              : g_str_has_prefix (word, options[i]) && word[length] && strlen (word) <= length + 2
                    && strspn (word + length, "0123456789") == strlen (word + length))
        return TRUE;
    }
  return FALSE;
}

typedef struct
{
  GString *domains; /* of the last such line, as in the C library */
  GString *options;
  gboolean prefers_ipv6; /* the first server has such an address */
  gboolean has_server;
} HostNames;

static void
take_words (GString *out, char **words, gboolean (*accept) (const char *))
{
  for (guint i = 1; words[i] && i <= DOMAINS_MAX; i++)
    if (accept (words[i]))
      g_string_append_printf (out, " %s", words[i]);
}

static void
take_line (HostNames *self, const char *line)
{
  g_auto (GStrv) words = split_words (line, "#;");

  if (!words[0] || !words[1])
    return;
  if (g_str_equal (words[0], "search") || g_str_equal (words[0], "domain"))
    {
      g_string_truncate (self->domains, 0);
      take_words (self->domains, words, is_name);
    }
  else if (g_str_equal (words[0], "options"))
    take_words (self->options, words, is_option);
  else if (g_str_equal (words[0], "nameserver") && !self->has_server)
    {
      self->has_server = TRUE;
      self->prefers_ipv6 = strchr (words[1], ':') && !g_str_equal (words[1], "::1");
    }
}

/* At most three count.  If the host moves to a network of the other kind, at least one of them
 * has an address there: the guest's file does not change. */
static void
put_servers (GString *text, const char *resolvers, gboolean prefers_ipv6)
{
  g_auto (GStrv) addresses = g_strsplit (resolvers, ",", -1);
  const char *kinds[2][SERVERS_MAX] = { { NULL } };
  guint n[2] = { 0 }, total = 0;

  for (guint i = 0; addresses[i]; i++)
    {
      gboolean six = strchr (addresses[i], ':') != NULL;

      if (n[six] < SERVERS_MAX)
        kinds[six][n[six]++] = addresses[i];
    }
  for (guint at = 0; at < n[prefers_ipv6] && total < SERVERS_MAX - (n[!prefers_ipv6] > 0);
       at++, total++)
    g_string_append_printf (text, "nameserver %s\n", kinds[prefers_ipv6][at]);
  for (guint at = 0; at < n[!prefers_ipv6] && total < SERVERS_MAX; at++, total++)
    g_string_append_printf (text, "nameserver %s\n", kinds[!prefers_ipv6][at]);
}

char *
gbx_guest_names_compose_resolv (const char *resolvers, const char *host)
{
  g_auto (GStrv) lines = g_strsplit (resolvers && host ? host : "", "\n", -1);
  g_autoptr (GString) domains = g_string_new (NULL);
  g_autoptr (GString) found_options = g_string_new (NULL);
  HostNames names = { domains, found_options, FALSE, FALSE };
  GString *text = g_string_new (NULL);

  for (guint i = 0; lines[i]; i++)
    take_line (&names, lines[i]);
  if (resolvers)
    put_servers (text, resolvers, names.prefers_ipv6);
  if (domains->len > 0)
    g_string_append_printf (text, "search%s\n", domains->str);
  if (found_options->len > 0)
    g_string_append_printf (text, "options%s\n", found_options->str);
  return g_string_free (text, FALSE);
}

/* --------------------------------------------------------------- hosts -- */

static gboolean
is_reachable (GInetAddress *address)
{
  return !g_inet_address_get_is_loopback (address) && !g_inet_address_get_is_link_local (address)
         && !g_inet_address_get_is_multicast (address);
}

/* This computer's own name is not the guest's business. */
static gboolean
names_host (const char *word)
{
  const char *name = g_get_host_name ();
  gsize length = strcspn (name, ".");

  return g_ascii_strcasecmp (word, "localhost") == 0 || g_ascii_strcasecmp (word, name) == 0
         || (strcspn (word, ".") == length && g_ascii_strncasecmp (word, name, length) == 0);
}

/* An address of the loopback would be the guest's own, and one of the host is refused.  But
 * "0.0.0.0" is nobody, which blocks a name here and there. */
static gboolean
take_host (GString *text, const char *line, const char *const *own)
{
  g_auto (GStrv) words = split_words (line, "#");
  g_autoptr (GInetAddress) address = words[0] ? g_inet_address_new_from_string (words[0]) : NULL;
  g_autofree char *plain = address ? g_inet_address_to_string (address) : NULL;
  gsize length = text->len;
  gboolean any = FALSE;

  if (!plain || !is_reachable (address) || g_strv_contains (own, plain))
    return FALSE;
  g_string_append (text, plain);
  for (guint i = 1; words[i]; i++)
    if (is_name (words[i]) && !names_host (words[i]))
      {
        g_string_append_printf (text, " %s", words[i]);
        any = TRUE;
      }
  g_string_append_c (text, '\n');
  if (!any)
    g_string_truncate (text, length);
  return any;
}

char *
gbx_guest_names_compose_hosts (const char *hostname, const char *const *own, const char *host)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (
      text, "127.0.0.1\tlocalhost\n127.0.1.1\t%s\n::1\tlocalhost ip6-localhost\n", hostname);
  for (const char *at = host; at && *at; at += strcspn (at, "\n"), at += *at == '\n')
    {
      g_autofree char *line = g_strndup (at, strcspn (at, "\n"));

      if (text->len < FILE_MAX_BYTES)
        take_host (text, line, own);
    }
  return g_string_free (text, FALSE);
}

/* --------------------------------------------------------------- files -- */

static char **
list_own_addresses (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  struct ifaddrs *all = NULL;
  char text[INET6_ADDRSTRLEN];

  if (getifaddrs (&all) != 0)
    all = NULL;
  for (struct ifaddrs *at = all; at; at = at->ifa_next)
    {
      int family = at->ifa_addr ? at->ifa_addr->sa_family : AF_UNSPEC;
      const void *address = family == AF_INET
                                ? (void *)&((struct sockaddr_in *)at->ifa_addr)->sin_addr
                                : (void *)&((struct sockaddr_in6 *)at->ifa_addr)->sin6_addr;

      if ((family == AF_INET || family == AF_INET6)
          && inet_ntop (family, address, text, sizeof text))
        g_strv_builder_add (builder, text);
    }
  if (all)
    freeifaddrs (all);
  return g_strv_builder_end (builder);
}

/* (nullable): a device or an endless file would never end. */
static char *
read_host_file (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  char *text = g_malloc0 (FILE_MAX_BYTES + 1);
  gsize length = 0;

  if (stream)
    g_input_stream_read_all (G_INPUT_STREAM (stream), text, FILE_MAX_BYTES, &length, NULL, NULL);
  text[length] = '\0';
  return text;
}

gboolean
gbx_guest_names_write (const char *root, const char *hostname, const char *resolvers,
                       GError **error)
{
  g_autofree char *host_resolv = resolvers ? read_host_file ("/etc/resolv.conf") : NULL;
  g_autofree char *host_hosts = resolvers ? read_host_file ("/etc/hosts") : NULL;
  g_auto (GStrv) own = list_own_addresses ();
  g_autofree char *resolv = gbx_guest_names_compose_resolv (resolvers, host_resolv);
  g_autofree char *hosts
      = gbx_guest_names_compose_hosts (hostname, (const char *const *)own, host_hosts);

  return gbx_tree_write_file (root, "etc/hosts", hosts, -1, error)
         && gbx_tree_write_file (root, "etc/resolv.conf", resolv, -1, error);
}
