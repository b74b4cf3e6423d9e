/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The init of a small guest with two NUMA nodes and control groups, which measures what limits
 * do: the policies of memory that the emulator jail sets, and the scopes of a real systemd of a
 * user.  It writes lines to the serial port, "WHAT FIGURE…", and powers off.
 *
 *   Kernel command line: … gbx.uid=UID gbx.build=FOLDER
 *   In the initial file system: /modules/ as of a sandbox, /script, a program for sh that an
 *   ordinary user runs.
 *   9p: usr, etc, build. */

#include "tuning.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1UL << 20)
#define GROUP "/sys/fs/cgroup/user"

static void __attribute__ ((noreturn))
power_off (void)
{
  fflush (stdout);
  /* Otherwise what was written last is lost. */
  fsync (STDOUT_FILENO);
  usleep (200000);
  if (ioperm (0x64, 1, 1) == 0)
    outb (0xfe, 0x64);
  reboot (RB_AUTOBOOT);
  for (;;)
    pause ();
}

static void
need (int good, const char *what)
{
  if (good)
    return;
  printf ("failed %s: %s\n", what, strerror (errno));
  power_off ();
}

static void
write_text (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  need (fd >= 0 && write (fd, text, strlen (text)) == (ssize_t) strlen (text), path);
  close (fd);
}

/* --------------------------------------------------------------- modules -- */

static void
load_modules (void)
{
  FILE *order = fopen ("/modules/order", "re");
  char name[200], path[300];

  need (order != NULL, "modules");
  while (fgets (name, sizeof name, order))
    {
      int fd;

      name[strcspn (name, "\n")] = '\0';
      snprintf (path, sizeof path, "/modules/%s", name);
      fd = open (path, O_RDONLY | O_CLOEXEC);
      need (fd >= 0 && (syscall (SYS_finit_module, fd, "", 0) == 0 || errno == EEXIST), path);
      close (fd);
    }
  fclose (order);
}

/* ----------------------------------------------------------------- nodes -- */

/* How many pages of the mapping at that address each node has. */
static void
count_pages (const void *memory, long pages[2])
{
  FILE *maps = fopen ("/proc/self/numa_maps", "re");
  char line[1000];

  pages[0] = pages[1] = 0;
  while (maps && fgets (line, sizeof line, maps))
    {
      char *first = strstr (line, " N0="), *second = strstr (line, " N1=");

      if (strtoul (line, NULL, 16) != (unsigned long) memory)
        continue;
      pages[0] = first ? atol (first + 4) : 0;
      pages[1] = second ? atol (second + 4) : 0;
    }
  if (maps)
    fclose (maps);
}

/* In a child, what "words" say is set; then it takes memory. */
static void
measure_nodes (const char *title, const char *const *words)
{
  size_t size = 40 * MIB;
  pid_t child;

  fflush (stdout);
  child = fork ();
  if (child == 0)
    {
      Tuning tuning;
      const char *failed;
      long pages[2];
      void *memory;

      tuning_init (&tuning);
      for (; *words; words += 2)
        need (tuning_take (&tuning, words[0], words[1]), words[0]);
      failed = tuning_apply (&tuning);
      need (!failed, failed);
      memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      memset (memory, 1, size);
      count_pages (memory, pages);
      printf ("%s %ld %ld\n", title, pages[0], pages[1]);
      fflush (stdout);
      _exit (0);
    }
  waitpid (child, NULL, 0);
}

static void
measure_all_nodes (void)
{
  measure_nodes ("nodes-any", (const char *[]) { NULL });
  measure_nodes ("nodes-strict",
                 (const char *[]) { "memory-mode", "strict", "memory-nodes", "1", NULL });
  measure_nodes ("nodes-preferred",
                 (const char *[]) { "memory-mode", "preferred", "memory-nodes", "1", NULL });
  measure_nodes ("nodes-interleave",
                 (const char *[]) { "memory-mode", "interleave", "memory-nodes", "0-1", NULL });
}

/* ---------------------------------------------------------------- scopes -- */

/* With its parents. */
static void
make_folder (const char *path)
{
  char part[PATH_MAX];

  snprintf (part, sizeof part, "%s", path);
  for (char *at = part + 1; *at; at++)
    if (*at == '/')
      {
        *at = '\0';
        mkdir (part, 0755);
        *at = '/';
      }
  mkdir (part, 0755);
}

