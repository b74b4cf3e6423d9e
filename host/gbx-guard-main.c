/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The network guard: blocks the host's own addresses for a sandbox's passt.
 *
 *   glovebox-network-guard RESOLVER[,RESOLVER…] SOCKET COMMAND [ARG…]
 *
 * pasta starts it as process 1 of new network and PID namespaces.  There it loads a
 * packet filter, and only then listens at SOCKET.  When QEMU connects, it starts
 * COMMAND, which is passt, with the connection as descriptor 3.  passt's sockets are in
 * this namespace.  pasta forwards what the filter allows to the network.  The filter
 * refuses the host's current addresses, and the guard keeps it up to date.  If the guard
 * ends for any reason, the kernel ends passt too, because the guard is process 1.
 *
 * Standard input is a socket of the library.  Its first message says what the network is to
 * be: gbx-guard-setup.c.  Later ones are "traffic", answered by "traffic RECEIVED SENT", and
 * "limits …", answered by "ok" or "error TEXT".
 *
 * Where ports are published, a relay (gbx-guard-relay.c) is started beside passt, and ends
 * with it.
 *
 * Standard output is a pipe with lines for the library:
 *
 *   names STATE ADDRESS ROUTE   first and after each change, as in
 *                               "names local 127.0.0.53 unconnected"; the route is "late" if
 *                               it is of IPv6 and the guest has none
 *   listening                   once QEMU can connect
 *   unlimited TEXT              limits were asked for and do not work here
 *   error TEXT                  the last line, if there is an error
 *
 * When the other end of the pipe is closed, the guard ends.  It reads nothing from a
 * guest: the kernel handles packets, and passt handles frames.
 */

#include "gbx-guard.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* The kernel reports that a route goes a moment before it is gone, and answers questions
 * meanwhile: so the routes are read once more after the last report. */
#define SETTLE_MS 200
/* Where passt finds its connection. */
#define CONNECTION 3

typedef struct
{
  int control;  /* the library's, of sequenced packets */
  int names;    /* inotify */
  int ends;     /* signalfd: SIGCHLD */
  int listener; /* or -1 once QEMU has connected */
  char **argv;  /* passt's */
  pid_t passt;  /* or 0 before it is started */
  pid_t relay;  /* of published ports; or 0 */
  GuardSetup setup;
  bool ipv6;    /* the guest has an IPv6 address */
  GuardAddresses addresses;
  GuardNames known;
  char told[128]; /* the last line */
} Guard;

void
guard_die (const char *format, ...)
{
  va_list arguments;
  char text[1024];

  va_start (arguments, format);
  vsnprintf (text, sizeof text, format, arguments);
  va_end (arguments);
  dprintf (STDOUT_FILENO, "error %s\n", text);
  exit (1);
}

/* ------------------------------------------------------------- set up -- */

/* Moved to another number, and not inherited by passt. */
static int
take_stdin (void)
{
  int fd = fcntl (STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  int null = open ("/dev/null", O_RDWR | O_CLOEXEC);

  if (fd < 0 || null < 0 || dup2 (null, STDIN_FILENO) < 0)
    guard_die ("cannot open /dev/null: %s", strerror (errno));
  if (null > STDERR_FILENO)
    close (null);
  return fd;
}

static int
watch_children (void)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGCHLD);
  sigprocmask (SIG_BLOCK, &set, NULL);
  return signalfd (-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
set_up_rules (Guard *self, const char *list)
{
  GuardAddress resolvers[GUARD_RESOLVERS];
  size_t n = 0;

  for (const char *at = list; *at; at += *at == ',')
    {
      char text[INET6_ADDRSTRLEN] = "";
      size_t length = strcspn (at, ",");

      if (n == GUARD_RESOLVERS || length >= sizeof text)
        guard_die ("not a list of resolvers: %s", list);
      memcpy (text, at, length);
      if (!guard_address_parse (text, &resolvers[n]))
        guard_die ("not a list of resolvers: %s", list);
      self->ipv6 |= resolvers[n++].version == 6;
      at += length;
    }
  guard_rules_init (&self->setup, resolvers, n);
}

/* The library decides whether it goes on without. */
static void
set_up_limits (Guard *self)
{
  const char *trouble = guard_limits_apply (&self->setup, &self->setup.limits);

  if (trouble)
    dprintf (STDOUT_FILENO, "unlimited %s\n", trouble);
}

static int
listen_at (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (strlen (path) >= sizeof address.sun_path)
    guard_die ("the path %s is too long for a socket", path);
  strcpy (address.sun_path, path);
  umask (0077);
  if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0 || listen (fd, 1) != 0)
    guard_die ("cannot listen at %s: %s", path, strerror (errno));
  return fd;
}

