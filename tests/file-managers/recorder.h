/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A folder with programs "glovebox" and "glovebox-window" that only write down how they were
 * called, where the extensions of file managers find them.
 */
typedef struct _Recorder Recorder;

Recorder *recorder_new (void);
void recorder_free (Recorder *self);
void recorder_remove_program (Recorder *self, const char *name);

/* Arguments, then the names of the standard output and error, and "leader" for that of a session. */
GPtrArray *recorder_await (Recorder *self, const char *program);
gboolean recorder_was_called (Recorder *self, const char *program);
void recorder_let_go (Recorder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Recorder, recorder_free)

G_END_DECLS
