/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tuning.h"

/* What to do with links in the path of a rule. */
typedef enum
{
  LINKS_KEPT,     /* of the system: the target of a link has its own rule if it needs one;
                   * on another system the path may be missing */
  LINKS_FOLLOWED, /* created by Glovebox */
  LINKS_REFUSED,  /* of the user: a folder may have been replaced by a link since the launch
                   * checked it */
} Links;

/* The rights of a rule's verb. */
typedef struct
{
  const char *name;
  uint64_t access; /* of Landlock */
  bool writable;   /* the mount */
  Links links;
} Verb;

typedef struct
{
  const Verb *verb;
  char *from, *at; /* on the host, and as QEMU sees it */
  char *link;      /* the target of the link at that place; or NULL */
  int tree;        /* a detached mount of it; or -1 */
} Rule;

#define RULES_MAX 256
/* The console, the network, and one for each share. */
#define SOCKETS_MAX 18

/* The configuration of this launch. */
typedef struct
{
  bool isolated, with_landlock, with_filter;
  Rule rules[RULES_MAX];
  size_t n_rules;
  char *sockets[SOCKETS_MAX]; /* that QEMU gets a connection to */
  size_t n_sockets;
  Tuning tuning;
} Jail;

/* Prints what failed, with the text of errno, and exits. */
void fail (const char *format, ...) __attribute__ ((noreturn, format (printf, 1, 2)));

/* rules.c: reads the file that the launch has written. */
void jail_read (Jail *jail, const char *path);
void jail_add_rule (Jail *jail, const char *verb, char *from, char *at);
/* Opens a path, and treats links as given; -1 and errno. */
int open_path (const char *path, Links links);
/* Before the walls: niceness, scheduler and so on. */
void jail_tune (const Jail *jail);

/* arguments.c: opens what QEMU would otherwise open itself, and passes it on. */
void jail_add_key (Jail *jail, char **argv);
void jail_connect (const Jail *jail, char **argv);

/* namespaces.c, root.c: a file system that contains only the paths in the rules. */
bool enter_namespaces (void);
bool mount_new_root (void);
void change_root (Jail *jail);

/* landlock.c: only these paths can be opened. */
void restrict_files (const Jail *jail);

/* filter.c, calls.c: the allowed system calls. */
void leave_keyring (void);
void filter_and_execute (const char *program, char **argv) __attribute__ ((noreturn));

typedef struct
{
  const char *const *names;
  size_t n;
} Calls;

/* System calls that QEMU may make with any arguments. */
extern const Calls calls_allowed;
/* System calls that only an attacker would make in QEMU. */
extern const Calls calls_fatal;
