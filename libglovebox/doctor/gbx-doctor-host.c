/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-doctor"
#include "config.h"

#include "gbx-doctor-private.h"

#include <glib/gi18n-lib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gbx-packages.h"
#include "gbx-paths.h"
#include "gbx-surroundings.h"
#include "gbx-policy.h"
#include "gbx-accelerator.h"
#include "gbx-sweep.h"
#include "gbx-virt.h"

/* The checks of the host: what runs virtual machines. */

#define QEMU_LEAST "7.2"

/* ------------------------------------------------------------ versions -- */

gboolean
gbx_doctor_version_is_at_least (const char *text, const char *least, char **found)
{
  const char *start = text + strcspn (text, "0123456789");
  gsize length = strspn (start, "0123456789.");
  g_auto (GStrv) have = NULL;
  g_auto (GStrv) want = g_strsplit (least, ".", -1);

  while (length > 0 && start[length - 1] == '.')
    length--;
  *found = g_strndup (start, length);
  have = g_strsplit (*found, ".", -1);
  if (length == 0)
    return FALSE;

  for (gsize i = 0; want[i] != NULL; i++)
    {
      guint64 wanted = g_ascii_strtoull (want[i], NULL, 10);
      guint64 number = have[i] != NULL ? g_ascii_strtoull (have[i], NULL, 10) : 0;

      if (number != wanted)
        return number > wanted;
      if (have[i] == NULL)
        break;
    }

  return TRUE;
}

/* ------------------------------------------------------------- libvirt -- */

static char *
libvirt_version (virConnectPtr connection)
{
  unsigned long version = 0;

  if (virConnectGetLibVersion (connection, &version) < 0)
    return g_strdup ("?");

  return g_strdup_printf ("%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
}

/* Without an error function libvirt prints its errors. */
static void
take_error (void *user_data, virErrorPtr error)
{
}

/* An ordinary account's daemon starts automatically: if it does not, start it on a terminal
 * to see why.  Root's must already run. */
static char *
libvirt_command (void)
{
  int hung = gbx_virt_find_hung_daemon ();
  static const char *const daemons[] = { "/usr/sbin/virtqemud", "/usr/sbin/libvirtd" };

  if (hung != 0)
    return g_strdup_printf ("kill -9 %d", hung);
  /* A daemon without its driver for QEMU refuses the URI. */
  if (virGetLastErrorCode () == VIR_ERR_NO_CONNECT)
    return gbx_packages_command (GBX_PACKAGE_LIBVIRT);

  for (gsize i = 0; i < G_N_ELEMENTS (daemons); i++)
    if (g_file_test (daemons[i], G_FILE_TEST_IS_EXECUTABLE))
      return g_strconcat (daemons[i], geteuid () == 0 ? " --daemon" : " --verbose", NULL);

  return gbx_packages_command (GBX_PACKAGE_LIBVIRT);
}

void
gbx_check_libvirt (GbxCheck *check, GCancellable *cancellable)
{
  virConnectPtr connection;
  g_autofree char *version = NULL;

  virSetErrorFunc (NULL, take_error);
  gbx_surroundings_settle_sockets ();
  connection = virConnectOpen (GBX_VIRT_URI);
  if (connection == NULL)
    {
      gbx_check_set_problem (check,
                             g_strdup_printf (_ ("libvirt cannot be reached at %s: %s."),
                                              GBX_VIRT_URI, virGetLastErrorMessage ()),
                             libvirt_command ());
      return;
    }
  version = libvirt_version (connection);
  virConnectClose (connection);

  if (geteuid () == 0)
    gbx_check_set_warning (
        check,
        g_strdup_printf (_ ("libvirt %s answers at %s. But if root starts a sandbox, QEMU runs "
                            "as root too: use an ordinary account."),
                         version, GBX_VIRT_URI),
        NULL);
  else
    gbx_check_set_ok (check,
                      g_strdup_printf (_ ("libvirt %s answers at %s."), version, GBX_VIRT_URI));
}

/* Without a connection, which would start the daemon. */
void
gbx_check_libvirt_installed (GbxCheck *check, GCancellable *cancellable)
{
  static const char *const daemons[] = { "virtqemud", "libvirtd" };

  for (gsize i = 0; i < G_N_ELEMENTS (daemons); i++)
    {
      g_autofree char *path = gbx_path_command (daemons[i]);

      if (path == NULL)
        continue;
      gbx_check_set_ok (check, g_strdup_printf (_ ("libvirt’s daemon is “%s”."), path));
      return;
    }
  gbx_check_set_problem (check, g_strdup (_ ("libvirt is not installed.")),
                         gbx_packages_command (GBX_PACKAGE_LIBVIRT));
}

/* ---------------------------------------------------------------- QEMU -- */

/* The emulator's output with these arguments; NULL if it cannot be run. */
static char *
ask_qemu (const char *qemu, const char *const *arguments, GCancellable *cancellable)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_auto (GStrv) words = NULL;
  char *output = NULL;

  g_strv_builder_add (argv, qemu);
  g_strv_builder_addv (argv, (const char **)arguments);
  words = g_strv_builder_end (argv);
  process = g_subprocess_newv ((const char *const *)words,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                               NULL);
  if (process == NULL)
    return NULL;
  if (!g_subprocess_communicate_utf8 (process, NULL, cancellable, &output, NULL, NULL))
    {
      g_subprocess_force_exit (process);
      return NULL;
    }

  return output;
}

