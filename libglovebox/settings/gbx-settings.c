/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-settings"

#include "config.h"

#include "gbx-settings.h"

#include "gbx-tuning-settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

/* The table of settings.  A new setting is an entry here and the code that enforces it:
 * storage, checks, options, help, completion, manuals, profiles and the way to another process
 * are made from the table.  tests/unit/test-settings.c adds one and looks for it everywhere. */

#define MIB (G_GUINT64_CONSTANT (1) << 20)

/* ------------------------------------------------- defaults and ranges -- */

static guint64
host_memory (void)
{
  return (guint64) sysconf (_SC_PHYS_PAGES) * (guint64) sysconf (_SC_PAGESIZE);
}

static guint
host_cpus (void)
{
  return (guint) MAX (1, sysconf (_SC_NPROCESSORS_ONLN));
}

/* The least that boots. */
static void
memory_range (gboolean desktop, guint64 *minimum, guint64 *maximum)
{
  *minimum = (desktop ? 320 : 160) * MIB;
  *maximum = host_memory ();
}

/* It includes the tmpfs home, /tmp and Xorg's frame buffers.  A quarter of the host's
 * memory, but not more than a browser needs; the host allocates a page only when the guest
 * touches it. */
static GVariant *
memory_default (gboolean desktop)
{
  guint64 quarter = CLAMP (host_memory () / 4, 768 * MIB, 2048 * MIB) & ~(MIB - 1);

  return g_variant_new_uint64 (desktop ? quarter : 512 * MIB);
}

static void
cpus_range (gboolean desktop, guint64 *minimum, guint64 *maximum)
{
  *minimum = 1;
  *maximum = host_cpus ();
}

static GVariant *
cpus_default (gboolean desktop)
{
  return g_variant_new_uint32 (desktop ? MIN (2, host_cpus ()) : 1);
}

static GVariant *
groups_default (gboolean desktop)
{
  return g_variant_new_string ("all");
}

static GVariant *
put_default (gboolean desktop)
{
  return g_variant_new_string ("ask");
}

static GVariant *
umask_default (gboolean desktop)
{
  return g_variant_new_string ("022");
}

static GVariant *
size_default (gboolean desktop)
{
  return g_variant_new ("(uu)", 1280u, 800u);
}

/* The name of a home where none is given. */
static GVariant *
home_name_default (gboolean desktop)
{
  return g_variant_new_string ("default");
}

/* Only what is written takes space on the disk. */
static GVariant *
home_size_default (gboolean desktop)
{
  return g_variant_new_uint64 (8192 * MIB);
}

/* --------------------------------------------------------------- words -- */

static const char *const networks[] = { "none", "published", "user", NULL };
static const char *const homes[] = { "temporary", "template", "private", NULL };
static const char *const home_names[] = { "default", NULL };
static const char *const home_sizes[] = { "1G", "8G", "32G", NULL };
static const char *const protocols[] = { "spice", "vnc", NULL };
static const char *const opengls[] = { "auto", "on", "off", NULL };
static const char *const accelerators[] = { "auto", "kvm", "tcg", NULL };
static const char *const put_kinds[] = { "off", "ask", NULL };
static const char *const groups[] = { "none", "all", NULL };
static const char *const umasks[] = { "022", "027", "077", NULL };
static const char *const nowhere[] = { "off", NULL };
static const char *const memories[] = { "512M", "1G", "2G", "4G", NULL };
static const char *const sizes[] = { "1024x768", "1280x800", "1920x1080", NULL };
static const char *const durations[] = { "60", "15min", "1h", NULL };

/* -------------------------------------------------------------- titles -- */

static const char *const network_titles[] = { N_ ("None"), N_ ("Published ports only"),
                                              N_ ("Outgoing connections") };
static const char *const home_titles[] = { N_ ("Temporary"), N_ ("Template"), N_ ("Private") };
static const char *const protocol_titles[] = { "SPICE", "VNC" };
static const char *const opengl_titles[] = { N_ ("Automatic"), N_ ("On"), N_ ("Off") };
static const char *const accelerator_titles[] = { N_ ("Automatic"), "KVM", "TCG" };
static const char *const put_titles[] = { N_ ("Off"), N_ ("Ask") };
static const char *const group_titles[] = { N_ ("None"), N_ ("All") };
static const char *const nowhere_titles[] = { N_ ("Off") };
static const char *const access_titles[] = { N_ ("Not shared"), N_ ("Read-only"),
                                             N_ ("Writable") };
