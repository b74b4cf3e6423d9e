/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is different in two texts, line by line, for a user to read.  A sandbox may have made the
 * second one of any bytes: everything is limited, and no character in it can change how the rest
 * is shown. */

typedef enum
{
  GBX_TEXT_DIFFERENCE_SAME,
  GBX_TEXT_DIFFERENCE_REMOVED,
  GBX_TEXT_DIFFERENCE_ADDED,
  GBX_TEXT_DIFFERENCE_GAP, /* lines that are the same are left out here, or all that follow */
} GbxTextDifferenceKind;

typedef struct
{
  GbxTextDifferenceKind kind;
  char *text; /* one line of valid UTF-8 */
} GbxTextDifferenceLine;

/* Only files up to that size are compared, in bytes. */
#define GBX_TEXT_DIFFERENCE_SIZE_MAX (1024 * 1024)
#define GBX_TEXT_DIFFERENCE_LINES_MAX 2000
#define GBX_TEXT_DIFFERENCE_LINE_MAX 400

/* (element-type GbxTextDifferenceLine): NULL with an error that says why they are not compared.
 * Blocking, for a few seconds at most. */
GPtrArray *gbx_text_difference_find (const char *before, const char *after, GError **error);
/* The same in a thread. */
void gbx_text_difference_find_async (const char *before, const char *after, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *gbx_text_difference_find_finish (GAsyncResult *result, GError **error);

/* (transfer full): one line of the text with all that could deceive made visible. */
char *gbx_text_difference_clean (const char *text, gsize length);

G_END_DECLS
