/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Makes system calls in the name of another process, as whoever has escaped into
 * it would: stops one of its threads, lets it make the call, and lets it go on as
 * if nothing had been.  For tests; x86-64 only.
 *
 *   inject PID
 *   inject --from-start FOLDER PROGRAM ARGUMENT…
 *
 * The second becomes the program, and a child of it stays at its back from its first
 * instruction on: for one that nobody may look into later.  That child is spoken with by
 * the pipes "in" and "out" of the folder.
 *
 * It says "ready ADDRESS", where ADDRESS is that of 64 KiB of memory which it has
 * got in the other process, and then obeys its standard input, line by line:
 *
 *   call NUMBER ARGUMENT…   → "= RESULT", a negative one being an error's number;
 *                             "blocked", "executed" or "ended SIGNAL"
 *   put ADDRESS HEX         → "= 0"
 *   get ADDRESS LENGTH      → "= HEX"
 */

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SCRATCH_SIZE 65536
#define CALL_SECONDS 5
#define ARGUMENTS_MAX 6
#define SIGNALS_MAX 64

typedef enum
{
  OUTCOME_RESULT,
  OUTCOME_BLOCKED,
  OUTCOME_EXECUTED,
  OUTCOME_ENDED,
} Outcome;

static pid_t target;
static int memory;      /* its /proc/PID/mem */
static uint64_t gate;   /* a "syscall" instruction in it */
static int signals[SIGNALS_MAX];
static int n_signals;   /* that came while it was stopped */
static bool is_attached; /* for good */
static bool is_stopped;  /* at its first instruction */

static void __attribute__ ((noreturn, format (printf, 1, 2)))
fail (const char *format, ...)
{
  int code = errno;
  va_list args;

  fputs ("inject: ", stderr);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fprintf (stderr, ": %s\n", strerror (code));
  exit (2);
}

/* ------------------------------------------------------------- finding -- */

static uint64_t
find_in (uint64_t begin, uint64_t end)
{
  size_t size = end - begin;
  unsigned char *code = malloc (size);
  uint64_t found = 0;

  if (!code || pread (memory, code, size, begin) != (ssize_t) size)
    fail ("cannot read the memory of %d", target);
  for (size_t i = 0; i + 1 < size && !found; i++)
    if (code[i] == 0x0f && code[i + 1] == 0x05)
      found = begin + i;
  free (code);
  return found;
}

/* The kernel maps its vDSO into every process, and there is one in it. */
static void
find_gate (void)
{
  char path[64], line[512];
  uint64_t begin, end;
  FILE *maps;

  snprintf (path, sizeof path, "/proc/%d/maps", target);
  maps = fopen (path, "re");
  if (!maps)
    fail ("cannot read %s", path);
  while (!gate && fgets (line, sizeof line, maps))
    if (strstr (line, "[vdso]") && sscanf (line, "%" SCNx64 "-%" SCNx64, &begin, &end) == 2)
      gate = find_in (begin, end);
  fclose (maps);
  errno = ENOENT;
  if (!gate)
    fail ("no system call instruction in %d", target);
}

/* ------------------------------------------------------------ stopping -- */

/* Whether it has stopped, or ended, within that time. */
static bool
await (int *status, int seconds)
{
  struct timespec pause = { 0, 1000000 };

  for (int i = 0; i < seconds * 1000; i++)
    {
      pid_t pid = waitpid (target, status, __WALL | WNOHANG);

      if (pid == target)
        return true;
      if (pid < 0)
        fail ("cannot wait for %d", target);
      nanosleep (&pause, NULL);
    }
  return false;
}

static bool
is_event (int status, int event)
{
  return WIFSTOPPED (status) && status >> 16 == event;
}

static void
stop (void)
{
  int status;

  if (is_stopped)
    return;
  if ((!is_attached && ptrace (PTRACE_SEIZE, target, 0, PTRACE_O_TRACEEXEC) != 0) ||
      ptrace (PTRACE_INTERRUPT, target, 0, 0) != 0)
    fail ("cannot stop %d", target);
  errno = ETIMEDOUT;
  if (!await (&status, CALL_SECONDS) || !WIFSTOPPED (status))
    fail ("%d does not stop", target);
  if (status >> 16 == 0)
    signals[n_signals++] = WSTOPSIG (status);
}