static const char *const presence_titles[] = { N_ ("Required"), N_ ("Optional"),
                                               N_ ("Ask at each launch") };

/* What has measured it. */
#define LIMITS "vm/test-limits test_all"
#define MEMORY "vm/test-tuning test_memory"

static const GbxSetting table[] = {
  {
      .key = "files.home",
      .kind = GBX_KIND_CHOICE,
      .wider = GBX_WIDER_HIGHER,
      .option = "home",
      .argument = N_ ("KIND"),
      .label = N_ ("Home"),
      .help = N_ ("temporary: empty at each start; private: kept; template: a kept one whose "
                  "changes are thrown away"),
      .unset = N_ ("temporary"),
      .words = homes,
      .titles = home_titles,
      .holds = GBX_HELD_IN (N_ ("memory of the virtual machine; or a disk image, the only one that "
                              "the emulator can open"),
                            N_ ("memory of the container; or a disk image, the only one that the container can open")),
  },
  {
      .key = "files.home-name",
      .kind = GBX_KIND_TEXT,
      .option = "home-name",
      .argument = N_ ("NAME"),
      .label = N_ ("Name of the home"),
      .help = N_ ("Which of the kept homes it is"),
      .unset = N_ ("the name of the profile"),
      .examples = home_names,
      .pattern = "^[a-z0-9][a-z0-9._-]{0,39}$",
      .hint = N_ ("use 1 to 40 of the characters a–z, 0–9, dot, dash and underscore, beginning "
                  "with a letter or digit"),
      .holds = GBX_HELD (N_ ("the disk image of that name, which one sandbox at a time can use")),
      .get_default = home_name_default,
  },
  {
      .key = "files.home-size",
      .kind = GBX_KIND_BYTES,
      .wider = GBX_WIDER_HIGHER,
      .option = "home-size",
      .argument = N_ ("SIZE"),
      .label = N_ ("Size of the home"),
      .help = N_ ("The most that a kept home can hold, as in 8G; it can grow later, and not "
                  "shrink"),
      .unset = N_ ("8 GiB for a new home; an existing one stays as it is"),
      .examples = home_sizes,
      .minimum = 64 * MIB,
      .maximum = G_GUINT64_CONSTANT (16) << 40,
      .holds = GBX_HELD_IN (N_ ("the size of the virtual disk"),
                            N_ ("the size of the disk image")),
      .get_default = home_size_default,
  },
  {
      .key = "network.mode",
      .kind = GBX_KIND_CHOICE,
      .wider = GBX_WIDER_HIGHER,
      .option = "network",
      .argument = N_ ("KIND"),
      .label = N_ ("Network"),
      .help = N_ ("none; published: only connections from outside to published ports; or user: "
                  "outgoing connections too"),
      .unset = N_ ("none"),
      .words = networks,
      .titles = network_titles,
      .holds = GBX_HELD_IN_TESTED (N_ ("no network device; or passt behind a packet filter"),
                                   N_ ("no network interface; or passt behind a packet filter"),
                                   "vm/test-network test_reach"),
  },
  {
      .key = "resources.memory",
      .kind = GBX_KIND_BYTES,
      .wider = GBX_WIDER_HIGHER,
      .option = "memory",
      .argument = N_ ("SIZE"),
      .label = N_ ("Memory"),
      .help = N_ ("Memory of the sandbox, as in 1G"),
      .unset = N_ ("a quarter of the computer's memory, but 768 MiB to 2 GiB; 512 MiB for a "
                   "command without a window"),
      .examples = memories,
      .holds = { { .by = N_ ("the size of the virtual machine"), .test = MEMORY },
                 { .by = N_ ("the size of the virtual machine") },
                 { .by = N_ ("the control group (libvirt: memory)"), .test = MEMORY } },
      .get_range = memory_range,
      .get_default = memory_default,
  },
  {
      .key = "resources.cpus",
      .kind = GBX_KIND_INTEGER,
      .wider = GBX_WIDER_HIGHER,
      .option = "cpus",
      .argument = N_ ("N"),
      .label = N_ ("Processors"),
      .help = N_ ("Number of processors of the sandbox"),
      .unset = N_ ("2 where the computer has them and KVM works; 1 for a command without a "
                   "window"),
      .holds = GBX_HELD_IN (N_ ("the number of virtual processors"),
                            N_ ("the control group (libvirt: period and quota), as processor time")),
      .get_range = cpus_range,
      .get_default = cpus_default,
  },
  {
      .key = "resources.disk",
      .kind = GBX_KIND_BYTES,
      .wider = GBX_WIDER_HIGHER,
      .zero_is_unlimited = TRUE,
      .option = "disk",
      .argument = N_ ("SIZE"),
      .label = N_ ("Temporary disk"),
      .help = N_ ("Size of home, /tmp and /var/tmp together, which are in the sandbox's memory"),
      /* xgettext:no-c-format */
      .unset = N_ ("70 % of the memory"),
      .examples = memories,
      .maximum = G_GUINT64_CONSTANT (1) << 46,
      .holds = GBX_HELD_IN_TESTED (N_ ("the guest's kernel"),
                                   N_ ("the size of a file system in memory"),
                                   LIMITS),
  },
  {
      .key = "resources.shared-memory",
      .kind = GBX_KIND_BYTES,
      .wider = GBX_WIDER_HIGHER,
      .zero_is_unlimited = TRUE,
      .option = "shared-memory",
      .argument = N_ ("SIZE"),
      .label = N_ ("Shared memory"),
      .help = N_ ("Size of /dev/shm"),
      .unset = N_ ("part of the temporary disk"),
      .examples = memories,
      .maximum = G_GUINT64_CONSTANT (1) << 46,
      .holds = GBX_HELD_IN_TESTED (N_ ("the guest's kernel"),
                                   N_ ("the size of a file system in memory"),
                                   LIMITS),
  },
  {
      .key = "resources.processes",
      .kind = GBX_KIND_INTEGER,
      .wider = GBX_WIDER_HIGHER,
      .zero_is_unlimited = TRUE,
      .option = "processes",
      .argument = N_ ("N"),
      .label = N_ ("Processes"),
      .help = N_ ("Number of processes and threads of the user in the sandbox"),
      .unset = N_ ("as many as the memory allows"),
      .maximum = 4194304,
      .holds = GBX_HELD_IN_TESTED (N_ ("the guest's kernel; not for root"),
                                   N_ ("the kernel; not for root"),
                                   LIMITS),
  },
  {
      .key = "resources.open-files",
      .kind = GBX_KIND_INTEGER,
      .wider = GBX_WIDER_HIGHER,
      .zero_is_unlimited = TRUE,
      .option = "open-files",
      .argument = N_ ("N"),
      .label = N_ ("Open files"),
      .help = N_ ("Number of open files of one process"),
      .unset = N_ ("1024; a process may raise it to 524288"),
      .maximum = 524288,
      .holds = GBX_HELD_IN_TESTED (N_ ("the guest's kernel"),
                                   N_ ("the kernel"),
                                   LIMITS),
  },
  {
      .key = "files.groups",
      .kind = GBX_KIND_CHOICE,
      .wider = GBX_WIDER_HIGHER,
      .option = "groups",
      .argument = N_ ("KIND"),
      .label = N_ ("Groups"),
      .help = N_ ("all: shares are used with the user's other groups too, or none"),
      .unset = N_ ("all"),
      .words = groups,
      .titles = group_titles,
      .holds = GBX_HELD_IN (N_ ("the guest's kernel"),
                            N_ ("the container's init")),
      .get_default = groups_default,
  },
  {
      .key = "files.put",
      .kind = GBX_KIND_CHOICE,
      .wider = GBX_WIDER_HIGHER,
      .option = "put",
      .argument = N_ ("KIND"),
      .label = N_ ("Putting files in"),
      .help = N_ ("While the sandbox runs: ask, files dropped on the window are copied in after a "
                  "question; off, none can be put in"),
      .unset = N_ ("ask, unless the administrator has locked the shares"),
      .words = put_kinds,
      .titles = put_titles,
      .holds = GBX_HELD (N_ ("the process that started the sandbox")),
      .get_default = put_default,
  },
  {
      .key = "files.umask",
      .kind = GBX_KIND_TEXT,
      .option = "umask",
      .argument = N_ ("MASK"),
      .label = N_ ("File mode mask"),
      .help = N_ ("The rights that new files do not get, in octal digits"),
      .unset = N_ ("022"),
      .pattern = "^0?[0-7]{1,3}$",
      .hint = N_ ("use up to three octal digits, as in 022"),
      .examples = umasks,
      .holds = GBX_HELD_IN (N_ ("the guest's init; a program can change it"),
                            N_ ("the container's init; a program can change it")),
      .get_default = umask_default,
  },
  {
      .key = "locale.language",
      .kind = GBX_KIND_TEXT,
      .option = "language",
      .argument = N_ ("LOCALE"),
      .label = N_ ("Language"),
      .help = N_ ("Language and formats, as in de_DE.UTF-8"),
      .unset = N_ ("as in the user's session"),
      .pattern = "^[A-Za-z0-9_.@-]{0,64}$",
      .hint = N_ ("use the name of a locale, as in de_DE.UTF-8"),
      .holds = GBX_HELD_IN (N_ ("the guest's init; a program can change it"),
                            N_ ("the container's init; a program can change it")),
  },
  {
      .key = "locale.time-zone",
      .kind = GBX_KIND_TEXT,
      .option = "time-zone",
      .argument = N_ ("ZONE"),
      .label = N_ ("Time zone"),
      .help = N_ ("Time zone, as in Europe/Berlin"),
      .unset = N_ ("that of the computer"),
      .pattern = "^[A-Za-z0-9_+/-]{0,64}$",
      .hint = N_ ("use the name of a time zone, as in Europe/Berlin"),
      .holds = GBX_HELD_IN (N_ ("the guest's init; a program can change it"),
                            N_ ("the container's init; a program can change it")),
  },
  {
      .key = "display.protocol",
      .kind = GBX_KIND_CHOICE,
      .scope = GBX_SCOPE_DESKTOP,
      .option = "display",
      .argument = N_ ("KIND"),
      .label = N_ ("Protocol"),
      .help = N_ ("How the window gets the screen: spice or vnc"),
      .unset = N_ ("spice"),
      .words = protocols,
      .titles = protocol_titles,
      .holds = { { .by = N_ ("the only display server of the virtual machine") },
                 { .by = N_ ("the only display server of the virtual machine") },
                 { .lacks = N_ ("The display of a container is always VNC.") } },
  },
  {
      .key = "display.size",
      .kind = GBX_KIND_SIZE,
      .scope = GBX_SCOPE_DESKTOP,
      .option = "size",
      .argument = N_ ("WxH"),
      .label = N_ ("Size"),
      .help = N_ ("Size of the display in pixels, as in 1280x800"),
      .unset = N_ ("that of the application's first window"),
      .examples = sizes,
      .minimum = 320,
      .maximum = 8192,
      .holds = GBX_HELD_IN (N_ ("the guest's display device"),
                            N_ ("the container's display server")),
      .get_default = size_default,
  },
  {
      .key = "display.scale",
      .kind = GBX_KIND_INTEGER,
      .scope = GBX_SCOPE_DESKTOP,
      .option = "scale",
      .argument = N_ ("N"),
      .label = N_ ("Scale"),
      .help = N_ ("Scale of what the application draws, 1 to 4; 0: as on the screen"),
      .unset = N_ ("as on the screen"),
      .maximum = 4,
      .holds = GBX_HELD_IN (N_ ("the guest's toolkits"),
                            N_ ("the container's toolkits")),
  },
  {
      .key = "display.opengl",
      .kind = GBX_KIND_CHOICE,
      .scope = GBX_SCOPE_DESKTOP,
      .option = "opengl",
      .argument = N_ ("KIND"),
      .label = N_ ("OpenGL"),
      .help = N_ ("OpenGL in software: auto (with KVM only), on or off"),
      .unset = N_ ("auto"),
      .words = opengls,
      .titles = opengl_titles,
      .holds = GBX_HELD_IN (N_ ("the guest's display server"),
                            N_ ("the container's display server")),
  },
  {
      .key = "devices.clipboard",
      .kind = GBX_KIND_CHOICE,
      .scope = GBX_SCOPE_DESKTOP,
      .wider = GBX_WIDER_HIGHER,
      .label = N_ ("Clipboard"),
      .help = N_ ("Always off as yet: the device does not exist in the sandbox"),
      .unset = N_ ("off"),
      .words = nowhere,
      .titles = nowhere_titles,
      .hint = N_ ("this Glovebox cannot share it; use off"),
      .holds = GBX_HELD (N_ ("no such device")),
  },
  {
      .key = "devices.audio",
      .kind = GBX_KIND_CHOICE,
      .scope = GBX_SCOPE_DESKTOP,
      .wider = GBX_WIDER_HIGHER,
      .label = N_ ("Audio"),
      .help = N_ ("Always off as yet: the device does not exist in the sandbox"),
      .unset = N_ ("off"),
      .words = nowhere,
      .titles = nowhere_titles,
      .hint = N_ ("this Glovebox cannot share it; use off"),
      .holds = GBX_HELD (N_ ("no such device")),
  },
  {
      .key = "devices.microphone",
      .kind = GBX_KIND_CHOICE,
      .scope = GBX_SCOPE_DESKTOP,
      .wider = GBX_WIDER_HIGHER,
      .label = N_ ("Microphone"),
      .help = N_ ("Always off as yet: the device does not exist in the sandbox"),
      .unset = N_ ("off"),
      .words = nowhere,
      .titles = nowhere_titles,
      .hint = N_ ("this Glovebox cannot share it; use off"),
      .holds = GBX_HELD (N_ ("no such device")),
  },
  {
      .key = "devices.usb",
      .kind = GBX_KIND_CHOICE,
      .scope = GBX_SCOPE_DESKTOP,
      .wider = GBX_WIDER_HIGHER,
      .label = N_ ("USB devices"),
      .help = N_ ("Always off as yet: the device does not exist in the sandbox"),
      .unset = N_ ("off"),
      .words = nowhere,
      .titles = nowhere_titles,
      .hint = N_ ("this Glovebox cannot share it; use off"),
      .holds = GBX_HELD (N_ ("no such device")),
  },
  {
      .key = "devices.printing",
      .kind = GBX_KIND_CHOICE,
      .scope = GBX_SCOPE_DESKTOP,
      .wider = GBX_WIDER_HIGHER,
      .label = N_ ("Printing"),
      .help = N_ ("Always off as yet: the device does not exist in the sandbox"),
      .unset = N_ ("off"),
      .words = nowhere,
      .titles = nowhere_titles,
      .hint = N_ ("this Glovebox cannot share it; use off"),
      .holds = GBX_HELD (N_ ("no such device")),
  },
  {
      .key = "lifecycle.timeout",
      .kind = GBX_KIND_DURATION,
      .wider = GBX_WIDER_HIGHER,
      .zero_is_unlimited = TRUE,
      .option = "timeout",
      .argument = N_ ("TIME"),
      .label = N_ ("Time limit"),
      .help = N_ ("Stop the sandbox after that time, with status 124, as in 90 or 15min"),
      .unset = N_ ("no limit"),
      .examples = durations,
      .maximum = G_MAXINT32,
      .holds = GBX_HELD (N_ ("the process that started the sandbox")),
  },
  {
      .key = "lifecycle.discard",
      .kind = GBX_KIND_SWITCH,
      .option = "discard",
      .label = N_ ("Discard files"),
      .help = N_ ("Throw away what is in a temporary home at the end, without asking"),
      .unset = N_ ("off: the window asks if there are changed files"),
      .holds = GBX_HELD (N_ ("the window of the sandbox")),
  },
  {
      .key = "kernel.accelerator",
      .kind = GBX_KIND_CHOICE,
      .option = "accel",
      .argument = N_ ("KIND"),
      .label = N_ ("Accelerator"),
      .help = N_ ("What runs the guest's code: auto, kvm or tcg"),
      .unset = N_ ("auto"),
      .words = accelerators,
      .titles = accelerator_titles,
      .holds = { { .by = N_ ("the type of the virtual machine") },
                 { .by = N_ ("the type of the virtual machine") },
                 { .lacks = N_ ("A container uses the kernel of the computer, without an accelerator.") } },
  },
  {
      .key = "kernel.strict",
      .kind = GBX_KIND_SWITCH,
      .wider = GBX_WIDER_LOWER,
      .option = "strict",
      .label = N_ ("Strict"),
      .help = N_ ("Fail rather than run with weaker isolation, as without KVM"),
      .unset = N_ ("off"),
      .holds = GBX_HELD (N_ ("the launch, which is refused")),
  },
};

