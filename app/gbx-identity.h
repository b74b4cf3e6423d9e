/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* Pure functions for the colour and the words by which the user tells one sandbox from
 * another, and a sandbox from the host. */

/* A background that follows from the name alone, so that a sandbox looks the same each
 * time, and a foreground that is readable on it. */
void gbx_identity_colors (const char *name, GdkRGBA *background, GdkRGBA *foreground);

/* Contrast ratio of WCAG 2.1, 1 to 21. */
double gbx_identity_contrast (const GdkRGBA *one, const GdkRGBA *other);

/* The style sheet of the strip and the frame in that colour. */
char *gbx_identity_css (const char *name);

/* "Sandbox xterm · no network · 1 share (read-only) · processor emulated" */
char *gbx_identity_describe (const char *name, GbxPolicy *policy, GbxAccelerator accelerator);

/* The same at length, for the tooltip. */
char *gbx_identity_explain (GbxPolicy *policy, GbxAccelerator accelerator);

/* A sandbox's notice in a user's words, for the page of the start; @notice is nullable, and may
 * have several lines. */
char *gbx_identity_warn (const char *notice);

G_END_DECLS
