/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-id-ranges"

#include "config.h"

#include "gbx-id-ranges.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

/* Below are the system's accounts and people's. */
#define FIRST_SUBORDINATE 65536u

/* A line of the file, "NAME:FIRST:COUNT". */
static gboolean
parse_line (const char *line, char **name, guint64 *first, guint64 *count)
{
  g_auto (GStrv) parts = g_strsplit (line, ":", 4);

  if (g_strv_length (parts) != 3 ||
      !g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXUINT32, first, NULL) ||
      !g_ascii_string_to_unsigned (g_strchomp (parts[2]), 10, 0, G_MAXUINT32, count, NULL))
    return FALSE;
  *name = g_steal_pointer (&parts[0]);
  g_free (parts[1]);
  g_free (parts[2]);
  parts[1] = parts[2] = NULL;
  return TRUE;
}

static gboolean
is_usable (guint64 first, guint64 count, guint32 own)
{
  return first >= FIRST_SUBORDINATE && count >= GBX_CONTAINER_IDS && first + count <= G_MAXUINT32 &&
         (own < first || own >= first + GBX_CONTAINER_IDS);
}

gboolean
gbx_id_range_parse (const char *text, const char *user, guint32 uid, guint32 own,
                    GbxIdRange *range)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *number = g_strdup_printf ("%u", uid);

  for (guint i = 0; lines[i]; i++)
    {
      g_autofree char *name = NULL;
      guint64 first, count;

      if (!parse_line (lines[i], &name, &first, &count) || !is_usable (first, count, own) ||
          (g_strcmp0 (name, user) != 0 && !g_str_equal (name, number)))
        continue;
      *range = (GbxIdRange) { own, (guint32) first };
      return TRUE;
    }
  return FALSE;
}

/* The first number after all ranges of the file. */
static guint64
find_free (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint64 next = 100000;

  for (guint i = 0; lines[i]; i++)
    {
      g_autofree char *name = NULL;
      guint64 first, count;

      if (parse_line (lines[i], &name, &first, &count))
        next = MAX (next, first + count);
    }
  return next;
}

/* GLOVEBOX_SUBORDINATE_IDS names another folder, for tests. */
static char *
read_file (const char *name)
{
  const char *folder = g_getenv ("GLOVEBOX_SUBORDINATE_IDS");
  g_autofree char *path = g_build_filename (folder ? folder : "/etc", name, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : g_strdup ("");
}

gboolean
gbx_id_ranges_find (GbxIdRange *uids, GbxIdRange *gids, GError **error)
{
  g_autofree char *uid_text = read_file ("subuid");
  g_autofree char *gid_text = read_file ("subgid");
  const char *user = g_get_user_name ();
  guint next = (guint) MAX (find_free (uid_text), find_free (gid_text));
  guint last = next + GBX_CONTAINER_IDS - 1;

  if (gbx_id_range_parse (uid_text, user, geteuid (), geteuid (), uids) &&
      gbx_id_range_parse (gid_text, user, geteuid (), getegid (), gids))
    return TRUE;
  g_set_error (error, GBX_ERROR, GBX_ERROR_NOT_FOUND,
               _ ("A container needs %u subordinate IDs of users and of groups, which your account "
                  "does not have; add them with “sudo usermod --add-subuids %u-%u "
                  "--add-subgids %u-%u %s”"),
               GBX_CONTAINER_IDS, next, last, next, last, user);
  return FALSE;
}

guint
gbx_id_range_map (const GbxIdRange *range, GbxIdMapping mappings[GBX_ID_MAPPINGS_MAX])
{
  guint32 before = MIN (range->own, GBX_CONTAINER_IDS);
  guint n = 0;

  if (before > 0)
    mappings[n++] = (GbxIdMapping) { 0, range->first, before };
  mappings[n++] = (GbxIdMapping) { range->own, range->own, 1 };
  if (range->own + 1 < GBX_CONTAINER_IDS)
    mappings[n++] = (GbxIdMapping) { range->own + 1, range->first + range->own + 1,
                                     GBX_CONTAINER_IDS - range->own - 1 };
  return n;
}
