/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-virt"

#include "config.h"

#include "gbx-virt.h"

#include "gbx-error.h"
#include "gbx-surroundings.h"
#include "gbx-virt-containers.h"
#include "gbx-virt-usage.h"

#include <glib/gi18n-lib.h>
#include <grp.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct _GbxVirt
{
  gatomicrefcount references;
  char *uri;
  virConnectPtr connection;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (virDomain, virDomainFree)

/* Without an error function libvirt prints every error to stderr. */
static void
ignore_error (void *user_data, virErrorPtr error)
{
}

static gboolean
initialise (GError **error)
{
  static gsize once = 0;
  static gboolean usable;

  if (g_once_init_enter (&once))
    {
      usable = virInitialize () == 0;
      virSetErrorFunc (NULL, ignore_error);
      g_once_init_leave (&once, 1);
    }
  if (!usable)
    g_set_error_literal (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, _ ("libvirt cannot be used"));
  return usable;
}

/* ---------------------------------------------------------- connection -- */

/* libvirt 9.0 can hang while it exits, if it was told to exit while a domain ran.  Its
 * socket is gone then, but no other daemon can take its place. */
int
gbx_virt_find_hung_daemon (void)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *folder = g_build_filename (runtime ? runtime : g_get_user_cache_dir (), "libvirt", NULL);
  g_autofree char *socket = g_build_filename (folder, "libvirt-sock", NULL);
  g_autofree char *pid_file = g_build_filename (folder, "libvirtd.pid", NULL);
  g_autofree char *text = NULL;
  g_autofree char *comm_file = NULL;
  g_autofree char *comm = NULL;
  int pid;

  if (geteuid () == 0 || g_file_test (socket, G_FILE_TEST_EXISTS) ||
      !g_file_get_contents (pid_file, &text, NULL, NULL))
    return 0;
  pid = atoi (text);
  comm_file = g_strdup_printf ("/proc/%d/comm", pid);
  if (pid < 2 || !g_file_get_contents (comm_file, &comm, NULL, NULL) ||
      !g_str_has_prefix (comm, "libvirtd"))
    return 0;
  return pid;
}

/* A group of any length has one; only an ID without an entry has none. */
static gboolean
group_has_name (void)
{
  struct group entry, *found = NULL;
  char buffer[1024];

  return getgrgid_r (getegid (), &entry, buffer, sizeof buffer, &found) != 0 || found;
}

static void
set_open_error_of_containers (GError **error)
{
  g_autofree char *sentence = gbx_virt_describe_refusal (gbx_virt_get_refusal ());

  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, sentence);
}

static void
set_open_error (const char *uri, GError **error)
{
  int hung = gbx_virt_find_hung_daemon ();

  if (hung)
    g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
                 _ ("Cannot reach libvirt at %s: its daemon hangs while it exits; end it with "
                    "“kill -9 %d” and try again"),
                 uri, hung);
  else if (!group_has_name ())
    g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
                 _ ("Cannot reach libvirt at %s: it needs a name for your group %u, which has no "
                    "entry in the group database; as root, add it with “groupadd -g %u NAME”"),
                 uri, (guint) getegid (), (guint) getegid ());
  else
    /* A connection starts the daemon of an account, but not root's. */
    g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
                 geteuid () == 0
                     ? _ ("Cannot reach libvirt at %s: %s; is libvirtd installed (on Debian: "
                          "apt-get install libvirt-daemon-system) and running (systemctl start "
                          "libvirtd)?")
                     : _ ("Cannot reach libvirt at %s: %s; is libvirtd installed (on Debian: "
                          "apt-get install libvirt-daemon libvirt-daemon-driver-qemu)?"),
                 uri, virGetLastErrorMessage ());
}

GbxVirt *
gbx_virt_open (const char *uri, GError **error)
{
  virConnectPtr connection;
  GbxVirt *self;

  gbx_surroundings_settle_sockets ();
  if (!initialise (error))
    return NULL;
  connection = virConnectOpen (uri);
  if (!connection)
    {
      if (gbx_virt_uri_is_of_containers (uri))
        set_open_error_of_containers (error);
      else
        set_open_error (uri, error);
      return NULL;
    }
  self = g_new0 (GbxVirt, 1);
  g_atomic_ref_count_init (&self->references);
  self->uri = g_strdup (uri);
  self->connection = connection;
  return self;
}

