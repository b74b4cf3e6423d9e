/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-gvdb"

#include "config.h"

#include "gbx-gvdb.h"

#include <string.h>

/* The format has no description but the source of its library (gvdb-format.h, which GLib and
 * dconf contain): a header, and a hash table with chains of items.  All numbers are little
 * endian. "dconf compile" would write the same, but is often not installed. */

#define SIGNATURE "GVariant"
#define NO_PARENT G_MAXUINT32

typedef struct
{
  char signature[8];
  guint32 version, options;
  guint32 start, end; /* of the table */
} Header;

typedef struct
{
  guint32 n_bloom_words; /* a filter for keys that are not there; none */
  guint32 n_buckets;
} Table;

typedef struct
{
  guint32 hash;
  guint32 parent; /* the item with the beginning of the key */
  guint32 key_start;
  guint16 key_size;
  char type; /* "v": a value */
  char unused;
  guint32 start, end;
} Item;

G_STATIC_ASSERT (sizeof (Header) == 24 && sizeof (Item) == 24);

static guint32
hash_of (const char *key)
{
  guint32 hash = 5381;

  for (const char *at = key; *at; at++)
    hash = hash * 33 + (guint32)(signed char)*at;
  return hash;
}

static void
align (GByteArray *file, guint to)
{
  static const guint8 zeros[8];

  g_byte_array_append (file, zeros, (to - file->len % to) % to);
}

static void
put_key (GByteArray *file, Item *item, const char *key)
{
  item->hash = GUINT32_TO_LE (hash_of (key));
  item->parent = GUINT32_TO_LE (NO_PARENT);
  item->key_start = GUINT32_TO_LE (file->len);
  item->key_size = GUINT16_TO_LE (strlen (key));
  g_byte_array_append (file, (const guint8 *)key, strlen (key));
}

static void
put_value (GByteArray *file, Item *item, GVariant *value)
{
  g_autoptr (GVariant) boxed = g_variant_ref_sink (g_variant_new_variant (value));
  g_autoptr (GVariant) little
      = G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap (boxed) : g_variant_ref (boxed);

  align (file, 8);
  item->type = 'v';
  item->start = GUINT32_TO_LE (file->len);
  g_byte_array_append (file, g_variant_get_data (little), g_variant_get_size (little));
  item->end = GUINT32_TO_LE (file->len);
}

/* A bucket is the number of its first item: items are in the order of their buckets. */
static void
put_buckets (guint32 *buckets, const char *const *keys, guint n, guint *order)
{
  guint at = 0;

  for (guint bucket = 0; bucket < n; bucket++)
    {
      buckets[bucket] = GUINT32_TO_LE (at);
      for (guint i = 0; i < n; i++)
        if (hash_of (keys[i]) % n == bucket)
          order[at++] = i;
    }
}

GBytes *
gbx_gvdb_write (const char *const *keys, GVariant *const *values, guint n)
{
  gsize table_size = sizeof (Table) + n * (sizeof (guint32) + sizeof (Item));
  Header header = { .start = GUINT32_TO_LE (sizeof header),
                    .end = GUINT32_TO_LE (sizeof header + table_size) };
  Table table = { .n_buckets = GUINT32_TO_LE (n) };
  g_autofree guint32 *buckets = g_new0 (guint32, n);
  g_autofree Item *items = g_new0 (Item, n);
  g_autofree guint *order = g_new0 (guint, n);
  GByteArray *file = g_byte_array_new ();

  memcpy (header.signature, SIGNATURE, sizeof header.signature);
  put_buckets (buckets, keys, n, order);
  g_byte_array_append (file, (const guint8 *)&header, sizeof header);
  g_byte_array_append (file, (const guint8 *)&table, sizeof table);
  g_byte_array_append (file, (const guint8 *)buckets, n * sizeof *buckets);
  g_byte_array_set_size (file, sizeof header + table_size);
  for (guint i = 0; i < n; i++)
    {
      put_key (file, &items[i], keys[order[i]]);
      put_value (file, &items[i], values[order[i]]);
    }
  memcpy (file->data + sizeof header + table_size - n * sizeof *items, items, n * sizeof *items);
  return g_byte_array_free_to_bytes (file);
}
