/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-share-servers"

#include "config.h"

#include "gbx-share-servers.h"

#include "gbx-error.h"
#include "gbx-exports.h"
#include "gbx-jail.h"
#include "gbx-machine-tuning.h"
#include "gbx-paths.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* QEMU's own server, in C.  Later versions of QEMU have none. */
static const char *const programs[] = { "/usr/lib/qemu/virtiofsd", "/usr/libexec/qemu/virtiofsd" };

/* Where the folder is for the server. */
#define SHARE "/share"
/* A server ends with QEMU's connection.  If QEMU never comes, because the launch was killed,
 * it ends after this time. */
#define ACCEPT_SECONDS 60

/* With fewer open files a large folder could not be listed. */
#define FILES_MIN 16384

/* What the server itself needs. */
static const char *const readable[] = {
  "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
  "/proc/sys/fs/file-max",
};

/* The guest keeps attributes for a moment, so that a long listing asks once.  The server
 * needs no rights of root's: it changes no owner. */
static const char *const options[] = {
  "-o", "source=" SHARE, "-o", "sandbox=chroot", "-o", "cache=auto", "-o", "timeout=0.3",
  "-o", "modcaps=-chown:-dac_override:-fowner:-fsetid:-setgid:-setuid:-mknod:-setfcap",
  "-o", "log_level=err", "--rlimit-nofile=0", NULL,
};

struct _GbxShareServers
{
  GArray *pids;
};

/* GLOVEBOX_VIRTIOFSD names another program, or none if it is empty. */
static const char *
find_program (void)
{
  const char *named = g_getenv ("GLOVEBOX_VIRTIOFSD");

  if (named)
    return *named && g_access (named, X_OK) == 0 ? named : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    if (g_access (programs[i], X_OK) == 0)
      return programs[i];
  return NULL;
}

static gboolean
has_folder (GbxPolicy *policy)
{
  GPtrArray *shares = gbx_policy_get_shares (policy);

  for (guint i = 0; i < shares->len; i++)
    if (gbx_share_is_directory (shares->pdata[i]))
      return TRUE;
  return FALSE;
}

/* A server has a descriptor for each file that the guest's kernel remembers. */
static guint
count_files (void)
{
  struct rlimit limit;

  return getrlimit (RLIMIT_NOFILE, &limit) == 0 ? (guint) MIN (limit.rlim_max, 1 << 20) : 0;
}

/* A server that root starts would be root, and without namespaces the only wall would be
 * Landlock: in both cases QEMU's own server is not worse, and one process less. */
gboolean
gbx_share_servers_are_possible (GbxLaunchPlan *plan)
{
  g_autofree char *jail = gbx_path_program ("glovebox-emulator-jail");
  g_autofree char *own = gbx_path_program ("glovebox-share-jail");

  plan->files_max = count_files ();
  return !plan->by_root && plan->files_max >= FILES_MIN && has_folder (plan->policy) && find_program () && own && jail &&
         gbx_jail_can_isolate (jail);
}

/* --------------------------------------------------------------- start -- */

static int
listen_at (const char *path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct timeval patience = { .tv_sec = ACCEPT_SECONDS };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_unlink (path);
  if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0 &&
      listen (fd, 1) == 0 &&
      setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0)
    return fd;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot listen on %s: %s"), path,
               g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

static char *
write_rules (GbxLaunchPlan *plan, guint index, GError **error)
{
  GbxShare *share = gbx_policy_get_shares (plan->policy)->pdata[index];
  g_autofree char *name = g_strdup_printf ("fs-%u.rules", index);
  g_autofree char *path = g_build_filename (plan->runtime, name, NULL);
  g_autoptr (GByteArray) text = g_byte_array_new ();

  if (gbx_jail_has_landlock ())
    gbx_jail_write_part (text, "landlock");
  gbx_machine_tuning_write (text, plan->policy, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (readable); i++)
    gbx_jail_write_rule (text, "system-read", readable[i], readable[i]);
  gbx_jail_write_rule (text, "own-read", "/proc/self", "/proc/self");
  gbx_jail_write_rule (text, gbx_share_get_writable (share) ? "write" : "read",
                       gbx_share_get_path (share), SHARE);
  if (!g_file_set_contents (path, (const char *) text->data, text->len, error))
    return NULL;
  return g_steal_pointer (&path);
}

static char **
build_argv (const char *rules)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *jail = gbx_path_program ("glovebox-share-jail");

  g_strv_builder_add_many (builder, jail ? jail : "glovebox-share-jail", rules, find_program (),
                           "--fd=3", NULL);
  g_strv_builder_addv (builder, (const char **) options);
  return g_strv_builder_end (builder);
}

/* In the child: the terminal's ^C is for the command in the sandbox. */
static void
leave_session (gpointer user_data)
{
  setsid ();
}

/* The user's environment may hold secrets; one variable tells which share it is. */
static gboolean
spawn (char **argv, const char *socket, int listener, GPid *pid, GError **error)
{
  const int target = 3;
  g_autofree char *variable = g_strconcat ("GLOVEBOX_SHARE=", socket, NULL);
  const char *const environment[] = { variable, NULL };

  return g_spawn_async_with_pipes_and_fds (
      "/", (const char *const *) argv, environment,
      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
      leave_session, NULL, -1, -1, -1, &listener, &target, 1, pid, NULL, NULL, NULL, error);
}

static gboolean
start_one (GbxShareServers *self, GbxLaunchPlan *plan, guint index, const char *socket,
           GError **error)
{
  g_autofree char *rules = write_rules (plan, index, error);
  int listener = rules ? listen_at (socket, error) : -1;
  g_auto (GStrv) argv = NULL;
  gboolean started;
  GPid pid;

  if (listener < 0)
    return FALSE;
  argv = build_argv (rules);
  started = spawn (argv, socket, listener, &pid, error);
  close (listener);
  if (started)
    g_array_append_val (self->pids, pid);
  return started;
}

GbxShareServers *
gbx_share_servers_start (GbxLaunchPlan *plan, GError **error)
{
  GbxShareServers *self = g_new0 (GbxShareServers, 1);
  GPtrArray *shares = gbx_policy_get_shares (plan->policy);
  guint first = plan->exports->len - shares->len; /* the shares come last */

  self->pids = g_array_new (FALSE, FALSE, sizeof (GPid));
  for (guint i = 0; i < shares->len; i++)
    {
      GbxExport *export = plan->exports->pdata[first + i];

      if (!export->socket || start_one (self, plan, i, export->socket, error))
        continue;
      gbx_share_servers_stop (self);
      return NULL;
    }
  return self;
}

void
gbx_share_servers_add_pids (GbxShareServers *self, GArray *pids)
{
  g_array_append_vals (pids, self->pids->data, self->pids->len);
}

/* ----------------------------------------------------------------- end -- */

void
gbx_share_servers_stop (GbxShareServers *self)
{
  for (guint i = 0; i < self->pids->len; i++)
    {
      GPid pid = g_array_index (self->pids, GPid, i);

      kill (pid, SIGKILL);
      while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
        ;
    }
  g_array_unref (self->pids);
  g_free (self);
}

gboolean
gbx_share_servers_have_failed (GbxShareServers *self)
{
  for (guint i = 0; i < self->pids->len; i++)
    {
      siginfo_t info = { 0 };

      if (waitid (P_PID, g_array_index (self->pids, GPid, i), &info,
                  WEXITED | WNOHANG | WNOWAIT) == 0 &&
          info.si_pid != 0)
        return TRUE;
    }
  return FALSE;
}