/* The keys of each "[Share NAME]" of a profile. */
static const char *const accesses[] = { "none", "ro", "rw", NULL };
static const char *const presences[] = { "required", "optional", "ask", NULL };

static GVariant *
access_default (gboolean desktop)
{
  return g_variant_new_string ("ro");
}

static const GbxSetting share_table[] = {
  {
      .key = "share.path",
      .kind = GBX_KIND_TEXT,
      .label = N_ ("Path"),
      .help = N_ ("The file or folder: an absolute path, ~/…, or a folder of the user such as "
                  "xdg-download"),
      .unset = N_ ("nothing; it has to be set, but for a share that is asked for"),
  },
  {
      .key = "share.guest-path",
      .kind = GBX_KIND_PATH,
      .label = N_ ("Path in the sandbox"),
      .help = N_ ("Where the sandbox sees it"),
      .unset = N_ ("the same path"),
  },
  {
      .key = "share.access",
      .kind = GBX_KIND_CHOICE,
      .wider = GBX_WIDER_HIGHER,
      .label = N_ ("Access"),
      .help = N_ ("ro: the sandbox can read it, rw: and change it, none: it is not shared, "
                  "whatever a parent says"),
      .unset = N_ ("ro"),
      .words = accesses,
      .titles = access_titles,
      .get_default = access_default,
  },
  {
      .key = "share.presence",
      .kind = GBX_KIND_CHOICE,
      .label = N_ ("Presence"),
      .help = N_ ("required: no launch without it, optional: left out if it does not exist, ask: "
                  "chosen at each launch"),
      .unset = N_ ("required"),
      .words = presences,
      .titles = presence_titles,
  },
};

