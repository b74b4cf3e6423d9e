/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-decompress"
#include "config.h"

#include "gbx-decompress.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n-lib.h>

#include "gbx-error.h"

typedef struct archive Archive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

/* The filters are listed one by one: "all" would start programs for the others. */
static int (*const filters[]) (struct archive *) = {
  archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
  archive_read_support_filter_lzma, archive_read_support_filter_xz,
  archive_read_support_filter_lz4,  archive_read_support_filter_zstd,
};

static void
set_damaged (GError **error, Archive *archive)
{
  const char *detail = archive != NULL ? archive_error_string (archive) : NULL;

  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("the compressed data is damaged (%s)"),
               detail != NULL ? detail : _ ("its size is wrong"));
}

static Archive *
open_raw (const void *data, gsize size, GError **error)
{
  g_autoptr (Archive) archive = archive_read_new ();
  struct archive_entry *item;

  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    (void)filters[i](archive);
  archive_read_support_format_raw (archive);
  if (archive_read_open_memory (archive, data, size) != ARCHIVE_OK
      || archive_read_next_header (archive, &item) != ARCHIVE_OK)
    {
      set_damaged (error, archive);
      return NULL;
    }

  return g_steal_pointer (&archive);
}

gboolean
gbx_decompress (const void *data, gsize size, guint64 expected, guint64 limit,
                GbxDecompressSink sink, gpointer user_data, GCancellable *cancellable,
                GError **error)
{
  g_autoptr (Archive) archive = open_raw (data, size, error);
  guint64 total = 0;

  if (archive == NULL)
    return FALSE;

  while (expected == 0 || total < expected)
    {
      const void *piece;
      size_t length;
      la_int64_t offset;
      int result;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      result = archive_read_data_block (archive, &piece, &length, &offset);
      if (result == ARCHIVE_EOF)
        break;
      if (result != ARCHIVE_OK)
        {
          set_damaged (error, archive);
          return FALSE;
        }
      if (length > limit - total)
        {
          set_damaged (error, NULL);
          return FALSE;
        }
      total += length;
      if (!sink (piece, length, user_data, cancellable, error))
        return FALSE;
    }

  if (expected != 0 && total != expected)
    {
      set_damaged (error, NULL);
      return FALSE;
    }

  return TRUE;
}

static gboolean
append (const void *data, gsize size, gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_byte_array_append (user_data, data, size);

  return TRUE;
}

GBytes *
gbx_decompress_file (const char *path, guint64 limit, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *packed = NULL;
  gsize size;

  if (!g_file_get_contents (path, &packed, &size, error))
    return NULL;
  if (!gbx_decompress (packed, size, 0, limit, append, bytes, cancellable, error))
    {
      g_prefix_error (error, _ ("“%s” cannot be read: "), path);
      return NULL;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}
