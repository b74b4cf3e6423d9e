/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-accelerator"
#include "config.h"

#include "gbx-accelerator.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "gbx-cache.h"
#include "gbx-error.h"
#include "gbx-paths.h"

#define KVM_PATH "/dev/kvm"
#define MEMORY_FILE "kvm-broken"
#define GROUP "KVM"

/* Distributions that ship only one emulator put it outside PATH. */
static const char *const qemu_fallbacks[] = { "/usr/libexec/qemu-kvm", "/usr/bin/qemu-kvm" };

/* As a path without links, which is how the jail knows it. */
char *
gbx_accelerator_find_qemu (void)
{
  struct utsname names;
  g_autofree char *program = NULL;
  g_autofree char *path = NULL;

  if (uname (&names) < 0)
    return NULL;
  program = g_strconcat ("qemu-system-", names.machine, NULL);
  path = gbx_path_command (program);
  for (gsize i = 0; path == NULL && i < G_N_ELEMENTS (qemu_fallbacks); i++)
    if (g_file_test (qemu_fallbacks[i], G_FILE_TEST_IS_EXECUTABLE))
      path = g_strdup (qemu_fallbacks[i]);

  return path ? realpath (path, NULL) : NULL;
}

static char *
processor_model (void)
{
  g_autofree char *text = NULL;
  const char *start, *end;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL))
    return g_strdup ("");
  start = strstr (text, "model name");
  if (start == NULL)
    return g_strdup ("");
  end = strchrnul (start, '\n');

  return g_strndup (start, end - start);
}

/* When any of these changes, the stored result is invalid and KVM is tried again. */
static char *
describe_environment (void)
{
  struct utsname names = { 0 };
  g_autofree char *qemu = gbx_accelerator_find_qemu ();
  g_autofree char *qemu_file = qemu != NULL ? gbx_cache_describe_file (qemu) : g_strdup ("-");
  g_autofree char *processor = processor_model ();

  (void)uname (&names);
  return g_strdup_printf ("%s;%s;%s;%s", names.release, names.version, qemu_file, processor);
}

static char *
memory_path (void)
{
  return g_build_filename (g_get_user_cache_dir (), "glovebox", MEMORY_FILE, NULL);
}

static char *
read_remembered (void)
{
  g_autofree char *path = memory_path ();
  g_autofree char *known = NULL;
  g_autofree char *now = NULL;
  g_autoptr (GKeyFile) keys = g_key_file_new ();

  if (!g_key_file_load_from_file (keys, path, G_KEY_FILE_NONE, NULL))
    return NULL;
  known = g_key_file_get_string (keys, GROUP, "Circumstances", NULL);
  now = describe_environment ();
  if (g_strcmp0 (known, now) != 0)
    return NULL;

  return g_key_file_get_string (keys, GROUP, "Reason", NULL);
}

gboolean
gbx_accelerator_kvm_present (char **why)
{
  int fd = open (KVM_PATH, O_RDWR | O_CLOEXEC);
  int version;

  if (fd < 0)
    {
      if (why != NULL)
        *why = errno == ENOENT || errno == ENODEV || errno == ENXIO
                   ? g_strdup (
                       _ ("this machine offers no hardware virtualization (there is no /dev/kvm)"))
                   : g_strdup_printf (_ ("/dev/kvm cannot be opened by this account (%s)"),
                                      g_strerror (errno));
      return FALSE;
    }

  version = ioctl (fd, KVM_GET_API_VERSION, 0);
  close (fd);
  if (version != KVM_API_VERSION)
    {
      if (why != NULL)
        *why = g_strdup (_ ("/dev/kvm does not answer as KVM does"));
      return FALSE;
    }

  return TRUE;
}

gboolean
gbx_accelerator_kvm_usable (char **why)
{
  g_autofree char *reason = NULL;

  if (!gbx_accelerator_kvm_present (why))
    return FALSE;

  reason = read_remembered ();
  if (reason != NULL && why != NULL)
    *why = g_steal_pointer (&reason);
  else if (reason == NULL)
    return TRUE;

  return FALSE;
}

GbxAccelerator
gbx_accelerator_choose (GbxAccelerator wanted, char **why, GError **error)
{
  g_autofree char *reason = NULL;

  if (wanted == GBX_ACCELERATOR_TCG)
    *why = g_strdup (_ ("it was requested"));
  else if (wanted == GBX_ACCELERATOR_AUTO && !gbx_accelerator_kvm_usable (why))
    wanted = GBX_ACCELERATOR_TCG;
  else if (wanted == GBX_ACCELERATOR_KVM && !gbx_accelerator_kvm_present (&reason))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_ACCELERATOR,
                   _ ("KVM does not work here: %s; let Glovebox choose the accelerator to use "
                      "emulation instead"),
                   reason);
      return GBX_ACCELERATOR_AUTO;
    }
  return wanted == GBX_ACCELERATOR_TCG ? GBX_ACCELERATOR_TCG : GBX_ACCELERATOR_KVM;
}

/* If the result cannot be stored, only the next launch is slower. */
void
gbx_accelerator_remember_broken (const char *why)
{
  g_autofree char *directory = gbx_cache_directory (NULL);
  g_autofree char *path = memory_path ();
  g_autofree char *now = describe_environment ();
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  if (directory == NULL)
    return;
  g_key_file_set_string (keys, GROUP, "Circumstances", now);
  g_key_file_set_string (keys, GROUP, "Reason", why);
  if (!g_key_file_save_to_file (keys, path, &error))
    g_debug ("%s", error->message);
}

void
gbx_accelerator_forget (void)
{
  g_autofree char *path = memory_path ();

  (void)g_unlink (path);
}
