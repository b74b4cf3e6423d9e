/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launcher"

#include "config.h"

#include "gbx-launcher.h"

#include "gbx-accelerator.h"
#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-guest-config.h"
#include "gbx-initrd.h"
#include "gbx-jail.h"
#include "gbx-network.h"
#include "gbx-paths.h"
#include "gbx-policy-private.h"
#include "gbx-reach.h"
#include "gbx-runtime.h"
#include "gbx-sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

/* QEMU connects to the console before libvirt says that it has started. */
#define CONNECT_TIMEOUT_MS 5000
#define EMULATOR_LOG_LINES 8
#define EMULATOR_LOG_BYTES 16384
/* From the guest's good-bye to the end of QEMU, which has its memory to give back. */
#define EXIT_MS 500
/* For the first word of a guest without KVM. */
#define TRIAL_SECONDS 50

struct _GbxLauncher
{
  GObject parent_instance;

  /* Written by the one worker under way, read by the main context between
   * workers: never by both at once. */
  GbxPolicy *policy;
  GbxBackend *backend;
  GbxLaunchPlan *plan;
  GbxIdentity *identity;
  GbxKeyboard *keyboard;
  GbxRuntime *runtime;
  GbxNetworkHelper *network;
  GbxVirt *connection;
  GThread *filling; /* (nullable): of the root */
  int process;      /* a descriptor of QEMU's process, or -1 */
  gboolean started, has_domain;
};

G_DEFINE_FINAL_TYPE (GbxLauncher, gbx_launcher, G_TYPE_OBJECT)

/* ------------------------------------------------------------- prepare -- */

/* The display device that both the system and the kernel's modules can drive. */
static gboolean
choose_video (GbxLauncher *self, GbxKernel *kernel, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxOs) os = gbx_os_detect (cancellable, error);

  if (!os)
    return FALSE;
  self->plan->video = gbx_kernel_choose_video (kernel, gbx_os_get_video (os));
  return TRUE;
}

static gboolean
choose_kernel (GbxLauncher *self, GCancellable *cancellable, GError **error)
{
  gboolean desktop = gbx_policy_get_mode (self->policy) == GBX_MODE_DESKTOP;
  gboolean network = gbx_policy_get_network (self->policy) != GBX_NETWORK_NONE;
  GbxInitrdFlags flags = network ? GBX_INITRD_NETWORK : GBX_INITRD_EXEC;
  g_autoptr (GbxKernel) kernel = gbx_kernel_find (desktop, error);

  if (!kernel || (desktop && !choose_video (self, kernel, cancellable, error)))
    return FALSE;
  if (desktop)
    flags |= gbx_initrd_flags_for_video (self->plan->video);
  self->plan->kernel = gbx_kernel_prepare (kernel, cancellable, error);
  if (self->plan->kernel)
    self->plan->initrd = gbx_initrd_prepare (kernel, flags, cancellable, error);
  return self->plan->initrd != NULL;
}

static gboolean
compose_root (GbxLauncher *self, GError **error)
{
  g_autofree char *root = gbx_runtime_get_file (self->runtime, "root");
  gboolean network = gbx_policy_get_network (self->policy) != GBX_NETWORK_NONE;

  self->identity = gbx_identity_new_for_host (error);
  return self->identity &&
         gbx_rootfs_begin (root, self->policy, self->identity, self->plan->name,
                           network ? GBX_GUEST_NAME_SERVER : NULL, error) &&
         gbx_exports_prepare (self->plan, root, self->identity, error);
}

/* A thousand small files take as long as libvirt to start a domain, so both go on
 * at once.  The guest is not told to go on before boot() has joined this. */
typedef struct
{
  char *root;
  GbxKeyboard *keyboard; /* (nullable): of a desktop */
  GCancellable *cancellable;
  GError *error;
} Filling;

static void
add_keymap (Filling *filling)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (filling->root, GBX_KEYMAP, NULL);

  if (!gbx_keyboard_compile (filling->keyboard, path, &error))
    g_debug ("Xorg compiles its keymap by itself: %s", error->message);
  else
    g_chmod (path, 0644);
}

