/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-number-set.h"

#include <string.h>
#include <unistd.h>

static int
compare (gconstpointer a, gconstpointer b)
{
  guint x = *(const guint *) a, y = *(const guint *) b;

  return (x > y) - (x < y);
}

static void
add (GArray *set, guint number)
{
  if (!gbx_number_set_contains (set, number))
    g_array_append_val (set, number);
}

/* "3", or "3-5". */
static gboolean
add_range (GArray *set, const char *text)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 3);
  guint n = g_strv_length (ends);
  guint64 first, last;

  if (n < 1 || n > 2 ||
      !g_ascii_string_to_unsigned (ends[0], 10, 0, GBX_NUMBER_SET_MAX - 1, &first, NULL) ||
      !g_ascii_string_to_unsigned (ends[n - 1], 10, first, GBX_NUMBER_SET_MAX - 1, &last, NULL))
    return FALSE;
  for (guint64 i = first; i <= last; i++)
    add (set, (guint) i);
  return TRUE;
}

GArray *
gbx_number_set_parse (const char *text)
{
  g_autoptr (GArray) set = g_array_new (FALSE, FALSE, sizeof (guint));
  g_auto (GStrv) ranges = g_strsplit (text, ",", -1);

  for (guint i = 0; ranges[i]; i++)
    if (!add_range (set, ranges[i]))
      return NULL;
  g_array_sort (set, compare);
  return set->len > 0 ? g_steal_pointer (&set) : NULL;
}

char *
gbx_number_set_format (GArray *set)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < set->len; i++)
    {
      guint first = g_array_index (set, guint, i), last = first;

      while (i + 1 < set->len && g_array_index (set, guint, i + 1) == last + 1)
        last = g_array_index (set, guint, ++i);
      g_string_append_printf (text, last > first ? "%s%u-%u" : "%s%u", text->len > 0 ? "," : "",
                              first, last);
    }
  return g_string_free (text, FALSE);
}

gboolean
gbx_number_set_contains (GArray *set, guint number)
{
  for (guint i = 0; i < set->len; i++)
    if (g_array_index (set, guint, i) == number)
      return TRUE;
  return FALSE;
}

const guint *
gbx_number_set_find_extra (GArray *set, GArray *allowed)
{
  for (guint i = 0; i < set->len; i++)
    if (!gbx_number_set_contains (allowed, g_array_index (set, guint, i)))
      return &g_array_index (set, guint, i);
  return NULL;
}

/* (nullable) */
static GArray *
read_set (const char *path)
{
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? gbx_number_set_parse (g_strchomp (text))
                                                       : NULL;
}

GArray *
gbx_number_set_of_processors (void)
{
  GArray *set = read_set ("/sys/devices/system/cpu/online");

  if (set)
    return set;
  set = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; (long) i < MAX (1, sysconf (_SC_NPROCESSORS_ONLN)); i++)
    add (set, i);
  return set;
}

/* A kernel without NUMA has one node. */
GArray *
gbx_number_set_of_nodes (void)
{
  GArray *set = read_set ("/sys/devices/system/node/has_memory");

  return set ? set : gbx_number_set_parse ("0");
}
