/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-domain"

#include "config.h"

#include "gbx-domain.h"

#include "gbx-domain-xml.h"
#include "gbx-limits-xml.h"
#include "gbx-policy-private.h"
#include "gbx-protocol.h"

#include <string.h>

/* The description of a virtual machine of the host's architecture that boots the
 * host's kernel directly.
 *
 * libvirt-gconfig makes the document out of constant literals and typed setters.  What its
 * classes lack (the emulator, a channel's socket path, QEMU's own arguments) is set in the
 * document's tree by libxml2 afterwards, so that no name or path is ever inserted into
 * text. */

#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

/* Devices that libvirt would add by default are listed to disable them.  ACPI is enabled
 * only for its timer: see the kernel's command line. */
static const char base_xml[] =
    "<domain type='qemu'>"
    "  <os><type machine='pc'>hvm</type></os>"
    "  <features><acpi/><apic/><pae/></features>"
    "  <clock offset='utc'>"
    "    <timer name='hpet' present='no'/>"
    "  </clock>"
    "  <on_poweroff>destroy</on_poweroff>"
    "  <on_reboot>destroy</on_reboot>"
    "  <on_crash>destroy</on_crash>"
    "  <devices>"
    "    <emulator/>"
    "    <controller type='usb' model='none'/>"
    "    <controller type='virtio-serial' index='0' ports='2'/>"
    "    <channel type='unix'>"
    "      <source mode='connect'/>"
    "      <target type='virtio' name='" GBX_PORT_NAME "'/>"
    "    </channel>"
    "    <audio id='1' type='none'/>"
    "    <memballoon model='none'/>"
    "  </devices>"
    "</domain>";

static const char no_video_xml[] = "<video><model type='none'/></video>";

/* Without the listen element there would be a TCP port.  The server refuses the clipboard
 * and file transfer. */
static const char spice_xml[] = "<graphics type='spice'>"
                                "  <listen type='none'/>"
                                "  <image compression='off'/>"
                                "  <streaming mode='off'/>"
                                "  <clipboard copypaste='no'/>"
                                "  <filetransfer enable='no'/>"
                                "</graphics>";
static const char vnc_xml[] = "<graphics type='vnc'><listen type='none'/></graphics>";

static const char *const video_xml[] = {
  [GBX_VIDEO_VIRTIO] = "<video><model type='virtio' heads='1' primary='yes'>"
                       "<resolution x='1' y='1'/></model></video>",
  [GBX_VIDEO_QXL] = "<video><model type='qxl' heads='1' primary='yes'/></video>",
  [GBX_VIDEO_VGA] = "<video><model type='vga' vram='65536' heads='1' primary='yes'/></video>",
};

static const char *const input_xml[] = {
  "<input type='tablet' bus='virtio'/>",
  "<input type='keyboard' bus='virtio'/>",
};

/* squash: QEMU does not try to set the guest's file owners, which needs privileges. remap:
 * an export may contain several file systems. */
static const char filesystem_xml[] =
    "<filesystem type='mount' accessmode='squash' multidevs='remap'><driver type='path'/>"
    "</filesystem>";

/* A server of its own: glovebox-share-jail.  It reads requests in the guest's memory. */
static const char served_xml[] =
    "<filesystem type='mount'><driver type='virtiofs' queue='1024'/><source/></filesystem>";
/* A full host disk is an error for the guest, and does not stop it.  Space that the guest frees
 * is free on the host too. */
static const char home_xml[] = "<disk type='file' device='disk'><backingStore/></disk>";
/* libvirt must not look for a base in what the guest has written. */
static const char template_xml[] =
    "<disk type='file' device='disk'>"
    "  <backingStore type='file'><format type='raw'/><source/><backingStore/></backingStore>"
    "</disk>";

/* For root libvirt has only its system daemon.  By default it would run QEMU as another
 * account, which may not open the prepared files, and would change the owners of shared
 * files.  So root's QEMU runs as root, in the jail; the launch warns of this. */
static const char root_label_xml[] = "<seclabel type='static' model='dac' relabel='no'>"
                                     "<label>+0:+0</label></seclabel>";

static const char metadata_xml[] = "<sandbox version='1'/>";

/* If a kernel can compare the processor's counter only to its own ticks, it stops using the
 * counter on a busy host.  Then it loses each late tick: half of all time.  So it gets the
 * address of ACPI's timer, which never stops; QEMU's firmwares set it.  The rest of ACPI
 * takes a tenth of a second, and a guest that ends by a reset does not need it. */
#define CLOCK_OPTIONS "acpi=off pmtmr=0x608 "