GbxVirt *
gbx_virt_ref (GbxVirt *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
gbx_virt_unref (GbxVirt *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  virConnectClose (self->connection);
  g_free (self->uri);
  g_free (self);
}

/* libvirt appends the whole output of QEMU, including warnings: use the last error. */
static char *
last_error_line (const char *message)
{
  g_auto (GStrv) lines = g_strsplit (message, "\n", -1);
  const char *last = lines[0], *status;

  for (guint i = 1; lines[i]; i++)
    if (*lines[i] && !strstr (lines[i], "warning:") && !g_str_has_prefix (lines[i], "Please use"))
      last = lines[i];
  /* Without QEMU's whole command line, which is in parentheses before its exit status. */
  status = g_strrstr (last, ") unexpected exit status");
  if (status)
    last = status + strlen (") unexpected ");
  /* Without the full stop, because it is inserted in other sentences. */
  return g_strndup (last, strlen (last) - g_str_has_suffix (last, "."));
}

static gboolean
set_start_error_of_container (GError **error)
{
  g_autofree char *complaint = last_error_line (virGetLastErrorMessage ());
  g_autofree char *sentence = gbx_virt_explain_container (complaint);

  if (!sentence)
    sentence = g_strdup_printf (_ ("libvirt could not start the container: %s"), complaint);
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_HYPERVISOR, sentence);
  return FALSE;
}

/* A daemon that was killed while a container ran keeps the dead domain in its list, and with it
 * the name. */
static void
forget_dead_namesake (GbxVirt *self, GVirConfigDomain *config)
{
  g_autoptr (virDomain) domain =
      virDomainLookupByName (self->connection, gvir_config_domain_get_name (config));

  if (domain && virDomainIsActive (domain) == 0)
    virDomainDestroy (domain);
}

gboolean
gbx_virt_start_with_files (GbxVirt *self, GVirConfigDomain *config, int *files, guint n_files,
                           int *process, GError **error)
{
  g_autofree char *xml = gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (config));
  g_autoptr (virDomain) domain = NULL;

  forget_dead_namesake (self, config);
  domain = virDomainCreateXMLWithFiles (self->connection, xml, n_files, files,
                                        VIR_DOMAIN_START_AUTODESTROY);
  if (!domain)
    return set_start_error_of_container (error);
  /* The ID of a container is that of the process that keeps it. */
  *process = (int) syscall (SYS_pidfd_open, virDomainGetID (domain), 0);
  return TRUE;
}

gboolean
gbx_virt_start (GbxVirt *self, GVirConfigDomain *config, gboolean paused, GError **error)
{
  g_autofree char *xml = gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (config));
  guint flags = VIR_DOMAIN_START_AUTODESTROY | (paused ? VIR_DOMAIN_START_PAUSED : 0);
  g_autoptr (virDomain) domain = virDomainCreateXML (self->connection, xml, flags);
  g_autofree char *complaint = NULL;

  if (domain)
    return TRUE;
  complaint = last_error_line (virGetLastErrorMessage ());
  g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
               _ ("libvirt could not start the virtual machine: %s"), complaint);
  return FALSE;
}

/* --------------------------------------------------------------- domain -- */

/* Whether the daemon answered that it has no such domain. */
static gboolean
is_gone (virDomainPtr domain)
{
  return !domain && virGetLastErrorCode () == VIR_ERR_NO_DOMAIN;
}

/* A connection to a dead daemon fails only when it is used.  Then *reopened is the new one. */
static virDomainPtr
look_up (GbxVirt *self, const char *uuid, GbxVirt **reopened, GError **error)
{
  virDomainPtr domain = virDomainLookupByUUIDString (self->connection, uuid);

  if (!domain && !is_gone (domain))
    {
      *reopened = gbx_virt_open (self->uri, error);
      if (!*reopened)
        return NULL;
      domain = virDomainLookupByUUIDString ((*reopened)->connection, uuid);
    }
  if (is_gone (domain))
    g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND, _ ("The sandbox is gone"));
  else if (!domain)
    g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
                 _ ("libvirt does not answer: %s; is libvirtd running?"),
                 virGetLastErrorMessage ());
  return domain;
}

