/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-virt.h"

#include <libxml/tree.h>
#include <libxml/xpath.h>

G_BEGIN_DECLS

/* What libvirt-gconfig has no functions for is set in the tree of the document, so that no
 * name or path is ever inserted into text. */

typedef void (*GbxDomainXmlFunc) (xmlXPathContext *context, xmlNode *root, gpointer data);

/* (transfer full): the domain with what the function adds. */
GVirConfigDomain *gbx_domain_xml_finish (GVirConfigDomain *domain, GbxDomainXmlFunc add,
                                         gpointer data, GError **error);
/* (nullable): the first node at that XPath. */
xmlNode *gbx_domain_xml_find (xmlXPathContext *context, const char *path);
/* (transfer full): the domain as indented text. */
char *gbx_domain_print (GVirConfigDomain *config);

G_END_DECLS
