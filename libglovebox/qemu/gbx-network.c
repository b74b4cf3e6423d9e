/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-network"

#include "config.h"

#include "gbx-network.h"

#include "gbx-error.h"
#include "gbx-plan.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* passt turns the guest's packets into connections of an ordinary process, without
 * privileges, to whatever address a packet bears: also to 127.0.0.1, which root in
 * the guest can well write into one.  So it runs in a network namespace of its own,
 * where that is nobody's; pasta, its twin, makes the namespace and takes from there
 * to the network what is not for the host itself. */

#define START_SECONDS 10

struct _GbxNetworkHelper
{
  GPid pid; /* and its process group's number */
  int process; /* a descriptor of it, or -1 */
};

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

/* In the child: what is signalled later are pasta and passt together. */
static void
become_group (gpointer user_data)
{
  setpgid (0, 0);
}

/* Root keeps what only root may do, or neither could use a folder of root's. */
static const char *const pasta_for_root[] = { "--runas", "0", "--netns-only", NULL };
static const char *const passt_for_root[] = { "--runas", "0", NULL };

/* The resolver's address is pasta's to redirect: the host's own resolver may listen
 * on its loopback, which passt does not see. */
static const char *const pasta[] = {
  "pasta", "--quiet", "--foreground", "--config-net", "--no-map-gw", "--ipv4-only",
  "--dns-forward", GBX_GUEST_NAME_SERVER, "--tcp-ports", "none", "--udp-ports", "none",
  "--tcp-ns", "none", "--udp-ns", "none", NULL,
};
static const char *const passt[] = {
  "--", "passt", "--quiet", "--foreground", "--stderr", "--one-off", "--no-map-gw", "--no-dhcp",
  "--no-dhcp-dns", "--no-dhcp-search", "--address", GBX_GUEST_ADDRESS, "--netmask",
  G_STRINGIFY (GBX_GUEST_PREFIX), "--gateway", GBX_GUEST_GATEWAY, "--ipv4-only", "--tcp-ports",
  "none", "--udp-ports", "none", "--socket", NULL,
};

static GPid
spawn (const char *socket, int log, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  gboolean by_root = geteuid () == 0;
  GPid pid = -1;

  g_strv_builder_addv (builder, (const char **) pasta);
  if (by_root)
    g_strv_builder_addv (builder, (const char **) pasta_for_root);
  g_strv_builder_addv (builder, (const char **) passt);
  g_strv_builder_add (builder, socket);
  if (by_root)
    g_strv_builder_addv (builder, (const char **) passt_for_root);
  argv = g_strv_builder_end (builder);
  g_spawn_async_with_fds (NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD,
                          become_group, NULL, &pid, -1, log, log, error);
  return pid;
}

/* Whether the socket is there before the helper ends, or time does. */
static gboolean
await_socket (GPid pid, const char *socket)
{
  gint64 deadline = g_get_monotonic_time () + START_SECONDS * G_TIME_SPAN_SECOND;
  g_autofree char *folder = g_path_get_dirname (socket);
  struct pollfd fds[2] = {
    { inotify_init1 (IN_CLOEXEC | IN_NONBLOCK), POLLIN, 0 },
    { syscall (SYS_pidfd_open, pid, 0), POLLIN, 0 },
  };
  char events[4096];
  gboolean is_there = FALSE;

  inotify_add_watch (fds[0].fd, folder, IN_CREATE);
  while (!(is_there = g_file_test (socket, G_FILE_TEST_EXISTS)) && !fds[1].revents &&
         g_get_monotonic_time () < deadline)
    {
      poll (fds, G_N_ELEMENTS (fds), START_SECONDS * 1000);
      while (read (fds[0].fd, events, sizeof events) > 0)
        ;
    }
  close (fds[0].fd);
  close (fds[1].fd);
  return is_there;
}

/* The last thing that either said of itself; this version of passt also complains
 * about a system without a log daemon. */
static char *
last_words (const char *log)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  const char *last = _ ("it gave no reason");

  if (!g_file_get_contents (log, &text, NULL, NULL))
    return g_strdup (last);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i]; i++)
    if (*g_strstrip (lines[i]) && !g_str_has_prefix (lines[i], "Failed to send"))
      last = lines[i];
  return g_strdup (last);
}

static gboolean
write_pid (const char *folder, GPid pid)
{
  g_autofree char *path = pid_file_of (folder);
  g_autofree char *text = g_strdup_printf ("%d\n", pid);

  return g_file_set_contents (path, text, -1, NULL);
}

static GbxNetworkHelper *
start_in (const char *folder, const char *socket, int log, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *log_file = log_file_of (folder);
  g_autofree char *words = NULL;
  GbxNetworkHelper *self;
  GPid pid = spawn (socket, log, &local);

  if (pid < 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
                   _ ("Cannot start pasta, which a sandbox with a network needs (on Debian: "
                      "apt-get install passt): %s"),
                   local->message);
      return NULL;
    }
  self = g_new0 (GbxNetworkHelper, 1);
  self->pid = pid;
  self->process = syscall (SYS_pidfd_open, pid, 0);
  if (write_pid (folder, pid) && await_socket (pid, socket))
    return self;
  gbx_network_helper_stop (self);
  words = last_words (log_file);
  g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
               _ ("The sandbox's network could not be set up: %s; is this computer connected, and "
                  "may you make user namespaces?"),
               words);
  return NULL;
}

GbxNetworkHelper *
gbx_network_helper_start (const char *socket, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (socket);
  g_autofree char *log_file = log_file_of (folder);
  int log = open (log_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  GbxNetworkHelper *self;

  if (log < 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE,
                   _ ("Cannot write in the runtime folder: %s: %s"), log_file, g_strerror (errno));
      return NULL;
    }
  /* That of a helper which served an earlier start. */
  g_unlink (socket);
  self = start_in (folder, socket, log, error);
  close (log);
  return self;
}

/* ---------------------------------------------------------------- stop -- */

/* By the time of the clean-up they have normally ended by themselves; until it is
 * waited for, the number is nobody else's. */
void
gbx_network_helper_stop (GbxNetworkHelper *self)
{
  kill (-self->pid, SIGKILL);
  while (waitpid (self->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  if (self->process >= 0)
    close (self->process);
  g_free (self);
}

int
gbx_network_helper_get_process_fd (GbxNetworkHelper *self)
{
  return self->process;
}

/* Whether it is still the helper of that folder, and not another with its number. */
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
