/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sets of small numbers as the kernel and libvirt write them: "0-1,3".  Processors and NUMA
 * nodes are such numbers. */

/* The largest number + 1. */
#define GBX_NUMBER_SET_MAX 8192

/* (transfer full) (nullable) (element-type guint): the numbers, sorted and each once; %NULL for
 * anything else. */
GArray *gbx_number_set_parse (const char *text);
/* The shortest text. */
char *gbx_number_set_format (GArray *set);
gboolean gbx_number_set_contains (GArray *set, guint number);
/* (nullable): the first number of a set that another one lacks. */
const guint *gbx_number_set_find_extra (GArray *set, GArray *allowed);

/* The processors of this computer that are in use, and the NUMA nodes that have memory. */
GArray *gbx_number_set_of_processors (void);
GArray *gbx_number_set_of_nodes (void);

G_END_DECLS
