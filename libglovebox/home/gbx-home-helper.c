/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-home"

#include "config.h"

#include "gbx-home-helper.h"

#include "gbx-error.h"
#include "gbx-paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "glovebox-home-reader"
#define PROGRESS_MS 200

static gboolean
start (const char *const *arguments, int input, int output, GPid *pid, GError **error)
{
  g_autofree char *program = gbx_path_program (NAME);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) cause = NULL;
  gboolean started;
  /* GLib closes the descriptors that it is given, in the child, after it has put them in place:
   * one of ours may have that number already. */
  int other = fcntl (output, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

  if (!program)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                   _ ("The program %s is missing; install Glovebox again"), NAME);
      close (other);
      return FALSE;
    }
  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  started = g_spawn_async_with_pipes_and_fds ("/", (const char *const *) argv, NULL,
                                              G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, input, other,
                                              -1, NULL, NULL, 0, pid, NULL, NULL, NULL, &cause);
  close (other);
  if (started)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_HOME, _ ("Cannot start %s: %s"), program,
               cause->message);
  return FALSE;
}

static void
tell_progress (int input, GbxHomeProgress progress, gpointer user_data)
{
  struct stat st;
  off_t at = lseek (input, 0, SEEK_CUR);

  if (progress && at >= 0 && fstat (input, &st) == 0 && st.st_size > 0)
    progress ((guint64) at, (guint64) st.st_size, user_data);
}

/* The program shares the offset of its input with us. */
static void
await (GPid pid, int input, GbxHomeProgress progress, gpointer user_data,
       GCancellable *cancellable)
{
  int fd = (int) syscall (SYS_pidfd_open, pid, 0);
  GPollFD cancelled = { .fd = -1 };
  struct pollfd events[2] = { { fd, POLLIN, 0 }, { -1, POLLIN, 0 } };

  if (cancellable && g_cancellable_make_pollfd (cancellable, &cancelled))
    events[1].fd = cancelled.fd;
  while (fd >= 0 && poll (events, 2, PROGRESS_MS) <= 0)
    tell_progress (input, progress, user_data);
  if (g_cancellable_is_cancelled (cancellable))
    kill (pid, SIGKILL);
  if (cancelled.fd >= 0)
    g_cancellable_release_fd (cancellable);
  if (fd >= 0)
    close (fd);
}

gboolean
gbx_home_helper_run (const char *const *arguments, int input, int output,
                     GbxHomeProgress progress, gpointer user_data, GCancellable *cancellable,
                     GbxHomeReaderStatus *status, GError **error)
{
  GPid pid;
  int result = 0;

  if (!start (arguments, input, output, &pid, error))
    return FALSE;
  await (pid, input, progress, user_data, cancellable);
  while (waitpid (pid, &result, 0) < 0 && errno == EINTR)
    ;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  /* A file system can be made so that reading it goes wrong: that ends the program alone. */
  *status = WIFEXITED (result) ? (GbxHomeReaderStatus) WEXITSTATUS (result)
                               : GBX_HOME_READER_DAMAGED;
  return TRUE;
}
