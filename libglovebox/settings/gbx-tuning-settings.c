/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-settings"

#include "config.h"

#include "gbx-tuning-settings.h"

#include "gbx-number-set.h"
#include "gbx-publication.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#define MIB (G_GUINT64_CONSTANT (1) << 20)
#define RATE_MAX (G_GUINT64_CONSTANT (1) << 46)

/* ------------------------------------------------- defaults and ranges -- */

static void
memory_range (gboolean desktop, guint64 *minimum, guint64 *maximum)
{
  *minimum = 64 * MIB;
  *maximum = (guint64) sysconf (_SC_PHYS_PAGES) * (guint64) sysconf (_SC_PAGESIZE);
}

static void
quota_range (gboolean desktop, guint64 *minimum, guint64 *maximum)
{
  *minimum = 1;
  *maximum = 100 * (guint64) MAX (1, sysconf (_SC_NPROCESSORS_ONLN));
}

static GVariant *
weight_default (gboolean desktop)
{
  return g_variant_new_uint32 (100);
}

static GVariant *
swap_default (gboolean desktop)
{
  return g_variant_new_uint64 (GBX_SWAP_UNLIMITED);
}

/* Whether a set has a number that is not there; the set is well-formed, or it is told in *fault. */
static gboolean
has_extra (const char *text, GArray *there, guint *number, char **fault)
{
  g_autoptr (GArray) set = *text ? gbx_number_set_parse (text) : NULL;
  const guint *extra = set ? gbx_number_set_find_extra (set, there) : NULL;

  *fault = set || !*text ? NULL : g_strdup (_ ("write numbers and ranges, as in 0-1,3"));
  *number = extra ? *extra : 0;
  return extra != NULL;
}

static char *
find_missing_processor (const char *text)
{
  g_autoptr (GArray) there = gbx_number_set_of_processors ();
  g_autofree char *all = gbx_number_set_format (there);
  char *fault;
  guint number;

  return has_extra (text, there, &number, &fault)
             ? g_strdup_printf (_ ("this computer has no processor %u; it has %s"), number, all)
             : fault;
}

static char *
find_missing_node (const char *text)
{
  g_autoptr (GArray) there = gbx_number_set_of_nodes ();
  g_autofree char *all = gbx_number_set_format (there);
  char *fault;
  guint number;

  return has_extra (text, there, &number, &fault)
             ? g_strdup_printf (_ ("this computer has no NUMA node %u with memory; it has %s"),
                                number, all)
             : fault;
}

/* The pattern has not found what is wrong with a number, an address, or two of the same. */
static char *
find_wrong_port (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) all = gbx_publications_parse (text, &error);

  return all ? NULL : g_strdup (error->message);
}

/* --------------------------------------------------------------- words -- */

/* The later isolates less. */
static const char *const backends[] = { "qemu", "auto", "lxc", NULL };
static const char *const schedulers[] = { "other", "batch", "idle", NULL };
static const char *const numa_modes[] = { "strict", "preferred", "interleave", NULL };
static const char *const sets[] = { "0", NULL };
static const char *const weights[] = { "50", "100", "200", NULL };
static const char *const quotas[] = { "50", "100", NULL };
static const char *const nices[] = { "5", "10", "19", NULL };
static const char *const memories[] = { "512M", "1G", "2G", NULL };
static const char *const rates[] = { "1M", "10M", "100M", NULL };
static const char *const operations[] = { "100", "1000", NULL };
static const char *const threads[] = { "0", "1", NULL };
static const char *const publications[] = { "127.0.0.1:8080:80", NULL };

static const char *const backend_titles[] = { N_ ("Virtual machine"), N_ ("Automatic"),
                                              N_ ("Container") };
static const char *const scheduler_titles[] = { N_ ("Normal"), N_ ("Batch"), N_ ("Idle") };
static const char *const numa_titles[] = { N_ ("Strict"), N_ ("Preferred"), N_ ("Interleaved") };

#define SET_PATTERN "^([0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*)?$"
#define PORTS_PATTERN "(([0-9.]+|\\[[0-9A-Fa-f:]+\\]):)?[0-9]{1,5}:[0-9]{1,5}(/tcp|/udp)?"

/* --------------------------------------------------------------- holders -- */

