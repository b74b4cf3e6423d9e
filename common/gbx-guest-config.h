/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The host's instructions to the guest: CONFIG for the guest as a whole, and START for one
 * command, each joined from its parts.
 *
 * Both are sequences of items: a u16 tag and a value (u32 length and that many bytes).
 * Unknown tags are refused: host and guest are built together, and a guest must not ignore
 * a restriction that it does not know.
 */

#include "gbx-protocol.h"

/* In the guest's root: the keymap, if the host could compile it. */
#define GBX_KEYMAP "/etc/X11/glovebox.xkm"
/* And what things look like, as X resources. */
#define GBX_RESOURCES "/etc/X11/glovebox.resources"
/* The program that draws title bars, which the host copies there. */
#define GBX_TITLE_PROGRAM "/etc/X11/glovebox-title-bar"
/* What runs a service. */
#define GBX_SERVICE_PROGRAM "/etc/glovebox-service"
/* And the user's own sequences of the Compose key. */
#define GBX_COMPOSE "/etc/X11/glovebox.compose"
#define GBX_COMPOSE_MAX (1u << 20)

/* Of the environment; arguments are bounded by GBX_PARTS_MAX and by the kernel. */
#define GBX_CONFIG_ENV_MAX 8192
#define GBX_CONFIG_SHARES_MAX 16
#define GBX_CONFIG_GROUPS_MAX 1024
#define GBX_CONFIG_PATH_MAX 1024
#define GBX_CONFIG_NAME_MAX 64
#define GBX_CONFIG_USER_MAX 255

typedef enum
{
  /* of START; the others are of CONFIG */
  GBX_CONFIG_ARG = 2,         /* text, repeated, in order; the first is the program */
  GBX_CONFIG_ENV = 3,         /* text KEY=VALUE, repeated, after the arguments */
  GBX_CONFIG_DIRECTORY = 4,   /* text: absolute working directory */
  GBX_CONFIG_TERMINAL = 8,    /* u16 rows, u16 columns, u8 flags: 1 separate stderr */
  GBX_CONFIG_KEEPS = 21,      /* u8: 1 if the guest does not end before the command */

  GBX_CONFIG_MODE = 1,        /* u8: 0 exec, 1 desktop */
  GBX_CONFIG_USER = 5,        /* u32 uid, u32 gid, text name, text home */
  GBX_CONFIG_SHARE = 6,       /* u8 flags, text mount tag, text guest path, text file name */
  GBX_CONFIG_DISPLAY = 7,     /* u16 width, u16 height, u8 flags */
  GBX_CONFIG_NETWORK = 9,     /* text address, u8 prefix, text gateway */
  GBX_CONFIG_HOSTNAME = 10,   /* text */
  GBX_CONFIG_KEYBOARD = 11,   /* text model, text layout, text variant, text options */
  GBX_CONFIG_VERBOSE = 12,    /* u8: 1 sends debug log lines */
  GBX_CONFIG_CLOCK = 13,      /* u32 seconds since 1970, u32 nanoseconds: the host's clock */
  GBX_CONFIG_ACCOUNTS = 14,   /* u32 of the display, u32 of init's private files */
  GBX_CONFIG_GROUPS = 15,     /* u32 of each other group of the user */
  GBX_CONFIG_NETWORK6 = 16,   /* as NETWORK, for IPv6 */
  GBX_CONFIG_FILES = 17,      /* u32: how many files a server of a share may have open */
  GBX_CONFIG_HOME = 18,       /* u8: 0 in memory, 1 on the disk, 2 on it and thrown away */
  GBX_CONFIG_LIMITS = 20,     /* u32 disk MiB, u32 shm MiB, u32 processes, u32 files, u16 umask */
  GBX_CONFIG_SERVICE = 22,    /* u8: 1 if the application is a service: it may use low ports and /run */
  GBX_CONFIG_LAST = GBX_CONFIG_SERVICE,
} GbxConfigTag;

typedef enum
{
  GBX_HOME_MEMORY,
  GBX_HOME_DISK,
  GBX_HOME_DISK_TEMPLATE, /* the host throws the changes away: they need not be flushed */
} GbxGuestHome;

enum
{
  GBX_SCREEN_OPENGL = 1 << 0,
  GBX_SCREEN_FITS = 1 << 1, /* the first window decides the size */
};

enum
{
  GBX_SHARE_WRITABLE = 1 << 0,
  GBX_SHARE_FILE = 1 << 1, /* the export is a folder that contains only this file */
  GBX_SHARE_COPY = 1 << 2, /* a copy, which may be replaced by another file of its name */
  GBX_SHARE_VIRTIOFS = 1 << 3, /* mounted by virtiofs, not by 9p */
};

typedef struct
{
  uint8_t flags;
  char tag[32];
  char path[GBX_CONFIG_PATH_MAX + 1];
  char file[256];
} GbxGuestShare;

