/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-plain-converter.h"

#include "gbx-text.h"

#include <string.h>

struct _GbxPlainConverter
{
  GObject parent_instance;
};

static void gbx_plain_converter_iface_init (GConverterIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GbxPlainConverter, gbx_plain_converter, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_CONVERTER,
                                                      gbx_plain_converter_iface_init))

#define INCOMPLETE ((gunichar)-2)
#define INVALID ((gunichar)-1)

/* No character becomes longer, so that the output has room where the input had. */
static gsize
convert_character (const char *in, gsize size, gboolean is_last, char *out, gsize *written)
{
  gunichar c = g_utf8_get_char_validated (in, (gssize)size);
  gsize length = 1;

  if (c == INCOMPLETE && !is_last)
    return 0;
  /* GLib takes a byte of zero for the end of the text. */
  if (*in == '\0' || c == INCOMPLETE || c == INVALID)
    *out = *in ? '?' : ' ';
  else
    {
      length = (gsize)g_unichar_to_utf8 (c, NULL);
      if (c != '\n' && c != '\t' && !gbx_text_is_plain (c))
        *out = ' ';
      else
        {
          memcpy (out, in, length);
          *written += length - 1;
        }
    }
  *written += 1;
  return length;
}

static GConverterResult
gbx_plain_converter_convert (GConverter *converter, const void *in, gsize in_size, void *out,
                             gsize out_size, GConverterFlags flags, gsize *bytes_read,
                             gsize *bytes_written, GError **error)
{
  /* All input is converted now.  Closing a stream flushes it too. */
  gboolean is_last = (flags & (G_CONVERTER_INPUT_AT_END | G_CONVERTER_FLUSH)) != 0;
  gsize size = MIN (in_size, out_size);

  *bytes_read = *bytes_written = 0;
  while (*bytes_read < size)
    {
      gsize length
          = convert_character ((const char *)in + *bytes_read, size - *bytes_read,
                               is_last && size == in_size, (char *)out + *bytes_written,
                               bytes_written);

      if (length == 0)
        break;
      *bytes_read += length;
    }
  if (is_last && *bytes_read == in_size)
    return flags & G_CONVERTER_INPUT_AT_END ? G_CONVERTER_FINISHED : G_CONVERTER_FLUSHED;
  if (*bytes_read > 0)
    return G_CONVERTER_CONVERTED;
  g_set_error_literal (error, G_IO_ERROR,
                       size < in_size ? G_IO_ERROR_NO_SPACE : G_IO_ERROR_PARTIAL_INPUT,
                       size < in_size ? "No room" : "A character is cut short");
  return G_CONVERTER_ERROR;
}

static void
gbx_plain_converter_reset (GConverter *converter)
{
}

static void
gbx_plain_converter_iface_init (GConverterIface *iface)
{
  iface->convert = gbx_plain_converter_convert;
  iface->reset = gbx_plain_converter_reset;
}

static void
gbx_plain_converter_class_init (GbxPlainConverterClass *klass)
{
}

static void
gbx_plain_converter_init (GbxPlainConverter *self)
{
}

GConverter *
gbx_plain_converter_new (void)
{
  return g_object_new (GBX_TYPE_PLAIN_CONVERTER, NULL);
}
