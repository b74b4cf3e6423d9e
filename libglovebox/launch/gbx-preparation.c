/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-preparation"

#include "config.h"

#include "gbx-preparation.h"

#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-guest-config.h"
#include "gbx-home-disk.h"
#include "gbx-limits-change.h"
#include "gbx-network-policy.h"
#include "gbx-paths.h"
#include "gbx-policy-private.h"
#include "gbx-tree.h"

#include <glib/gi18n-lib.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

struct _GbxPreparation
{
  GbxPolicy *policy;
  GbxKeyboard *keyboard;     /* (nullable): until the plan is made, the system's */
  GbxAppearance *appearance; /* (nullable) */
  GbxLaunchPlan *plan;
  GbxIdentity *identity;     /* (nullable) */
  GbxRuntime *runtime;       /* (nullable) */
  GbxNetworkHelper *network; /* (nullable) */
  GMutex counting;           /* of the network's helper, which may be stopped meanwhile */
  GbxNetworkLimits network_limits; /* of the helper, now */
  gboolean has_network_limits;     /* from the first start on */
  GbxHomeDisk *home;         /* (nullable) */
  gboolean is_description;   /* nothing of it will start */
  GThread *filling;          /* (nullable): of the root */
};

GbxPreparation *
gbx_preparation_new (GbxPolicy *policy, GbxKeyboard *keyboard, GbxAppearance *appearance)
{
  GbxPreparation *self = g_new0 (GbxPreparation, 1);

  g_mutex_init (&self->counting);
  self->policy = gbx_policy_ref (policy);
  self->keyboard = keyboard ? gbx_keyboard_copy (keyboard) : NULL;
  self->appearance = appearance ? gbx_appearance_ref (appearance) : NULL;
  self->plan = gbx_launch_plan_new (policy);
  return self;
}

void
gbx_preparation_only_describe (GbxPreparation *self)
{
  self->is_description = TRUE;
}

/* ---------------------------------------------------------------- plan -- */

gboolean
gbx_preparation_compose_root (GbxPreparation *self, GError **error)
{
  g_autofree char *root = gbx_runtime_get_file (self->runtime, "root");
  gboolean network = gbx_network_reaches_out (self->policy);
  const char *resolvers = NULL;

  if (network)
    self->plan->network_interface = gbx_network_find_interface ();
  if (network)
    resolvers = self->plan->network_interface ? GBX_GUEST_NAME_SERVERS "," GBX_GUEST_NAME_SERVERS6
                                              : GBX_GUEST_NAME_SERVERS;
  self->identity = gbx_identity_new_for_host (error);
  if (self->identity)
    gbx_identity_rename (self->identity, self->policy);
  return self->identity &&
         gbx_rootfs_begin (root, self->policy, self->identity, self->plan->name,
                           resolvers, error) &&
         gbx_exports_prepare (self->plan, root, self->identity, error);
}

gboolean
gbx_preparation_claim (GbxPreparation *self, GError **error)
{
  struct sockaddr_un address;

  if (!self->keyboard)
    self->keyboard = gbx_keyboard_new_for_host ();
  self->runtime = gbx_runtime_claim (gbx_policy_get_name (self->policy),
                                     gbx_policy_get_name_is_fixed (self->policy), error);
  if (!self->runtime)
    return FALSE;
  gbx_runtime_start_janitor (self->runtime);
  self->plan->name = g_strdup (gbx_runtime_get_name (self->runtime));
  self->plan->runtime = g_strdup (gbx_runtime_get_path (self->runtime));
  self->plan->console_socket = gbx_runtime_get_file (self->runtime, "console");
  if (strlen (self->plan->console_socket) >= sizeof address.sun_path)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("The path %s is too long for a socket; give the sandbox a shorter name or set "
                      "XDG_RUNTIME_DIR to a shorter path"),
                   self->plan->console_socket);
      return FALSE;
    }
  /* The sweep has to know early which daemon to ask. */
  return gbx_runtime_write_state (
      self->runtime, gbx_policy_get_title (self->policy), self->plan->uuid,
      self->plan->accelerator == GBX_ACCELERATOR_NONE ? GBX_RUNTIME_CONTAINER : "", error);
}

