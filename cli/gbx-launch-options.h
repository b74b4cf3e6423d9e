/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"
#include "gbx-resolution.h"
#include "gbx-values.h"

G_BEGIN_DECLS

/* The options that run and exec share, and those of run alone. */
typedef struct
{
  GbxValues *settings; /* those of the table */
  char *profile;
  gboolean files_alone; /* without the profile's shares */
  char **answers; /* NAME=PATH for shares that the profile asks for */
  char *name;
  char *in; /* the running sandbox to use */
  char **shares;
  char **environment;
  char *directory;
  char *action; /* run alone: of the desktop entry */
  char *screenshot;
  gboolean exit_after_screenshot;
  int report_fd; /* gets the reason of a failure; 0: none */
  gboolean wait; /* run alone, with in */
  gboolean print_xml;
  gboolean verbose;
  gboolean quiet; /* exec alone */
  char **command; /* the remaining arguments, NULL-terminated */
} GbxLaunchOptions;

/* Parses the command line of a verb; prints and exits for --help. */
gboolean gbx_launch_options_parse (GbxLaunchOptions *self, GbxMode mode, int argc, char **argv,
                                   GError **error);
void gbx_launch_options_clear (GbxLaunchOptions *self);
/* Adds the options of the table that are for such launches to another verb, for
 * gbx_launch_options_override(). */
void gbx_launch_options_add_settings (GbxLaunchOptions *self, GbxMode mode,
                                      GOptionContext *context, const GOptionEntry *others);
/* Puts the options of the table that were given over the profile's values. */
gboolean gbx_launch_options_override (GbxLaunchOptions *self, GbxResolution *resolution,
                                      GError **error);
/* What --help prints. */
char *gbx_launch_options_get_help (GbxMode mode);
/* Returns a builder with everything except the command: what the profile says, and the options. */
GbxPolicyBuilder *gbx_launch_options_to_builder (GbxLaunchOptions *self, GbxResolution *resolution,
                                                 GbxMode mode, GError **error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GbxLaunchOptions, gbx_launch_options_clear)

G_END_DECLS
