/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* While a keyboard grab is held, tells when it must be given up: X refuses every other grab
 * meanwhile, so that no screen locker can lock.
 *
 * - The session locks, or the machine goes to sleep: logind's signals.
 * - The session's screen saver or that of the X server becomes active.
 * - Another program tries to grab the keyboard.  X tells the holder nothing of it, but the
 *   extension RECORD tells who makes such a request.  Lockers try again for a second. */
typedef struct _GbxGrabWatch GbxGrabWatch;

typedef void (*GbxGrabWatchFunc) (gpointer user_data);

/* window: of the program that holds the grab.  The function is called at most once. */
GbxGrabWatch *gbx_grab_watch_new (GdkWindow *window, GbxGrabWatchFunc give_up, gpointer user_data);
void gbx_grab_watch_free (GbxGrabWatch *self);

/* Its part that listens to the X server; NULL if that is none, or lacks the extensions.  The
 * function is called for each request. */
typedef struct _GbxGrabRecord GbxGrabRecord;

GbxGrabRecord *gbx_grab_record_new (GdkWindow *window, GbxGrabWatchFunc wanted, gpointer user_data);
void gbx_grab_record_free (GbxGrabRecord *self);

G_END_DECLS