static bool
place_connection (int fd)
{
  return fd == CONNECTION ? fcntl (fd, F_SETFD, 0) == 0 : dup2 (fd, CONNECTION) >= 0;
}

/* From the start it has no capability to change the packet filter. */
static void __attribute__ ((noreturn))
become_passt (int connection, char **argv)
{
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGPIPE, SIG_DFL);
  if (prctl (PR_CAPBSET_DROP, CAP_NET_ADMIN) == 0 && place_connection (connection) &&
      dup2 (STDIN_FILENO, STDOUT_FILENO) >= 0)
    execvp (argv[0], argv);
  fprintf (stderr, "cannot start %s: %s\n", argv[0], strerror (errno));
  _exit (127);
}

/* A process of the namespace, so it ends with the guard. */
static void
start_relay (Guard *self)
{
  if (self->setup.n_ports == 0)
    return;
  self->relay = fork ();
  if (self->relay < 0)
    guard_die ("cannot start the relay of published ports: %s", strerror (errno));
  if (self->relay == 0)
    guard_relay_run (&self->setup);
  for (size_t i = 0; i < self->setup.n_ports; i++)
    close (self->setup.ports[i].fd);
}

/* Only one QEMU connects. */
static void
accept_connection (Guard *self)
{
  int fd = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC);

  if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR))
    return;
  if (fd < 0)
    guard_die ("cannot take the emulator's connection: %s", strerror (errno));
  self->passt = fork ();
  if (self->passt < 0)
    guard_die ("cannot start %s: %s", self->argv[0], strerror (errno));
  if (self->passt == 0)
    become_passt (fd, self->argv);
  close (fd);
  close (self->listener);
  self->listener = -1;
  start_relay (self);
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* ------------------------------------------------------------ run time -- */

static const char *
describe_route (const Guard *self)
{
  if (self->addresses.has_route || (self->addresses.has_route6 && self->ipv6))
    return "connected";
  return self->addresses.has_route6 ? "late" : "unconnected";
}

static void
tell (Guard *self)
{
  static const char *const words[] = {
    [GUARD_NAMES_OK] = "ok", [GUARD_NAMES_LOCAL] = "local", [GUARD_NAMES_IPV6] = "ipv6",
    [GUARD_NAMES_LINK] = "link"
  };
  char line[sizeof self->told];
  int length = snprintf (line, sizeof line, "names %s %s %s\n", words[self->known.state],
                         self->known.state == GUARD_NAMES_OK ? "-" : self->known.refused,
                         describe_route (self));

  if (strcmp (line, self->told) == 0)
    return;
  /* If the reader is too slow, lines are dropped; the guard does not wait. */
  if (write (STDOUT_FILENO, line, length) != length && errno != EAGAIN)
    exit (0);
  memcpy (self->told, line, sizeof line);
}

/* Whether to repeat it at once. */
static bool
bring_up_to_date (Guard *self)
{
  bool again;

  /* Nothing goes there. */
  if (self->setup.only_published)
    return false;
  again = guard_addresses_read (self->setup.host, &self->addresses);

  guard_names_read (&self->addresses, self->ipv6, &self->known);
  guard_rules_apply (&self->addresses, &self->known);
  tell (self);
  return again;
}

