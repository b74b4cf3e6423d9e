/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launcher"

#include "config.h"

#include "gbx-launcher-private.h"

#include "gbx-accelerator.h"
#include "gbx-error.h"
#include "gbx-jail.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Launches of which no application comes: for the doctor, and for people who want to
 * read what libvirt is told. */

/* For the first word of a guest without KVM. */
#define TRIAL_SECONDS 50

static GbxAccelerator
choose_accelerator (GbxPolicy *policy)
{
  return gbx_policy_get_accelerator (policy) != GBX_ACCELERATOR_TCG &&
                 gbx_accelerator_kvm_usable (NULL)
             ? GBX_ACCELERATOR_KVM
             : GBX_ACCELERATOR_TCG;
}

/* Anything that the guest says: what it is, is for the console to judge. */
static gboolean
await_word (int console, GCancellable *cancellable, GError **error)
{
  struct pollfd fds[2] = { { console, POLLIN, 0 }, { -1, POLLIN, 0 } };
  char byte;
  int ready;

  if (cancellable)
    fds[1].fd = g_cancellable_get_fd (cancellable);
  do
    ready = poll (fds, G_N_ELEMENTS (fds), TRIAL_SECONDS * 1000);
  while (ready < 0 && errno == EINTR);
  if (cancellable)
    g_cancellable_release_fd (cancellable);
  if (fds[0].revents && read (console, &byte, 1) == 1)
    return TRUE;
  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_GUEST,
                         ready == 0 ? _ ("The guest does not answer; is the kernel unfit?")
                                    : _ ("The virtual machine ended at once"));
  return FALSE;
}

gboolean
gbx_launcher_try (GbxPolicy *policy, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxLauncher) self = gbx_launcher_new (policy);
  gboolean answered = FALSE;
  int console = -1;

  if (gbx_launch_prepare (self, cancellable, error))
    {
      self->plan->accelerator = choose_accelerator (policy);
      console = gbx_launch_boot (self, error);
    }
  if (console >= 0)
    {
      answered = await_word (console, cancellable, error);
      close (console);
    }
  return gbx_launch_clean_up (self, FALSE, answered ? error : NULL) && answered;
}

static char *
indent_xml (GVirConfigDomain *config)
{
  g_autofree char *text = gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (config));
  xmlDoc *doc = xmlReadMemory (text, strlen (text), NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
  xmlChar *dump = NULL;
  char *indented;
  int size;

  if (!doc)
    return g_steal_pointer (&text);
  xmlDocDumpFormatMemoryEnc (doc, &dump, &size, "UTF-8", 1);
  indented = g_strchomp (g_strdup ((char *) dump));
  xmlFree (dump);
  xmlFreeDoc (doc);
  return indented;
}

char *
gbx_launcher_describe (GbxPolicy *policy, GError **error)
{
  g_autoptr (GbxLauncher) self = gbx_launcher_new (policy);
  g_autoptr (GVirConfigDomain) config = NULL;

  if (!gbx_launch_plan (self, NULL, error) || !gbx_jail_prepare (self->plan, error))
    return NULL;
  if (gbx_policy_get_network (policy) != GBX_NETWORK_NONE)
    self->plan->network_socket = gbx_runtime_get_file (self->runtime, "net.sock");
  self->plan->accelerator = choose_accelerator (policy);
  config = gbx_backend_create_config (self->backend, self->plan, error);
  return config ? indent_xml (config) : NULL;
}
