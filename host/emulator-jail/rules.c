/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rules of a launch, as libglovebox/qemu/gbx-jail.c writes them. */

#include "jail.h"
#include "access.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const Verb verbs[] = {
  { "system-read", ACCESS_READ, false, LINKS_KEPT },
  { "system-write", ACCESS_WRITE, true, LINKS_KEPT },
  { "own-read", ACCESS_READ, false, LINKS_FOLLOWED },
  { "read", ACCESS_READ, false, LINKS_REFUSED },
  { "write", ACCESS_WRITE, true, LINKS_REFUSED },
};

static const Verb *
find_verb (const char *name)
{
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
    if (strcmp (name, verbs[i].name) == 0)
      return &verbs[i];
  errno = EINVAL;
  fail ("unknown rule “%s”", name);
}

void
jail_add_rule (Jail *jail, const char *verb, char *from, char *at)
{
  if (!from || !at || from[0] != '/' || at[0] != '/')
    {
      errno = EINVAL;
      fail ("malformed rule “%s”", verb);
    }
  if (jail->n_rules == RULES_MAX)
    {
      errno = E2BIG;
      fail ("too many rules");
    }
  jail->rules[jail->n_rules++] = (Rule) { find_verb (verb), from, at, NULL, -1 };
}

static void
add_socket (Jail *jail, char *path)
{
  errno = EINVAL;
  if (!path || path[0] != '/' || jail->n_sockets == SOCKETS_MAX)
    fail ("malformed rule “connect”");
  jail->sockets[jail->n_sockets++] = path;
}

/* The next part, or NULL at the end. */
static char *
read_part (FILE *file)
{
  char *part = NULL;
  size_t size = 0;
  ssize_t length = getdelim (&part, &size, '\0', file);

  if (length > 0 && part[length - 1] != '\0')
    {
      errno = EINVAL;
      fail ("the rules end within “%s”", part);
    }
  if (length > 0)
    return part;
  free (part);
  return NULL;
}

static void
read_tuning (Jail *jail, const char *word, const char *value)
{
  errno = EINVAL;
  if (!value || !tuning_take (&jail->tuning, word, value))
    fail ("malformed rule “%s”", word);
}

static void
read_rule (Jail *jail, const char *verb, FILE *file)
{
  char *from = read_part (file);

  if (tuning_knows (verb))
    read_tuning (jail, verb, from);
  else if (strcmp (verb, "connect") == 0)
    add_socket (jail, from);
  else
    jail_add_rule (jail, verb, from, read_part (file));
}

/* Parts that end with a NUL each, since a path may hold anything else: the walls that
 * are asked for, then of each rule the verb, the host's path, and but for a socket the
 * path for QEMU.  Tuning is a word and its value. */
void
jail_read (Jail *jail, const char *path)
{
  FILE *file = fopen (path, "re");
  char *part;

  if (!file)
    fail ("cannot read the rules %s", path);
  tuning_init (&jail->tuning);
  for (; (part = read_part (file)); free (part))
    {
      if (strcmp (part, "isolate") == 0)
        jail->isolated = true;
      else if (strcmp (part, "landlock") == 0)
        jail->with_landlock = true;
      else if (strcmp (part, "filter") == 0)
        jail->with_filter = true;
      else
        read_rule (jail, part, file);
    }
  fclose (file);
}

void
jail_tune (const Jail *jail)
{
  const char *failed = tuning_apply (&jail->tuning);

  if (failed)
    fail ("cannot set the %s", failed);
}

int
open_path (const char *path, Links links)
{
  struct open_how how = {
    .flags = O_PATH | O_CLOEXEC, .resolve = links == LINKS_REFUSED ? RESOLVE_NO_SYMLINKS : 0
  };

  return syscall (SYS_openat2, AT_FDCWD, path, &how, sizeof how);
}
