/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): those categories of a desktop entry that are valid, each once. */
char **gbx_categories_filter (const char *const *categories);

G_END_DECLS