gboolean
gbx_preparation_open_home (GbxPreparation *self, GCancellable *cancellable, GError **error)
{
  if (!gbx_home_disk_is_wanted (self->policy))
    return TRUE;
  self->home = self->is_description
                   ? gbx_home_disk_describe (self->policy, error)
                   : gbx_home_disk_open (self->policy, self->plan->name, cancellable, error);
  if (!self->home)
    return FALSE;
  self->plan->home_image = g_strdup (gbx_home_disk_get_image (self->home));
  self->plan->home_base = g_strdup (gbx_home_disk_get_base (self->home));
  return TRUE;
}

void
gbx_preparation_place_network (GbxPreparation *self)
{
  if (gbx_policy_get_network (self->policy) != GBX_NETWORK_NONE)
    self->plan->network_socket = gbx_runtime_get_file (self->runtime, "net.sock");
}

gboolean
gbx_preparation_name_groups (GbxPreparation *self, GError **error)
{
  g_autofree char *root = gbx_runtime_get_file (self->runtime, "root");

  return self->plan->hides_ids || gbx_rootfs_name_groups (root, self->identity, error);
}

/* ---------------------------------------------------------------- root -- */

/* Writing a thousand small files takes as long as libvirt needs to start a domain, so both
 * run in parallel.  The guest is configured only after this thread has been joined. */
typedef struct
{
  char *root;
  GbxKeyboard *keyboard; /* (nullable): of a desktop */
  GbxAppearance *appearance; /* (nullable): of a desktop */
  GCancellable *cancellable;
  GError *error;
} Filling;

/* Optional: without it the guest has a default. */
static void
add_data (Filling *filling, const char *name, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  if (!gbx_tree_write_file (filling->root, name, data, (gssize) length, &error))
    g_debug ("cannot hand in %s: %s", name, error->message);
}

static void
add_keyboard (Filling *filling)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) keymap = gbx_keyboard_compile (filling->keyboard, &error);
  g_autoptr (GBytes) compose = gbx_keyboard_read_compose ();

  if (keymap)
    add_data (filling, GBX_KEYMAP, keymap);
  else
    g_debug ("Xorg compiles its keymap by itself: %s", error->message);
  if (compose)
    add_data (filling, GBX_COMPOSE, compose);
}

/* Without it applications only look different. */
static void
add_appearance (Filling *filling)
{
  g_autoptr (GError) error = NULL;

  if (!gbx_appearance_write (filling->appearance, filling->root, &error))
    g_debug ("the guest does not get the host's appearance: %s", error->message);
}

static gpointer
fill_thread (gpointer user_data)
{
  Filling *filling = user_data;
  g_autofree char *runtime = gbx_path_runtime_name ();
  g_autofree char *store = g_strconcat (runtime, "-files", NULL);

  if (!gbx_rootfs_fill (filling->root, store, filling->cancellable, &filling->error))
    return filling;
  if (filling->keyboard)
    add_keyboard (filling);
  if (filling->appearance)
    add_appearance (filling);
  return filling;
}

static void
begin_filling (GbxPreparation *self, GCancellable *cancellable)
{
  Filling *filling = g_new0 (Filling, 1);

  filling->root = gbx_runtime_get_file (self->runtime, "root");
  filling->cancellable = cancellable ? g_object_ref (cancellable) : NULL;
  if (gbx_policy_get_mode (self->policy) == GBX_MODE_DESKTOP)
    {
      filling->keyboard = gbx_keyboard_copy (self->keyboard);
      filling->appearance = self->appearance ? gbx_appearance_ref (self->appearance) : NULL;
    }
  self->filling = g_thread_new ("glovebox-root", fill_thread, filling);
}

