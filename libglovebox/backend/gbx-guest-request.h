/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-plan.h"
#include "gbx-appearance.h"
#include "gbx-keyboard.h"
#include "gbx-rootfs.h"

G_BEGIN_DECLS

/* What the host sends to a guest after its hello: all of CONFIG, and of START for its
 * command. */
typedef struct
{
  GBytes *config, *command; /* (owned) */
} GbxGuestRequest;

/* A command beside the first one. */
typedef struct
{
  const char *const *argv;
  const char *const *environment; /* (nullable): KEY=VALUE, above the first command's */
  const char *directory;          /* (nullable): NULL for the home */
  guint rows, columns;            /* of its terminal; 0: it gets none */
  gboolean separate_stderr;       /* from the terminal */
  gboolean keeps;                 /* the guest does not end before it */
} GbxCommandSpec;

/* START for it: (transfer full). */
GBytes *gbx_guest_request_make_command (const GbxCommandSpec *spec, GError **error);

/* For the guest of that plan. */
GbxGuestRequest *gbx_guest_request_new (GbxLaunchPlan *plan, GbxIdentity *identity,
                                        GbxKeyboard *keyboard, GbxAppearance *appearance,
                                        guint scale, GError **error);
void gbx_guest_request_free (GbxGuestRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxGuestRequest, gbx_guest_request_free)

G_END_DECLS
