/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-service"

#include "config.h"

#include "gbx-service-manager.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-service-log.h"
#include "gbx-service-status.h"
#include "gbx-service-store.h"
#include "gbx-user-manager.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Nothing tells of a lock's release. */
#define LOOK_MS 50
/* For the sandbox, beyond what the unit gives the service. */
#define BOOT_MS 180000
#define END_MS 30000
#define UNLIMITED_MS 600000
/* Of the log, in the message of a start that failed. */
#define LINES_TOLD 5

/* ----------------------------------------------------------------- unit -- */

static char *
get_unit_name (const char *name)
{
  return g_strconcat ("glovebox-", name, ".service", NULL);
}

static char *
get_unit_path (const char *name)
{
  g_autofree char *unit = get_unit_name (name);

  return g_build_filename (g_get_user_data_dir (), "systemd", "user", unit, NULL);
}

/* For a value of a unit: "%" and a line's end mean something. */
static char *
escape (const char *text)
{
  GString *out = g_string_new (NULL);

  for (; *text; text++)
    if (*text == '%')
      g_string_append (out, "%%");
    else
      g_string_append_c (out, g_ascii_iscntrl (*text) ? ' ' : *text);
  return g_string_free (out, FALSE);
}

/* In a command line "$", quotes and backslashes as well. */
static char *
escape_word (const char *text)
{
  GString *out = g_string_new ("\"");

  for (; *text; text++)
    {
      if (strchr ("\"\\", *text))
        g_string_append_c (out, '\\');
      if (strchr ("%$", *text))
        g_string_append_c (out, *text);
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

/* The process starts the service again itself; systemd starts the process again if it was
 * killed.  All that belongs to the sandbox ends with the process.  The libvirt daemon that it may
 * have started does not: it serves other sandboxes too, so systemd must not end it. */
char *
gbx_service_manager_compose_unit (const char *name, const char *description, const char *program,
                                  guint64 limit_ms)
{
  g_autofree char *title = escape (description);
  g_autofree char *word = escape_word (program);
  guint64 start = limit_ms ? (limit_ms + BOOT_MS) / 1000 : UNLIMITED_MS / 1000;
  const char *path = g_getenv ("GLOVEBOX_PROGRAM_PATH");
  g_autofree char *assignment = path ? g_strconcat ("GLOVEBOX_PROGRAM_PATH=", path, NULL) : NULL;
  g_autofree char *quoted = assignment ? escape_word (assignment) : NULL;
  GString *text = g_string_new ("# Made by “glovebox service”, and again at each start.\n");

  g_string_append_printf (text, "[Unit]\nDescription=%s (Glovebox service %s)\n", title, name);
  g_string_append (text, "Documentation=man:glovebox-service(1)\nStartLimitBurst=5\n"
                         "StartLimitIntervalSec=300\n\n[Service]\nType=notify\nNotifyAccess=main\n");
  if (quoted)
    g_string_append_printf (text, "Environment=%s\n", quoted);
  g_string_append_printf (text, "ExecStart=%s service run %s\nExecReload=/bin/kill -HUP $MAINPID\n",
                          word, name);
  g_string_append_printf (text,
                          "KillMode=process\nTimeoutStartSec=%" G_GUINT64_FORMAT "\n"
                          "TimeoutStopSec=%" G_GUINT64_FORMAT "\n",
                          start, start);
  g_string_append (text, "Restart=on-abnormal\nRestartSec=1\nStandardOutput=null\n"
                         "StandardError=null\n\n[Install]\nWantedBy=default.target\n");
  return g_string_free (text, FALSE);
}

static gboolean
run_systemctl (GCancellable *cancellable, const char *verb, const char *unit)
{
  g_autofree char *program = gbx_path_command ("systemctl");
  g_autoptr (GSubprocess) process = NULL;

  if (!program)
    return FALSE;
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                              NULL, program, "--user", "--quiet", verb, unit, NULL);
  if (!process)
    return FALSE;
  if (g_subprocess_wait_check (process, cancellable, NULL))
    return TRUE;
  if (cancellable && g_cancellable_is_cancelled (cancellable))
    g_subprocess_force_exit (process);
  return FALSE;
}

static gboolean
write_unit (const char *name, const char *text, GError **error)
{
  g_autofree char *path = get_unit_path (name);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *present = NULL;

  if (g_file_get_contents (path, &present, NULL, NULL) && g_str_equal (present, text))
    return TRUE;
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot make the folder %s: %s"), folder,
                   g_strerror (errno));
      return FALSE;
    }
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error)
         && (run_systemctl (NULL, "daemon-reload", NULL) || TRUE);
}

void
gbx_service_manager_forget (const char *name)
{
  g_autofree char *path = get_unit_path (name);
  g_autofree char *unit = get_unit_name (name);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  run_systemctl (NULL, "disable", unit);
  g_unlink (path);
  run_systemctl (NULL, "daemon-reload", NULL);
}

