/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-sandbox.h"

G_BEGIN_DECLS

/* How a sandbox ended, as far as a user is told of it. */
typedef struct
{
  const char *title; /* of the application */
  GbxEndReason reason;
  int status;
  gboolean started;       /* the application was: the status is its own */
  gboolean drawn;         /* it has shown a window */
  gboolean out_of_memory; /* a process of it was ended for that */
  gboolean lost_home;     /* what was only in its home has gone with it */
  gboolean lacks_opengl;  /* it wrote about OpenGL, which this sandbox does not offer */
  guint64 memory;         /* of the sandbox */
  guint limit;            /* of its time, in seconds */
  const GError *error;    /* (nullable) */
} GbxEnd;

/* @end holds nothing of its own, and is valid as long as the sandbox. */
void gbx_end_read (GbxEnd *end, GbxSandbox *sandbox);

/* Pure functions that say in plain words why a sandbox ended.  (transfer full) */

/* For the end page, which is not shown after a time limit or a cancelled launch. */
char *gbx_end_text_heading (const GbxEnd *end);
char *gbx_end_text_body (const GbxEnd *end);
/* The same in one line, for a terminal or a script. */
char *gbx_end_text_line (const GbxEnd *end);
/* Whether the next try may well be better than this one, with nothing changed. */
gboolean gbx_end_text_restart_helps (const GbxEnd *end);
/* Whether what an application wrote tells that it needs OpenGL. */
gboolean gbx_end_text_speaks_of_opengl (const char *output);

G_END_DECLS