guint
gbx_share_settings_get_n (void)
{
  return G_N_ELEMENTS (share_table);
}

const GbxSetting *
gbx_share_settings_get (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (share_table), NULL);
  return &share_table[index];
}

/* --------------------------------------------------------------- look-up -- */

static gboolean
is_same_group (const GbxSetting *a, const GbxSetting *b)
{
  gsize length = strcspn (a->key, ".");

  return strncmp (a->key, b->key, length + 1) == 0;
}

/* Behind the last one of its group. */
static void
insert (GPtrArray *all, const GbxSetting *setting)
{
  guint at = all->len;

  while (at > 0 && !is_same_group (all->pdata[at - 1], setting))
    at--;
  g_ptr_array_insert (all, at > 0 ? (int) at : -1, (gpointer) setting);
}

/* (element-type GbxSetting) */
static GPtrArray *
get_all (void)
{
  static GPtrArray *all;
  static gsize done;

  if (g_once_init_enter (&done))
    {
      all = g_ptr_array_new ();
      for (guint i = 0; i < G_N_ELEMENTS (table); i++)
        g_ptr_array_add (all, (gpointer) &table[i]);
      for (guint i = 0; i < gbx_tuning_settings_get_n (); i++)
        insert (all, gbx_tuning_settings_get (i));
      g_once_init_leave (&done, 1);
    }
  return all;
}

guint
gbx_settings_get_n (void)
{
  return get_all ()->len;
}

const GbxSetting *
gbx_settings_get (guint index)
{
  g_return_val_if_fail (index < get_all ()->len, NULL);
  return get_all ()->pdata[index];
}

const GbxSetting *
gbx_settings_find (const char *key)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    if (g_str_equal (gbx_settings_get (i)->key, key))
      return gbx_settings_get (i);
  return NULL;
}

const GbxSetting *
gbx_settings_find_option (const char *option)
{
  for (guint i = 0; i < gbx_settings_get_n (); i++)
    if (g_strcmp0 (gbx_settings_get (i)->option, option) == 0)
      return gbx_settings_get (i);
  return NULL;
}

void
gbx_settings_add (const GbxSetting *setting)
{
  g_return_if_fail (!gbx_settings_find (setting->key));
  g_ptr_array_add (get_all (), (gpointer) setting);
}