/* What the application may use; 0 stands for the guest's own choice. */
typedef struct
{
  uint32_t disk_mib;      /* home, /tmp and /var/tmp together */
  uint32_t shm_mib;       /* /dev/shm */
  uint32_t processes;     /* and threads */
  uint32_t files;         /* open in one process */
  uint16_t umask;         /* 0 to 0777 */
} GbxGuestLimits;

/* About 25 KiB: not for the stack of a thread. */
typedef struct
{
  bool desktop;
  bool verbose;
  bool opengl;
  bool fits; /* the first window decides the size of the screen */
  bool network;
  bool service; /* it may listen on every port, and make files in /run */
  uint32_t clock_s, clock_ns; /* 0 if it was not sent */
  uint16_t width, height;
  uint32_t uid, gid;
  /* User and group of Xorg and its helper.  It may not attach shared memory of mode 0600,
   * which toolkits create for MIT-SHM; toolkits then send pictures over the socket instead. */
  uint32_t display_account;
  uint32_t private_account; /* nobody's */
  uint32_t files_max; /* open at a server of a share; 0: no limit */
  size_t n_groups;
  uint32_t groups[GBX_CONFIG_GROUPS_MAX]; /* besides gid */
  GbxGuestHome kept_home;
  char user[GBX_CONFIG_USER_MAX + 1];
  char hostname[GBX_CONFIG_NAME_MAX + 1];
  char home[GBX_CONFIG_PATH_MAX + 1];
  char address[16], gateway[16]; /* dotted IPv4 */
  uint8_t prefix;
  char address6[46], gateway6[46]; /* empty without IPv6 */
  uint8_t prefix6;
  char xkb_model[GBX_CONFIG_NAME_MAX + 1], xkb_layout[GBX_CONFIG_NAME_MAX + 1];
  char xkb_variant[GBX_CONFIG_NAME_MAX + 1], xkb_options[2 * GBX_CONFIG_NAME_MAX + 1];
  GbxGuestLimits limits;
  size_t n_shares;
  GbxGuestShare shares[GBX_CONFIG_SHARES_MAX];
} GbxGuestConfig;

/* Its texts point into the decoded message. */
typedef struct
{
  size_t n_args, n_env;
  char **args; /* NULL-terminated */
  char **env;  /* NULL-terminated */
  char directory[GBX_CONFIG_PATH_MAX + 1];
  bool keeps; /* the guest does not end before it */
  bool terminal;
  bool separate_stderr; /* stdin and stdout are a terminal, stderr is a pipe */
  uint16_t rows, columns;
} GbxGuestCommand;

/* Appends one item; the writer fails (sticky) if it does not fit. */
void gbx_config_put_u8 (GbxWriter *writer, GbxConfigTag tag, uint8_t value);
void gbx_config_put_u32 (GbxWriter *writer, GbxConfigTag tag, uint32_t value);
void gbx_config_put_text (GbxWriter *writer, GbxConfigTag tag, const char *text);
void gbx_config_put_user (GbxWriter *writer, uint32_t uid, uint32_t gid, const char *name,
                          const char *home);
void gbx_config_put_share (GbxWriter *writer, uint8_t flags, const char *mount_tag,
                           const char *guest_path, const char *file);
void gbx_config_put_display (GbxWriter *writer, uint16_t width, uint16_t height, uint8_t flags);
void gbx_config_put_terminal (GbxWriter *writer, uint16_t rows, uint16_t columns,
                              bool separate_stderr);
void gbx_config_put_clock (GbxWriter *writer, uint32_t seconds, uint32_t nanoseconds);
/* Neither may be 0 or the ID of the user or the user's group, and they must differ. */
void gbx_config_put_accounts (GbxWriter *writer, uint32_t display, uint32_t own);
/* None may be 0 or one of these accounts. */
void gbx_config_put_groups (GbxWriter *writer, const uint32_t *groups, size_t n_groups);
void gbx_config_put_limits (GbxWriter *writer, const GbxGuestLimits *limits);
/* tag: NETWORK or NETWORK6 */
void gbx_config_put_network (GbxWriter *writer, GbxConfigTag tag, const char *address,
                             uint8_t prefix, const char *gateway);
void gbx_config_put_keyboard (GbxWriter *writer, const char *model, const char *layout,
                              const char *variant, const char *options);

/* Returns NULL if self is set, otherwise a static text that says what is wrong. */
const char *gbx_guest_config_decode (GbxGuestConfig *self, const void *payload, size_t length);

/* How many pointers the arguments and variables of a START need. */
size_t gbx_guest_command_measure (const void *payload, size_t length);
/* The same for a command.  It makes NUL-terminated texts in payload; payload and pointers
 * must live as long as self. */
const char *gbx_guest_command_decode (GbxGuestCommand *self, void *payload, size_t length,
                                      char **pointers, size_t n_pointers);
