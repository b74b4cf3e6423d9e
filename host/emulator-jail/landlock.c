/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The second wall: only paths in the rules can be opened, even if other files are visible. */

#include "jail.h"
#include "access.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock 4 (Linux 6.7): binding and connecting by TCP. */
#define NET_ALL UINT64_C (3)
/* Landlock 6 (6.12): abstract sockets and signals of processes outside. */
#define SCOPE_ALL UINT64_C (3)

/* The kernel's own structure as far as it is known today. */
typedef struct
{
  uint64_t handled_access_fs, handled_access_net, scoped;
} Attributes;

static void
allow (int ruleset, const Rule *rule, uint64_t newer)
{
  struct landlock_path_beneath_attr attr = { .allowed_access = rule->verb->access };
  struct stat st;

  if (rule->verb->writable)
    attr.allowed_access |= newer;
  attr.parent_fd = open_path (rule->at, rule->verb->links);
  if (attr.parent_fd < 0 && rule->verb->links == LINKS_KEPT)
    return; /* what is not there needs no permission */
  if (attr.parent_fd < 0 || fstat (attr.parent_fd, &st) != 0)
    fail ("cannot examine %s", rule->at);
  if (!S_ISDIR (st.st_mode))
    attr.allowed_access &= ACCESS_OF_FILE | ACCESS_TRUNCATE | ACCESS_IOCTL_DEVICE;
  /* QEMU may not use device nodes in a share. */
  if (rule->verb->links != LINKS_KEPT)
    attr.allowed_access &= ~ACCESS_IOCTL_DEVICE;
  if (syscall (SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr, 0) != 0)
    fail ("cannot allow %s", rule->at);
  close (attr.parent_fd);
}

static size_t
size_for (int version)
{
  if (version < 4)
    return offsetof (Attributes, handled_access_net);
  return version < 6 ? offsetof (Attributes, scoped) : sizeof (Attributes);
}

void
restrict_files (const Jail *jail)
{
  int version = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  uint64_t newer = (version >= 2 ? ACCESS_REFER : 0) | (version >= 3 ? ACCESS_TRUNCATE : 0) |
                   (version >= 5 ? ACCESS_IOCTL_DEVICE : 0);
  Attributes attr = { ACCESS_ALL | newer, NET_ALL, SCOPE_ALL };
  int ruleset;

  if (version < 1)
    fail ("the kernel does not offer Landlock, which confines QEMU (boot it with "
          "lsm=landlock,lockdown,yama,integrity,apparmor)");
  ruleset = syscall (SYS_landlock_create_ruleset, &attr, size_for (version), 0);
  if (ruleset < 0)
    fail ("cannot make a Landlock ruleset");
  for (size_t i = 0; i < jail->n_rules; i++)
    allow (ruleset, &jail->rules[i], newer);
  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      syscall (SYS_landlock_restrict_self, ruleset, 0) != 0)
    fail ("cannot enforce the Landlock ruleset");
  close (ruleset);
}
