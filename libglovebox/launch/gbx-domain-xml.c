/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-domain-xml"

#include "config.h"

#include "gbx-domain-xml.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <libxml/xpathInternals.h>
#include <string.h>

xmlNode *
gbx_domain_xml_find (xmlXPathContext *context, const char *path)
{
  xmlXPathObject *found = xmlXPathEvalExpression (BAD_CAST path, context);
  xmlNode *node = found && found->nodesetval && found->nodesetval->nodeNr > 0
                      ? found->nodesetval->nodeTab[0]
                      : NULL;

  xmlXPathFreeObject (found);
  return node;
}

GVirConfigDomain *
gbx_domain_xml_finish (GVirConfigDomain *domain, GbxDomainXmlFunc add, gpointer data,
                       GError **error)
{
  g_autofree char *text = gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (domain));
  xmlDoc *doc = xmlReadMemory (text, strlen (text), NULL, NULL, XML_PARSE_NONET);
  GVirConfigDomain *finished;
  xmlXPathContext *context;
  xmlChar *dump = NULL;
  int size;

  if (!doc)
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_HYPERVISOR,
                           _ ("libvirt-glib created an invalid domain description"));
      return NULL;
    }
  context = xmlXPathNewContext (doc);
  add (context, xmlDocGetRootElement (doc), data);
  xmlXPathFreeContext (context);
  xmlDocDumpMemoryEnc (doc, &dump, &size, "UTF-8");
  xmlFreeDoc (doc);
  finished = gvir_config_domain_new_from_xml ((const char *) dump, error);
  xmlFree (dump);
  return finished;
}

char *
gbx_domain_print (GVirConfigDomain *config)
{
  g_autofree char *text = gvir_config_object_to_xml (GVIR_CONFIG_OBJECT (config));
  xmlDoc *doc = xmlReadMemory (text, strlen (text), NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
  xmlChar *dump = NULL;
  char *indented;
  int size;

  if (!doc)
    return g_steal_pointer (&text);
  xmlDocDumpFormatMemoryEnc (doc, &dump, &size, "UTF-8", 1);
  indented = g_strchomp (g_strdup ((char *) dump));
  xmlFree (dump);
  xmlFreeDoc (doc);
  return indented;
}