/* Disables parts of the kernel's start that a guest for one application does not need;
 * “./dev bench” measures the effect. */
#define KERNEL_COMMAND_LINE                                                                        \
  "quiet loglevel=1 panic=-1 reboot=t cryptomgr.notests random.trust_cpu=on 8250.nr_uarts=0 "      \
  CLOCK_OPTIONS "rcupdate.rcu_expedited=1 net.ifnames=0"

/* Of TCG's cache for the guest's translated code. */
#define TRANSLATIONS_MIB 256u

/* -------------------------------------------------------------- devices -- */

static void
add_device (GVirConfigDomain *domain, GType type, const char *xml)
{
  g_autoptr (GError) error = NULL;
  GVirConfigObject *device = gvir_config_object_new_from_xml (type, NULL, NULL, xml, &error);

  /* The literals above are well-formed; the tests check this. */
  g_assert_no_error (error);
  gvir_config_domain_add_device (domain, GVIR_CONFIG_DOMAIN_DEVICE (device));
  g_object_unref (device);
}

static void
add_filesystem (GVirConfigDomain *domain, const GbxExport *export)
{
  g_autoptr (GError) error = NULL;
  GVirConfigDomainFilesys *device = gvir_config_domain_filesys_new_from_xml (
      export->socket ? served_xml : filesystem_xml, &error);

  g_assert_no_error (error);
  /* A server is itself unable to write what is read-only. */
  if (!export->socket)
    gvir_config_domain_filesys_set_source (device, export->path);
  gvir_config_domain_filesys_set_target (device, export->tag);
  if (!export->socket)
    gvir_config_domain_filesys_set_readonly (device, !export->writable);
  gvir_config_domain_add_device (domain, GVIR_CONFIG_DOMAIN_DEVICE (device));
  g_object_unref (device);
}

static void
set_home_driver (GVirConfigDomainDisk *disk, gboolean is_template)
{
  GVirConfigDomainDiskDriver *driver = gvir_config_domain_disk_driver_new ();

  gvir_config_domain_disk_driver_set_name (driver, "qemu");
  gvir_config_domain_disk_driver_set_format (driver, is_template
                                                         ? GVIR_CONFIG_DOMAIN_DISK_FORMAT_QCOW2
                                                         : GVIR_CONFIG_DOMAIN_DISK_FORMAT_RAW);
  /* Changes that are thrown away need not survive a crash of the host. */
  gvir_config_domain_disk_driver_set_cache (
      driver, is_template ? GVIR_CONFIG_DOMAIN_DISK_CACHE_UNSAFE
                          : GVIR_CONFIG_DOMAIN_DISK_CACHE_WRITEBACK);
  gvir_config_domain_disk_driver_set_error_policy (
      driver, GVIR_CONFIG_DOMAIN_DISK_DRIVER_ERROR_POLICY_REPORT);
  gvir_config_domain_disk_driver_set_discard (driver,
                                              GVIR_CONFIG_DOMAIN_DISK_DRIVER_DISCARD_UNMAP);
  gvir_config_domain_disk_set_driver (disk, driver);
  g_object_unref (driver);
}

static void
add_home (GVirConfigDomain *domain, GbxLaunchPlan *plan)
{
  g_autoptr (GError) error = NULL;
  GVirConfigDomainDisk *disk = gvir_config_domain_disk_new_from_xml (
      plan->home_base ? template_xml : home_xml, &error);

  g_assert_no_error (error);
  set_home_driver (disk, plan->home_base != NULL);
  gvir_config_domain_disk_set_source (disk, plan->home_image);
  gvir_config_domain_disk_set_target_dev (disk, "vda");
  gvir_config_domain_disk_set_target_bus (disk, GVIR_CONFIG_DOMAIN_DISK_BUS_VIRTIO);
  gvir_config_domain_add_device (domain, GVIR_CONFIG_DOMAIN_DEVICE (disk));
  g_object_unref (disk);
}

static void
add_display (GVirConfigDomain *domain, GbxLaunchPlan *plan)
{
  GbxPolicy *policy = plan->policy;

  if (gbx_policy_get_mode (policy) == GBX_MODE_EXEC)
    {
      add_device (domain, GVIR_CONFIG_TYPE_DOMAIN_VIDEO, no_video_xml);
      return;
    }
  if (gbx_policy_get_display_protocol (policy) == GBX_DISPLAY_PROTOCOL_VNC)
    add_device (domain, GVIR_CONFIG_TYPE_DOMAIN_GRAPHICS_VNC, vnc_xml);
  else
    add_device (domain, GVIR_CONFIG_TYPE_DOMAIN_GRAPHICS_SPICE, spice_xml);
  add_device (domain, GVIR_CONFIG_TYPE_DOMAIN_VIDEO, video_xml[plan->video]);
  for (guint i = 0; i < G_N_ELEMENTS (input_xml); i++)
    add_device (domain, GVIR_CONFIG_TYPE_DOMAIN_INPUT, input_xml[i]);
}

