/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-control"

#include "config.h"

#include "gbx-control.h"

#include "gbx-control-interface.h"
#include "gbx-control-peer.h"
#include "gbx-control-run.h"
#include "gbx-control-set.h"
#include "gbx-control-skeleton.h"
#include "gbx-error.h"
#include "gbx-runtime.h"
#include "gbx-summary.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/* Clients at the same time: what comes beyond that is hung up on. */
#define PEERS_MAX 32
/* Of these, how many may still say who they are: each needs a thread.  The oldest gives way. */
#define STRANGERS_MAX 6
/* What changes is told a little later, together. */
#define GATHER_MS 50
/* For an application that was asked to end. */
#define GRACE_MS 5000

struct _GbxControl
{
  GObject parent_instance;

  GbxSandbox *sandbox;
  GbxDBusSandbox1 *skeleton;
  GbxControlRun *run;
  GSocketService *service; /* (nullable): while it listens */
  GPtrArray *peers;        /* (element-type GbxControlPeer) */
  guint gathering;         /* source */
};

enum
{
  SIGNAL_PRESENT,
  SIGNAL_STOP,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GbxControl, gbx_control, G_TYPE_OBJECT)

/* ------------------------------------------------------------ properties -- */

static const char *
or_empty (const char *text)
{
  return text ? text : "";
}

static void
fill_fixed (GbxControl *self)
{
  GbxPolicy *policy = gbx_sandbox_get_policy (self->sandbox);
  g_autofree char *summary = gbx_summary_policy_sentence (policy);
  gint64 started = g_get_real_time () - gbx_sandbox_get_elapsed (self->sandbox);

  g_object_set (self->skeleton, "name", gbx_sandbox_get_name (self->sandbox), "title",
                or_empty (gbx_policy_get_title (policy)), "profile",
                or_empty (gbx_policy_get_profile (policy)), "desktop-id",
                or_empty (gbx_policy_get_desktop_id (policy)), "icon",
                or_empty (gbx_policy_get_icon_name (policy)), "summary", summary, "has-window",
                gbx_policy_get_mode (policy) == GBX_MODE_DESKTOP, "started-at",
                (guint64) (started / G_USEC_PER_SEC), NULL);
}

static const char *
describe_backend (GbxControl *self)
{
  switch (gbx_sandbox_get_accelerator (self->sandbox))
    {
    case GBX_ACCELERATOR_KVM:
      return "kvm";
    case GBX_ACCELERATOR_TCG:
      return "tcg";
    case GBX_ACCELERATOR_NONE:
      return "lxc";
    case GBX_ACCELERATOR_AUTO:
    default:
      return "";
    }
}

static void
update (GbxControl *self)
{
  g_clear_handle_id (&self->gathering, g_source_remove);
  g_object_set (self->skeleton, "condition", gbx_sandbox_get_condition (self->sandbox), "paused",
                gbx_sandbox_get_paused (self->sandbox), "backend", describe_backend (self), NULL);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  for (guint i = 0; i < self->peers->len; i++)
    gbx_control_peer_push (self->peers->pdata[i]);
}

static gboolean
on_gathered (gpointer user_data)
{
  GbxControl *self = user_data;

  self->gathering = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
on_changed (GbxControl *self)
{
  if (!self->gathering)
    self->gathering = g_timeout_add (GATHER_MS, on_gathered, self);
}

/* This change is told to nobody: each client asks when it wants to know. */
static void
on_figures (GbxControl *self)
{
  g_autoptr (GVariant) figures = gbx_sandbox_dup_figures (self->sandbox);

  gbx_dbus_sandbox1_set_figures (self->skeleton, figures);
}

static void
on_look (GbxControl *self)
{
  gbx_sandbox_look (self->sandbox);
}

/* --------------------------------------------------------------- methods -- */

static gboolean
on_present (GbxControl *self, GDBusMethodInvocation *invocation)
{
  gboolean done = FALSE;

  g_signal_emit (self, signals[SIGNAL_PRESENT], 0, &done);
  if (done)
    gbx_dbus_sandbox1_complete_present (self->skeleton, invocation);
  else
    g_dbus_method_invocation_return_error (invocation, GBX_ERROR, GBX_ERROR_INVALID,
                                           _ ("The sandbox “%s” has no window"),
                                           gbx_sandbox_get_name (self->sandbox));
  return TRUE;
}

typedef struct
{
  GbxControl *control;               /* (owned) */
  GDBusMethodInvocation *invocation; /* (transfer full) */
} Pausing;

static void
set_paused_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Pausing *pausing = user_data;
  g_autoptr (GbxControl) self = pausing->control;
  GError *error = NULL;

  update (self);
  if (gbx_sandbox_set_paused_finish (GBX_SANDBOX (source), result, &error))
    g_dbus_method_invocation_return_value (pausing->invocation, NULL);
  else
    g_dbus_method_invocation_take_error (pausing->invocation, error);
}

