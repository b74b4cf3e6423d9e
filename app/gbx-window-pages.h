/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-boot-page.h"
#include "gbx-display-connection.h"
#include "gbx-end-page.h"
#include "gbx-files-page.h"
#include "gbx-quiet-page.h"

G_BEGIN_DECLS

/* The pages of a window, all in one stack. */
typedef struct
{
  GtkStack *stack;
  GbxBootPage *boot;
  GbxQuietPage *quiet;
  GtkWidget *display;
  GbxFilesPage *files;
  GbxEndPage *end;
} GbxPages;

/**
 * GbxWindowPages:
 *
 * Decides which page a window shows: the start, the guest's screen, the application without a
 * window, the end.
 *
 * Signal: `display-shown`: the guest's screen has come to the front.
 */
#define GBX_TYPE_WINDOW_PAGES (gbx_window_pages_get_type ())
G_DECLARE_FINAL_TYPE (GbxWindowPages, gbx_window_pages, GBX, WINDOW_PAGES, GObject)

/* The widgets are not owned. */
GbxWindowPages *gbx_window_pages_new (const GbxPages *pages, GbxDisplayConnection *connection);
/* A new launch: shows its start. */
void gbx_window_pages_set_sandbox (GbxWindowPages *self, GbxSandbox *sandbox);
/* The name of the application, once another one is known than the policy's. */
void gbx_window_pages_set_title (GbxWindowPages *self, const char *title);
/* The application has left files that its user is asked for. */
void gbx_window_pages_show_files (GbxWindowPages *self, GbxLeftover *leftover);
gboolean gbx_window_pages_shows_files (GbxWindowPages *self);
/* The sandbox has ended: shows how. */
void gbx_window_pages_show_end (GbxWindowPages *self);
gboolean gbx_window_pages_shows_display (GbxWindowPages *self);

G_END_DECLS
