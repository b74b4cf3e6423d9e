/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What to do with links in the path of a rule. */
typedef enum
{
  LINKS_KEPT,     /* of the system: what a link leads to has a rule, or has none for
                   * good reason; another system may lack it */
  LINKS_FOLLOWED, /* of Glovebox's own making */
  LINKS_REFUSED,  /* of the user: a folder may have been exchanged for a link since
                   * the launch looked at it */
} Links;

/* What a rule's verb gives. */
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
  char *link;      /* what the link at that place leads to; or NULL */
  int tree;        /* a mount of it, not yet anywhere; or -1 */
} Rule;

#define RULES_MAX 256
#define SOCKETS_MAX 4

/* What the launch has asked for. */
typedef struct
{
  bool isolated, with_landlock, with_filter;
  Rule rules[RULES_MAX];
  size_t n_rules;
  char *sockets[SOCKETS_MAX]; /* that QEMU is to be connected to */
  size_t n_sockets;
} Jail;

/* Says what could not be done, with what errno tells, and ends the start. */
void fail (const char *format, ...) __attribute__ ((noreturn, format (printf, 1, 2)));

/* rules.c: reads the file that the launch has written. */
void jail_read (Jail *jail, const char *path);
void jail_add_rule (Jail *jail, const char *verb, char *from, char *at);
/* Opens a path for what it names, with its links treated as told; -1 and errno. */
int open_path (const char *path, Links links);

/* arguments.c: what QEMU would have to look for by itself, it is handed. */
void jail_add_key (Jail *jail, char **argv);
void jail_connect (const Jail *jail, char **argv);

/* namespaces.c, root.c: a file system with nothing in it but what the rules name. */
bool enter_namespaces (void);
bool mount_new_root (void);
void change_root (Jail *jail);

/* landlock.c: nothing but that can be opened. */
void restrict_files (const Jail *jail);

/* filter.c, calls.c: which system calls are made. */
void leave_keyring (void);
void filter_and_execute (const char *program, char **argv) __attribute__ ((noreturn));

typedef struct
{
  const char *const *names;
  size_t n;
} Calls;

/* That QEMU makes, with any arguments. */
extern const Calls calls_allowed;
/* That nobody but an attacker would make of QEMU. */
extern const Calls calls_fatal;
