/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-network"

#include "config.h"

#include "gbx-network.h"

#include "gbx-error.h"
#include "gbx-network-control.h"
#include "gbx-network-publish.h"
#include "gbx-network-status.h"
#include "gbx-paths.h"
#include "gbx-plan.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* passt turns the guest's packets into connections of an ordinary process, without
 * privileges, to any address that a packet has.  So it runs in its own network namespace,
 * and pasta, a related program, forwards its packets to the network. pasta too connects to
 * any address, from the host's namespace.  So there is a guard between them:
 * host/gbx-guard-main.c loads a packet filter into passt's namespace, which refuses the
 * host's own addresses, and keeps it up to date.
 *
 * Ports are published by a relay, which the guard starts beside passt.  The ports of the host
 * are taken here, so that a start fails at once where one is occupied.
 *
 * pasta starts the guard, and the guard starts passt.  When one of the three ends, the
 * others end too: the guard is process 1 of passt's PID namespace, it is killed when pasta
 * ends, and pasta ends with its child. */

#define START_SECONDS 10
#define END_SECONDS 5

struct _GbxNetworkHelper
{
  GPid pid;       /* pasta's, and its process group's number */
  int process_fd; /* the same process */
  GbxNetworkStatus *status;
  GbxNetworkControl *control;
};

/* What one start needs. */
typedef struct
{
  const GbxNetworkOptions *options;
  GPtrArray *publications;
  GArray *sockets; /* of the host's ports, in their order */
  char *folder;
  int log;
} Start;

static char *
pid_file_of (const char *folder)
{
  return g_build_filename (folder, "network.pid", NULL);
}

static char *
log_file_of (const char *folder)
{
  return g_build_filename (folder, "network.log", NULL);
}

/* --------------------------------------------------------------- start -- */

/* In the child: a process group, to signal pasta and passt together later. */
static void
become_group (gpointer user_data)
{
  setpgid (0, 0);
}

static int
socket_of_host (void)
{
  return socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

/* For root, pasta keeps the capabilities that the guard needs. passt becomes "nobody". */
static const char *const pasta_for_root[] = { "--runas", "0", "--netns-only", NULL };

/* Its namespace has addresses of its own (of the block of RFC 7335, which nobody routes),
 * and a route to all else: so it does not matter whether and how the host is connected now.
 * pasta accepts them only with an interface for the other settings, and "lo" always exists. */
#define ROUTER "192.0.0.1"
#define ROUTER6 "fd67:6c6f:7665:2::1"
static const char *const pasta[] = {
  "--quiet", "--foreground", "--config-net", "--no-map-gw", "--mac-addr", "52:54:00:00:00:01",
  "--ns-ifname", "outside", "--address", "192.0.0.2", "--netmask", "29", "--gateway", ROUTER, "--dns", "none",
  "--tcp-ports", "none", "--udp-ports", "none", "--tcp-ns", "none", "--udp-ns", "none", NULL,
};
/* For IPv6 it wants an interface that has a link-local address. */
static const char *const pasta_ipv4[] = { "--ipv4-only", "--interface", "lo", NULL };
static const char *const pasta_ipv6[] = {
  "--address", "fd67:6c6f:7665:2::2", "--gateway", ROUTER6, "--interface", NULL,
};
/* Debian's AppArmor profile lets pasta start only programs in /usr/bin, unconfined.  It
 * does not let passt listen in the runtime folder, so the guard does that. */
static const char *const guard[] = { "--", "/usr/bin/env", NULL };
static const char *const passt[] = {
  "--quiet", "--foreground", "--stderr", "--fd", "3", "--no-map-gw", "--no-dhcp",
  "--no-dhcp-dns", "--no-dhcp-search", "--dns", "none", "--address", GBX_GUEST_ADDRESS,
  "--netmask", G_STRINGIFY (GBX_GUEST_PREFIX), "--gateway", GBX_GUEST_GATEWAY, NULL,
};

static const char *const passt_ipv4[] = { "--ipv4-only", NULL };
static const char *const passt_ipv6[] = {
  "--address", GBX_GUEST_ADDRESS6, "--gateway", GBX_GUEST_GATEWAY6, "--no-ra", "--no-dhcpv6", NULL,
};

/* What is missing keeps its name, for the error. */
static void
add_command (GStrvBuilder *builder, const char *name)
{
  g_autofree char *path = gbx_path_command (name);

  g_strv_builder_add (builder, path ? path : name);
}

/* passt wants each port of the guest once. */
static char *
list_ports (GPtrArray *publications, gboolean udp)
{
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < publications->len; i++)
    {
      const GbxPublication *each = g_ptr_array_index (publications, i);

      if (each->is_udp == udp && g_hash_table_add (known, GUINT_TO_POINTER (each->inside)))
        g_string_append_printf (list, "%s%u", list->len > 0 ? "," : GBX_GUEST_ADDRESS "/",
                                each->inside);
    }
  return g_strdup (list->len > 0 ? list->str : "none");
}

