/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gbx-editor-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Starts an application with the profile as it is saved, in a sandbox of its own.  Asks the user
 * for the application if the profile is for none, and for the shares that are asked for. */
void gbx_editor_try (GtkWindow *window, GbxEditorModel *model);

/* For tests: (transfer full): the command for an application. */
char **gbx_editor_try_make_command (GbxEditorModel *model, const char *desktop_id,
                                    const char *const *answers);

G_END_DECLS
