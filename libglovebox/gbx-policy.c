/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-policy"

#include "config.h"

#include "gbx-policy-private.h"

#include "gbx-error.h"

#include <glib/gi18n-lib.h>

/**
 * GbxPolicy:
 *
 * The resolved, validated and immutable description of a sandbox.  Everything
 * below the profile layer takes a policy and nothing else.
 */
G_DEFINE_BOXED_TYPE (GbxPolicy, gbx_policy, gbx_policy_ref, gbx_policy_unref)

GbxPolicy *
gbx_policy_alloc (GbxMode mode)
{
  GbxPolicy *self = g_new0 (GbxPolicy, 1);

  g_atomic_ref_count_init (&self->references);
  self->mode = mode;
  self->shares = g_ptr_array_new_with_free_func ((GDestroyNotify) gbx_share_unref);
  return self;
}

GbxPolicy *
gbx_policy_ref (GbxPolicy *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
gbx_policy_unref (GbxPolicy *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->name);
  g_free (self->title);
  g_free (self->icon_name);
  g_free (self->desktop_id);
  g_strfreev (self->command);
  g_strfreev (self->environment);
  g_free (self->directory);
  g_ptr_array_unref (self->shares);
  g_free (self);
}

/* ------------------------------------------------------------ getters -- */

GbxMode
gbx_policy_get_mode (GbxPolicy *self)
{
  return self->mode;
}

/**
 * gbx_policy_get_name:
 * @self: a policy
 *
 * Returns: unique among the running sandboxes of the account, unless it was made from the command
 */
const char *
gbx_policy_get_name (GbxPolicy *self)
{
  return self->name;
}

gboolean
gbx_policy_get_name_is_fixed (GbxPolicy *self)
{
  return self->name_is_fixed;
}

/**
 * gbx_policy_get_title:
 * @self: a policy
 *
 * Returns: for people
 */
const char *
gbx_policy_get_title (GbxPolicy *self)
{
  return self->title;
}

/**
 * gbx_policy_get_icon_name:
 * @self: a policy
 *
 * Returns: (nullable): a name in the icon theme, or a path
 */
const char *
gbx_policy_get_icon_name (GbxPolicy *self)
{
  return self->icon_name;
}

/**
 * gbx_policy_get_desktop_id:
 * @self: a policy
 *
 * Returns: (nullable): the desktop entry it came from
 */
const char *
gbx_policy_get_desktop_id (GbxPolicy *self)
{
  return self->desktop_id;
}

/**
 * gbx_policy_get_directory:
 * @self: a policy
 *
 * Returns: (nullable): an absolute path in the guest
 */
const char *
gbx_policy_get_directory (GbxPolicy *self)
{
  return self->directory;
}

/**
 * gbx_policy_get_shares:
 * @self: a policy
 *
 * Returns: (transfer none) (element-type GbxShare): what the sandbox sees of the host
 */
GPtrArray *
gbx_policy_get_shares (GbxPolicy *self)
{
  return self->shares;
}

/**
 * gbx_policy_get_memory:
 * @self: a policy
 *
 * Returns: bytes
 */
guint64
gbx_policy_get_memory (GbxPolicy *self)
{
  return self->memory;
}

/**
 * gbx_policy_get_cpus:
 * @self: a policy
 *
 * Returns: virtual CPUs
 */
guint
gbx_policy_get_cpus (GbxPolicy *self)
{
  return self->cpus;
}

gboolean
gbx_policy_get_cpus_by_default (GbxPolicy *self)
{
  return self->cpus_by_default;
}

GbxNetwork
gbx_policy_get_network (GbxPolicy *self)
{
  return self->network;
}

GbxDisplayProtocol
gbx_policy_get_display_protocol (GbxPolicy *self)
{
  return self->display_protocol;
}

GbxAccelerator
gbx_policy_get_accelerator (GbxPolicy *self)
{
  return self->accelerator;
}

GbxOpengl
gbx_policy_get_opengl (GbxPolicy *self)
{
  return self->opengl;
}

gboolean
gbx_policy_get_verbose (GbxPolicy *self)
{
  return self->verbose;
}

/**
 * gbx_policy_get_strict:
 * @self: a policy
 *
 * Returns: whether the launch fails where isolation would be weaker than the
 *   best: without KVM, or without the emulator's confinement
 */
gboolean
gbx_policy_get_strict (GbxPolicy *self)
{
  return self->strict;
}

/**
 * gbx_policy_get_timeout:
 * @self: a policy
 *
 * Returns: seconds, or 0 for no limit
 */
guint
gbx_policy_get_timeout (GbxPolicy *self)
{
  return self->timeout;
}

/**
 * gbx_policy_get_command:
 * @self: a policy
 *
 * Returns: (transfer none) (array zero-terminated=1): program and arguments
 */
const char *const *
gbx_policy_get_command (GbxPolicy *self)
{
  return (const char *const *) self->command;
}

/**
 * gbx_policy_get_environment:
 * @self: a policy
 *
 * Returns: (transfer none) (array zero-terminated=1): `KEY=VALUE` strings
 */
const char *const *
gbx_policy_get_environment (GbxPolicy *self)
{
  return (const char *const *) self->environment;
}

/**
 * gbx_policy_get_display_size:
 * @self: a policy
 * @width: (out): pixels
 * @height: (out): pixels
 */
