/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-guest-request.h"
#include "gbx-keyboard.h"
#include "gbx-policy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What has gone wrong with a guest that was started. */
typedef enum
{
  GBX_FAULT_START,  /* it could not be started */
  GBX_FAULT_DIED,   /* it ended before it said hello */
  GBX_FAULT_SILENT, /* it has not said hello in time */
  GBX_FAULT_HANGS,  /* it has not started the application in time */
} GbxFault;

/* What the host waits for, and not for ever. */
typedef enum
{
  GBX_WAIT_HELLO,    /* from the start to the guest's hello */
  GBX_WAIT_SET_UP,   /* from there to the application's start */
  GBX_WAIT_FAREWELL, /* from the exit status until all is written */
} GbxWait;

/* Where a sandbox runs: a virtual machine, or later a container.  One object is for one
 * launch.  It prepares the host, starts a guest and hands out the connection to its
 * init; what is said over that is the session's affair.
 *
 * The functions of the class up to "end" and "describe" block, in a worker thread, one
 * at a time.  Those marked "beside" may run in further threads at the same time.  The
 * rest is for the main context while no worker runs, and does not block. */
#define GBX_TYPE_BACKEND (gbx_backend_get_type ())
G_DECLARE_DERIVABLE_TYPE (GbxBackend, gbx_backend, GBX, BACKEND, GObject)

struct _GbxBackendClass
{
  GObjectClass parent_class;

  /* Claims the sandbox's name, and makes or finds all that a guest needs. */
  gboolean (*prepare) (GbxBackend *self, GCancellable *cancellable, GError **error);
  /* Starts the guest; one that was started before is ended first. */
  gboolean (*start) (GbxBackend *self, GCancellable *cancellable, GError **error);
  /* The connected socket of the guest's init, or -1. */
  int (*accept_console) (GbxBackend *self, GCancellable *cancellable, GError **error);
  /* Ends the guest and removes all that was prepared, also after a failure.
   * powered_off: the guest has said good-bye. */
  gboolean (*end) (GbxBackend *self, gboolean powered_off, GError **error);
  /* What a start would tell libvirt, for people; starts nothing. */
  char *(*describe) (GbxBackend *self, GError **error);

  /* Beside: makes a start fail that does not get on. */
  void (*interrupt) (GbxBackend *self);
  /* Beside: one more connection to the guest's display, or -1. */
  int (*open_display) (GbxBackend *self, GCancellable *cancellable, GError **error);
  /* Beside: (nullable) (transfer full): what the guest's host process said last. */
  char *(*dup_log) (GbxBackend *self);
  /* Beside: tells other processes of the account how the sandbox does. */
  void (*publish) (GbxBackend *self, const char *condition);
  /* Beside: the application runs; what a fault has taught may be kept. */
  void (*confirm) (GbxBackend *self);

  /* (nullable): the sandbox's name once prepared. */
  const char *(*get_name) (GbxBackend *self);
  /* What the next start uses, or the last one used. */
  GbxAccelerator (*get_accelerator) (GbxBackend *self);
  /* (nullable): in what the isolation is weaker than it could be, a sentence each. */
  const char *const *(*get_weaknesses) (GbxBackend *self);
  /* Whether another start would go another way; with an error when the user asked for
   * this way.  cause: (nullable), with GBX_FAULT_START. */
  gboolean (*fall_back) (GbxBackend *self, GbxFault fault, const GError *cause, GError **error);
  /* Milliseconds. */
  guint (*get_patience) (GbxBackend *self, GbxWait wait);
  /* The CONFIG message for the guest's init. */
  GbxGuestRequest *(*create_request) (GbxBackend *self, GError **error);
  /* The guest has said good-bye: what is left of it can go at once. */
  void (*power_off) (GbxBackend *self);
  /* (nullable) (transfer full): which helper has failed, a sentence. */
  char *(*describe_trouble) (GbxBackend *self);
};

/* Before it is prepared.  keyboard: (nullable): otherwise the system's. */
void gbx_backend_set_keyboard (GbxBackend *self, GbxKeyboard *keyboard);
GbxKeyboard *gbx_backend_get_keyboard (GbxBackend *self);
/* Device pixels for each of the application's, 1 to 4. */
void gbx_backend_set_scale (GbxBackend *self, guint scale);
guint gbx_backend_get_scale (GbxBackend *self);

void gbx_backend_prepare_async (GbxBackend *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_backend_prepare_finish (GbxBackend *self, GAsyncResult *result, GError **error);
/* Start and accept_console. */
void gbx_backend_start_async (GbxBackend *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
int gbx_backend_start_finish (GbxBackend *self, GAsyncResult *result, GError **error);
/* Unless the guest has powered off, *log tells what its process said last. */
void gbx_backend_end_async (GbxBackend *self, gboolean powered_off, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean gbx_backend_end_finish (GbxBackend *self, GAsyncResult *result, char **log,
                                 GError **error);
void gbx_backend_open_display_async (GbxBackend *self, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
int gbx_backend_open_display_finish (GbxBackend *self, GAsyncResult *result, GError **error);
/* These return at once, and nothing tells when they are done. */
void gbx_backend_interrupt (GbxBackend *self);
void gbx_backend_publish (GbxBackend *self, const char *condition);
void gbx_backend_confirm (GbxBackend *self);

const char *gbx_backend_get_name (GbxBackend *self);
GbxAccelerator gbx_backend_get_accelerator (GbxBackend *self);
const char *const *gbx_backend_get_weaknesses (GbxBackend *self);
gboolean gbx_backend_fall_back (GbxBackend *self, GbxFault fault, const GError *cause,
                                GError **error);
guint gbx_backend_get_patience (GbxBackend *self, GbxWait wait);
GbxGuestRequest *gbx_backend_create_request (GbxBackend *self, GError **error);
void gbx_backend_power_off (GbxBackend *self);
char *gbx_backend_describe_trouble (GbxBackend *self);

/* Blocking, for a worker thread. */
char *gbx_backend_describe (GbxBackend *self, GError **error);
/* Starts a guest, waits for the first word of its init, and ends it again. */
gboolean gbx_backend_try (GbxBackend *self, GCancellable *cancellable, GError **error);

G_END_DECLS
