/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How many IDs a container has. */
#define GBX_CONTAINER_IDS 65536u

/* The IDs of the host that stand for those of a container: the account's own keeps its number,
 * and each other one has a number of the account's subordinate range.  So root in a container
 * is nobody on the host. */
typedef struct
{
  guint32 own;   /* the account's, the same in both */
  guint32 first; /* of the range */
} GbxIdRange;

/* An entry of the map. */
typedef struct
{
  guint32 inside, outside, count;
} GbxIdMapping;

#define GBX_ID_MAPPINGS_MAX 3

/* Looks in the text of /etc/subuid or /etc/subgid for a range that is large enough. */
gboolean gbx_id_range_parse (const char *text, const char *user, guint32 uid, guint32 own,
                             GbxIdRange *range);
/* Both files, for the calling account; an error says what to do. */
gboolean gbx_id_ranges_find (GbxIdRange *uids, GbxIdRange *gids, GError **error);
/* Returns how many. */
guint gbx_id_range_map (const GbxIdRange *range, GbxIdMapping mappings[GBX_ID_MAPPINGS_MAX]);

G_END_DECLS
