/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-network"

#include "config.h"

#include "gbx-network.h"

#include "gbx-error.h"
#include "gbx-launcher.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>

struct _GbxNetworkHelper
{
  char *pid_file;
  GPid pid;
};

/* passt turns the guest's packets into connections of an ordinary process,
 * without privileges.  It forwards nothing inwards, does not map the gateway to
 * the host's loopback (--no-map-gw), and ends when QEMU disconnects. */
GbxNetworkHelper *
gbx_network_helper_start (const char *socket, GError **error)
{
  g_autofree char *pid_file = g_strconcat (socket, ".pid", NULL);
  const char *argv[] = {
    "passt", "--quiet", "--one-off", "--socket", socket, "--pid", pid_file, "--no-map-gw",
    "--no-dhcp", "--no-dhcp-dns", "--no-dhcp-search", "--address", GBX_GUEST_ADDRESS, "--netmask",
    G_STRINGIFY (GBX_GUEST_PREFIX), "--gateway", GBX_GUEST_GATEWAY, "--dns-forward",
    GBX_GUEST_NAME_SERVER, "--ipv4-only", "--tcp-ports", "none", "--udp-ports", "none", NULL,
  };
  g_autofree char *complaint = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  GbxNetworkHelper *self;
  int status;

  /* One that served an earlier start may not be gone yet. */
  g_unlink (socket);
  /* It goes to the background once it listens. */
  if (!g_spawn_sync (NULL, (char **) argv, NULL,
                     G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                     &complaint, &status, &local))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
                   _ ("Cannot start passt, which --network user needs (on Debian: apt-get install "
                      "passt): %s"),
                   local->message);
      return NULL;
    }
  if (!g_spawn_check_wait_status (status, NULL) ||
      !g_file_get_contents (pid_file, &text, NULL, NULL))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NETWORK,
                   _ ("passt could not set up the sandbox's network: %s"),
                   complaint && *complaint ? g_strchomp (complaint) : _ ("it gave no reason"));
      return NULL;
    }
  self = g_new0 (GbxNetworkHelper, 1);
  self->pid_file = g_steal_pointer (&pid_file);
  self->pid = atoi (text);
  return self;
}

/* By the time of the clean-up it has normally ended by itself. */
static gboolean
still_runs (GbxNetworkHelper *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/comm", self->pid);
  g_autofree char *name = NULL;

  return g_file_get_contents (path, &name, NULL, NULL) && g_str_has_prefix (name, "passt");
}

void
gbx_network_helper_stop (GbxNetworkHelper *self)
{
  if (self->pid > 1 && still_runs (self))
    kill (self->pid, SIGTERM);
  g_free (self->pid_file);
  g_free (self);
}