gboolean
gbx_preparation_join_root (GbxPreparation *self, GError **error)
{
  Filling *filling = self->filling ? g_thread_join (g_steal_pointer (&self->filling)) : NULL;
  gboolean filled = !filling || !filling->error;

  if (!filling)
    return TRUE;
  if (filling->error)
    g_propagate_error (error, g_steal_pointer (&filling->error));
  g_clear_object (&filling->cancellable);
  g_clear_pointer (&filling->keyboard, gbx_keyboard_free);
  g_clear_pointer (&filling->appearance, gbx_appearance_unref);
  g_free (filling->root);
  g_free (filling);
  return filled;
}

/* ------------------------------------------------------------- network -- */

static void
stop_network (GbxPreparation *self)
{
  g_mutex_lock (&self->counting);
  g_clear_pointer (&self->network, gbx_network_helper_stop);
  g_mutex_unlock (&self->counting);
}

void
gbx_preparation_measure_network (GbxPreparation *self, GbxUsage *usage)
{
  guint64 received, sent;
  gboolean counted;

  g_mutex_lock (&self->counting);
  counted = self->network
            && gbx_network_helper_get_traffic (self->network, &received, &sent, NULL);
  g_mutex_unlock (&self->counting);
  if (!counted)
    return;
  gbx_usage_set (usage, GBX_USAGE_NETWORK_RECEIVED, received);
  gbx_usage_set (usage, GBX_USAGE_NETWORK_SENT, sent);
}

/* Without IPv6 if that is what fails. */
static GbxNetworkHelper *
start_network (GbxPreparation *self, GbxNetworkOptions *options, GError **error)
{
  g_autoptr (GError) failure = NULL;
  GbxNetworkHelper *network = NULL;

  options->interface = self->plan->network_interface;
  if (options->interface)
    network = gbx_network_helper_start (options, &failure);
  if (failure)
    g_debug ("there is no IPv6: %s", failure->message);
  if (failure)
    g_clear_pointer (&self->plan->network_interface, g_free);
  options->interface = NULL;
  return network ? network : gbx_network_helper_start (options, error);
}

static char *
describe_unlimited (GbxPreparation *self)
{
  const char *why = self->network ? gbx_network_helper_get_unlimited (self->network) : NULL;

  return why ? g_strdup_printf (_ ("The limits of the sandbox's network do not hold: %s."), why)
             : NULL;
}

static gboolean
check_limits (GbxPreparation *self, GError **error)
{
  g_autofree char *sentence = describe_unlimited (self);

  if (!sentence || !gbx_policy_get_strict (self->policy))
    return TRUE;
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_ISOLATION, sentence);
  return FALSE;
}

gboolean
gbx_preparation_renew_network (GbxPreparation *self, GError **error)
{
  GbxNetworkOptions options = { .socket = self->plan->network_socket };
  GbxNetworkHelper *network;

  stop_network (self);
  if (!options.socket)
    return TRUE;
  gbx_network_options_take_policy (&options, self->policy);
  /* A guest that starts again has what was changed meanwhile. */
  if (self->has_network_limits)
    options.limits = self->network_limits;
  self->network_limits = options.limits;
  self->has_network_limits = TRUE;
  network = start_network (self, &options, error);
  g_mutex_lock (&self->counting);
  self->network = network;
  g_mutex_unlock (&self->counting);
  return network && check_limits (self, error);
}

static gboolean
change_rate (GbxPreparation *self, const char *key, guint64 value, GError **error)
{
  GbxNetworkLimits rates = self->network_limits;

  gbx_network_limits_set (&rates, key, value);
  if (!self->network)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("%s cannot be changed: the sandbox has no network"), key);
      return FALSE;
    }
  if (!gbx_network_helper_change_limits (self->network, &rates, error))
    return FALSE;
  self->network_limits = rates;
  return TRUE;
}

gboolean
gbx_preparation_change_network (GbxPreparation *self, const char *key, GVariant *value,
                                GError **error)
{
  GbxNetworkLimits known = { 0 };
  gboolean changed;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64) ||
      !gbx_network_limits_set (&known, key, 0))
    return gbx_limits_refuse (key, error);
  g_mutex_lock (&self->counting);
  changed = change_rate (self, key, g_variant_get_uint64 (value), error);
  g_mutex_unlock (&self->counting);
  return changed;
}