static gpointer
fill_thread (gpointer user_data)
{
  Filling *filling = user_data;

  if (gbx_rootfs_fill (filling->root, filling->cancellable, &filling->error) && filling->keyboard)
    add_keymap (filling);
  return filling;
}

static void
begin_filling (GbxLauncher *self, GCancellable *cancellable)
{
  Filling *filling = g_new0 (Filling, 1);

  filling->root = gbx_runtime_get_file (self->runtime, "root");
  filling->cancellable = cancellable ? g_object_ref (cancellable) : NULL;
  if (gbx_policy_get_mode (self->policy) == GBX_MODE_DESKTOP)
    filling->keyboard = gbx_keyboard_copy (self->keyboard);
  self->filling = g_thread_new ("glovebox-root", fill_thread, filling);
}

static gboolean
end_filling (GbxLauncher *self, GError **error)
{
  Filling *filling = self->filling ? g_thread_join (g_steal_pointer (&self->filling)) : NULL;
  gboolean filled = !filling || !filling->error;

  if (!filling)
    return TRUE;
  if (filling->error)
    g_propagate_error (error, g_steal_pointer (&filling->error));
  g_clear_object (&filling->cancellable);
  g_clear_pointer (&filling->keyboard, gbx_keyboard_free);
  g_free (filling->root);
  g_free (filling);
  return filled;
}

static gboolean
start_network (GbxLauncher *self, GError **error)
{
  if (gbx_policy_get_network (self->policy) == GBX_NETWORK_NONE)
    return TRUE;
  g_clear_pointer (&self->plan->network_socket, g_free);
  self->plan->network_socket = gbx_runtime_get_file (self->runtime, "net.sock");
  self->network = gbx_network_helper_start (self->plan->network_socket, error);
  return self->network != NULL;
}

static gboolean
claim (GbxLauncher *self, GError **error)
{
  struct sockaddr_un address;

  self->runtime = gbx_runtime_claim (gbx_policy_get_name (self->policy),
                                     gbx_policy_get_name_is_fixed (self->policy), error);
  if (!self->runtime)
    return FALSE;
  gbx_runtime_guard (self->runtime);
  self->plan->name = g_strdup (gbx_runtime_get_name (self->runtime));
  self->plan->runtime = g_strdup (gbx_runtime_get_path (self->runtime));
  self->plan->console_socket = gbx_runtime_get_file (self->runtime, "console");
  if (strlen (self->plan->console_socket) >= sizeof address.sun_path)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("The path %s is too long for a socket; give a shorter --name or set "
                      "XDG_RUNTIME_DIR to a shorter path"),
                   self->plan->console_socket);
      return FALSE;
    }
  return gbx_runtime_write_state (self->runtime, gbx_policy_get_title (self->policy),
                                  self->plan->uuid, "", error);
}

/* qboot does nothing but start the kernel: a tenth of a second less than SeaBIOS
 * under TCG.  It comes with QEMU, but not with every distribution's. */
static void
find_firmware (GbxLauncher *self)
{
  const char *qboot = "/usr/share/qemu/qboot.rom";

  if (g_file_test (qboot, G_FILE_TEST_IS_REGULAR))
    self->plan->firmware = g_strdup (qboot);
}

static gboolean
find_emulator (GbxLauncher *self, GError **error)
{
  find_firmware (self);
  self->plan->emulator = gbx_accelerator_find_qemu ();
  if (self->plan->emulator)
    return TRUE;
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
                       _ ("QEMU is not installed (on Debian: apt-get install qemu-system-x86)"));
  return FALSE;
}

/* Reaching libvirt costs a tenth of a second, and three when it has to start
 * and probe QEMU: meanwhile, the rest is prepared. */
static gboolean
prepare_all (GbxLauncher *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxReach) reach = gbx_reach_begin (gbx_backend_get_uri (self->backend));
  gboolean prepared = find_emulator (self, error) && claim (self, error) &&
                      choose_kernel (self, cancellable, error) &&
                      compose_root (self, error) && start_network (self, error) &&
                      gbx_jail_prepare (self->plan, error);

  if (!prepared)
    return FALSE;
  begin_filling (self, cancellable);
  self->connection = gbx_reach_end (g_steal_pointer (&reach), cancellable, error);
  return self->connection != NULL;
}

