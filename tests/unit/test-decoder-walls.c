/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-decoder-walls.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* What code can do that has taken over the program that decodes the display: a child of
 * this test raises the same walls and makes the calls itself, since nobody else can make
 * them in the real one.  Every call is made before the walls too, and has to work there,
 * or its failure behind them would prove nothing. */

static char *secret;              /* a file that the account can read */
static char *listening;           /* a socket of the account, by a path */
static struct sockaddr_un hidden; /* another, without a path */
static socklen_t hidden_size;
static pid_t victim;     /* a process of the account */
static int plain_memory; /* a descriptor that the program has anyway */

/* ------------------------------------------------------------- the calls -- */

static long
call_open (void)
{
  return open (secret, O_RDONLY);
}

static long
call_openat2 (void)
{
  struct
  {
    guint64 flags, mode, resolve;
  } how = { 0 };

  return syscall (SYS_openat2, AT_FDCWD, secret, &how, sizeof how);
}

static long
call_stat (void)
{
  return access (secret, F_OK);
}

static long
call_create (void)
{
  g_autofree char *path = g_strconcat (secret, ".new", NULL);

  return open (path, O_WRONLY | O_CREAT, 0600);
}

static long
call_unlink (void)
{
  g_autofree char *path = g_strconcat (secret, ".old", NULL);

  /* Twice: with and without the walls. */
  return link (secret, path) < 0 && errno != EEXIST ? -1 : unlink (path);
}

static long
call_chmod (void)
{
  return chmod (secret, 0600);
}

static long
call_socket (void)
{
  return socket (AF_UNIX, SOCK_STREAM, 0);
}

static long
call_socketpair (void)
{
  int sockets[2];

  return socketpair (AF_UNIX, SOCK_STREAM, 0, sockets);
}

static long
call_inet_socket (void)
{
  return socket (AF_INET, SOCK_STREAM, 0);
}

static long
call_execve (void)
{
  /* A process that is shared would be replaced: look only whether it is tried. */
  return execl ("/nonexistent", "x", NULL) < 0 && errno == ENOENT ? 0 : -1;
}

