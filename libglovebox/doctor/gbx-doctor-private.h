/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-doctor.h"

G_BEGIN_DECLS

/* Blocking, in a worker thread; sets the result of the check. */
typedef void (*GbxCheckFunc) (GbxCheck *check, GCancellable *cancellable);

typedef struct
{
  const char *id;
  const char *title; /* untranslated */
  GbxCheckFunc run;
} GbxCheckup;

/* With other checks than the built-in ones, and another time limit for each. */
GbxDoctor *gbx_doctor_new_with (const GbxCheckup *checkups, gsize n, guint deadline_ms);

/* Takes ownership of the explanation. */
void gbx_check_set_ok (GbxCheck *self, char *explanation);
/* Take ownership of explanation and command; command is nullable. */
void gbx_check_set_warning (GbxCheck *self, char *explanation, char *command);
void gbx_check_set_problem (GbxCheck *self, char *explanation, char *command);

/* The first dotted number in a text, "QEMU emulator version 7.2.22 (Debian …)", compared
 * with a release: TRUE if it is that release or later.  *found is set. */
gboolean gbx_doctor_version_is_at_least (const char *text, const char *least, char **found);

/* gbx-doctor-host.c */
void gbx_check_libvirt (GbxCheck *check, GCancellable *cancellable);
void gbx_check_libvirt_installed (GbxCheck *check, GCancellable *cancellable);
void gbx_check_qemu (GbxCheck *check, GCancellable *cancellable);
void gbx_check_devices (GbxCheck *check, GCancellable *cancellable);
void gbx_check_kvm (GbxCheck *check, GCancellable *cancellable);
void gbx_check_network (GbxCheck *check, GCancellable *cancellable);
void gbx_check_memory (GbxCheck *check, GCancellable *cancellable);
void gbx_check_leftovers (GbxCheck *check, GCancellable *cancellable);
/* gbx-doctor-limits.c */
void gbx_check_limits (GbxCheck *check, GCancellable *cancellable);
/* gbx-doctor-guest.c */
void gbx_check_storage (GbxCheck *check, GCancellable *cancellable);
void gbx_check_kernel (GbxCheck *check, GCancellable *cancellable);
void gbx_check_modules (GbxCheck *check, GCancellable *cancellable);
void gbx_check_xorg (GbxCheck *check, GCancellable *cancellable);
void gbx_check_confinement (GbxCheck *check, GCancellable *cancellable);
void gbx_check_trial (GbxCheck *check, GCancellable *cancellable);
/* gbx-doctor-containers.c */
void gbx_check_containers (GbxCheck *check, GCancellable *cancellable);
/* gbx-doctor-home.c */
void gbx_check_homes (GbxCheck *check, GCancellable *cancellable);

G_END_DECLS
