/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "gbx-policy-reader.h"

#include "gbx-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <unistd.h>

/* Arguments and environment may be megabytes, as for execve(). */
#define POLICY_MAX (8 * 1024 * 1024)

static GBytes *
read_all (int fd, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 buffer[16384];
  ssize_t n = 0;

  while (bytes->len <= POLICY_MAX
         && ((n = read (fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR)))
    if (n > 0)
      g_byte_array_append (bytes, buffer, (guint)n);
  if (n == 0 && bytes->len > 0)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));

  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("The policy could not be read from descriptor %d: %s. Start sandboxes with "
                  "“glovebox run”."),
               fd, n < 0 ? g_strerror (errno) : _ ("it is empty or too long"));
  return NULL;
}

GbxPolicy *
gbx_policy_read_fd (int fd, GError **error)
{
  g_autoptr (GBytes) bytes = read_all (fd, error);
  g_autoptr (GVariant) outer = NULL;
  g_autoptr (GVariant) inner = NULL;

  close (fd);
  if (!bytes)
    return NULL;
  outer = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARIANT, bytes, FALSE));
  if (!g_variant_is_normal_form (outer))
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                           _ ("The policy handed to the window is malformed. Start sandboxes with "
                              "“glovebox run” of the same version."));
      return NULL;
    }
  inner = g_variant_get_variant (outer);
  return gbx_policy_new_from_variant (inner, error);
}
