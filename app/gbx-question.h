/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A question that the command asks before a launch when it has no terminal.  The answer is
 * printed: a number from 0, or a path.  Nothing is printed if the user cancels. */
void gbx_question_show (GtkApplication *application, const char *heading, const char *detail,
                        const char *const *answers);
void gbx_question_choose_path (GtkApplication *application, const char *heading,
                               const char *detail);

G_END_DECLS
