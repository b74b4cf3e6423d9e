/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* libvirt's system daemon, which has the containers of all accounts. */

/* Usually lxc:///system; GLOVEBOX_LXC_URI names another one, for tests. */
const char *gbx_virt_get_container_uri (void);
gboolean gbx_virt_uri_is_of_containers (const char *uri);
/* Whether the account may connect to it, as far as can be seen without connecting. */
gboolean gbx_virt_may_reach_containers (void);

/* Why libvirt refused a connection for containers. */
typedef enum
{
  GBX_REFUSAL_NO_DAEMON,
  GBX_REFUSAL_NO_DRIVER,
  GBX_REFUSAL_NO_MEMBER, /* the account is not in the group */
  GBX_REFUSAL_OLD_LOGIN, /* it is, but not yet in this session */
  GBX_REFUSAL_OTHER,
} GbxRefusal;

/* Of the last error of libvirt in this thread. */
GbxRefusal gbx_virt_get_refusal (void);
/* (transfer full): a sentence without its full stop. */
char *gbx_virt_describe_refusal (GbxRefusal refusal);
/* (nullable) (transfer full): a command that mends it. */
char *gbx_virt_get_refusal_command (GbxRefusal refusal);
/* (nullable) (transfer full): a sentence for a start that libvirt refused with that message, if
 * more is known about it. */
char *gbx_virt_explain_container (const char *message);

G_END_DECLS