static gboolean
set_paused (GbxControl *self, GDBusMethodInvocation *invocation, gboolean paused)
{
  Pausing *pausing = g_new (Pausing, 1);

  pausing->control = g_object_ref (self);
  pausing->invocation = invocation;
  gbx_sandbox_set_paused_async (self->sandbox, paused, set_paused_cb, pausing);
  return TRUE;
}

static gboolean
on_pause (GbxControl *self, GDBusMethodInvocation *invocation)
{
  return set_paused (self, invocation, TRUE);
}

static gboolean
on_resume (GbxControl *self, GDBusMethodInvocation *invocation)
{
  return set_paused (self, invocation, FALSE);
}

typedef struct
{
  GbxControl *control;               /* (owned) */
  GDBusMethodInvocation *invocation; /* (transfer full) */
} Setting;

static void
set_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Setting *setting = user_data;
  g_autoptr (GbxControl) self = setting->control;
  GError *error = NULL;

  if (gbx_control_set_finish (result, &error))
    gbx_dbus_sandbox1_complete_set (self->skeleton, setting->invocation);
  else
    g_dbus_method_invocation_take_error (setting->invocation, error);
}

static gboolean
on_set (GbxControl *self, GDBusMethodInvocation *invocation, const char *key, const char *value)
{
  Setting *setting = g_new (Setting, 1);

  setting->control = g_object_ref (self);
  setting->invocation = invocation;
  gbx_control_set_async (self->sandbox, key, value, set_cb, setting);
  return TRUE;
}

static gboolean
on_stop (GbxControl *self, GDBusMethodInvocation *invocation)
{
  gboolean done = FALSE;

  g_signal_emit (self, signals[SIGNAL_STOP], 0, &done);
  if (!done)
    gbx_sandbox_stop (self->sandbox, GRACE_MS);
  gbx_dbus_sandbox1_complete_stop (self->skeleton, invocation);
  return TRUE;
}

/* Whether the policy lets files be put in. */
static gboolean
check_put (GbxControl *self, GError **error)
{
  g_autoptr (GVariant) value
      = gbx_policy_dup_value (gbx_sandbox_get_policy (self->sandbox), "files.put");

  if (!g_str_equal (g_variant_get_string (value, NULL), "off"))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
               _ ("No files can be put into the sandbox “%s”: its profile or the administrator "
                  "forbids it"),
               gbx_sandbox_get_name (self->sandbox));
  return FALSE;
}

static gboolean
on_open_files (GbxControl *self, GDBusMethodInvocation *invocation, GUnixFDList *streams,
               gboolean put)
{
  g_autoptr (GUnixFDList) answer = NULL;
  GError *error = NULL;
  int fd = !put || check_put (self, &error)
               ? gbx_sandbox_open_files (self->sandbox, put, &error) : -1;

  if (fd < 0)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  answer = g_unix_fd_list_new_from_array (&fd, 1);
  gbx_dbus_sandbox1_complete_open_files (self->skeleton, invocation, answer,
                                         g_variant_new_handle (0));
  return TRUE;
}

static gboolean
on_run (GbxControl *self, GDBusMethodInvocation *invocation, GUnixFDList *fds,
        const char *const *argv, GVariant *options, GVariant *streams)
{
  gbx_control_run_begin (self->run, invocation, fds, argv, options, streams);
  return TRUE;
}

static gboolean
on_signal (GbxControl *self, GDBusMethodInvocation *invocation, guint process, guint number)
{
  gbx_control_run_signal (self->run, invocation, process, number);
  return TRUE;
}

static gboolean
on_set_terminal_size (GbxControl *self, GDBusMethodInvocation *invocation, guint process,
                      guint rows, guint columns)
{
  gbx_control_run_resize (self->run, invocation, process, rows, columns);
  return TRUE;
}

/* ------------------------------------------------------------- the socket -- */

static void
on_gone (GbxControl *self, GbxControlPeer *peer)
{
  g_ptr_array_remove (self->peers, peer);
}

static void
make_room (GbxControl *self)
{
  GbxControlPeer *oldest = NULL;
  guint n = 0;

  for (guint i = self->peers->len; i > 0; i--)
    if (!gbx_control_peer_is_known (self->peers->pdata[i - 1]))
      {
        oldest = self->peers->pdata[i - 1];
        n++;
      }
  if (n >= STRANGERS_MAX)
    gbx_control_peer_close (oldest);
}

static gboolean
on_incoming (GbxControl *self, GSocketConnection *socket)
{
  GbxControlPeer *peer;

  make_room (self);
  if (self->peers->len >= PEERS_MAX ||
      !(peer = gbx_control_peer_new (socket, G_DBUS_INTERFACE_SKELETON (self->skeleton))))
    return FALSE;
  g_signal_connect_object (peer, "gone", G_CALLBACK (on_gone), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->peers, peer);
  return FALSE;
}