gboolean
gbx_virt_destroy (GbxVirt *self, const char *uuid, GError **error)
{
  g_autoptr (GbxVirt) reopened = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (virDomain) domain = look_up (self, uuid, &reopened, &local);

  if (!domain)
    {
      if (g_error_matches (local, GBX_ERROR, GBX_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (virDomainDestroy (domain) == 0 || virGetLastErrorCode () == VIR_ERR_NO_DOMAIN ||
      virGetLastErrorCode () == VIR_ERR_OPERATION_INVALID)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
               _ ("libvirt could not end the sandbox: %s; end it with “virsh -c %s "
                  "destroy %s”"),
               virGetLastErrorMessage (), self->uri, uuid);
  return FALSE;
}

gboolean
gbx_virt_set_paused (GbxVirt *self, const char *uuid, gboolean paused, GError **error)
{
  g_autoptr (GbxVirt) reopened = NULL;
  g_autoptr (virDomain) domain = look_up (self, uuid, &reopened, error);

  if (!domain)
    return FALSE;
  if ((paused ? virDomainSuspend (domain) : virDomainResume (domain)) == 0)
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
               paused ? _ ("libvirt could not pause the sandbox: %s")
                      : _ ("libvirt could not let the sandbox go on: %s"),
               virGetLastErrorMessage ());
  return FALSE;
}

gboolean
gbx_virt_measure (GbxVirt *self, const char *uuid, GbxUsage *usage, GError **error)
{
  g_autoptr (virDomain) domain = virDomainLookupByUUIDString (self->connection, uuid);

  if (domain && gbx_virt_usage_read (domain, usage))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
               _ ("libvirt could not measure the sandbox: %s"), virGetLastErrorMessage ());
  return FALSE;
}

gboolean
gbx_virt_change (GbxVirt *self, const char *uuid, GbxVirtLimits kind, const char *name,
                 GVariant *value, GError **error)
{
  g_autoptr (GbxVirt) reopened = NULL;
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  g_autoptr (virDomain) domain = look_up (self, uuid, &reopened, error);

  return domain && gbx_virt_limits_change (domain, kind, name, owned, error);
}

gboolean
gbx_virt_pin (GbxVirt *self, const char *uuid, GArray *processors, GError **error)
{
  g_autoptr (GbxVirt) reopened = NULL;
  g_autoptr (virDomain) domain = look_up (self, uuid, &reopened, error);

  return domain && gbx_virt_limits_pin (domain, processors, error);
}

int
gbx_virt_open_graphics (GbxVirt *self, const char *uuid, GError **error)
{
  g_autoptr (GbxVirt) reopened = NULL;
  g_autoptr (virDomain) domain = look_up (self, uuid, &reopened, error);
  int fd;

  if (!domain)
    return -1;
  /* The descriptor is passed to QEMU over its monitor: authentication is
   * libvirt's own, and nobody else can connect. */
  fd = virDomainOpenGraphicsFD (domain, 0, VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH);
  if (fd < 0)
    g_set_error (error, GBX_ERROR, GBX_ERROR_DISPLAY, _ ("Cannot connect to the display: %s"),
                 virGetLastErrorMessage ());
  return fd;
}

/* (nullable) (transfer full): the sandbox's name, if its folder is in the runtime folder. */
static char *
find_name (const char *metadata, const char *runtime)
{
  xmlDoc *doc = xmlReadMemory (metadata, strlen (metadata), NULL, NULL,
                               XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  xmlNode *root = doc ? xmlDocGetRootElement (doc) : NULL;
  xmlChar *folder = root ? xmlGetProp (root, BAD_CAST GBX_METADATA_RUNTIME) : NULL;
  g_autofree char *parent = folder ? g_path_get_dirname ((char *) folder) : NULL;
  char *name = g_strcmp0 (parent, runtime) == 0 ? g_path_get_basename ((char *) folder) : NULL;

  xmlFree (folder);
  xmlFreeDoc (doc);
  return name;
}

static void
add_if_ours (GHashTable *found, virDomainPtr domain, const char *runtime)
{
  char uuid[VIR_UUID_STRING_BUFLEN];
  char *metadata =
      virDomainGetMetadata (domain, VIR_DOMAIN_METADATA_ELEMENT, GBX_METADATA_NAMESPACE, 0);
  g_autofree char *name = metadata ? find_name (metadata, runtime) : NULL;

  if (name && g_str_has_prefix (virDomainGetName (domain), GBX_DOMAIN_PREFIX) &&
      virDomainGetUUIDString (domain, uuid) == 0)
    g_hash_table_insert (found, g_strdup (uuid), g_steal_pointer (&name));
  free (metadata);
}

GHashTable *
gbx_virt_list (GbxVirt *self, const char *runtime, GError **error)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  virDomainPtr *domains = NULL;
  int n = virConnectListAllDomains (self->connection, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);

  if (n < 0)
    {
      g_set_error (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
                   _ ("libvirt cannot list its domains: %s"), virGetLastErrorMessage ());
      return NULL;
    }
  for (int i = 0; i < n; i++)
    {
      add_if_ours (found, domains[i], runtime);
      virDomainFree (domains[i]);
    }
  free (domains);
  return g_steal_pointer (&found);
}