static void
add_passt (GStrvBuilder *builder, const Start *start)
{
  g_autofree char *tcp = list_ports (start->publications, FALSE);
  g_autofree char *udp = list_ports (start->publications, TRUE);

  add_command (builder, "passt");
  g_strv_builder_addv (builder, (const char **) passt);
  g_strv_builder_add_many (builder, "--tcp-ports", tcp, "--udp-ports", udp, NULL);
  g_strv_builder_addv (builder,
                       (const char **) (start->options->interface ? passt_ipv6 : passt_ipv4));
}

static const char *
get_resolvers (const GbxNetworkOptions *options)
{
  if (options->only_published)
    return "";
  return options->interface ? GBX_GUEST_NAME_SERVERS "," GBX_GUEST_NAME_SERVERS6
                            : GBX_GUEST_NAME_SERVERS;
}

static char **
build_argv (const char *guard_program, const Start *start)
{
  const GbxNetworkOptions *options = start->options;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  add_command (builder, "pasta");
  g_strv_builder_addv (builder, (const char **) pasta);
  g_strv_builder_addv (builder, (const char **) (options->interface ? pasta_ipv6 : pasta_ipv4));
  if (options->interface)
    g_strv_builder_add (builder, options->interface);
  if (geteuid () == 0)
    g_strv_builder_addv (builder, (const char **) pasta_for_root);
  g_strv_builder_addv (builder, (const char **) guard);
  g_strv_builder_add_many (builder, guard_program, get_resolvers (options), options->socket, NULL);
  add_passt (builder, start);
  return g_strv_builder_end (builder);
}

/* ------------------------------------------------------------- describe -- */

/* For the guard: see host/gbx-guard-setup.c. */
static char *
format_limits (const GbxNetworkLimits *limits)
{
  const GbxNetworkRate *down = &limits->download, *up = &limits->upload;

  return g_strdup_printf ("limits %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                          " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
                          down->average, down->peak, down->burst, up->average, up->peak,
                          up->burst);
}

static char *
describe (const Start *start)
{
  g_autofree char *limits = format_limits (&start->options->limits);
  GString *text = g_string_new ("addresses " GBX_GUEST_ADDRESS " " GBX_GUEST_GATEWAY "\n");

  g_string_append_printf (text, "routers " ROUTER " %s\n",
                          start->options->interface ? ROUTER6 : "::");
  for (guint i = 0; i < start->publications->len; i++)
    {
      const GbxPublication *each = g_ptr_array_index (start->publications, i);

      g_string_append_printf (text, "port %s %u\n", each->is_udp ? "udp" : "tcp", each->inside);
    }
  if (start->options->only_published)
    g_string_append (text, "only-published\n");
  g_string_append_printf (text, "%s\n", limits);
  return g_string_free (text, FALSE);
}

static gboolean
send_description (GbxNetworkHelper *self, const Start *start, GError **error)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree char *text = describe (start);
  /* In the host's network namespace, because this process is in it. */
  int host = socket_of_host ();
  gboolean sent;

  g_array_append_val (fds, host);
  g_array_append_vals (fds, start->sockets->data, start->sockets->len);
  sent = gbx_network_control_begin (self->control, text, (int *) fds->data, fds->len, error);
  if (host >= 0)
    close (host);
  return sent;
}

/* ---------------------------------------------------------------- spawn -- */