#define BY_SCOPE N_ ("systemd: a scope of the account"), .need = GBX_NEED_SCOPE
#define BY_JAIL N_ ("the emulator's jail, before it starts QEMU")
/* What has measured it. */
#define PROCESSES "vm/test-tuning test_processes"
#define KERNEL "vm/test-tuning test_kernel"
#define PROCESSOR "vm/test-tuning test_processor"
#define DISK "vm/test-tuning test_disk"
#define ROOT "vm/test-root test_limits"
#define CONTAINER "vm/test-set test_container"
/* The same in each network namespace. */
#define BY_NETWORK(what)                                                                           \
  GBX_HELD_TESTED (N_ ("the kernel's traffic control in the network's namespace"), what)
#define AVERAGE "network/test-limits test_limit_outgoing"
#define PEAK "network/test-limits test_limit_peak"
#define BY_THROTTLE                                                                                \
  N_ ("QEMU, for each disk and each shared folder (libvirt: iotune; QEMU: throttling)")
#define NO_DISK N_ ("A container has no virtual disk.")

static const GbxSetting table[] = {
  {
      .key = "backend.kind",
      .kind = GBX_KIND_CHOICE,
      .wider = GBX_WIDER_HIGHER,
      .option = "backend",
      .argument = N_ ("KIND"),
      .label = N_ ("Runs in"),
      .help = N_ ("qemu: a virtual machine; lxc: a container, which shares the kernel of the "
                  "computer and isolates less; auto: a container only where a virtual machine is "
                  "impossible"),
      .unset = N_ ("qemu"),
      .words = backends,
      .titles = backend_titles,
      .holds = GBX_HELD (N_ ("the process that started the sandbox")),
  },
  {
      .key = "resources.cpu-set",
      .is_advanced = TRUE,
      .kind = GBX_KIND_TEXT,
      .option = "cpu-set",
      .argument = N_ ("LIST"),
      .label = N_ ("Allowed processors"),
      .help = N_ ("The processors of the computer that the sandbox may use, as in 0-1,3"),
      .unset = N_ ("all"),
      .examples = sets,
      .pattern = SET_PATTERN,
      .hint = N_ ("write numbers and ranges, as in 0-1,3"),
      .holds = { { .by = N_ ("the kernel's affinity (libvirt: vcpu cpuset)"),
                   .test = PROCESSES },
                 { .by = N_ ("the control group (libvirt: vcpu cpuset)"), .test = ROOT },
                 { .by = N_ ("the control group (libvirt: vcpu cpuset)"),
                   .test = PROCESSOR } },
      .find_fault = find_missing_processor,
  },
  {
      .key = "resources.cpu-weight",
      .is_advanced = TRUE,
      .kind = GBX_KIND_INTEGER,
      .wider = GBX_WIDER_HIGHER,
      .option = "cpu-weight",
      .argument = N_ ("N"),
      .label = N_ ("Share of processor time"),
      .help = N_ ("Share of processor time where there is not enough, 1 to 10000; others have 100"),
      .unset = N_ ("100"),
      .examples = weights,
      .minimum = 1,
      .maximum = 10000,
      .holds = { { .by = BY_SCOPE,
                   .test = KERNEL },
                 { .by = N_ ("the control group (libvirt: shares)"), .test = ROOT },
                 { .by = N_ ("the control group (libvirt: shares)"),
                   .test = PROCESSOR } },
      .get_default = weight_default,
  },
  {
      .key = "resources.cpu-quota",
      .kind = GBX_KIND_INTEGER,
      .wider = GBX_WIDER_HIGHER,
      .zero_is_unlimited = TRUE,
      .option = "cpu-quota",
      .argument = N_ ("PERCENT"),
      .label = N_ ("Limit of processor time"),
      .help = N_ ("Percent of one processor's time; 150 are one and a half processors, 0 is no "
                  "limit"),
      .unset = N_ ("no limit"),
      .examples = quotas,
      .holds = { { .by = BY_SCOPE,
                   .test = KERNEL },
                 { .by = N_ ("the control group (libvirt: global_period, global_quota)"),
                   .test = ROOT },
                 { .by = N_ ("the control group (libvirt: period, quota)"),
                   .test = PROCESSOR } },
      .get_range = quota_range,
  },
  {
      .key = "resources.scheduler",
      .is_advanced = TRUE,
      .kind = GBX_KIND_CHOICE,
      .wider = GBX_WIDER_LOWER,
      .option = "scheduler",
      .argument = N_ ("KIND"),
      .label = N_ ("Scheduler"),
      .help = N_ ("other: as other programs; batch: for long computations; idle: only when nothing "
                  "else wants the processor"),
      .unset = N_ ("other"),
      .words = schedulers,
      .titles = scheduler_titles,
      .holds = { { .by = BY_JAIL,
                   .test = PROCESSES },
                 { .by = BY_JAIL, .test = ROOT },
                 { .lacks = N_ ("libvirt cannot set the scheduler of a container. Use a low "
                                "share of processor time.") } },
  },
  {
      .key = "resources.nice",
      .is_advanced = TRUE,
      .kind = GBX_KIND_INTEGER,
      .wider = GBX_WIDER_LOWER,
      .option = "nice",
      .argument = N_ ("N"),
      .label = N_ ("Niceness"),
      .help = N_ ("How far the sandbox stands back for other programs, 0 to 19"),
      .unset = N_ ("0"),
      .examples = nices,
      .maximum = 19,
      .holds = { { .by = BY_JAIL,
                   .test = PROCESSES },
                 { .by = BY_JAIL },
                 { .lacks = N_ ("libvirt cannot set the niceness of a container. Use a low "
                                "share of processor time.") } },
  },
  {
      .key = "resources.memory-soft",
      .is_advanced = TRUE,
      .kind = GBX_KIND_BYTES,
      .wider = GBX_WIDER_HIGHER,
      .zero_is_unlimited = TRUE,
      .option = "memory-soft",
      .argument = N_ ("SIZE"),
      .label = N_ ("Soft limit of memory"),
      .help = N_ ("Above this the computer takes memory back first from this sandbox, as in 512M; "
                  "0 is no limit"),
      .unset = N_ ("no limit"),
      .examples = memories,
      .holds = { { .by = BY_SCOPE, .test = KERNEL },
                 { .by = N_ ("the control group (libvirt: soft_limit)"), .test = ROOT },
                 { .by = N_ ("the control group (libvirt: soft_limit)"), .test = CONTAINER } },
      .get_range = memory_range,
  },
  {
      .key = "resources.swap",
      .is_advanced = TRUE,
      .kind = GBX_KIND_BYTES,
      .wider = GBX_WIDER_HIGHER,
      .option = "swap",
      .argument = N_ ("SIZE"),
      .label = N_ ("Swap space"),
      .help = N_ ("How much of the sandbox's memory the computer may move to swap space, as in "
                  "512M; 0 is none"),
      .unset = N_ ("no limit"),
      .examples = memories,
      .maximum = GBX_SWAP_UNLIMITED,
      .holds = { { .by = BY_SCOPE },
                 { .by = N_ ("the control group (libvirt: swap_hard_limit)"),
                   .need = GBX_NEED_GROUP_SWAP },
                 { .by = N_ ("the control group (libvirt: swap_hard_limit)"),
                   .need = GBX_NEED_GROUP_SWAP,
                   .test = CONTAINER } },
      .get_default = swap_default,
  },
  {
      .key = "resources.huge-pages",
      .is_advanced = TRUE,
      .kind = GBX_KIND_SWITCH,
      .option = "huge-pages",
      .label = N_ ("Huge pages"),
      .help = N_ ("Take the sandbox's memory from the huge pages that the administrator has set "
                  "aside"),
      .unset = N_ ("off"),
      .holds = { { .by = N_ ("QEMU (libvirt: hugepages)"), .need = GBX_NEED_HUGE_PAGES },
                 { .by = N_ ("QEMU (libvirt: hugepages)"), .need = GBX_NEED_HUGE_PAGES },
                 { .lacks = N_ ("The memory of a container is that of its processes.") } },
  },
  {
      .key = "resources.lock-memory",
      .is_advanced = TRUE,
      .kind = GBX_KIND_SWITCH,
      .wider = GBX_WIDER_HIGHER,
      .option = "lock-memory",
      .label = N_ ("Locked memory"),
      .help = N_ ("Never move the sandbox's memory to swap space"),
      .unset = N_ ("off"),
      .holds = { { .by = N_ ("QEMU (libvirt: locked)"), .need = GBX_NEED_LOCKED_MEMORY },
                 { .by = N_ ("QEMU (libvirt: locked)"), .need = GBX_NEED_LOCKED_MEMORY },
                 { .lacks = N_ ("The memory of a container is that of its processes. Set the "
                                "swap space to 0.") } },
  },
  {
      .key = "resources.disk-weight",
      .is_advanced = TRUE,
      .kind = GBX_KIND_INTEGER,
      .wider = GBX_WIDER_HIGHER,
      .option = "disk-weight",
      .argument = N_ ("N"),
      .label = N_ ("Share of the disks"),
      .help = N_ ("Share of the time of disks where there is not enough, 1 to 1000; others have "
                  "100"),
      .unset = N_ ("100"),
      .examples = weights,
      .minimum = 1,
      .maximum = 1000,
      .holds = { { .by = BY_SCOPE,
                   .test = PROCESSES },
                 { .by = N_ ("the control group (libvirt: blkiotune)"),
                   .need = GBX_NEED_GROUP_WEIGHT },
                 { .by = N_ ("the control group (libvirt: blkiotune)"),
                   .need = GBX_NEED_GROUP_WEIGHT } },
      .get_default = weight_default,
  },
#define DISK_LIMIT(its_key, its_option, its_kind, its_argument, its_label, its_help, its_examples, \
                   its_maximum, element)                                                           \
  {                                                                                                \
    .key = its_key, .kind = its_kind, .wider = GBX_WIDER_HIGHER, .zero_is_unlimited = TRUE,        \
    .is_advanced = its_kind == GBX_KIND_INTEGER,                                                   \
    .option = its_option, .argument = its_argument, .label = its_label, .help = its_help,          \
    .unset = N_ ("no limit"), .examples = its_examples, .maximum = its_maximum,                    \
    .holds = { { .by = BY_THROTTLE, .test = DISK },                                                \
               { .by = BY_THROTTLE },                                                              \
               { .by = element, .need = GBX_NEED_BLOCK_DEVICE, .test = DISK } },                   \
  }
  DISK_LIMIT ("resources.disk-read", "disk-read", GBX_KIND_BYTES, N_ ("SIZE"),
              N_ ("Reading from disks"),
              N_ ("Bytes a second that the sandbox reads from a disk or shared folder, as in 10M; "
                  "0 is no limit"),
              rates, RATE_MAX, N_ ("the control group (libvirt: blkiotune, read_bytes_sec)")),
  DISK_LIMIT ("resources.disk-write", "disk-write", GBX_KIND_BYTES, N_ ("SIZE"),
              N_ ("Writing to disks"),
              N_ ("Bytes a second that the sandbox writes to a disk or shared folder, as in 10M; "
                  "0 is no limit"),
              rates, RATE_MAX, N_ ("the control group (libvirt: blkiotune, write_bytes_sec)")),
  DISK_LIMIT ("resources.disk-read-operations", "disk-read-operations", GBX_KIND_INTEGER, N_ ("N"),
              N_ ("Read operations"),
              N_ ("Operations a second in which the sandbox reads from a disk or shared folder; 0 "
                  "is no limit"),
              operations, G_MAXINT32, N_ ("the control group (libvirt: blkiotune, read_iops_sec)")),
  DISK_LIMIT ("resources.disk-write-operations", "disk-write-operations", GBX_KIND_INTEGER,
              N_ ("N"), N_ ("Write operations"),
              N_ ("Operations a second in which the sandbox writes to a disk or shared folder; 0 "
                  "is no limit"),
              operations, G_MAXINT32,
              N_ ("the control group (libvirt: blkiotune, write_iops_sec)")),
  {
      .key = "resources.io-threads",
      .is_advanced = TRUE,
      .kind = GBX_KIND_INTEGER,
      .option = "io-threads",
      .argument = N_ ("N"),
      .label = N_ ("Disk threads"),
      .help = N_ ("1: a thread of its own serves the disk of a kept home; 0: the emulator's main "
                  "thread does"),
      .unset = N_ ("0"),
      .examples = threads,
      .maximum = 1,
      .holds = { { .by = N_ ("QEMU (libvirt: iothreads)"), .need = GBX_NEED_DISK },
                 { .by = N_ ("QEMU (libvirt: iothreads)"), .need = GBX_NEED_DISK },
                 { .lacks = NO_DISK } },
  },
  {
      .key = "resources.numa-mode",
      .is_advanced = TRUE,
      .kind = GBX_KIND_CHOICE,
      .option = "numa-mode",
      .argument = N_ ("KIND"),
      .label = N_ ("Use of NUMA nodes"),
      .help = N_ ("strict: memory only of the chosen nodes; preferred: of others where they are "
                  "full; interleave: of all of them in turn"),
      .unset = N_ ("strict"),
      .words = numa_modes,
      .titles = numa_titles,
      .holds = { { .by = N_ ("the kernel's memory policy (libvirt: numatune)"),
                   .test = KERNEL },
                 { .by = N_ ("the kernel's memory policy (libvirt: numatune)") },
                 { .by = N_ ("the control group (libvirt: numatune)") } },
  },
  {
      .key = "resources.numa-nodes",
      .is_advanced = TRUE,
      .kind = GBX_KIND_TEXT,
      .option = "numa-nodes",
      .argument = N_ ("LIST"),
      .label = N_ ("NUMA nodes"),
      .help = N_ ("The NUMA nodes of the computer that the sandbox's memory comes from, as in 0,1"),
      .unset = N_ ("all"),
      .examples = sets,
      .pattern = SET_PATTERN,
      .hint = N_ ("write numbers and ranges, as in 0-1,3"),
      .holds = { { .by = N_ ("the kernel's memory policy (libvirt: numatune)"),
                   .test = KERNEL },
                 { .by = N_ ("the kernel's memory policy (libvirt: numatune)") },
                 { .by = N_ ("the control group (libvirt: numatune)"), .test = CONTAINER } },
      .find_fault = find_missing_node,
  },