static gboolean
has_systemd (void)
{
  g_autoptr (GbxUserManager) manager = gbx_user_manager_open (NULL);
  g_autofree char *systemctl = gbx_path_command ("systemctl");

  return manager && systemctl;
}

static gboolean
is_of_systemd (const char *name)
{
  g_autofree char *path = get_unit_path (name);
  g_autofree char *unit = get_unit_name (name);

  return g_file_test (path, G_FILE_TEST_EXISTS) && has_systemd ()
         && run_systemctl (NULL, "is-active", unit);
}

/* ----------------------------------------------------------------- wait -- */

static gboolean
wait_a_moment (GCancellable *cancellable, GError **error)
{
  g_usleep (LOOK_MS * 1000);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static goffset
get_log_size (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  struct stat st;

  return stat (path, &st) == 0 ? st.st_size : 0;
}

/* (transfer full): what the service has written last, since the log had that size. */
static char *
get_last_words (const char *folder, goffset since)
{
  g_autofree char *log = gbx_service_log_read_since (folder, since);
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  g_autoptr (GPtrArray) told = g_ptr_array_new ();

  for (guint i = g_strv_length (lines); i-- > 0 && told->len < LINES_TOLD;)
    {
      /* After the time. */
      const char *text = strlen (lines[i]) > 20 ? lines[i] + 20 : "";

      if (*text && !g_str_has_prefix (text, "glovebox: "))
        g_ptr_array_insert (told, 0, (gpointer) text);
    }
  g_ptr_array_add (told, NULL);
  return g_strjoinv (" | ", (char **) told->pdata);
}

static void
set_failure (GError **error, const char *name, const char *folder, goffset since,
             const char *problem)
{
  g_autofree char *words = get_last_words (folder, since);

  if (!problem)
    problem = _ ("its process has ended");
  if (*words)
    g_set_error (error, GBX_ERROR, GBX_ERROR_GUEST,
                 _ ("The service “%s” could not be started: %s; its last words: %s"), name, problem,
                 words);
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_GUEST,
                 _ ("The service “%s” could not be started: %s"), name, problem);
}

/* pid: of a child of ours, or 0. */
static gboolean
has_ended (GPid pid, const char *folder)
{
  siginfo_t info = { 0 };

  if (pid)
    return waitid (P_PID, (id_t) pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
  return !gbx_service_store_is_locked (folder);
}

static gboolean
await_ready (const char *name, GPid pid, goffset log, guint64 limit_ms, GCancellable *cancellable,
             GError **error)
{
  g_autofree char *folder = gbx_service_store_get_folder (name);
  gint64 deadline = g_get_monotonic_time ()
                    + (gint64) (limit_ms ? limit_ms + BOOT_MS : UNLIMITED_MS) * 1000;

  while (g_get_monotonic_time () < deadline)
    {
      gboolean ended = has_ended (pid, folder);
      g_autoptr (GbxServiceStatus) status = gbx_service_status_read (folder);

      /* What a process that was killed has written last is not about this one. */
      if (status->state == GBX_SERVICE_RUNNING && (!pid || status->pid == pid))
        return TRUE;
      if (ended && status->state == GBX_SERVICE_STOPPED)
        return TRUE; /* such as a service that does one thing */
      if (ended)
        {
          set_failure (error, name, folder, log, status->problem);
          return FALSE;
        }
      if (!wait_a_moment (cancellable, error))
        return FALSE;
    }
  set_failure (error, name, folder, log, _ ("it took too long"));
  return FALSE;
}

static gpointer
reap_thread (gpointer data)
{
  while (waitpid (GPOINTER_TO_INT (data), NULL, 0) < 0 && errno == EINTR)
    ;
  return NULL;
}

/* ---------------------------------------------------------------- start -- */

/* The caller may wait for signals in a thread of its own, and block them in all others. */
static void
leave_session (gpointer user_data)
{
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  setsid ();
}

static gboolean
start_in_background (const char *name, guint64 limit_ms, GCancellable *cancellable, GError **error)
{
  g_autofree char *program = gbx_path_program ("glovebox");
  g_autofree char *folder = gbx_service_store_get_folder (name);
  const char *argv[] = { program, "service", "run", name, NULL };
  goffset log = get_log_size (folder);
  gboolean ready;
  GPid pid;

  if (!program)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("The command “glovebox” is missing; reinstall Glovebox"));
      return FALSE;
    }
  if (!g_spawn_async ("/", (char **) argv, NULL,
                      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                          | G_SPAWN_STDERR_TO_DEV_NULL,
                      leave_session, NULL, &pid, error))
    return FALSE;
  ready = await_ready (name, pid, log, limit_ms, cancellable, error);
  if (!ready)
    kill (pid, SIGTERM);
  g_thread_unref (g_thread_new ("glovebox-reaper", reap_thread, GINT_TO_POINTER (pid)));
  return ready;
}

