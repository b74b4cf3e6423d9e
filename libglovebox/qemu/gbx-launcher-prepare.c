/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-launcher"

#include "config.h"

#include "gbx-launcher-private.h"

#include "gbx-accelerator.h"
#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-guest-config.h"
#include "gbx-initrd.h"
#include "gbx-jail.h"
#include "gbx-policy-private.h"
#include "gbx-reach.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/un.h>

/* What a launch needs of the host, made or found. */

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

gboolean
gbx_launch_join_root (GbxLauncher *self, GError **error)
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

gboolean
gbx_launch_start_network (GbxLauncher *self, GError **error)
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

gboolean
gbx_launch_plan (GbxLauncher *self, GCancellable *cancellable, GError **error)
{
  return find_emulator (self, error) && claim (self, error) &&
         choose_kernel (self, cancellable, error) && compose_root (self, error);
}

/* Reaching libvirt costs a tenth of a second, and three when it has to start
 * and probe QEMU: meanwhile, the rest is prepared. */
gboolean
gbx_launch_prepare (GbxLauncher *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GbxReach) reach = gbx_reach_begin (gbx_backend_get_uri (self->backend));
  gboolean prepared = gbx_launch_plan (self, cancellable, error) &&
                      gbx_launch_start_network (self, error) &&
                      gbx_jail_prepare (self->plan, error);

  if (!prepared)
    return FALSE;
  begin_filling (self, cancellable);
  self->connection = gbx_reach_end (g_steal_pointer (&reach), cancellable, error);
  return self->connection != NULL;
}