void
gbx_check_qemu (GbxCheck *check, GCancellable *cancellable)
{
  static const char *const arguments[] = { "--version", NULL };
  g_autofree char *qemu = gbx_accelerator_find_qemu ();
  g_autofree char *text = qemu != NULL ? ask_qemu (qemu, arguments, cancellable) : NULL;
  g_autofree char *version = NULL;

  if (qemu == NULL)
    gbx_check_set_problem (check,
                           g_strdup (_ ("QEMU for this machine’s architecture is not installed.")),
                           gbx_packages_command (GBX_PACKAGE_QEMU));
  else if (text == NULL)
    gbx_check_set_problem (check, g_strdup_printf (_ ("“%s” cannot be run."), qemu),
                           gbx_packages_command (GBX_PACKAGE_QEMU));
  else if (gbx_doctor_version_is_at_least (text, QEMU_LEAST, &version))
    gbx_check_set_ok (check, g_strdup_printf (_ ("QEMU %s is “%s”."), version, qemu));
  else
    gbx_check_set_problem (
        check,
        g_strdup_printf (_ ("QEMU %s is too old, Glovebox needs %s: upgrade to a system "
                            "release that has it."),
                         *version != '\0' ? version : "?", QEMU_LEAST),
        NULL);
}

/* Every device that a sandbox needs; 9p serves all of its files. */
static const char *const needed_devices[] = {
  "virtio-9p-pci",       "virtio-serial-pci", "virtserialport", "virtio-vga",
  "virtio-keyboard-pci", "virtio-tablet-pci", "virtio-net-pci",
};

void
gbx_check_devices (GbxCheck *check, GCancellable *cancellable)
{
  static const char *const arguments[] = { "-device", "help", NULL };
  g_autofree char *qemu = gbx_accelerator_find_qemu ();
  g_autofree char *text = qemu != NULL ? ask_qemu (qemu, arguments, cancellable) : NULL;
  g_autoptr (GString) missing = g_string_new (NULL);

  if (text == NULL)
    {
      gbx_check_set_problem (check, g_strdup (_ ("QEMU does not list its devices.")),
                             gbx_packages_command (GBX_PACKAGE_QEMU));
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (needed_devices); i++)
    {
      g_autofree char *quoted = g_strdup_printf ("\"%s\"", needed_devices[i]);

      if (strstr (text, quoted) == NULL)
        g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", needed_devices[i]);
    }

  if (missing->len > 0)
    gbx_check_set_problem (
        check,
        g_strdup_printf (_ ("This QEMU lacks devices that a sandbox needs: %s."),
                         missing->str),
        gbx_packages_command (GBX_PACKAGE_QEMU));
  else
    gbx_check_set_ok (check, g_strdup (_ ("QEMU has 9p, virtio-gpu, input and the serial port.")));
}

/* ------------------------------------------------------------- network -- */

void
gbx_check_network (GbxCheck *check, GCancellable *cancellable)
{
  g_autofree char *passt = gbx_path_command ("passt");

  if (passt != NULL)
    gbx_check_set_ok (check, g_strdup_printf (_ ("passt is “%s”."), passt));
  else
    gbx_check_set_warning (
        check,
        g_strdup (_ ("passt is not installed: sandboxes with a network fail, "
                     "all others work.")),
        gbx_packages_command (GBX_PACKAGE_PASST));
}

/* -------------------------------------------------------------- memory -- */

static guint64
available_memory (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return 0;
  line = strstr (text, "MemAvailable:");

  return line != NULL ? g_ascii_strtoull (line + strlen ("MemAvailable:"), NULL, 10) * 1024 : 0;
}

/* The default memory of a sandbox. */
static guint64
default_memory (void)
{
  static const char *const command[] = { "true", NULL };
  g_autoptr (GbxPolicyBuilder) builder = gbx_policy_builder_new (GBX_MODE_DESKTOP);
  g_autoptr (GbxPolicy) policy = NULL;

  gbx_policy_builder_set_command (builder, command);
  policy = gbx_policy_builder_build (builder, NULL);

  return policy != NULL ? gbx_policy_get_memory (policy) : GBX_MEMORY_MIN_DESKTOP;
}

void
gbx_check_memory (GbxCheck *check, GCancellable *cancellable)
{
  guint64 available = available_memory ();
  guint64 wanted = default_memory ();
  g_autofree char *available_text = g_format_size_full (available, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *wanted_text = g_format_size_full (wanted, G_FORMAT_SIZE_IEC_UNITS);

  if (available < GBX_MEMORY_MIN_DESKTOP)
    gbx_check_set_problem (
        check,
        g_strdup_printf (_ ("Only %s of memory are available: close applications."),
                         available_text),
        NULL);
  else if (available < wanted)
    gbx_check_set_warning (
        check,
        g_strdup_printf (_ ("%s of memory are available, and a sandbox may take %s: "
                            "close applications, or give the sandbox less memory."),
                         available_text, wanted_text),
        NULL);
  else
    gbx_check_set_ok (check,
                      g_strdup_printf (_ ("%s of memory are available, and a sandbox may take %s."),
                                       available_text, wanted_text));
}

/* ----------------------------------------------------------- leftovers -- */

void
gbx_check_leftovers (GbxCheck *check, GCancellable *cancellable)
{
  guint dead = gbx_sweep_count (cancellable);

  if (dead == 0)
    gbx_check_set_ok (check, g_strdup (_ ("There are no leftovers of dead sandboxes.")));
  else
    gbx_check_set_warning (
        check,
        g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                      "%u sandbox died and left something behind; the "
                                      "next launch removes it as well.",
                                      "%u sandboxes died and left something behind; the "
                                      "next launch removes it as well.",
                                      dead),
                         dead),
        g_strdup ("glovebox doctor --clean"));
}