/* Signals that came in between are sent to it again. */
static void
release (void)
{
  is_stopped = false;
  ptrace (is_attached ? PTRACE_CONT : PTRACE_DETACH, target, 0, 0);
  while (n_signals > 0)
    syscall (SYS_tgkill, target, target, signals[--n_signals]);
}

/* ------------------------------------------------------------- calling -- */

/* One instruction, the system call, from where the registers point to. */
static Outcome
step (int *number)
{
  int status;

  for (;;)
    {
      if (ptrace (PTRACE_SINGLESTEP, target, 0, 0) != 0)
        fail ("cannot let %d go on", target);
      if (!await (&status, CALL_SECONDS))
        {
          ptrace (PTRACE_INTERRUPT, target, 0, 0);
          if (!await (&status, CALL_SECONDS))
            fail ("%d does not stop again", target);
          return OUTCOME_BLOCKED;
        }
      if (WIFSIGNALED (status) || WIFEXITED (status))
        {
          *number = WIFSIGNALED (status) ? WTERMSIG (status) : 0;
          return OUTCOME_ENDED;
        }
      if (is_event (status, PTRACE_EVENT_EXEC))
        return OUTCOME_EXECUTED;
      if (WSTOPSIG (status) == SIGTRAP && status >> 16 == 0)
        return OUTCOME_RESULT;
      if (status >> 16 == 0 && n_signals < SIGNALS_MAX)
        signals[n_signals++] = WSTOPSIG (status);
    }
}

static Outcome
make_call (const uint64_t *numbers, int64_t *result)
{
  struct user_regs_struct before, during;
  int number = 0;
  Outcome outcome;

  stop ();
  if (ptrace (PTRACE_GETREGS, target, 0, &before) != 0)
    fail ("cannot read the registers of %d", target);
  during = before;
  during.rip = gate;
  during.orig_rax = -1; /* what was interrupted is not to begin again yet */
  during.rax = numbers[0];
  during.rdi = numbers[1];
  during.rsi = numbers[2];
  during.rdx = numbers[3];
  during.r10 = numbers[4];
  during.r8 = numbers[5];
  during.r9 = numbers[6];
  if (ptrace (PTRACE_SETREGS, target, 0, &during) != 0)
    fail ("cannot set the registers of %d", target);
  outcome = step (&number);
  *result = number;
  if (outcome == OUTCOME_ENDED)
    return outcome;
  if (outcome == OUTCOME_RESULT && ptrace (PTRACE_GETREGS, target, 0, &during) == 0)
    *result = during.rax;
  if (outcome != OUTCOME_EXECUTED)
    ptrace (PTRACE_SETREGS, target, 0, &before);
  release ();
  return outcome;
}

/* ------------------------------------------------------------- obeying -- */

static void
obey_call (char *rest)
{
  uint64_t numbers[1 + ARGUMENTS_MAX] = { 0 };
  int64_t result = 0;
  int n = 0;

  for (char *word = strtok (rest, " "); word && n <= ARGUMENTS_MAX; word = strtok (NULL, " "))
    numbers[n++] = word[0] == '-' ? (uint64_t) strtoll (word, NULL, 0) : strtoull (word, NULL, 0);
  switch (make_call (numbers, &result))
    {
    case OUTCOME_RESULT:
      printf ("= %" PRId64 "\n", result);
      break;
    case OUTCOME_BLOCKED:
      printf ("blocked\n");
      break;
    case OUTCOME_EXECUTED:
      printf ("executed\n");
      exit (0);
    case OUTCOME_ENDED:
      printf ("ended %" PRId64 "\n", result);
      exit (0);
    }
}

static void
obey_put (char *rest)
{
  uint64_t address = strtoull (rest, &rest, 0);
  unsigned byte;

  for (rest += strspn (rest, " "); sscanf (rest, "%2x", &byte) == 1; rest += 2, address++)
    if (pwrite (memory, &(unsigned char) { byte }, 1, address) != 1)
      fail ("cannot write in the memory of %d", target);
  printf ("= 0\n");
}

static void
obey_get (char *rest)
{
  uint64_t address = strtoull (rest, &rest, 0);
  uint64_t length = strtoull (rest, NULL, 0);
  unsigned char byte;

  printf ("= ");
  for (; length > 0; length--, address++)
    {
      if (pread (memory, &byte, 1, address) != 1)
        fail ("cannot read the memory of %d", target);
      printf ("%02x", byte);
    }
  printf ("\n");
}

