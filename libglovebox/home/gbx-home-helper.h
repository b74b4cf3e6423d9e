/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-home.h"
#include "gbx-home-reader.h"

G_BEGIN_DECLS

/* Runs glovebox-home-reader, the confined program that reads what is not to be trusted, and waits
 * for its end; cancelling kills it.  The descriptors stay open.  progress: how far it has read
 * the input. */
gboolean gbx_home_helper_run (const char *const *arguments, int input, int output,
                              GbxHomeProgress progress, gpointer user_data,
                              GCancellable *cancellable, GbxHomeReaderStatus *status,
                              GError **error);

G_END_DECLS