static gboolean
spawn_with (GbxNetworkHelper *self, char **argv, int control, int log, GError **error)
{
  g_autoptr (GError) local = NULL;
  int pipe[2];

  if (!g_unix_open_pipe (pipe, FD_CLOEXEC, error))
    return FALSE;
  self->status = gbx_network_status_new (pipe[0]);
  g_spawn_async_with_fds (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                          become_group, NULL, &self->pid, control, pipe[1], log, &local);
  close (pipe[1]);
  if (self->pid > 0)
    self->process_fd = syscall (SYS_pidfd_open, self->pid, 0);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
                 _ ("Cannot start pasta, which a sandbox with a network needs (on Debian: "
                    "apt-get install passt): %s"),
                 local->message);
  return self->pid > 0;
}

static gboolean
spawn (GbxNetworkHelper *self, const Start *start, GError **error)
{
  g_autofree char *guard_program = gbx_path_program ("glovebox-network-guard");
  g_auto (GStrv) argv = NULL;
  gboolean spawned;
  int peer;

  if (!guard_program)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NETWORK,
                           _ ("The program glovebox-network-guard is missing; install Glovebox "
                              "again"));
      return FALSE;
    }
  self->control = gbx_network_control_new (&peer, error);
  if (!self->control)
    return FALSE;
  argv = build_argv (guard_program, start);
  spawned = send_description (self, start, error) &&
            spawn_with (self, argv, peer, start->log, error);
  close (peer);
  return spawned;
}

/* The guard's message is the best; otherwise the last message of pasta, which in this
 * version also complains about a missing log daemon. */
static char *
last_output (GbxNetworkHelper *self, const char *log)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  const char *last = gbx_network_status_get_error (self->status);

  if (last || !g_file_get_contents (log, &text, NULL, NULL))
    return g_strdup (last ? last : _ ("it gave no reason"));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    if (*g_strstrip (lines[i]) && !g_str_has_prefix (lines[i], "Failed to send"))
      last = lines[i];
  return g_strdup (last ? last : _ ("it gave no reason"));
}

static gboolean
write_pid (const char *folder, GPid pid)
{
  g_autofree char *path = pid_file_of (folder);
  g_autofree char *text = g_strdup_printf ("%d\n", pid);

  return g_file_set_contents (path, text, -1, NULL);
}

static gboolean
start_in (GbxNetworkHelper *self, const Start *start, GError **error)
{
  g_autofree char *log_file = log_file_of (start->folder);
  g_autofree char *words = NULL;

  if (!spawn (self, start, error))
    return FALSE;
  if (write_pid (start->folder, self->pid) && gbx_network_status_await (self->status, START_SECONDS))
    return TRUE;
  words = last_output (self, log_file);
  g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
               _ ("The sandbox's network could not be set up: %s; check that you may create "
                  "user namespaces"),
               words);
  return FALSE;
}

static gboolean
serves_ipv6 (const struct ifaddrs *interface)
{
  const struct sockaddr_in6 *address = (const struct sockaddr_in6 *) interface->ifa_addr;

  return address && address->sin6_family == AF_INET6 && (interface->ifa_flags & IFF_UP) &&
         IN6_IS_ADDR_LINKLOCAL (&address->sin6_addr);
}

char *
gbx_network_find_interface (void)
{
  struct ifaddrs *all = NULL;
  char *name = NULL;

  if (getifaddrs (&all) != 0)
    return NULL;
  for (struct ifaddrs *at = all; at && !name; at = at->ifa_next)
    if (serves_ipv6 (at))
      name = g_strdup (at->ifa_name);
  freeifaddrs (all);
  return name;
}

static gboolean
prepare (Start *start, GError **error)
{
  g_autofree char *log_file = log_file_of (start->folder);
  const char *list = start->options->publish;

  start->publications = gbx_publications_parse (list ? list : "", error);
  start->sockets =
      start->publications ? gbx_network_publish (start->publications, error) : NULL;
  if (!start->sockets)
    return FALSE;
  start->log = open (log_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (start->log < 0)
    g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                 _ ("Cannot write in the runtime folder: %s: %s"), log_file, g_strerror (errno));
  return start->log >= 0;
}

