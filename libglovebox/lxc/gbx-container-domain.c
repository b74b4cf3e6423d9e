/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-container-domain"

#include "config.h"

#include "gbx-container-domain.h"

#include "gbx-domain-xml.h"
#include "gbx-exports.h"
#include "gbx-limits-xml.h"

/* The description of a container.  Nothing is marked as read-only: libvirt's remount drops the
 * flags of the file system below, which the kernel refuses in a user namespace where these are
 * "nosuid" or "nodev", and libvirt then goes on with a writable one.  The init of the guest makes
 * each mount read-only with its flags, or ends. */

/* privnet: a network namespace, with nothing in it but the loopback. */
static const char base_xml[] =
    "<domain type='lxc'>"
    "  <os><type>exe</type><init>/" GBX_CONTAINER_INIT "</init></os>"
    "  <features><privnet/></features>"
    "  <clock offset='utc'/>"
    "  <on_poweroff>destroy</on_poweroff>"
    "  <on_reboot>destroy</on_reboot>"
    "  <on_crash>destroy</on_crash>"
    "  <devices>"
    "    <console type='pty'/>"
    "  </devices>"
    "</domain>";

static const char filesystem_xml[] = "<filesystem type='mount'/>";

static const char metadata_xml[] = "<sandbox version='1'/>";

/* libvirt passes descriptors on from this number. */
#define FIRST_DESCRIPTOR 3

static void
add_mount (GVirConfigDomain *domain, const char *source, const char *target)
{
  GVirConfigDomainFilesys *device =
      gvir_config_domain_filesys_new_from_xml (filesystem_xml, NULL);

  gvir_config_domain_filesys_set_source (device, source);
  gvir_config_domain_filesys_set_target (device, target);
  gvir_config_domain_add_device (domain, GVIR_CONFIG_DOMAIN_DEVICE (device));
  g_object_unref (device);
}

/* The root is the first export. */
static void
add_exports (GVirConfigDomain *domain, GbxLaunchPlan *plan)
{
  for (guint i = 0; i < plan->exports->len; i++)
    {
      GbxExport *export = plan->exports->pdata[i];
      g_autofree char *target =
          i == 0 ? g_strdup ("/") : g_build_filename ("/" GBX_CONTAINER_EXPORTS, export->tag, NULL);

      add_mount (domain, export->path, target);
    }
}

/* A single file, which is no copy, is mounted in its folder. */
static void
add_files (GVirConfigDomain *domain, GbxLaunchPlan *plan)
{
  GPtrArray *shares = gbx_policy_get_shares (plan->policy);

  for (guint i = 0; i < shares->len; i++)
    {
      g_autofree char *tag = gbx_exports_share_tag (i);
      g_autofree char *place = gbx_exports_share_path (plan, i);
      g_autofree char *source = g_strconcat (place, GBX_EXPORT_FILE_SUFFIX, NULL);
      g_autofree char *target =
          g_build_filename ("/" GBX_CONTAINER_EXPORTS, tag, GBX_EXPORT_FILE_NAME, NULL);

      if (!gbx_share_is_directory (shares->pdata[i]) && !gbx_file_copies_get_folder (plan->copies, i))
        add_mount (domain, source, target);
    }
}

/* ----------------------------------------------------------------- tree -- */

static void
set_number (xmlNode *node, const char *attribute, guint value)
{
  g_autofree char *text = g_strdup_printf ("%u", value);

  xmlSetProp (node, BAD_CAST attribute, BAD_CAST text);
}

static void
add_mappings (xmlNode *idmap, const char *kind, const GbxIdRange *range)
{
  GbxIdMapping mappings[GBX_ID_MAPPINGS_MAX];
  guint n = gbx_id_range_map (range, mappings);

  for (guint i = 0; i < n; i++)
    {
      xmlNode *node = xmlNewChild (idmap, NULL, BAD_CAST kind, NULL);

      set_number (node, "start", mappings[i].inside);
      set_number (node, "target", mappings[i].outside);
      set_number (node, "count", mappings[i].count);
    }
}

static void
add_descriptor (xmlNode *os, const char *option, guint *number)
{
  g_autofree char *text = g_strdup_printf ("--%s-fd=%u", option, (*number)++);

  xmlNewTextChild (os, NULL, BAD_CAST "initarg", BAD_CAST text);
}

static void
add_arguments (xmlNode *os, GbxContainerPlan *plan)
{
  guint number = FIRST_DESCRIPTOR;

  xmlNewTextChild (os, NULL, BAD_CAST "initarg", BAD_CAST "--container");
  add_descriptor (os, "console", &number);
  if (plan->display_socket)
    add_descriptor (os, "display", &number);
  if (plan->plan->network_socket)
    add_descriptor (os, "network", &number);
}

/* A node of the host that the container may open. */
static void
add_node (xmlNode *devices, const char *path)
{
  xmlNode *device = xmlNewChild (devices, NULL, BAD_CAST "hostdev", NULL);
  xmlNode *source = xmlNewChild (device, NULL, BAD_CAST "source", NULL);

  xmlSetProp (device, BAD_CAST "mode", BAD_CAST "capabilities");
  xmlSetProp (device, BAD_CAST "type", BAD_CAST "misc");
  xmlNewTextChild (source, NULL, BAD_CAST "char", BAD_CAST path);
}

static void
finish_tree (xmlXPathContext *context, xmlNode *root, gpointer data)
{
  GbxContainerPlan *plan = data;
  xmlNode *idmap = xmlNewChild (root, NULL, BAD_CAST "idmap", NULL);

  xmlSetProp (gbx_domain_xml_find (context, "/domain/metadata/*[local-name() = 'sandbox']"),
              BAD_CAST GBX_METADATA_RUNTIME, BAD_CAST plan->plan->runtime);
  add_mappings (idmap, "uid", &plan->uids);
  add_mappings (idmap, "gid", &plan->gids);
  add_arguments (gbx_domain_xml_find (context, "/domain/os"), plan);
  if (plan->plan->network_socket)
    add_node (gbx_domain_xml_find (context, "/domain/devices"), "/dev/net/tun");
  gbx_limits_add_to_container (root, plan->plan);
}

GVirConfigDomain *
gbx_container_domain_new (GbxContainerPlan *plan, GError **error)
{
  g_autoptr (GVirConfigDomain) domain = gvir_config_domain_new_from_xml (base_xml, error);
  g_autofree char *name = gbx_container_plan_domain_name (plan->plan);
  GbxPolicy *policy = plan->plan->policy;

  if (!domain)
    return NULL;
  gvir_config_domain_set_name (domain, name);
  gvir_config_domain_set_uuid (domain, plan->plan->uuid);
  gvir_config_domain_set_title (domain, gbx_policy_get_title (policy));
  gvir_config_domain_set_memory (domain, gbx_policy_get_memory (policy) / 1024);
  gvir_config_domain_set_vcpus (domain, gbx_policy_get_cpus_with (policy, GBX_ACCELERATOR_NONE));
  if (!gvir_config_domain_set_custom_xml (domain, metadata_xml, "glovebox", GBX_METADATA_NAMESPACE,
                                          error))
    return NULL;
  add_exports (domain, plan->plan);
  add_files (domain, plan->plan);
  return gbx_domain_xml_finish (domain, finish_tree, plan, error);
}