/* Without it the sandbox runs all the same; other processes are told that it does not answer. */
static void
listen_at (GbxControl *self, const char *path)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;

  g_unlink (path);
  self->service = g_socket_service_new ();
  g_signal_connect_object (self->service, "incoming", G_CALLBACK (on_incoming), self,
                           G_CONNECT_SWAPPED);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address,
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL,
                                      &error))
    g_debug ("no control socket: %s", error->message);
}

static void
on_name (GbxControl *self)
{
  g_autofree char *path =
      gbx_running_get_file (gbx_sandbox_get_name (self->sandbox), GBX_CONTROL_SOCKET);

  if (self->service || !path)
    return;
  fill_fixed (self);
  on_figures (self);
  update (self);
  listen_at (self, path);
}

static void
stop_listening (GbxControl *self)
{
  if (!self->service)
    return;
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
}

/* The folder, and the socket in it, may be another sandbox's by now: it is not touched. */
static void
hang_up (GbxControl *self)
{
  stop_listening (self);
  while (self->peers->len > 0)
    gbx_control_peer_close (self->peers->pdata[self->peers->len - 1]);
}

static void
on_state (GbxControl *self)
{
  if (gbx_sandbox_get_state (self->sandbox) == GBX_SANDBOX_ENDED)
    hang_up (self);
  else
    on_changed (self);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_control_dispose (GObject *object)
{
  GbxControl *self = GBX_CONTROL (object);

  hang_up (self);
  g_clear_handle_id (&self->gathering, g_source_remove);
  if (self->skeleton)
    g_signal_handlers_disconnect_by_data (self->skeleton, self);
  if (self->sandbox)
    g_signal_handlers_disconnect_by_data (self->sandbox, self);
  g_clear_pointer (&self->run, gbx_control_run_free);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->sandbox);
  G_OBJECT_CLASS (gbx_control_parent_class)->dispose (object);
}

static void
gbx_control_finalize (GObject *object)
{
  g_ptr_array_unref (GBX_CONTROL (object)->peers);
  G_OBJECT_CLASS (gbx_control_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, GBX_TYPE_CONTROL, G_SIGNAL_RUN_LAST, 0,
                       g_signal_accumulator_true_handled, NULL, NULL, G_TYPE_BOOLEAN, 0);
}

static void
gbx_control_class_init (GbxControlClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gbx_control_dispose;
  G_OBJECT_CLASS (klass)->finalize = gbx_control_finalize;
  /**
   * GbxControl::present:
   * @self: the control
   *
   * Another process asks for the window to be shown.  Without a handler that is an error.
   *
   * Returns: %TRUE if the window is shown
   */
  signals[SIGNAL_PRESENT] = new_signal ("present");
  /**
   * GbxControl::stop:
   * @self: the control
   *
   * Another process asks the sandbox to stop.  Without a handler, the application has five seconds
   * to end.
   *
   * Returns: %TRUE if the handler stops it
   */
  signals[SIGNAL_STOP] = new_signal ("stop");
}

static void
gbx_control_init (GbxControl *self)
{
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * gbx_control_new:
 * @sandbox: (transfer none): a sandbox that has not been launched
 *
 * Creates the control socket of a sandbox.  Keep it until the sandbox has ended.
 *
 * Returns: (transfer full): the control
 */
GbxControl *
gbx_control_new (GbxSandbox *sandbox)
{
  GbxControl *self = g_object_new (GBX_TYPE_CONTROL, NULL);

  self->sandbox = g_object_ref (sandbox);
  self->run = gbx_control_run_new (sandbox);
  self->skeleton = gbx_control_skeleton_new ();
  g_object_connect (self->skeleton, "swapped-signal::look", on_look, self,
                    "swapped-signal::handle-present", on_present, self,
                    "swapped-signal::handle-pause", on_pause, self,
                    "swapped-signal::handle-resume", on_resume, self,
                    "swapped-signal::handle-set", on_set, self,
                    "swapped-signal::handle-stop", on_stop, self,
                    "swapped-signal::handle-open-files", on_open_files, self,
                    "swapped-signal::handle-run", on_run, self,
                    "swapped-signal::handle-signal", on_signal, self,
                    "swapped-signal::handle-set-terminal-size", on_set_terminal_size, self, NULL);
  g_object_connect (sandbox, "swapped-signal::notify::name", on_name, self,
                    "swapped-signal::notify::state", on_state, self,
                    "swapped-signal::notify::condition", on_changed, self,
                    "swapped-signal::notify::paused", on_changed, self,
                    "swapped-signal::notify::accelerator", on_changed, self,
                    "swapped-signal::notify::figures", on_figures, self, NULL);
  return self;
}