static void
start_clear (Start *start)
{
  g_clear_pointer (&start->publications, g_ptr_array_unref);
  g_clear_pointer (&start->sockets, g_array_unref);
  g_clear_pointer (&start->folder, g_free);
  if (start->log >= 0)
    close (start->log);
}

GbxNetworkHelper *
gbx_network_helper_start (const GbxNetworkOptions *options, GError **error)
{
  Start start = { .options = options, .folder = g_path_get_dirname (options->socket), .log = -1 };
  GbxNetworkHelper *self = g_new0 (GbxNetworkHelper, 1);

  self->process_fd = -1;
  /* Of a helper for an earlier start. */
  g_unlink (options->socket);
  if (!prepare (&start, error) || !start_in (self, &start, error))
    g_clear_pointer (&self, gbx_network_helper_stop);
  start_clear (&start);
  return self;
}

GPid
gbx_network_helper_get_pid (GbxNetworkHelper *self)
{
  return self->pid;
}

int
gbx_network_helper_get_process_fd (GbxNetworkHelper *self)
{
  return self->process_fd;
}

const char *
gbx_network_helper_get_notice (GbxNetworkHelper *self)
{
  return gbx_network_status_get_notice (self->status);
}

const char *
gbx_network_helper_get_unlimited (GbxNetworkHelper *self)
{
  return gbx_network_status_get_unlimited (self->status);
}

/* ------------------------------------------------------------ questions -- */

gboolean
gbx_network_helper_change_limits (GbxNetworkHelper *self, const GbxNetworkLimits *limits,
                                  GError **error)
{
  g_autofree char *question = format_limits (limits);
  g_autofree char *answer = gbx_network_control_ask (self->control, question, error);

  if (!answer)
    return FALSE;
  if (!g_str_equal (answer, "ok"))
    g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
                 _ ("The limits of the sandbox's network could not be changed: %s"), answer);
  return g_str_equal (answer, "ok");
}

gboolean
gbx_network_helper_get_traffic (GbxNetworkHelper *self, guint64 *received, guint64 *sent,
                                GError **error)
{
  g_autofree char *answer = gbx_network_control_ask (self->control, "traffic", error);
  g_auto (GStrv) words = answer ? g_strsplit (answer, " ", -1) : NULL;

  if (!words)
    return FALSE;
  if (g_strv_length (words) == 3 && g_str_equal (words[0], "traffic") &&
      g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXUINT64, received, NULL) &&
      g_ascii_string_to_unsigned (words[2], 10, 0, G_MAXUINT64, sent, NULL))
    return TRUE;
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NETWORK,
                       _ ("The traffic of the sandbox's network is not known: the kernel does not "
                          "count it"));
  return FALSE;
}

/* ---------------------------------------------------------------- stop -- */

/* They have normally ended before the clean-up; until the process is reaped, no other
 * process can have its ID. */
void
gbx_network_helper_stop (GbxNetworkHelper *self)
{
  if (self->pid > 0)
    {
      kill (-self->pid, SIGKILL);
      while (waitpid (self->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    }
  if (self->process_fd >= 0)
    close (self->process_fd);
  /* The others were killed too; when the last has ended, the ports are free. */
  if (self->status)
    gbx_network_status_await_end (self->status, END_SECONDS);
  g_clear_pointer (&self->control, gbx_network_control_free);
  g_clear_pointer (&self->status, gbx_network_status_free);
  g_free (self);
}

/* Whether it is still the helper of that folder, and not another process with the same ID. */
static gboolean
serves_folder (GPid pid, const char *folder)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/cmdline", pid);
  g_autofree char *words = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &words, &length, NULL) || !g_str_has_prefix (words, "pasta"))
    return FALSE;
  for (gsize i = 0; i + 1 < length; i++)
    if (words[i] == '\0')
      words[i] = ' ';
  return strstr (words, folder) != NULL;
}

void
gbx_network_helper_end_orphan (const char *folder, const char *known_as)
{
  g_autofree char *path = pid_file_of (folder);
  g_autofree char *text = NULL;
  GPid pid;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  pid = atoi (text);
  if (pid > 1 && serves_folder (pid, known_as))
    kill (-pid, SIGKILL);
}