static void
open_target (const char *pid)
{
  char path[64];

  target = atoi (pid);
  snprintf (path, sizeof path, "/proc/%d/mem", target);
  memory = open (path, O_RDWR | O_CLOEXEC);
  if (memory < 0)
    fail ("cannot open %s", path);
  find_gate ();
}

static void
get_scratch (void)
{
  uint64_t numbers[] = { SYS_mmap, 0, SCRATCH_SIZE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0 };
  int64_t address = 0;

  if (make_call (numbers, &address) != OUTCOME_RESULT || (address < 0 && address > -4096))
    {
      errno = address < 0 ? -address : EPERM;
      fail ("cannot get memory in %d", target);
    }
  printf ("ready 0x%" PRIx64 "\n", address);
}

/* Until something is asked.  Who is attached for good is told of the other's signals and
 * of its end, before its parent is. */
static void
attend (void)
{
  struct pollfd question = { STDIN_FILENO, POLLIN, 0 };
  int status;

  while (is_attached && poll (&question, 1, 50) == 0)
    if (waitpid (target, &status, __WALL | WNOHANG) == target)
      {
        if (WIFEXITED (status) || WIFSIGNALED (status))
          exit (0);
        ptrace (PTRACE_CONT, target, 0, status >> 16 == 0 ? WSTOPSIG (status) : 0);
      }
}

/* The program's descriptors are not ours to keep open. */
static void
use_pipes (const char *folder)
{
  char in[4096], out[4096];

  snprintf (in, sizeof in, "%s/in", folder);
  snprintf (out, sizeof out, "%s/out", folder);
  /* Both ways, or it would wait for the other side. */
  if (!freopen (in, "r+", stdin) || !freopen (out, "r+", stdout))
    fail ("cannot open the pipes in %s", folder);
  close_range (3, ~0U, 0);
}

/* The child: seizes its parent, and has it stop where the program begins. */
static void
seize_parent (int ready)
{
  int status;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  target = getppid ();
  if (ptrace (PTRACE_SEIZE, target, 0, PTRACE_O_TRACEEXEC) != 0)
    fail ("cannot seize %d", target);
  is_attached = true;
  if (write (ready, "", 1) != 1 || !await (&status, CALL_SECONDS) ||
      !is_event (status, PTRACE_EVENT_EXEC))
    fail ("%d does not begin", target);
  /* Out of the execve(), to the first instruction. */
  ptrace (PTRACE_INTERRUPT, target, 0, 0);
  ptrace (PTRACE_CONT, target, 0, 0);
  if (!await (&status, CALL_SECONDS) || !WIFSTOPPED (status))
    fail ("%d does not stop", target);
  is_stopped = true;
}

/* Returns in the child only. */
static void
become (char **command, const char *folder)
{
  int ready[2];
  char byte;

  if (pipe (ready) != 0)
    fail ("cannot make a pipe");
  prctl (PR_SET_PTRACER, PR_SET_PTRACER_ANY);
  if (fork () == 0)
    {
      seize_parent (ready[1]);
      use_pipes (folder);
      return;
    }
  close (ready[1]);
  if (read (ready[0], &byte, 1) == 1)
    {
      close (ready[0]);
      execv (command[0], command);
    }
  fail ("cannot become %s", command[0]);
}

int
main (int argc, char **argv)
{
  char *line = NULL;
  size_t size = 0;
  char pid[16];

  if (argc != 2 && (argc < 4 || strcmp (argv[1], "--from-start") != 0))
    {
      fprintf (stderr, "Usage: inject PID\n       inject --from-start FOLDER PROGRAM ARGUMENT…\n");
      return 2;
    }
  if (argc > 2)
    {
      become (argv + 3, argv[2]);
      snprintf (pid, sizeof pid, "%d", target);
    }
  setvbuf (stdout, NULL, _IOLBF, 0);
  open_target (argc > 2 ? pid : argv[1]);
  get_scratch ();
  for (attend (); getline (&line, &size, stdin) > 0; attend ())
    {
      line[strcspn (line, "\n")] = '\0';
      if (strncmp (line, "call ", 5) == 0)
        obey_call (line + 5);
      else if (strncmp (line, "put ", 4) == 0)
        obey_put (line + 4);
      else if (strncmp (line, "get ", 4) == 0)
        obey_get (line + 4);
    }
  free (line);
  return 0;
}
