/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-kvm"
#include "config.h"

#include "gbx-kvm-probe.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "gbx-error.h"

/* A kernel says a few hundred lines. */
#define OUTPUT_MAX (1u << 20)

#ifdef __aarch64__
#define MACHINE "virt,accel=kvm"
#define CONSOLE "ttyAMA0"
#else
#define MACHINE "pc,accel=kvm"
#define CONSOLE "ttyS0"
#endif

/* Each is printed by a kernel that runs properly: it has loaded a module for our init, has
 * powered off, or has no init to run.  QEMU's exit status is not reliable: a processor
 * reset at the first instruction gives 0. */
static const char *const signs_of_life[] = { "9pnet: Installing", "reboot: ", "Kernel panic" };
/* Enough at the time limit: our init waits for a port that does not exist. */
static const char sign_of_init[] = "Run /init as init process";

typedef enum
{
  WAIT_SIGN,
  WAIT_ENDED,
  WAIT_DEADLINE,
  WAIT_CANCELLED,
} Wait;

static void
die_with_parent (gpointer user_data)
{
  (void)prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
start (const char *qemu, const char *kernel, const char *initrd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  const char *argv[] = {
    qemu,
    "-nodefaults",
    "-no-user-config",
    "-machine",
    MACHINE,
    "-cpu",
    "host",
    "-m",
    "192",
    "-display",
    "none",
    "-no-reboot",
    "-serial",
    "stdio",
    "-kernel",
    kernel,
    "-append",
    "console=" CONSOLE " loglevel=7 panic=-1 reboot=t gbx.probe",
    initrd != NULL ? "-initrd" : NULL,
    initrd,
    NULL,
  };

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);

  return g_subprocess_launcher_spawnv (launcher, argv, error);
}

static gboolean
has_sign_of_life (GString *output)
{
  for (gsize i = 0; i < G_N_ELEMENTS (signs_of_life); i++)
    if (strstr (output->str, signs_of_life[i]) != NULL)
      return TRUE;

  return FALSE;
}

/* FALSE at the end of the stream. */
static gboolean
read_some (int fd, GString *output)
{
  char buffer[4096];
  ssize_t n = read (fd, buffer, sizeof buffer);

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return TRUE;
  if (n <= 0 || output->len > OUTPUT_MAX)
    return FALSE;
  for (ssize_t i = 0; i < n; i++)
    g_string_append_c (output, buffer[i] != '\0' ? buffer[i] : ' ');

  return TRUE;
}

static Wait
await (int fd, GString *output, guint deadline_ms, GCancellable *cancellable)
{
  gint64 end = g_get_monotonic_time () + (gint64)deadline_ms * 1000;
  GPollFD polled[2] = { { .fd = fd, .events = G_IO_IN | G_IO_HUP } };
  gboolean watched = g_cancellable_make_pollfd (cancellable, &polled[1]);
  Wait result = WAIT_SIGN;

  while (!has_sign_of_life (output))
    {
      gint64 left = end - g_get_monotonic_time ();

      result = WAIT_DEADLINE;
      if (left <= 0)
        break;
      (void)g_poll (polled, watched ? 2 : 1, (int)(left / 1000 + 1));
      result = WAIT_CANCELLED;
      if (g_cancellable_is_cancelled (cancellable))
        break;
      result = WAIT_ENDED;
      if (polled[0].revents != 0 && !read_some (fd, output))
        break;
      result = WAIT_SIGN;
    }
  if (watched)
    g_cancellable_release_fd (cancellable);

  return result;
}

/* QEMU's last output, without control characters and limited in length. */
static char *
last_line (GString *output)
{
  g_autofree char *text = g_str_to_ascii (output->str, "C");
  char *line;

  g_strchomp (text);
  line = strrchr (text, '\n');
  line = line != NULL ? line + 1 : text;
  for (char *at = line; *at != '\0'; at++)
    if (!g_ascii_isprint (*at))
      *at = ' ';

  return g_strndup (g_strstrip (line), 200);
}

static GbxKvmProbe
evaluate_output (Wait wait, GString *output, guint deadline_ms, char **why)
{
  g_autofree char *line = NULL;

  if (wait == WAIT_SIGN || strstr (output->str, sign_of_init) != NULL)
    return GBX_KVM_WORKS;

  line = last_line (output);
  if (wait == WAIT_DEADLINE)
    *why = g_strdup_printf (_ ("a test guest hung under KVM: it did not start within %u seconds"),
                            (deadline_ms + 999) / 1000);
  else if (*line != '\0')
    *why = g_strdup_printf (_ ("a test guest failed under KVM: %s"), line);
  else
    *why = g_strdup (_ ("a test guest failed under KVM without a message"));

  return GBX_KVM_BROKEN;
}

GbxKvmProbe
gbx_kvm_probe (const char *qemu, const char *kernel, const char *initrd, guint deadline_ms,
               GCancellable *cancellable, char **why, GError **error)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GString) output = g_string_new (NULL);
  g_autoptr (GError) failure = NULL;
  GInputStream *stream;
  Wait wait;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return GBX_KVM_UNKNOWN;
  process = start (qemu, kernel, initrd, &failure);
  if (process == NULL)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, _ ("“%s” cannot be run: %s"), qemu,
                   failure->message);
      return GBX_KVM_UNKNOWN;
    }
  stream = g_subprocess_get_stdout_pipe (process);
  wait = await (g_unix_input_stream_get_fd (G_UNIX_INPUT_STREAM (stream)), output, deadline_ms,
                cancellable);
  /* A hanging guest hangs in the processor, so a milder signal would not help. */
  g_subprocess_force_exit (process);
  (void)g_subprocess_wait (process, NULL, NULL);

  if (wait == WAIT_CANCELLED)
    {
      (void)g_cancellable_set_error_if_cancelled (cancellable, error);
      return GBX_KVM_UNKNOWN;
    }

  return evaluate_output (wait, output, deadline_ms, why);
}
