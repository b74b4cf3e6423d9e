/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-guest-request.h"
#include "gbx-appearance.h"
#include "gbx-keyboard.h"
#include "gbx-policy.h"
#include "gbx-setting.h"
#include "gbx-usage.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What went wrong with a guest that was started. */
typedef enum
{
  GBX_FAULT_START,  /* it could not be started */
  GBX_FAULT_DIED,   /* it ended before it said hello */
  GBX_FAULT_SILENT, /* it did not send its hello in time */
  GBX_FAULT_HANGS,  /* it did not start the application in time */
} GbxFault;

/* What the host waits for, each with a time limit. */
typedef enum
{
  GBX_WAIT_HELLO,    /* from the start to the guest's hello */
  GBX_WAIT_SET_UP,   /* from the hello to the application's start */
  GBX_WAIT_FAREWELL, /* from the exit status until everything is written */
} GbxWait;

/* Where a sandbox runs: a virtual machine, or later a container.  One object is for one
 * launch.  It prepares the host, starts a guest and gives the session the connection to the
 * guest's init.
 *
 * The functions of the class up to "end" and "describe" block; they run in a worker thread,
 * one at a time.  Those marked "beside" may run in other threads at the same time.  The
 * rest run in the main context while no worker runs, and do not block. */
#define GBX_TYPE_BACKEND (gbx_backend_get_type ())
G_DECLARE_DERIVABLE_TYPE (GbxBackend, gbx_backend, GBX, BACKEND, GObject)

struct _GbxBackendClass
{
  GObjectClass parent_class;

  /* Claims the sandbox's name, and creates or finds everything that a guest needs. */
  gboolean (*prepare) (GbxBackend *self, GCancellable *cancellable, GError **error);
  /* Starts the guest.  If one was started before, it is ended first. */
  gboolean (*start) (GbxBackend *self, GCancellable *cancellable, GError **error);
  /* The connected socket of the guest's init, or -1. */
  int (*accept_console) (GbxBackend *self, GCancellable *cancellable, GError **error);
  /* Ends the guest and removes everything that was prepared, also after a failure.
   * powered_off: the guest has said good-bye. */
  gboolean (*end) (GbxBackend *self, gboolean powered_off, GError **error);
  /* The description that a start would give to libvirt, for users; starts nothing. */
  char *(*describe) (GbxBackend *self, GError **error);

  /* Beside: makes a hanging start fail. */
  void (*interrupt) (GbxBackend *self);
  /* Beside: one more connection to the guest's display, or -1. */
  int (*open_display) (GbxBackend *self, GCancellable *cancellable, GError **error);
  /* Beside: stops the guest's processors, or lets them go on. */
  gboolean (*set_paused) (GbxBackend *self, gboolean paused, GError **error);
  /* Beside: (nullable) (transfer full): the last output of the guest's host process. */
  char *(*dup_log) (GbxBackend *self);
  /* Beside: changes a limit of the running guest.  An error if that is impossible, which it is by
   * default. */
  gboolean (*change) (GbxBackend *self, const GbxSetting *setting, GVariant *value,
                      GError **error);
  /* Beside: what the guest uses.  By default nothing is known. */
  gboolean (*measure) (GbxBackend *self, GbxUsage *usage, GError **error);
  /* Beside: publishes the sandbox's condition to other processes of the account. */
  void (*publish) (GbxBackend *self, const char *condition);
  /* Beside: the application runs, so what was learned from a fault may be stored. */
  void (*confirm) (GbxBackend *self);

  /* (nullable): the sandbox's name, after preparation. */
  const char *(*get_name) (GbxBackend *self);
  /* What the next start uses, or what the last one used. */
  GbxAccelerator (*get_accelerator) (GbxBackend *self);
  /* (nullable): the ways in which the isolation is weaker than it could be, one sentence each. */
  const char *const *(*get_weaknesses) (GbxBackend *self);
  /* Whether there is a fallback: TRUE when the next start will use it.  An error if the
   * user requested the current way. cause: (nullable), with GBX_FAULT_START. */
  gboolean (*fall_back) (GbxBackend *self, GbxFault fault, const GError *cause, GError **error);
  /* Milliseconds. */
  guint (*get_patience) (GbxBackend *self, GbxWait wait);
  /* The CONFIG message for the guest's init. */
  GbxGuestRequest *(*create_request) (GbxBackend *self, GError **error);
  /* The guest has said good-bye: the rest of it can be ended at once. */
  void (*power_off) (GbxBackend *self);
  /* (nullable) (transfer full): a sentence that says which helper has failed. */
  char *(*describe_trouble) (GbxBackend *self);
  /* (nullable) (transfer full): after the end, what the user has to know of it, for example
   * that a file was saved in another place. */
  char *(*dup_remark) (GbxBackend *self);
  /* (nullable): whether the guest cannot write its last changes any more. */
  gboolean (*has_lost_share) (GbxBackend *self);
};

/* Call it before preparing. keyboard: (nullable): NULL for the system's. */
void gbx_backend_set_keyboard (GbxBackend *self, GbxKeyboard *keyboard);
GbxKeyboard *gbx_backend_get_keyboard (GbxBackend *self);
/* Likewise; (nullable): NULL for the toolkits' own defaults. */
void gbx_backend_set_appearance (GbxBackend *self, GbxAppearance *appearance);
GbxAppearance *gbx_backend_get_appearance (GbxBackend *self);
/* Device pixels per pixel of the application, 1 to 4. */
void gbx_backend_set_scale (GbxBackend *self, guint scale);
guint gbx_backend_get_scale (GbxBackend *self);

void gbx_backend_prepare_async (GbxBackend *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_backend_prepare_finish (GbxBackend *self, GAsyncResult *result, GError **error);
/* Start and accept_console. */
void gbx_backend_start_async (GbxBackend *self, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
int gbx_backend_start_finish (GbxBackend *self, GAsyncResult *result, GError **error);
/* Unless the guest has powered off, *log is the last output of its process. */
void gbx_backend_end_async (GbxBackend *self, gboolean powered_off, GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean gbx_backend_end_finish (GbxBackend *self, GAsyncResult *result, char **log,
                                 GError **error);
void gbx_backend_open_display_async (GbxBackend *self, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
int gbx_backend_open_display_finish (GbxBackend *self, GAsyncResult *result, GError **error);
void gbx_backend_set_paused_async (GbxBackend *self, gboolean paused,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_backend_set_paused_finish (GbxBackend *self, GAsyncResult *result, GError **error);
/* The value has to be possible: gbx_setting_check(). */
void gbx_backend_change_async (GbxBackend *self, const GbxSetting *setting, GVariant *value,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean gbx_backend_change_finish (GbxBackend *self, GAsyncResult *result, GError **error);
void gbx_backend_measure_async (GbxBackend *self, GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean gbx_backend_measure_finish (GbxBackend *self, GAsyncResult *result, GbxUsage *usage,
                                     GError **error);
/* These return at once; there is no report when they are done. */
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
char *gbx_backend_dup_remark (GbxBackend *self);
gboolean gbx_backend_has_lost_share (GbxBackend *self);

/* Blocking, for a worker thread. */
char *gbx_backend_describe (GbxBackend *self, GError **error);
/* Starts a guest, waits for the first byte of its init, and ends it again. */
gboolean gbx_backend_try (GbxBackend *self, GCancellable *cancellable, GError **error);

G_END_DECLS