static void
mount_at (const char *tag, const char *type, const char *at, const char *options)
{
  make_folder (at);
  need (mount (tag, at, type, 0, options) == 0, at);
}

static void
enter_root (const char *build)
{
  static const char share[] = "trans=virtio,version=9p2000.L,msize=262144,cache=loose,access=any";
  static const char *const links[] = { "bin", "sbin", "lib", "lib64" };
  char path[PATH_MAX];

  mount_at ("root", "tmpfs", "/root", NULL);
  mount_at ("usr", "9p", "/root/usr", share);
  mount_at ("etc", "9p", "/root/etc", share);
  snprintf (path, sizeof path, "/root%s", build);
  mount_at ("build", "9p", path, share);
  need (chroot ("/root") == 0 && chdir ("/") == 0, "root");
  for (size_t i = 0; i < sizeof links / sizeof *links; i++)
    {
      snprintf (path, sizeof path, "usr/%s", links[i]);
      need (symlink (path, links[i]) == 0, links[i]);
    }
  mount_at ("dev", "devtmpfs", "/dev", NULL);
  mount_at ("proc", "proc", "/proc", NULL);
  mount_at ("sys", "sysfs", "/sys", NULL);
  mount_at ("groups", "cgroup2", "/sys/fs/cgroup", NULL);
  mount_at ("run", "tmpfs", "/run", NULL);
  mount_at ("tmp", "tmpfs", "/tmp", NULL);
  /* By this a systemd knows that it may run. */
  make_folder ("/run/systemd/system");
  make_folder ("/run/user");
}

/* As systemd's unit user@.service does: a part of the tree that belongs to the user. */
static void
delegate (uid_t uid)
{
  static const char *const files[] = { "", "/cgroup.procs", "/cgroup.subtree_control",
                                       "/cgroup.threads" };
  char path[200];

  write_text ("/sys/fs/cgroup/cgroup.subtree_control", "+cpu +memory +pids");
  make_folder (GROUP "/manager");
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    {
      snprintf (path, sizeof path, GROUP "%s", files[i]);
      need (chown (path, uid, uid) == 0, path);
      snprintf (path, sizeof path, GROUP "/manager%s", files[i]);
      need (chown (path, uid, uid) == 0, path);
    }
  need (chown ("/run/user", uid, uid) == 0 && chown ("/tmp", uid, uid) == 0, "folders");
  chmod ("/run/user", 0700);
}

static void
run_script (const char *script, uid_t uid, const char *build)
{
  static char *const environment[] = {
    "PATH=/usr/bin", "HOME=/tmp", "XDG_RUNTIME_DIR=/run/user", "LC_ALL=C.UTF-8",
    "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/bus", NULL,
  };
  pid_t child;

  fflush (stdout);
  child = fork ();
  if (child == 0)
    {
      write_text (GROUP "/cgroup.procs", "0");
      need (setgroups (0, NULL) == 0 && setresgid (uid, uid, uid) == 0 &&
                setresuid (uid, uid, uid) == 0 && chdir ("/tmp") == 0,
            "user");
      execle ("/usr/bin/sh", "sh", "-c", script, "script", build, NULL, environment);
      need (0, "sh");
    }
  waitpid (child, NULL, 0);
}

static char *
read_file (const char *path)
{
  static char text[1 << 14];
  FILE *file = fopen (path, "re");

  need (file != NULL, path);
  text[fread (text, 1, sizeof text - 1, file)] = '\0';
  fclose (file);
  return strdup (text);
}

/* The word after "name=" in the kernel's command line. */
static char *
get_option (const char *name)
{
  char *line = read_file ("/proc/cmdline"), *found = strstr (line, name);

  need (found != NULL, name);
  found += strlen (name);
  found[strcspn (found, " \n")] = '\0';
  return found;
}

int
main (void)
{
  uid_t uid;
  char *build, *script;

  mount_at ("proc", "proc", "/proc", NULL);
  mount_at ("sys", "sysfs", "/sys", NULL);
  mount_at ("dev", "devtmpfs", "/dev", NULL);
  if (!freopen ("/dev/ttyS0", "w", stdout) || dup2 (1, 2) < 0)
    power_off ();
  measure_all_nodes ();
  load_modules ();
  uid = (uid_t) atoi (get_option ("gbx.uid="));
  build = get_option ("gbx.build=");
  script = read_file ("/script");
  enter_root (build);
  delegate (uid);
  run_script (script, uid, build);
  puts ("end");
  power_off ();
}