static void
set_boot (GVirConfigDomain *domain, GbxLaunchPlan *plan)
{
  g_autoptr (GVirConfigDomainOs) os = gvir_config_domain_get_os (domain);

  gvir_config_domain_os_set_kernel (os, plan->kernel);
  gvir_config_domain_os_set_ramdisk (os, plan->initrd);
  gvir_config_domain_os_set_cmdline (os, KERNEL_COMMAND_LINE);
  if (plan->firmware)
    gvir_config_domain_os_set_loader (os, plan->firmware);
}

static void
set_cpu (GVirConfigDomain *domain, GbxLaunchPlan *plan)
{
  gboolean kvm = plan->accelerator == GBX_ACCELERATOR_KVM;
  GVirConfigDomainCpu *cpu = gvir_config_domain_cpu_new_from_xml (
      kvm ? "<cpu mode='host-passthrough' migratable='off'/>" : "<cpu mode='maximum'/>", NULL);

  gvir_config_domain_set_virt_type (domain, kvm ? GVIR_CONFIG_DOMAIN_VIRT_KVM
                                                : GVIR_CONFIG_DOMAIN_VIRT_QEMU);
  gvir_config_domain_set_vcpus (domain, gbx_policy_get_cpus_with (plan->policy, plan->accelerator));
  gvir_config_domain_set_cpu (domain, cpu);
  g_object_unref (cpu);
}

static void
set_security_label (GVirConfigDomain *domain)
{
  GVirConfigDomainSeclabel *label =
      gvir_config_domain_seclabel_new_from_xml (root_label_xml, NULL);

  gvir_config_domain_set_seclabel (domain, label);
  g_object_unref (label);
}

/* ----------------------------------------------------------------- tree -- */

static void
set_number (xmlNode *node, const char *attribute, guint value)
{
  g_autofree char *text = g_strdup_printf ("%u", value);

  xmlSetProp (node, BAD_CAST attribute, BAD_CAST text);
}

static void
add_argument (xmlNode *command_line, xmlNs *ns, const char *value)
{
  xmlNode *node = xmlNewChild (command_line, ns, BAD_CAST "arg", NULL);

  xmlSetProp (node, BAD_CAST "value", BAD_CAST value);
}

/* libvirt 9.0 has no element for a QEMU stream netdev, which is what passt
 * speaks, nor for the environment of the emulator. */
static void
add_qemu_arguments (xmlNode *root, GbxLaunchPlan *plan, GPtrArray *limits)
{
  xmlNs *ns = xmlNewNs (root, BAD_CAST QEMU_NAMESPACE, BAD_CAST "qemu");
  xmlNode *command_line = xmlNewChild (root, ns, BAD_CAST "commandline", NULL);

  if (plan->network_socket)
    {
      g_autofree char *netdev =
          g_strconcat ("stream,id=gbxnet,server=off,addr.type=unix,addr.path=",
                       plan->network_socket, NULL);

      add_argument (command_line, ns, "-netdev");
      add_argument (command_line, ns, netdev);
      add_argument (command_line, ns, "-device");
      /* libvirt counts slots from 2 and does not know of this device. */
      add_argument (command_line, ns, "virtio-net-pci,netdev=gbxnet,romfile=,addr=0x1e");
    }
  for (guint i = 0; i < limits->len; i++)
    add_argument (command_line, ns, limits->pdata[i]);
  if (plan->jail_rules)
    {
      xmlNode *env = xmlNewChild (command_line, ns, BAD_CAST "env", NULL);

      xmlSetProp (env, BAD_CAST "name", BAD_CAST "GLOVEBOX_JAIL");
      xmlSetProp (env, BAD_CAST "value", BAD_CAST plan->jail_rules);
    }
}

/* Without a limit QEMU translates into up to a gigabyte, which an application that runs long
 * fills. */
static void
limit_translations (xmlNode *features)
{
  g_autofree char *size = g_strdup_printf ("%u", TRANSLATIONS_MIB);
  xmlNode *tcg = xmlNewChild (features, NULL, BAD_CAST "tcg", NULL);
  xmlNode *cache = xmlNewTextChild (tcg, NULL, BAD_CAST "tb-cache", BAD_CAST size);

  xmlSetProp (cache, BAD_CAST "unit", BAD_CAST "MiB");
}

