/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a value is, and how it is kept (GVariant type) and written (as text). */
typedef enum
{
  GBX_KIND_SWITCH,   /* b: "on", "off" */
  GBX_KIND_CHOICE,   /* s: one of the setting's words */
  GBX_KIND_INTEGER,  /* u: "2" */
  GBX_KIND_BYTES,    /* t: "512M", "1.5G"; a bare number is MiB */
  GBX_KIND_DURATION, /* u, in seconds: "90", "90s", "15min", "2h" */
  GBX_KIND_SIZE,     /* (uu), in pixels: "1280x800" */
  GBX_KIND_TEXT,     /* s: one line */
  GBX_KIND_PATH,     /* ay: an absolute path, of any bytes */
} GbxKind;

/* Which direction gives the sandbox more: for locks, comparisons and warnings. */
typedef enum
{
  GBX_WIDER_NEITHER,
  GBX_WIDER_HIGHER, /* of words: the later one */
  GBX_WIDER_LOWER,
} GbxWider;

/* Which launches a setting is for. */
typedef enum
{
  GBX_SCOPE_ALL,
  GBX_SCOPE_DESKTOP,
} GbxSettingScope;

/* Where a sandbox can run, as far as its limits are concerned. */
typedef enum
{
  GBX_PLATFORM_QEMU_SESSION, /* a virtual machine of the user's own libvirt */
  GBX_PLATFORM_QEMU_SYSTEM,  /* a virtual machine that root started */
  GBX_PLATFORM_LXC,          /* a container of the system's libvirt */
  GBX_N_PLATFORMS,
} GbxPlatform;

/* What has to be there so that a limit holds; gbx-tuning-host.c looks for it. */
typedef enum
{
  GBX_NEED_NOTHING,
  GBX_NEED_SCOPE,         /* a systemd of the account that has the controller for it */
  GBX_NEED_GROUP_SWAP,    /* a kernel that counts swap */
  GBX_NEED_GROUP_WEIGHT,  /* a kernel that divides access to disks */
  GBX_NEED_LOCKED_MEMORY, /* the right to lock as much memory as the sandbox has */
  GBX_NEED_HUGE_PAGES,    /* enough of them, and a folder of hugetlbfs */
  GBX_NEED_BLOCK_DEVICE,  /* files on a disk of this computer, not in memory or elsewhere */
  GBX_NEED_DISK,          /* a virtual disk: that of a kept home */
} GbxNeed;

/* Who holds a setting on a platform.  The texts are marked for translation with N_(). */
typedef struct
{
  const char *by;    /* what makes it hold; NULL: nothing does */
  GbxNeed need;      /* what else that needs */
  const char *lacks; /* where nothing does: why, as a sentence */
  const char *test;  /* what has measured it: "suite/program test"; or NULL */
} GbxHold;

/* The same everywhere; the same in virtual machines, and another in containers. */
#define GBX_HELD(text) { { .by = (text) }, { .by = (text) }, { .by = (text) } }
#define GBX_HELD_TESTED(text, what)                                                                \
  { { .by = (text), .test = what }, { .by = (text), .test = what }, { .by = (text), .test = what } }
#define GBX_HELD_IN(machine, container)                                                           \
  { { .by = (machine) }, { .by = (machine) }, { .by = (container) } }
/* Tested as an ordinary account. */
#define GBX_HELD_IN_TESTED(machine, container, what)                                               \
  { { .by = (machine), .test = what }, { .by = (machine) }, { .by = (container), .test = what } }

/* One setting: everything that is known of it is here.  The texts are marked for
 * translation with N_(). */
typedef struct
{
  const char *key; /* "GROUP.NAME", as in "[Group]" and "Name=" of a profile */
  GbxKind kind;
  GbxSettingScope scope;
  GbxWider wider;
  gboolean zero_is_unlimited;     /* 0 is the widest value */
  gboolean is_advanced;           /* few users need it: the editor shows it on demand */
  const char *option;             /* of the command line, without the dashes; or NULL */
  const char *argument;           /* what --help calls the value; or NULL */
  const char *label;              /* for a row of the editor */
  const char *help;               /* one sentence without a full stop */
  const char *unset;              /* what holds where nothing is set */
  const char *const *words;       /* of a choice, NULL-terminated; the first is the default */
  const char *const *titles;      /* what the words are called in a window, as many; or NULL */
  const char *pattern;            /* of a text: a regular expression; or NULL */
  const char *hint;               /* what an impossible choice or text is told; or NULL */
  const char *const *examples;    /* for completion, NULL-terminated; or NULL */
  guint64 minimum, maximum;       /* of a number; maximum 0: see get_range */
  GbxHold holds[GBX_N_PLATFORMS];
  /* For a range or a default that depends on the host or the kind of launch; or NULL. */
  void (*get_range) (gboolean desktop, guint64 *minimum, guint64 *maximum);
  GVariant *(*get_default) (gboolean desktop);
  /* What of a text is impossible on this computer, translated; or NULL. */
  char *(*find_fault) (const char *text);
} GbxSetting;

const GVariantType *gbx_setting_get_type (const GbxSetting *self);

/* The value of a text, as it stands in a profile or on the command line.  An error begins with
 * the origin: "--memory cannot be …". */
GVariant *gbx_setting_parse (const GbxSetting *self, const char *text, gboolean desktop,
                             const char *origin, GError **error);
/* The same checks for a value that is not from a text. */
gboolean gbx_setting_check (const GbxSetting *self, GVariant *value, gboolean desktop,
                            const char *origin, GError **error);
/* The shortest text whose value is the same. */
char *gbx_setting_format (const GbxSetting *self, GVariant *value);
/* (transfer full): what holds where nothing is set. */
GVariant *gbx_setting_get_default (const GbxSetting *self, gboolean desktop);
/* Whether the first value gives the sandbox more than the second. */
gboolean gbx_setting_is_wider (const GbxSetting *self, GVariant *value, GVariant *than);
/* What a choice is called in a window, translated: the title of the word, or the word. */
const char *gbx_setting_get_title (const GbxSetting *self, guint index);
/* What a platform is called, as in documents: "qemu session". */
const char *gbx_platform_get_name (GbxPlatform platform);
/* The position of a choice among the words. */
guint gbx_setting_get_index (const GbxSetting *self, GVariant *value);

G_END_DECLS