#define RATE(its_key, its_option, advanced, its_label, its_help, what)                             \
  {                                                                                                \
    .key = its_key, .kind = GBX_KIND_BYTES, .wider = GBX_WIDER_HIGHER, .zero_is_unlimited = TRUE,  \
    .option = its_option, .argument = N_ ("SIZE"), .label = its_label, .help = its_help,           \
    .unset = N_ ("no limit"), .examples = rates, .maximum = RATE_MAX,                                \
    .holds = BY_NETWORK (what),                                                                    \
    .is_advanced = advanced,                                                                       \
  }
  RATE ("network.download", "download", FALSE, N_ ("Download"),
        N_ ("Bytes a second that the sandbox receives on average, as in 1M; 0 is no limit"),
        AVERAGE),
  RATE ("network.download-peak", "download-peak", TRUE, N_ ("Download, at most"),
        N_ ("Bytes a second that it receives at most, for as long as the burst lasts"),
        PEAK),
  RATE ("network.download-burst", "download-burst", TRUE, N_ ("Download, burst"),
        N_ ("Bytes that it may receive at the peak's speed"),
        PEAK),
  RATE ("network.upload", "upload", FALSE, N_ ("Upload"),
        N_ ("Bytes a second that the sandbox sends on average, as in 1M; 0 is no limit"),
        AVERAGE),
  RATE ("network.upload-peak", "upload-peak", TRUE, N_ ("Upload, at most"),
        N_ ("Bytes a second that it sends at most, for as long as the burst lasts"),
        PEAK),
  RATE ("network.upload-burst", "upload-burst", TRUE, N_ ("Upload, burst"),
        N_ ("Bytes that it may send at the peak's speed"),
        PEAK),
  {
      .key = "network.publish",
      .kind = GBX_KIND_TEXT,
      .option = "publish",
      .argument = N_ ("LIST"),
      .label = N_ ("Published ports"),
      .help = N_ ("Ports of the computer that lead into the sandbox, as [ADDRESS:]PORT:PORT[/udp], "
                  "with commas between them: 127.0.0.1:8080:80"),
      .unset = N_ ("none"),
      .examples = publications,
      .pattern = "^(" PORTS_PATTERN "(, *" PORTS_PATTERN ")*)?$",
      .hint = N_ ("write [ADDRESS:]PORT:PORT[/udp], as in 127.0.0.1:8080:80"),
      .find_fault = find_wrong_port,
      .holds = GBX_HELD_TESTED (N_ ("a relay and passt, behind the packet filter"),
                                "network/test-publish test_publish_tcp"),
  },
};

guint
gbx_tuning_settings_get_n (void)
{
  return G_N_ELEMENTS (table);
}

const GbxSetting *
gbx_tuning_settings_get (guint index)
{
  return &table[index];
}
