/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"

G_BEGIN_DECLS

/* The options that run and exec share, and those of run alone. */
typedef struct
{
  char *name;
  char **shares;
  char **environment;
  char *directory;
  char *memory;
  char *network;
  char *display;
  char *size;
  char *accelerator;
  char *opengl;
  char *screenshot;
  gboolean exit_after_screenshot;
  gboolean print_xml;
  gboolean verbose;
  gboolean quiet; /* exec alone */
  gboolean strict;
  int cpus;
  int timeout;
  char **command; /* the remaining arguments, NULL-terminated */
} GbxLaunchOptions;

/* Parses the command line of a verb; prints and exits for --help. */
gboolean gbx_launch_options_parse (GbxLaunchOptions *self, GbxMode mode, int argc, char **argv,
                                   GError **error);
void gbx_launch_options_clear (GbxLaunchOptions *self);
/* Returns a builder with everything except the command. */
GbxPolicyBuilder *gbx_launch_options_to_builder (GbxLaunchOptions *self, GbxMode mode,
                                                 GError **error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GbxLaunchOptions, gbx_launch_options_clear)

/* "1G", "512M", "1.5GiB", "65536K"; a bare number is MiB.  0 and an error otherwise. */
guint64 gbx_parse_memory (const char *text, GError **error);
gboolean gbx_parse_size (const char *text, guint *width, guint *height, GError **error);

G_END_DECLS