void
gbx_policy_get_display_size (GbxPolicy *self, guint *width, guint *height)
{
  *width = self->width;
  *height = self->height;
}

/**
 * gbx_policy_get_terminal:
 * @self: a policy
 * @rows: (out): of the terminal
 * @columns: (out): of the terminal
 *
 * Returns: whether the command gets a terminal
 */
gboolean
gbx_policy_get_terminal (GbxPolicy *self, guint *rows, guint *columns)
{
  *rows = self->rows;
  *columns = self->columns;
  return self->terminal;
}

/**
 * gbx_policy_get_errors_apart:
 * @self: a policy
 *
 * Returns: whether the standard error of a command with a terminal is a stream
 *   of its own
 */
gboolean
gbx_policy_get_errors_apart (GbxPolicy *self)
{
  return self->errors_apart;
}

/* ------------------------------------------------------ serialisation -- */

/* Byte strings, since neither arguments nor paths have to be UTF-8; "may be
 * missing" is the empty string. */
#define POLICY_FORMAT "(uaybayayayaayaayaya(ayaybb)tubuuuuuubuubbbu)"

static GVariant *
bytes_or_empty (const char *text)
{
  return g_variant_new_bytestring (text ? text : "");
}

/**
 * gbx_policy_to_variant:
 * @self: a policy
 *
 * For handing the policy to another process of Glovebox.  The format is
 * private to one version.
 *
 * Returns: (transfer floating): the policy
 */
GVariant *
gbx_policy_to_variant (GbxPolicy *self)
{
  GVariantBuilder shares;

  g_variant_builder_init (&shares, G_VARIANT_TYPE ("a(ayaybb)"));
  for (guint i = 0; i < self->shares->len; i++)
    {
      GbxShare *share = g_ptr_array_index (self->shares, i);

      g_variant_builder_add (&shares, "(@ay@aybb)", bytes_or_empty (gbx_share_get_path (share)),
                             bytes_or_empty (gbx_share_get_guest_path (share)),
                             gbx_share_get_writable (share), gbx_share_is_directory (share));
    }
  return g_variant_new (
      "(u@ayb@ay@ay@ay@aay@aay@aya(ayaybb)tubuuuuuubuubbbu)", self->mode, bytes_or_empty (self->name),
      self->name_is_fixed, bytes_or_empty (self->title), bytes_or_empty (self->icon_name),
      bytes_or_empty (self->desktop_id),
      g_variant_new_bytestring_array ((const char *const *) self->command, -1),
      g_variant_new_bytestring_array ((const char *const *) self->environment, -1),
      bytes_or_empty (self->directory), &shares, self->memory, self->cpus, self->cpus_by_default, self->network,
      self->display_protocol, self->width, self->height, self->accelerator, self->opengl,
      self->terminal, self->rows, self->columns, self->errors_apart, self->verbose, self->strict,
      self->timeout);
}

static char *
null_if_empty (char *text)
{
  if (text && *text)
    return text;
  g_free (text);
  return NULL;
}

/**
 * gbx_policy_new_from_variant:
 * @variant: what gbx_policy_to_variant() gave
 * @error: return location for a %GBX_ERROR_INVALID or %GBX_ERROR_SHARE
 *
 * Returns: (transfer full): the policy; the shares have been checked anew
 */
GbxPolicy *
gbx_policy_new_from_variant (GVariant *variant, GError **error)
{
  g_autoptr (GbxPolicy) self = gbx_policy_alloc (GBX_MODE_EXEC);
  g_autoptr (GVariantIter) shares = NULL;
  const char *path, *guest_path;
  gboolean writable, is_directory;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE (POLICY_FORMAT)) ||
      !g_variant_is_normal_form (variant))
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                           _ ("The policy handed over was written by another version of "
                              "Glovebox; close all its windows and try again"));
      return NULL;
    }
  g_variant_get (variant, "(u^ayb^ay^ay^ay^aay^aay^aya(ayaybb)tubuuuuuubuubbbu)", &self->mode,
                 &self->name, &self->name_is_fixed, &self->title, &self->icon_name,
                 &self->desktop_id, &self->command, &self->environment, &self->directory, &shares,
                 &self->memory, &self->cpus, &self->cpus_by_default, &self->network, &self->display_protocol, &self->width,
                 &self->height, &self->accelerator, &self->opengl, &self->terminal, &self->rows,
                 &self->columns, &self->errors_apart, &self->verbose, &self->strict, &self->timeout);
  self->icon_name = null_if_empty (self->icon_name);
  self->desktop_id = null_if_empty (self->desktop_id);
  self->directory = null_if_empty (self->directory);
  while (g_variant_iter_next (shares, "(^&ay^&aybb)", &path, &guest_path, &writable, &is_directory))
    {
      g_autoptr (GbxShare) share = gbx_share_new (path, guest_path, writable, error);

      if (!share)
        return NULL;
      /* It may lie in what another sandbox can write. */
      if (!g_str_equal (gbx_share_get_path (share), path) ||
          gbx_share_is_directory (share) != is_directory)
        {
          g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                       _ ("Cannot share “%s”: it has been exchanged for something else"), path);
          return NULL;
        }
      g_ptr_array_add (self->shares, g_steal_pointer (&share));
    }
  if (!self->command[0])
    {
      g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID, _ ("The policy has no command"));
      return NULL;
    }
  return g_steal_pointer (&self);
}
