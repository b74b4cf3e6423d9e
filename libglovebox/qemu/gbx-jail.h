/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"

G_BEGIN_DECLS

/* Makes libvirt start the emulator jail (host/emulator-jail/) instead of QEMU, and writes
 * the rules for this launch: what QEMU may open and connect to.  What the system cannot
 * enforce becomes the plan's weakness. */
gboolean gbx_jail_prepare (GbxLaunchPlan *plan, GError **error);

gboolean gbx_jail_has_landlock (void);
/* Whether this account may create the namespaces of the jail; it tries this, blocking. */
gboolean gbx_jail_can_isolate (const char *jail);
/* (nullable) (transfer full): what to do if AppArmor does not let libvirt execute that
 * jail; part of a sentence. */
char *gbx_jail_advise (const char *jail, gboolean apparmor);
gboolean gbx_jail_apparmor_is_on (void);
/* (nullable) (transfer full): what is missing, as a sentence. */
char *gbx_jail_describe_weakness (gboolean isolate, gboolean landlock);

/* Writes the rules again, after the plan has changed. */
gboolean gbx_jail_renew (GbxLaunchPlan *plan, GError **error);

/* A rule of host/emulator-jail/: what may be done, with which path of the host, and by which
 * path it is known.  Each part ends with a NUL, the one byte that no path has. */
void gbx_jail_write_part (GByteArray *text, const char *part);
void gbx_jail_write_rule (GByteArray *text, const char *verb, const char *from, const char *at);

G_END_DECLS
