/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* This process as a job of the shell that started it. */

/* Whether standard input can be read: unless it is a terminal that has another job
 * in its foreground. */
gboolean gbx_job_is_foreground (void);

typedef void (*GbxJobFunc) (gpointer user_data);

/* Calls back before SIGTSTP stops the process, and after it goes on, however it was
 * stopped.  Only one watch at a time. */
void gbx_job_watch (GbxJobFunc before_stop, GbxJobFunc after_stop, gpointer user_data);
void gbx_job_unwatch (void);

/* Standard input.  From a terminal it is read in the foreground only: a reader in the
 * background would be stopped, and the sandbox would have nobody to answer to. */
GInputStream *gbx_job_open_input (void);

G_END_DECLS
