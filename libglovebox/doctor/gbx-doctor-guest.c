/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-doctor"
#include "config.h"

#include "gbx-doctor-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "gbx-accelerator.h"
#include "gbx-cache.h"
#include "gbx-error.h"
#include "gbx-initrd.h"
#include "gbx-jail.h"
#include "gbx-kernel.h"
#include "gbx-kvm-probe.h"
#include "gbx-backends.h"
#include "gbx-packages.h"
#include "gbx-paths.h"

/* The checks of what runs in the guest, which all comes from the host, and of KVM, which is
 * tested by running a guest. */

#define PROBE_DEADLINE_MS 10000

/* Where the guest's init searches; see guest/xorg-init/gbx-xorg.c. */
static const char *const xorg_programs[] = {
  "/usr/lib/xorg/Xorg",
  "/usr/libexec/Xorg",
  "/usr/bin/Xorg",
};
static const char *const xorg_modules[] = {
  "/usr/lib/xorg/modules",
  "/usr/lib64/xorg/modules",
};
static const char *const input_drivers[] = { "input/evdev_drv.so", "input/libinput_drv.so" };

/* ------------------------------------------------------------- storage -- */

/* About what a sandbox's root takes in the runtime folder. */
#define TRIAL_BYTES (8 * 1024 * 1024)

static gboolean
try_to_write (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "tmp-doctor-XXXXXX", NULL);
  g_autofree char *block = g_malloc0 (TRIAL_BYTES);
  int fd = g_mkstemp (path);
  gssize written = fd >= 0 ? write (fd, block, TRIAL_BYTES) : -1;
  int code = written >= 0 ? ENOSPC : errno;

  if (fd >= 0)
    {
      close (fd);
      g_unlink (path);
    }
  if (written == TRIAL_BYTES)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("“%s” cannot be written: %s."), folder,
               g_strerror (code));
  return FALSE;
}

void
gbx_check_storage (GbxCheck *check, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *cache = gbx_cache_directory (&error);
  g_autofree char *runtime = cache != NULL ? gbx_path_runtime (&error) : NULL;

  if (runtime == NULL || !try_to_write (cache, &error) || !try_to_write (runtime, &error))
    gbx_check_set_problem (check, g_strdup (error->message), NULL);
  else
    gbx_check_set_ok (check, g_strdup_printf (_ ("“%s” and “%s” can be written."), cache, runtime));
}

/* --------------------------------------------------------- confinement -- */

/* The settings that forbid user namespaces differ by distribution. */
static char *
userns_command (void)
{
  static const struct
  {
    const char *file, *refuses, *command;
  } locks[] = {
    { "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
      "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" },
    { "/proc/sys/kernel/unprivileged_userns_clone", "0",
      "sudo sysctl -w kernel.unprivileged_userns_clone=1" },
    { "/proc/sys/user/max_user_namespaces", "0",
      "sudo sysctl -w user.max_user_namespaces=10000" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (locks); i++)
    {
      g_autofree char *value = NULL;

      if (g_file_get_contents (locks[i].file, &value, NULL, NULL)
          && g_str_equal (g_strstrip (value), locks[i].refuses))
        return g_strdup (locks[i].command);
    }

  return NULL;
}

void
gbx_check_confinement (GbxCheck *check, GCancellable *cancellable)
{
  static const char *const programs[]
      = { "glovebox-emulator-jail", "glovebox-display", "glovebox-network-guard" };
  g_autofree char *jail = gbx_path_program (programs[0]);
  g_autofree char *weakness = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *path = gbx_path_program (programs[i]);

      if (path != NULL)
        continue;
      gbx_check_set_problem (
          check,
          g_strdup_printf (_ ("The program %s is missing: install Glovebox again."), programs[i]),
          NULL);
      return;
    }
  weakness = gbx_jail_describe_weakness (gbx_jail_can_isolate (jail), gbx_jail_has_landlock ());
  if (weakness != NULL)
    gbx_check_set_warning (check, g_steal_pointer (&weakness), userns_command ());
  else
    gbx_check_set_ok (check,
                      g_strdup (_ ("QEMU can be confined to the files of its sandbox, without a "
                                   "network.")));
}

/* --------------------------------------------------------------- trial -- */

/* The final check: whether a sandbox starts. */
void
gbx_check_trial (GbxCheck *check, GCancellable *cancellable)
{
  static const char *const command[] = { "true", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  g_autoptr (GbxPolicy) policy = NULL;
  g_autoptr (GbxBackend) backend = NULL;
  g_autoptr (GError) error = NULL;

  gbx_policy_builder_set_command (builder, command);
  gbx_policy_builder_set_name (builder, "doctor");
  policy = gbx_policy_builder_build (builder, &error);
  backend = policy != NULL ? gbx_backend_new (policy) : NULL;
  if (backend != NULL && gbx_backend_try (backend, cancellable, &error))
    gbx_check_set_ok (check, g_strdup (_ ("A sandbox was started, and its guest answered.")));
  else
    gbx_check_set_problem (check, g_strdup (error->message), NULL);
}

/* -------------------------------------------------------------- kernel -- */

void
gbx_check_kernel (GbxCheck *check, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxKernel) kernel = gbx_kernel_find (FALSE, &error);
  g_autofree char *image = kernel != NULL ? gbx_kernel_prepare (kernel, cancellable, &error) : NULL;

  if (image != NULL)
    gbx_check_set_ok (check,
                      g_strdup_printf (_ ("Guests boot “%s”."), gbx_kernel_get_path (kernel)));
  else
    gbx_check_set_problem (check, g_strdup (error->message),
                           /* The message about an unreadable kernel already contains the
                            * solution. */
                           strstr (error->message, "chmod") != NULL
                                   || !g_error_matches (error, GBX_ERROR, GBX_ERROR_KERNEL)
                               ? NULL
                               : gbx_packages_command (GBX_PACKAGE_KERNEL));
}