/* The servers map the guest's memory, so it has to be a file. */
static void
share_memory (xmlNode *root)
{
  xmlNode *backing = xmlNewChild (root, NULL, BAD_CAST "memoryBacking", NULL);
  xmlNode *source = xmlNewChild (backing, NULL, BAD_CAST "source", NULL);
  xmlNode *access = xmlNewChild (backing, NULL, BAD_CAST "access", NULL);

  xmlSetProp (source, BAD_CAST "type", BAD_CAST "memfd");
  xmlSetProp (access, BAD_CAST "mode", BAD_CAST "shared");
}

/* In the order in which they were added. */
static void
set_servers (xmlXPathContext *context, xmlNode *root, GbxLaunchPlan *plan)
{
  guint number = 0;

  for (guint i = 0; i < plan->exports->len; i++)
    {
      GbxExport *export = plan->exports->pdata[i];
      g_autofree char *path = NULL;

      if (!export->socket)
        continue;
      path = g_strdup_printf ("(/domain/devices/filesystem[driver/@type = 'virtiofs'])[%u]/source",
                              ++number);
      xmlSetProp (gbx_domain_xml_find (context, path), BAD_CAST "socket", BAD_CAST export->socket);
    }
  if (number > 0)
    share_memory (root);
}

static void
finish_tree (xmlXPathContext *context, xmlNode *root, gpointer data)
{
  GbxLaunchPlan *plan = data;
  xmlNode *emulator = gbx_domain_xml_find (context, "/domain/devices/emulator");
  xmlNode *socket = gbx_domain_xml_find (context, "/domain/devices/channel/source");
  xmlNode *base = gbx_domain_xml_find (context, "/domain/devices/disk/backingStore/source");
  xmlNode *resolution = gbx_domain_xml_find (context, "/domain/devices/video/model/resolution");
  g_autoptr (GPtrArray) limits = gbx_limits_list_arguments (plan);
  guint width, height;

  gbx_policy_get_display_size (plan->policy, &width, &height);
  gbx_display_protocol_fit (gbx_policy_get_display_protocol (plan->policy), &width, &height);
  xmlSetProp (gbx_domain_xml_find (context, "/domain/metadata/*[local-name() = 'sandbox']"),
              BAD_CAST GBX_METADATA_RUNTIME, BAD_CAST plan->runtime);
  xmlNodeAddContent (emulator, BAD_CAST plan->emulator);
  xmlSetProp (socket, BAD_CAST "path", BAD_CAST plan->console_socket);
  if (base)
    xmlSetProp (base, BAD_CAST "file", BAD_CAST plan->home_base);
  if (resolution)
    {
      set_number (resolution, "x", width);
      set_number (resolution, "y", height);
    }
  if (plan->accelerator == GBX_ACCELERATOR_TCG)
    limit_translations (gbx_domain_xml_find (context, "/domain/features"));
  set_servers (context, root, plan);
  gbx_limits_add_to_machine (root, plan);
  if (plan->network_socket || plan->jail_rules || limits->len > 0)
    add_qemu_arguments (root, plan, limits);
}

/* -------------------------------------------------------------- public -- */

GVirConfigDomain *
gbx_domain_new (GbxLaunchPlan *plan, GError **error)
{
  g_autoptr (GVirConfigDomain) domain = gvir_config_domain_new_from_xml (base_xml, error);
  g_autofree char *name = g_strconcat (GBX_DOMAIN_PREFIX, plan->name, NULL);

  if (!domain)
    return NULL;
  gvir_config_domain_set_name (domain, name);
  gvir_config_domain_set_uuid (domain, plan->uuid);
  gvir_config_domain_set_title (domain, gbx_policy_get_title (plan->policy));
  gvir_config_domain_set_memory (domain, gbx_policy_get_memory (plan->policy) / 1024);
  if (!gvir_config_domain_set_custom_xml (domain, metadata_xml, "glovebox", GBX_METADATA_NAMESPACE,
                                          error))
    return NULL;
  set_cpu (domain, plan);
  set_boot (domain, plan);
  for (guint i = 0; i < plan->exports->len; i++)
    add_filesystem (domain, plan->exports->pdata[i]);
  if (plan->home_image)
    add_home (domain, plan);
  add_display (domain, plan);
  if (plan->by_root)
    set_security_label (domain);
  return gbx_domain_xml_finish (domain, finish_tree, plan, error);
}