static bool
names_changed (Guard *self)
{
  char events[8192];
  bool changed = false;

  while (read (self->names, events, sizeof events) > 0)
    changed = true;
  if (changed)
    guard_names_watch (self->names);
  return changed;
}

static void
reap (Guard *self)
{
  struct signalfd_siginfo info;
  int status;
  pid_t pid;

  while (read (self->ends, &info, sizeof info) > 0)
    ;
  while ((pid = waitpid (-1, &status, WNOHANG)) > 0)
    if (pid == self->passt || pid == self->relay)
      exit (WIFEXITED (status) ? WEXITSTATUS (status) : 1);
}

static void
answer (Guard *self, char *question)
{
  char text[640] = "error this is not known";
  GuardSetup wanted = self->setup;
  uint64_t received, sent;

  if (strcmp (question, "traffic") == 0 && guard_rules_count (&received, &sent))
    snprintf (text, sizeof text, "traffic %" PRIu64 " %" PRIu64, received, sent);
  else if (strncmp (question, "limits ", 7) == 0 && guard_setup_parse (question, &wanted))
    {
      const char *trouble = guard_limits_apply (&self->setup, &wanted.limits);

      snprintf (text, sizeof text, trouble ? "error %s" : "ok", trouble);
    }
  send (self->control, text, strlen (text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void
take_question (Guard *self)
{
  char question[256];
  ssize_t length = recv (self->control, question, sizeof question - 1, MSG_DONTWAIT);

  if (length == 0)
    exit (0);
  if (length < 0)
    return;
  question[length] = '\0';
  answer (self, question);
}

static void __attribute__ ((noreturn))
watch (Guard *self)
{
  bool is_stale = false, is_settled = false;
  int ready;

  for (;;)
    {
      struct pollfd fds[] = {
        { self->setup.host, POLLIN, 0 }, { self->names, POLLIN, 0 },    { self->ends, POLLIN, 0 },
        { STDOUT_FILENO, 0, 0 },   { self->listener, POLLIN, 0 }, { self->control, POLLIN, 0 },
      };

      ready = poll (fds, sizeof fds / sizeof fds[0], is_stale ? 0 : is_settled ? -1 : SETTLE_MS);
      if (ready < 0 && errno != EINTR)
        guard_die ("poll: %s", strerror (errno));
      if (fds[3].revents)
        exit (0);
      reap (self);
      is_stale |= guard_addresses_drain (self->setup.host);
      is_stale |= names_changed (self);
      if (is_stale || (ready == 0 && !is_settled))
        {
          is_settled = !is_stale;
          is_stale = bring_up_to_date (self);
        }
      if (self->listener >= 0 && fds[4].revents)
        accept_connection (self);
      if (fds[5].revents)
        take_question (self);
    }
}

int
main (int argc, char **argv)
{
  Guard self = { .names = -1 };

  if (argc < 4)
    guard_die ("usage: glovebox-network-guard RESOLVER[,RESOLVER…] SOCKET COMMAND [ARG…]");
  /* Without this, passt would not end with the guard. */
  if (getpid () != 1)
    guard_die ("the network guard is not the first process of its namespace");
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  signal (SIGPIPE, SIG_IGN);
  fcntl (STDOUT_FILENO, F_SETFL, O_NONBLOCK);

  self.control = take_stdin ();
  guard_setup_receive (self.control, &self.setup);
  self.ends = watch_children ();
  self.names = guard_names_watch (-1);
  guard_addresses_subscribe (self.setup.host);
  if (self.setup.n_ports > 0)
    guard_setup_addresses (&self.setup);
  set_up_rules (&self, argv[1]);
  set_up_limits (&self);
  while (bring_up_to_date (&self))
    ;
  self.argv = argv + 3;
  self.listener = listen_at (argv[2]);
  dprintf (STDOUT_FILENO, "listening\n");
  watch (&self);
}
