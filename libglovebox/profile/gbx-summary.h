/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-policy.h"
#include "gbx-resolution.h"
#include "gbx-share-risk.h"

G_BEGIN_DECLS

/* What a sandbox may do, in words. */

typedef enum
{
  GBX_SEVERITY_USUAL,
  GBX_SEVERITY_NOTABLE, /* it reaches something outside of the sandbox, or changes it */
  GBX_SEVERITY_RISKY,   /* it may well be a mistake; the text says why */
} GbxSeverity;

typedef struct
{
  char *icon_name;      /* a symbolic icon */
  const char *category; /* "network", "files", "devices", "resources", "other" */
  char *text;           /* a sentence without a full stop, of safe characters */
  char *detail;         /* why it is risky, or what else is to say; or NULL */
  GbxSeverity severity;
} GbxSummaryLine;

void gbx_summary_line_free (GbxSummaryLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GbxSummaryLine, gbx_summary_line_free)

/* (transfer full): "Offline. Sees one folder, read-only. 1 GiB, 2 processors." */
char *gbx_summary_sentence (GbxResolution *resolution);
char *gbx_summary_policy_sentence (GbxPolicy *policy);

/* (transfer full) (nullable): the devices that the sandbox uses: "Audio, Printing". */
char *gbx_summary_policy_devices (GbxPolicy *policy);

/* (transfer full) (element-type GbxSummaryLine): everything, the riskiest first. */
GPtrArray *gbx_summary_lines (GbxResolution *resolution);
GPtrArray *gbx_summary_policy_lines (GbxPolicy *policy);

/* (transfer full): the command line that comes to the same without the profile: what differs
 * from the base, or without one from the defaults.  @command: the application and its
 * arguments; %NULL for a placeholder.  A share that is asked for has its name in capitals. */
char **
gbx_summary_command (GbxResolution *resolution, GbxResolution *base, const char *const *command);
/* (transfer full): the same, quoted for a shell where it has to be. */
char *gbx_summary_command_text (GbxResolution *resolution, GbxResolution *base,
                                const char *const *command);

G_END_DECLS