static gboolean
start_by_systemd (const char *name, const char *description, guint64 limit_ms,
                  GCancellable *cancellable, GError **error)
{
  g_autofree char *program = gbx_path_program ("glovebox");
  g_autofree char *unit = get_unit_name (name);
  g_autofree char *folder = gbx_service_store_get_folder (name);
  g_autofree char *text = program ? gbx_service_manager_compose_unit (name, description, program, limit_ms) : NULL;
  g_autoptr (GbxServiceStatus) status = NULL;
  goffset log = get_log_size (folder);

  if (!text)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
                           _ ("The command “glovebox” is missing; reinstall Glovebox"));
      return FALSE;
    }
  if (!write_unit (name, text, error))
    return FALSE;
  /* It may have been started with another folder for its units. */
  if (!run_systemctl (cancellable, "cat", unit))
    return start_in_background (name, limit_ms, cancellable, error);
  run_systemctl (NULL, "reset-failed", unit);
  if (run_systemctl (cancellable, "start", unit))
    return TRUE;
  if (g_cancellable_is_cancelled (cancellable))
    run_systemctl (NULL, "stop", unit);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  status = gbx_service_status_read (folder);
  set_failure (error, name, folder, log, status->problem);
  return FALSE;
}

gboolean
gbx_service_manager_start (const char *name, const char *description, guint64 limit_ms,
                           GCancellable *cancellable, GError **error)
{
  return has_systemd () ? start_by_systemd (name, description, limit_ms, cancellable, error)
                        : start_in_background (name, limit_ms, cancellable, error);
}

/* -------------------------------------------------------------- signals -- */

/* The process holds the lock while it gets the signal, so its number is still its own. */
static gboolean
signal_process (const char *folder, int number)
{
  g_autoptr (GbxServiceStatus) status = gbx_service_status_read (folder);
  int fd = status->pid > 1 ? (int) syscall (SYS_pidfd_open, status->pid, 0) : -1;
  gboolean sent = fd >= 0 && gbx_service_store_is_locked (folder)
                  && syscall (SYS_pidfd_send_signal, fd, number, NULL, 0) == 0;

  if (fd >= 0)
    close (fd);
  return sent;
}

static gboolean
await_end (const char *folder, guint64 limit_ms, GCancellable *cancellable, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) limit_ms * 1000;

  while (gbx_service_store_is_locked (folder) && g_get_monotonic_time () < deadline)
    if (!wait_a_moment (cancellable, error))
      return FALSE;
  return !gbx_service_store_is_locked (folder);
}

gboolean
gbx_service_manager_stop (const char *name, guint64 limit_ms, GCancellable *cancellable,
                          GError **error)
{
  g_autofree char *folder = gbx_service_store_get_folder (name);
  g_autofree char *unit = get_unit_name (name);
  g_autoptr (GError) local = NULL;

  if (is_of_systemd (name))
    run_systemctl (cancellable, "stop", unit);
  else
    signal_process (folder, SIGTERM);
  if (await_end (folder, limit_ms ? 2 * limit_ms + END_MS : 2 * END_MS + 90000, cancellable, &local))
    return TRUE;
  /* It ends the sandbox at the second time. */
  if (!local && signal_process (folder, SIGTERM) && await_end (folder, END_MS, cancellable, &local))
    return TRUE;
  if (local)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error (error, GBX_ERROR, GBX_ERROR_TIMEOUT,
                 _ ("The service “%s” does not stop; “glovebox list” shows the process of its "
                    "sandbox, which can be killed"),
                 name);
  return FALSE;
}

gboolean
gbx_service_manager_reload (const char *name, guint64 limit_ms, GCancellable *cancellable,
                            GError **error)
{
  g_autofree char *folder = gbx_service_store_get_folder (name);
  g_autoptr (GbxServiceStatus) before = gbx_service_status_read (folder);
  goffset log = get_log_size (folder);
  gint64 deadline = g_get_monotonic_time () + (gint64) (limit_ms ? limit_ms + END_MS : UNLIMITED_MS) * 1000;

  if (before->state != GBX_SERVICE_RUNNING || !signal_process (folder, SIGHUP))
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
                   _ ("The service “%s” does not run; start it with “glovebox service start %s”"),
                   name, name);
      return FALSE;
    }
  while (g_get_monotonic_time () < deadline)
    {
      g_autoptr (GbxServiceStatus) status = gbx_service_status_read (folder);

      if (status->reloads != before->reloads && !status->reload_failed)
        return TRUE;
      if (status->reloads != before->reloads || status->pid != before->pid)
        {
          g_autofree char *words = get_last_words (folder, log);

          g_set_error (error, GBX_ERROR, GBX_ERROR_GUEST,
                       _ ("The service “%s” could not read its configuration again; its last words: "
                          "%s"),
                       name, *words ? words : "-");
          return FALSE;
        }
      if (!wait_a_moment (cancellable, error))
        return FALSE;
    }
  g_set_error (error, GBX_ERROR, GBX_ERROR_TIMEOUT,
               _ ("The service “%s” takes too long to read its configuration again"), name);
  return FALSE;
}