/* A process and its children, as the guard and passt are pasta's. */
static void
add_process (GArray *pids, pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", pid, pid);
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  g_array_append_val (pids, pid);
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  words = g_strsplit (text, " ", -1);
  for (guint i = 0; words[i]; i++)
    if (atoi (words[i]) > 0)
      add_process (pids, atoi (words[i]));
}

void
gbx_preparation_add_pids (GbxPreparation *self, GArray *pids)
{
  GPid pid = self->network ? gbx_network_helper_get_pid (self->network) : 0;

  if (pid > 0)
    add_process (pids, pid);
}

static char *
describe_network_trouble (GbxPreparation *self)
{
  struct pollfd process = { .events = POLLIN };

  if (!self->network)
    return NULL;
  process.fd = gbx_network_helper_get_process_fd (self->network);
  if (process.fd >= 0 && poll (&process, 1, 0) == 1)
    return g_strdup (_ ("The sandbox has lost its network: the program that provides it has "
                        "ended. Restart the sandbox."));
  return gbx_preparation_join_sentences (
      g_strdup (gbx_network_helper_get_notice (self->network)), describe_unlimited (self));
}

/* Joins sentences, each (nullable) (transfer full). */
char *
gbx_preparation_join_sentences (char *one, char *other)
{
  g_autofree char *first = one;
  g_autofree char *second = other;

  if (first && second)
    return g_strjoin (" ", first, second, NULL);
  return first ? g_steal_pointer (&first) : g_steal_pointer (&second);
}

char *
gbx_preparation_describe_trouble (GbxPreparation *self)
{
  return gbx_preparation_join_sentences (
      describe_network_trouble (self),
      self->plan->copies ? gbx_file_copies_describe (self->plan->copies) : NULL);
}

/* -------------------------------------------------------------- public -- */

gboolean
gbx_preparation_complete (GbxPreparation *self, GCancellable *cancellable, GError **error)
{
  if (!gbx_preparation_renew_network (self, error))
    return FALSE;
  if (self->plan->copies)
    gbx_file_copies_watch (self->plan->copies);
  begin_filling (self, cancellable);
  return TRUE;
}

void
gbx_preparation_remove_root (GbxPreparation *self)
{
  g_autofree char *root = self->runtime ? gbx_runtime_get_file (self->runtime, "root") : NULL;

  if (root)
    gbx_path_remove_tree (root);
}

gboolean
gbx_preparation_finish_files (GbxPreparation *self, char **remark, GError **error)
{
  GbxFileCopies *copies = self->plan->copies;
  gboolean saved = !copies || gbx_file_copies_finish (copies, error);

  /* If something could not be saved, the error says so. */
  if (saved && copies)
    *remark = gbx_file_copies_describe (copies);
  g_clear_pointer (&self->plan->copies, gbx_file_copies_free);
  return saved;
}

void
gbx_preparation_undo (GbxPreparation *self, gboolean keep)
{
  gbx_preparation_join_root (self, NULL);
  stop_network (self);
  g_clear_pointer (&self->home, gbx_home_disk_close);
  if (keep && self->runtime)
    gbx_runtime_keep (self->runtime);
  g_clear_pointer (&self->runtime, gbx_runtime_free);
}

void
gbx_preparation_free (GbxPreparation *self)
{
  gbx_preparation_undo (self, FALSE);
  g_clear_pointer (&self->identity, gbx_identity_free);
  g_clear_pointer (&self->keyboard, gbx_keyboard_free);
  g_clear_pointer (&self->appearance, gbx_appearance_unref);
  gbx_launch_plan_free (self->plan);
  gbx_policy_unref (self->policy);
  g_free (self);
}

GbxLaunchPlan *
gbx_preparation_get_plan (GbxPreparation *self)
{
  return self->plan;
}

GbxRuntime *
gbx_preparation_get_runtime (GbxPreparation *self)
{
  return self->runtime;
}

GbxIdentity *
gbx_preparation_get_identity (GbxPreparation *self)
{
  return self->identity;
}

GbxKeyboard *
gbx_preparation_get_keyboard (GbxPreparation *self)
{
  return self->keyboard;
}
