/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the files of GbxSandboxWindow. */

#include "gbx-boot-page.h"
#include "gbx-display.h"
#include "gbx-end-page.h"
#include "gbx-fullscreen.h"
#include "gbx-identity-strip.h"
#include "gbx-notice-bars.h"
#include "gbx-sandbox-window.h"

G_BEGIN_DECLS

/* What the application gets where nobody waits for it with a window to click in. */
#define GBX_QUIT_GRACE_MS 3000

/* What becomes of the window when the sandbox has ended. */
typedef enum
{
  GBX_THEN_DECIDE, /* by the reason */
  GBX_THEN_CLOSE,
  GBX_THEN_RESTART,
} GbxThen;

struct _GbxSandboxWindow
{
  HdyApplicationWindow parent_instance;

  HdyHeaderBar *header;            /* template */
  GtkContainer *header_slot;       /* template */
  GtkRevealer *header_revealer;    /* template */
  GtkImage *icon;                  /* template */
  GtkImage *fullscreen_image;      /* template */
  GtkWidget *release_hint;         /* template */
  GtkWidget *menu_button;          /* template */
  GbxIdentityStrip *strip;         /* template */
  GtkStack *stack;                 /* template */
  GbxBootPage *boot_page;          /* template */
  GtkScrolledWindow *display_page; /* template */
  GbxEndPage *end_page;            /* template */
  GbxNoticeBars *notices;          /* template */

  GbxPolicy *policy;
  GbxSandbox *sandbox; /* (nullable): of the latest launch */
  GbxDisplay *display; /* (unowned): in the display page */
  GbxFullscreen *fullscreen;
  GCancellable *launch; /* (nullable): cancels the launch */
  GtkWidget *question;  /* (nullable) (unowned): the stop dialog while it asks */

  char *screenshot; /* (nullable): still to be made */
  gboolean exit_after_screenshot;
  gboolean screenshot_done;
  gboolean screenshot_failed;
  gboolean interactive; /* somebody is there to read the end page */
  GbxThen then;
  gboolean release_chord; /* Ctrl and Alt are down, and nothing came after them */
  guint lost_source;      /* the display has gone: for long? */
  guint blank_source;     /* it is there, but the application draws nothing */
  guint end_limit;        /* the policy's time limit, for the end page */
};

/* gbx-sandbox-window-actions.c */
void gbx_sandbox_window_add_actions (GbxSandboxWindow *self);
void gbx_sandbox_window_update_actions (GbxSandboxWindow *self);

/* gbx-sandbox-window-display.c */
void gbx_sandbox_window_make_display (GbxSandboxWindow *self);
void gbx_sandbox_window_update_display (GbxSandboxWindow *self);
void gbx_sandbox_window_update_notice (GbxSandboxWindow *self);
void gbx_sandbox_window_reconnect (GbxSandboxWindow *self);
void gbx_sandbox_window_forget_display (GbxSandboxWindow *self);
gboolean gbx_sandbox_window_key_press (GtkWidget *widget, GdkEventKey *event);
void gbx_sandbox_window_key_release (GbxSandboxWindow *self);

/* gbx-sandbox-window-launch.c */
int gbx_sandbox_window_get_final_status (GbxSandboxWindow *self);

/* gbx-sandbox-window.c */
GbxSandboxState gbx_sandbox_window_get_state (GbxSandboxWindow *self);
void gbx_sandbox_window_ask_to_stop (GbxSandboxWindow *self, GbxThen then);
void gbx_sandbox_window_finish (GbxSandboxWindow *self, int status);

G_END_DECLS
