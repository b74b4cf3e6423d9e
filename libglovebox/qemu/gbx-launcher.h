/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-backend.h"
#include "gbx-keyboard.h"
#include "gbx-rootfs.h"

G_BEGIN_DECLS

/* The host's side of one launch: prepares, boots, cleans up.  What the guest
 * says is none of its business; that is the sandbox's.
 *
 * Every operation runs in a worker thread, one at a time; clean-up undoes
 * whatever the others have done, in reverse order, also after a failure. */
#define GBX_TYPE_LAUNCHER (gbx_launcher_get_type ())
G_DECLARE_FINAL_TYPE (GbxLauncher, gbx_launcher, GBX, LAUNCHER, GObject)

GbxLauncher *gbx_launcher_new (GbxPolicy *policy);
/* Before it is prepared: (nullable) (transfer none); otherwise the system's. */
void gbx_launcher_set_keyboard (GbxLauncher *self, GbxKeyboard *keyboard);
GbxKeyboard *gbx_launcher_get_keyboard (GbxLauncher *self);
/* Claims the name, finds or makes kernel, initrd, root and helpers. */
void gbx_launcher_prepare_async (GbxLauncher *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_launcher_prepare_finish (GbxLauncher *self, GAsyncResult *result, GError **error);
/* Starts the domain, ending an earlier one: the console's connected socket. */
void gbx_launcher_boot_async (GbxLauncher *self, GbxAccelerator accelerator,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
int gbx_launcher_boot_finish (GbxLauncher *self, GAsyncResult *result, GError **error);
/* Makes a start fail that does not get on: ends the domain, which libvirt takes
 * even while it starts it.  Only during a boot; nothing tells whether it helped. */
void gbx_launcher_interrupt_boot (GbxLauncher *self);
/* Ends the machine of a guest that has said good-bye, and wants to be powered off. */
void gbx_launcher_power_off (GbxLauncher *self);
/* powered_off: the guest has ended by itself, and QEMU is about to. */
void gbx_launcher_clean_up_async (GbxLauncher *self, gboolean powered_off,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_launcher_clean_up_finish (GbxLauncher *self, GAsyncResult *result, GError **error);
void gbx_launcher_open_graphics_async (GbxLauncher *self, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
int gbx_launcher_open_graphics_finish (GbxLauncher *self, GAsyncResult *result, GError **error);

/* Valid once prepared. */
GbxLaunchPlan *gbx_launcher_get_plan (GbxLauncher *self);
GbxIdentity *gbx_launcher_get_identity (GbxLauncher *self);
/* The last lines that QEMU wrote to its log: why it died, perhaps. */
char *gbx_launcher_dup_emulator_log (GbxLauncher *self);
/* Starts one, waits for the guest's first word, and undoes it all; blocking. */
gboolean gbx_launcher_try (GbxPolicy *policy, GCancellable *cancellable, GError **error);
/* The domain's description, for people: prepares, but starts nothing; blocking. */
char *gbx_launcher_describe (GbxPolicy *policy, GError **error);

/* The addresses of a guest with a network: private to it and its passt. */
#define GBX_GUEST_ADDRESS "10.0.2.15"
#define GBX_GUEST_PREFIX 24
#define GBX_GUEST_GATEWAY "10.0.2.2"
#define GBX_GUEST_NAME_SERVER "10.0.2.3"

G_END_DECLS