void
gbx_check_modules (GbxCheck *check, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxKernel) kernel = gbx_kernel_find (TRUE, &error);
  GbxInitrdFlags flags;
  g_autofree char *initrd = NULL;
  g_autofree char *network = NULL;

  if (kernel != NULL)
    {
      flags = gbx_initrd_flags_for_video (gbx_kernel_choose_video (kernel, GBX_VIDEO_VIRTIO));
      initrd = gbx_initrd_prepare (kernel, flags, cancellable, &error);
    }
  if (initrd == NULL)
    {
      gbx_check_set_problem (check, g_strdup (error->message),
                             g_error_matches (error, GBX_ERROR, GBX_ERROR_MODULE)
                                 ? gbx_packages_command (GBX_PACKAGE_KERNEL)
                                 : NULL);
      return;
    }

  network = gbx_initrd_prepare (kernel, flags | GBX_INITRD_NETWORK, cancellable, &error);
  if (network == NULL)
    gbx_check_set_warning (check, g_strdup (error->message),
                           gbx_packages_command (GBX_PACKAGE_KERNEL));
  else
    gbx_check_set_ok (check, g_strdup_printf (_ ("The kernel %s has everything that the guest "
                                                 "needs."),
                                              gbx_kernel_get_release (kernel)));
}

/* ---------------------------------------------------------------- Xorg -- */

static const char *
first_executable (const char *const *paths, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (g_file_test (paths[i], G_FILE_TEST_IS_EXECUTABLE))
      return paths[i];

  return NULL;
}

static gboolean
has_xorg_module (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (xorg_modules); i++)
    {
      g_autofree char *path = g_build_filename (xorg_modules[i], name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return TRUE;
    }

  return FALSE;
}

void
gbx_check_xorg (GbxCheck *check, GCancellable *cancellable)
{
  const char *program = first_executable (xorg_programs, G_N_ELEMENTS (xorg_programs));
  gboolean has_input = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (input_drivers); i++)
    has_input |= has_xorg_module (input_drivers[i]);

  if (program == NULL)
    gbx_check_set_problem (
        check, g_strdup (_ ("Xorg is not installed: applications with windows cannot run.")),
        gbx_packages_command (GBX_PACKAGE_XORG));
  else if (!has_xorg_module ("drivers/modesetting_drv.so"))
    gbx_check_set_problem (check, g_strdup (_ ("Xorg’s modesetting driver is not installed.")),
                           gbx_packages_command (GBX_PACKAGE_XORG));
  else if (!has_input)
    gbx_check_set_problem (
        check,
        g_strdup (_ ("Xorg has no driver for keyboard and pointer, neither evdev nor "
                     "libinput.")),
        gbx_packages_command (GBX_PACKAGE_XORG));
  else
    gbx_check_set_ok (check, g_strdup_printf (_ ("Xorg is “%s”, with its drivers."), program));
}

/* ----------------------------------------------------------------- KVM -- */

#define FALLBACK                                                                                   \
  _ ("Sandboxes then use emulation, which is slower; the QEMU project does not regard it as a "    \
     "security boundary.")

static void
warn_of_device (GbxCheck *check, const char *why)
{
  gboolean is_there = g_file_test ("/dev/kvm", G_FILE_TEST_EXISTS);

  gbx_check_set_warning (check, g_strdup_printf (_ ("KVM is not usable: %s. %s"), why, FALLBACK),
                         /* Group membership begins with the next login. */
                         is_there ? g_strdup_printf ("sudo usermod -aG kvm %s", g_get_user_name ())
                                  : NULL);
}

/* Tested each time, regardless of the stored result. */
void
gbx_check_kvm (GbxCheck *check, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GbxKernel) kernel = NULL;
  g_autofree char *qemu = gbx_accelerator_find_qemu ();
  g_autofree char *image = NULL;
  g_autofree char *initrd = NULL;
  g_autofree char *why = NULL;

  if (!gbx_accelerator_kvm_present (&why))
    {
      warn_of_device (check, why);
      return;
    }
  kernel = gbx_kernel_find (FALSE, &error);
  image = kernel != NULL ? gbx_kernel_prepare (kernel, cancellable, &error) : NULL;
  if (image == NULL || qemu == NULL)
    {
      gbx_check_set_warning (check,
                             g_strdup (_ ("/dev/kvm exists, but cannot be tested: QEMU or a "
                                          "kernel for a test guest is missing.")),
                             NULL);
      return;
    }

  initrd = gbx_initrd_prepare (kernel, GBX_INITRD_EXEC, cancellable, NULL);
  switch (gbx_kvm_probe (qemu, image, initrd, PROBE_DEADLINE_MS, cancellable, &why, &error))
    {
    case GBX_KVM_WORKS:
      gbx_accelerator_forget ();
      gbx_check_set_ok (check, g_strdup (_ ("A test guest ran under KVM.")));
      break;

    case GBX_KVM_BROKEN:
      gbx_accelerator_remember_broken (why);
      gbx_check_set_warning (
          check, g_strdup_printf (_ ("/dev/kvm exists, but does not work: %s. %s"), why, FALLBACK),
          NULL);
      break;

    case GBX_KVM_UNKNOWN:
    default:
      gbx_check_set_warning (
          check, g_strdup_printf (_ ("KVM was not tested: %s"), error->message), NULL);
      break;
    }
}