static long
call_fork (void)
{
  pid_t pid = (pid_t)syscall (SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

  if (pid == 0)
    _exit (0);
  return pid;
}

static long
call_kill (void)
{
  return kill (victim, 0);
}

static long
call_tgkill (void)
{
  return syscall (SYS_tgkill, victim, victim, 0);
}

static long
call_pidfd_open (void)
{
  return syscall (SYS_pidfd_open, victim, 0);
}

static long
call_prlimit (void)
{
  struct rlimit limit;

  return syscall (SYS_prlimit64, victim, RLIMIT_CORE, NULL, &limit);
}

static long
call_ptrace (void)
{
  return ptrace (PTRACE_SEIZE, victim, NULL, NULL) < 0 && errno != EPERM ? 0
         : errno == EPERM                                                ? -1
                                                                         : 0;
}

static long
call_process_vm_readv (void)
{
  char here;
  struct iovec local = { &here, 1 }, remote = { &victim, 1 };

  return process_vm_readv (victim, &local, 1, &remote, 1, 0);
}

static long
call_setpriority (void)
{
  return setpriority (PRIO_PROCESS, (id_t)victim, 19);
}

static long
call_keyctl (void)
{
  return syscall (SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1);
}

static long
call_memfd (void)
{
  return memfd_create ("code", 0);
}

static long
call_mmap_code (void)
{
  return mmap (NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
             ? -1
             : 0;
}

static long
call_mprotect_code (void)
{
  void *page = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  return mprotect (page, 4096, PROT_READ | PROT_EXEC);
}

static long
call_truncate (void)
{
  return ftruncate (plain_memory, 4096);
}

static long
call_chdir (void)
{
  return chdir ("/");
}

static long
call_dumpable (void)
{
  return prctl (PR_SET_DUMPABLE, 1);
}

static long
call_ioctl (void)
{
  int n;

  return ioctl (plain_memory, 0x541b /* FIONREAD */, &n);
}

/* The kernel would send the signal then, for the owner's data. */
static long
call_setown (void)
{
  return fcntl (plain_memory, F_SETOWN, victim);
}

static long
call_userfaultfd (void)
{
  return syscall (SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */);
}

static long
call_io_uring (void)
{
  guint8 parameters[120] = { 0 };

  return syscall (SYS_io_uring_setup, 1, parameters);
}

static long
call_unshare (void)
{
  return unshare (CLONE_FILES);
}

typedef struct
{
  const char *what;
  long (*call) (void);
  gboolean may_be_missing; /* in this kernel, or to this account */
} Call;

static const Call calls[] = {
  { "open", call_open },
  { "openat2", call_openat2 },
  { "access", call_stat },
  { "create", call_create },
  { "unlink", call_unlink },
  { "chmod", call_chmod },
  { "chdir", call_chdir },
  { "socket", call_socket },
  { "socketpair", call_socketpair },
  { "socket of the network", call_inet_socket },
  { "execve", call_execve },
  { "fork", call_fork },
  { "kill", call_kill },
  { "tgkill", call_tgkill },
  { "pidfd_open", call_pidfd_open, TRUE },
  { "prlimit64 of another", call_prlimit },
  { "ptrace", call_ptrace, TRUE },
  { "process_vm_readv", call_process_vm_readv, TRUE },
  { "setpriority of another", call_setpriority },
  { "keyctl", call_keyctl, TRUE },
  { "memfd_create", call_memfd },
  { "mmap of code", call_mmap_code },
  { "mprotect of code", call_mprotect_code },
  { "ftruncate", call_truncate },
  { "PR_SET_DUMPABLE", call_dumpable },
  { "ioctl", call_ioctl, TRUE },
  { "F_SETOWN", call_setown },
  { "userfaultfd", call_userfaultfd, TRUE },
  { "io_uring", call_io_uring, TRUE },
  { "unshare", call_unshare },
};

/* -------------------------------------------------------------- running -- */

typedef gboolean (*Inner) (gconstpointer data);

/* TRUE: so it was, in a process of its own. */
static gboolean
runs_true (Inner inner, gconstpointer data)
{
  int status = 0;
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    _exit (inner (data) ? 0 : 1);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  if (!WIFEXITED (status))
    g_error ("It ended by the signal %d", WTERMSIG (status));
  return WEXITSTATUS (status) == 0;
}

static gboolean
works (gconstpointer data)
{
  return ((const Call *)data)->call () >= 0;
}

/* The filter alone: what the others would refuse too is not to hide a hole in it. */
static gboolean
works_behind_filter (gconstpointer data)
{
  return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
         && (!gbx_decoder_restrict_calls () || works (data));
}

/* What there is in this kernel, for this account, by the kernel's own word: a wall that is
 * not raised although it could be is no reason to skip its test. */
static gboolean
kernel_has_seccomp (void)
{
  guint32 action = SECCOMP_RET_ERRNO;

  return syscall (SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static gboolean
kernel_has_landlock (void)
{
  return syscall (SYS_landlock_create_ruleset, NULL, 0, 1 /* its version */) >= 1;
}

static gboolean
can_mount (gconstpointer data)
{
  return unshare (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == 0
         && mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static void
test_calls (void)
{
  if (!kernel_has_seccomp ())
    {
      g_test_skip ("the kernel has no seccomp filters");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_test_message ("%s", calls[i].what);
      if (runs_true (works, &calls[i]))
        g_assert_false (runs_true (works_behind_filter, &calls[i]));
      else if (!calls[i].may_be_missing)
        g_error ("%s does not work without walls either", calls[i].what);
      else
        g_test_message ("  not to be had here anyway");
    }
}

/* The numbers of another architecture are not a way around: it ends. */
#ifdef __x86_64__
static void
test_32_bit (void)
{
  int status = 0;
  pid_t pid;

  if (!kernel_has_seccomp ())
    {
      g_test_skip ("the kernel has no seccomp filters");
      return;
    }
  pid = fork ();
  if (pid == 0)
    {
      long result = 20; /* getpid */

      gbx_decoder_raise_walls ();
      __asm__ volatile("int $0x80" : "+a"(result) : : "r8", "r9", "r10", "r11", "memory");
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));
}
#endif

/* ------------------------------------------------------ one wall at a time -- */

static gboolean
can_connect (gconstpointer data)
{
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  g_strlcpy (address.sun_path, listening, sizeof address.sun_path);
  return connect (fd, (struct sockaddr *)&address, sizeof address) == 0;
}

static gboolean
can_connect_without_path (gconstpointer data)
{
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  return connect (fd, (struct sockaddr *)&hidden, hidden_size) == 0;
}

static gboolean
is_alone_in_namespaces (gconstpointer data)
{
  return gbx_decoder_enter_namespaces () && open (secret, O_RDONLY) < 0 && access ("/usr", F_OK) < 0
         && access ("/proc", F_OK) < 0 && open ("/x", O_WRONLY | O_CREAT, 0600) < 0
         && !can_connect (NULL) && !can_connect_without_path (NULL);
}

static void
test_namespaces (void)
{
  g_assert_true (runs_true (can_connect, NULL));
  g_assert_true (runs_true (can_connect_without_path, NULL));
  if (!runs_true (can_mount, NULL))
    g_test_skip ("there are no namespaces for this account");
  else
    g_assert_true (runs_true (is_alone_in_namespaces, NULL));
}

static gboolean
opens_nothing (gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (secret);
  g_autofree char *new = g_strconcat (secret, ".new", NULL);

  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return gbx_decoder_restrict_files () && open (secret, O_RDONLY) < 0 && errno == EACCES
         && open (folder, O_RDONLY | O_DIRECTORY) < 0 && open (new, O_WRONLY | O_CREAT, 0600) < 0
         && unlink (secret) < 0;
}

static void
test_landlock (void)
{
  if (!kernel_has_landlock ())
    g_test_skip ("the kernel has no Landlock");
  else
    g_assert_true (runs_true (opens_nothing, NULL));
}

/* ------------------------------------------------------ as others see it -- */

static char *
read_status (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", pid);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
assert_confined (pid_t pid)
{
  g_autofree char *status = read_status (pid);
  g_autofree char *maps = g_strdup_printf ("/proc/%d/maps", pid);

  g_assert_nonnull (strstr (status, "\nNoNewPrivs:\t1\n"));
  g_assert_nonnull (strstr (status, "\nSeccomp:\t2\n"));
  g_assert_nonnull (strstr (status, "\nCapEff:\t0000000000000000\n"));
  g_assert_nonnull (strstr (status, "\nThreads:\t1\n"));
  /* Not dumpable: nobody of this account looks into it. */
  if (geteuid () != 0)
    g_assert_cmpint (open (maps, O_RDONLY), ==, -1);
}

/* The program that is installed, from its first word on. */
static void
test_program (gconstpointer protocol)
{
  const char *folder = g_getenv ("GLOVEBOX_PROGRAM_PATH");
  g_autofree char *program = g_build_filename (folder ? folder : ".", "glovebox-display", NULL);
  GbxDisplayMessage message;
  guint8 packet[100];
  int sockets[2];
  ssize_t size;
  pid_t pid;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      dup2 (sockets[1], 0);
      execl (program, program, (const char *)protocol, NULL);
      _exit (127);
    }
  close (sockets[1]);
  size = recv (sockets[0], packet, sizeof packet, 0);
  g_assert_true (
      gbx_display_message_decode (&message, GBX_DISPLAY_TO_WINDOW, packet, (gsize)size, 0));
  g_assert_cmpuint (message.type, ==, GBX_DISPLAY_HELLO);
  g_assert_cmpuint (message.args[1], ==,
                    (kernel_has_seccomp () ? GBX_DISPLAY_WALL_SECCOMP : 0)
                        | (kernel_has_landlock () ? GBX_DISPLAY_WALL_LANDLOCK : 0)
                        | (runs_true (can_mount, NULL) ? GBX_DISPLAY_WALL_NAMESPACES : 0));
  if (kernel_has_seccomp ())
    assert_confined (pid);
  else
    g_test_skip ("the kernel has no seccomp filters");
  /* It does not outlive the window. */
  close (sockets[0]);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

/* --------------------------------------------------------------- set-up -- */

static int
listen_at (const struct sockaddr_un *address, socklen_t size)
{
  int fd = socket (AF_UNIX, SOCK_STREAM, 0);

  g_assert_cmpint (bind (fd, (const struct sockaddr *)address, size), ==, 0);
  g_assert_cmpint (listen (fd, 5), ==, 0);
  return fd;
}

static void
set_up (const char *folder)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  secret = g_build_filename (folder, "secret", NULL);
  listening = g_build_filename (folder, "socket", NULL);
  g_assert_true (g_file_set_contents (secret, "secret", -1, NULL));
  g_strlcpy (address.sun_path, listening, sizeof address.sun_path);
  listen_at (&address, sizeof address);
  hidden.sun_family = AF_UNIX;
  g_snprintf (hidden.sun_path + 1, sizeof hidden.sun_path - 1, "gbx-walls-%d", getpid ());
  hidden_size
      = (socklen_t)(offsetof (struct sockaddr_un, sun_path) + 1 + strlen (hidden.sun_path + 1));
  listen_at (&hidden, hidden_size);
  plain_memory = memfd_create ("memory", 0);
  g_assert_cmpint (ftruncate (plain_memory, 4096), ==, 0);
  victim = fork ();
  if (victim == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      pause ();
      _exit (0);
    }
}

static void
clean_up (const char *folder)
{
  static const char *const names[] = { "secret", "secret.new", "secret.old", "socket" };

  kill (victim, SIGKILL);
  waitpid (victim, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("gbx-walls-XXXXXX", NULL);
  int result;

  g_test_init (&argc, &argv, NULL);
  set_up (folder);
  g_test_add_func ("/decoder/calls", test_calls);
#ifdef __x86_64__
  g_test_add_func ("/decoder/calls-of-32-bit", test_32_bit);
#endif
  g_test_add_func ("/decoder/namespaces", test_namespaces);
  g_test_add_func ("/decoder/landlock", test_landlock);
  g_test_add_data_func ("/decoder/program-for-spice", "spice", test_program);
  g_test_add_data_func ("/decoder/program-for-vnc", "vnc", test_program);
  result = g_test_run ();
  clean_up (folder);
  return result;
}