static void
prepare_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  /* What the dead have left must not be in the way, and is no reason to fail. */
  if (gbx_runtime_count_dead () > 0)
    gbx_sweep (cancellable, NULL);
  if (prepare_all (source, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ---------------------------------------------------------------- boot -- */

static int
listen_on (const char *path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  unlink (path);
  if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0 &&
      listen (fd, 1) == 0)
    return fd;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot listen on %s: %s"), path,
               g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Whoever is at the other end of the console is QEMU. */
static void
watch_process (GbxLauncher *self, int console)
{
  struct ucred peer;
  socklen_t length = sizeof peer;

  if (self->process >= 0)
    close (self->process);
  self->process = -1;
  if (getsockopt (console, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid > 0)
    self->process = syscall (SYS_pidfd_open, peer.pid, 0);
}

/* libvirt looks for the end of a process only five times a second, once QEMU has let
 * go of its monitor; and QEMU does so well before it ends.  Not so when it is killed:
 * then there is nothing to look for. */
void
gbx_launcher_power_off (GbxLauncher *self)
{
  if (self->process >= 0)
    syscall (SYS_pidfd_send_signal, self->process, SIGKILL, NULL, 0);
}

static int
accept_console (GbxLauncher *self, int listener, GError **error)
{
  struct pollfd poll_fd = { .fd = listener, .events = POLLIN };
  int fd = -1, ready;

  do
    ready = poll (&poll_fd, 1, CONNECT_TIMEOUT_MS);
  while (ready < 0 && errno == EINTR);
  if (ready == 1)
    fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0)
    watch_process (self, fd);
  else
    g_set_error_literal (error, GBX_ERROR,
                         self->plan->accelerator == GBX_ACCELERATOR_KVM ? GBX_ERROR_ACCELERATOR
                                                                        : GBX_ERROR_HYPERVISOR,
                         _ ("QEMU did not connect to the sandbox's console"));
  return fd;
}

static gboolean
has_exited (GbxLauncher *self, int wait_ms)
{
  struct pollfd process = { .fd = self->process, .events = POLLIN };

  return self->process >= 0 && poll (&process, 1, wait_ms) == 1;
}

/* Without its process a domain is no more, even if libvirt does not answer. */
static gboolean
end_domain (GbxLauncher *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (self->has_domain && !gbx_virt_destroy (self->connection, self->plan->uuid, &local) &&
      !has_exited (self, 0))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  self->has_domain = FALSE;
  return TRUE;
}

/* The helper serves one QEMU and ends with it: a second start needs another. */
static gboolean
end_first_start (GbxLauncher *self, GError **error)
{
  if (!self->started)
    {
      self->started = TRUE;
      return TRUE;
    }
  if (!end_domain (self, error))
    return FALSE;
  g_clear_pointer (&self->network, gbx_network_helper_stop);
  return start_network (self, error);
}

static int
boot (GbxLauncher *self, GError **error)
{
  g_autoptr (GVirConfigDomain) config = NULL;
  int listener, fd = -1;

  if (!end_first_start (self, error))
    return -1;
  config = gbx_backend_create_config (self->backend, self->plan, error);
  if (!config)
    return -1;
  listener = listen_on (self->plan->console_socket, error);
  if (listener < 0)
    return -1;
  /* Also a start that fails may have left one: where the daemon died over it. */
  self->has_domain = TRUE;
  if (gbx_virt_start (self->connection, config, error) && end_filling (self, error))
    fd = accept_console (self, listener, error);
  close (listener);
  unlink (self->plan->console_socket);
  return fd;
}

static void
boot_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GbxLauncher *self = source;
  GError *error = NULL;
  int fd;

  self->plan->accelerator = GPOINTER_TO_UINT (data);
  gbx_runtime_write_state (self->runtime, gbx_policy_get_title (self->policy), self->plan->uuid,
                           self->plan->accelerator == GBX_ACCELERATOR_KVM ? "kvm" : "tcg", NULL);
  fd = boot (self, &error);
  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

typedef struct
{
  GbxVirt *connection;
  char *uuid;
} Interruption;

static gpointer
interrupt_thread (gpointer user_data)
{
  Interruption *interruption = user_data;

  gbx_virt_destroy (interruption->connection, interruption->uuid, NULL);
  gbx_virt_unref (interruption->connection);
  g_free (interruption->uuid);
  g_free (interruption);
  return NULL;
}

void
gbx_launcher_interrupt_boot (GbxLauncher *self)
{
  Interruption *interruption = g_new (Interruption, 1);

  interruption->connection = gbx_virt_ref (self->connection);
  interruption->uuid = g_strdup (self->plan->uuid);
  g_thread_unref (g_thread_new ("glovebox-interrupt", interrupt_thread, interruption));
}

/* ------------------------------------------------------------ clean up -- */

/* Where libvirt has QEMU write what it has to say. */
static char *
emulator_log (GbxLauncher *self)
{
  g_autofree char *file = g_strconcat (GBX_DOMAIN_PREFIX, self->plan->name, ".log", NULL);

  if (self->plan->by_root)
    return g_build_filename ("/var/log/libvirt/qemu", file, NULL);
  return g_build_filename (g_get_user_cache_dir (), "libvirt", "qemu", "log", file, NULL);
}

/* It names the shares, and libvirt keeps it for ever. */
static void
remove_emulator_log (GbxLauncher *self)
{
  g_autofree char *path = self->plan->name ? emulator_log (self) : NULL;

  if (path)
    g_unlink (path);
}

static void
remove_root (GbxLauncher *self)
{
  g_autofree char *root = gbx_runtime_get_file (self->runtime, "root");

  gbx_path_remove_tree (root);
}

static gboolean
clean_up (GbxLauncher *self, gboolean powered_off, GError **error)
{
  gboolean ended;

  end_filling (self, NULL);
  /* While libvirt takes note of it, what nobody uses any more is removed. */
  if (powered_off && has_exited (self, EXIT_MS))
    remove_root (self);
  ended = end_domain (self, error);

  g_clear_pointer (&self->network, gbx_network_helper_stop);
  /* The folder stays when the domain could not be ended: it names the domain
   * for the next sweep. */
  if (!ended)
    gbx_runtime_keep (self->runtime);
  else
    remove_emulator_log (self);
  g_clear_pointer (&self->runtime, gbx_runtime_free);
  g_clear_pointer (&self->connection, gbx_virt_unref);
  return ended;
}

static void
clean_up_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (clean_up (source, GPOINTER_TO_INT (data), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ------------------------------------------------------------ graphics -- */

/* The clean-up may run meanwhile: this works on references of its own. */
static void
open_graphics_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GbxLauncher *self = source;
  GError *error = NULL;
  int fd = gbx_virt_open_graphics (data, self->plan->uuid, &error);

  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

/* -------------------------------------------------------------- object -- */

static void
gbx_launcher_finalize (GObject *object)
{
  GbxLauncher *self = GBX_LAUNCHER (object);

  end_filling (self, NULL);
  if (self->process >= 0)
    close (self->process);
  /* The domain first, which ends with its connection: it may write in the folder. */
  g_clear_pointer (&self->connection, gbx_virt_unref);
  g_clear_pointer (&self->network, gbx_network_helper_stop);
  g_clear_pointer (&self->runtime, gbx_runtime_free);
  g_clear_pointer (&self->identity, gbx_identity_free);
  g_clear_pointer (&self->keyboard, gbx_keyboard_free);
  g_clear_pointer (&self->plan, gbx_launch_plan_free);
  g_clear_object (&self->backend);
  g_clear_pointer (&self->policy, gbx_policy_unref);
  G_OBJECT_CLASS (gbx_launcher_parent_class)->finalize (object);
}

static void
gbx_launcher_class_init (GbxLauncherClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gbx_launcher_finalize;
}

static void
gbx_launcher_init (GbxLauncher *self)
{
  self->process = -1;
}

GbxLauncher *
gbx_launcher_new (GbxPolicy *policy)
{
  GbxLauncher *self = g_object_new (GBX_TYPE_LAUNCHER, NULL);

  self->policy = gbx_policy_ref (policy);
  self->backend = gbx_backend_qemu_new ();
  self->plan = gbx_launch_plan_new (policy);
  self->keyboard = gbx_keyboard_new_for_host ();
  return self;
}

static void
run (GbxLauncher *self, GTaskThreadFunc func, gpointer data, GDestroyNotify free_data,
     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  /* A result that came despite the cancelling is the caller's to undo. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, free_data);
  g_task_run_in_thread (task, func);
}

void
gbx_launcher_prepare_async (GbxLauncher *self, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  run (self, prepare_thread, NULL, NULL, cancellable, callback, user_data);
}

gboolean
gbx_launcher_prepare_finish (GbxLauncher *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gbx_launcher_boot_async (GbxLauncher *self, GbxAccelerator accelerator, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  run (self, boot_thread, GUINT_TO_POINTER (accelerator), NULL, cancellable, callback, user_data);
}

int
gbx_launcher_boot_finish (GbxLauncher *self, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

void
gbx_launcher_clean_up_async (GbxLauncher *self, gboolean powered_off, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  run (self, clean_up_thread, GINT_TO_POINTER (powered_off), NULL, NULL, callback, user_data);
}

gboolean
gbx_launcher_clean_up_finish (GbxLauncher *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gbx_launcher_open_graphics_async (GbxLauncher *self, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  run (self, open_graphics_thread, gbx_virt_ref (self->connection),
       (GDestroyNotify) gbx_virt_unref, cancellable, callback, user_data);
}

int
gbx_launcher_open_graphics_finish (GbxLauncher *self, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

GbxLaunchPlan *
gbx_launcher_get_plan (GbxLauncher *self)
{
  return self->plan;
}

void
gbx_launcher_set_keyboard (GbxLauncher *self, GbxKeyboard *keyboard)
{
  if (!keyboard)
    return;
  gbx_keyboard_free (self->keyboard);
  self->keyboard = gbx_keyboard_copy (keyboard);
}

GbxKeyboard *
gbx_launcher_get_keyboard (GbxLauncher *self)
{
  return self->keyboard;
}

GbxIdentity *
gbx_launcher_get_identity (GbxLauncher *self)
{
  return self->identity;
}

char *
gbx_launcher_dup_emulator_log (GbxLauncher *self)
{
  g_autofree char *path = emulator_log (self);
  g_autofree char *text = g_malloc0 (EMULATOR_LOG_BYTES + 1);
  g_auto (GStrv) lines = NULL;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  gssize length;
  guint n;

  if (fd < 0)
    return NULL;
  /* Of a short one this fails, and all of it is read. */
  lseek (fd, -EMULATOR_LOG_BYTES, SEEK_END);
  length = read (fd, text, EMULATOR_LOG_BYTES);
  close (fd);
  if (length <= 0)
    return NULL;
  g_strchomp (text);
  lines = g_strsplit (text, "\n", -1);
  n = g_strv_length (lines);
  return g_strjoinv ("\n", lines + (n > EMULATOR_LOG_LINES ? n - EMULATOR_LOG_LINES : 0));
}

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

  if (prepare_all (self, cancellable, error))
    {
      self->plan->accelerator = choose_accelerator (policy);
      console = boot (self, error);
    }
  if (console >= 0)
    {
      answered = await_word (console, cancellable, error);
      close (console);
    }
  return clean_up (self, FALSE, answered ? error : NULL) && answered;
}

char *
gbx_launcher_describe (GbxPolicy *policy, GError **error)
{
  g_autoptr (GbxLauncher) self = gbx_launcher_new (policy);
  g_autoptr (GVirConfigDomain) config = NULL;

  if (!find_emulator (self, error) || !claim (self, error) || !choose_kernel (self, NULL, error) ||
      !compose_root (self, error) || !gbx_jail_prepare (self->plan, error))
    return NULL;
  if (gbx_policy_get_network (policy) != GBX_NETWORK_NONE)
    self->plan->network_socket = gbx_runtime_get_file (self->runtime, "net.sock");
  self->plan->accelerator = choose_accelerator (policy);
  config = gbx_backend_create_config (self->backend, self->plan, error);
  return config ? gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (config)) : NULL;
}
