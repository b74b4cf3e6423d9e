/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Private to the widgets: the automatic cleanups that spice-gtk and gtk-vnc
 * do not declare themselves. */

#include <glib-object.h>
#include <spice-client-gtk.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpiceChannel, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpiceSession, g_object_unref)
