/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define G_LOG_DOMAIN "glovebox-policy"

#include "config.h"

#include "gbx-policy-handover.h"

#include "gbx-error.h"
#include "gbx-paths.h"
#include "gbx-policy-private.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Arguments and environment may take megabytes, as for execve(). */
#define BYTES_MAX (8 * 1024 * 1024)

/* ---------------------------------------------------------------- write -- */

static GVariant *
list_shares (GbxPolicy *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ayaybb)"));
  for (guint i = 0; i < self->shares->len; i++)
    {
      GbxShare *share = self->shares->pdata[i];

      g_variant_builder_add (&builder, "(@ay@aybb)",
                             g_variant_new_bytestring (gbx_share_get_path (share)),
                             g_variant_new_bytestring (gbx_share_get_guest_path (share)),
                             gbx_share_get_writable (share), gbx_share_is_directory (share));
    }
  return g_variant_builder_end (&builder);
}

static void
insert_text (GVariantDict *dict, const char *key, const char *text)
{
  if (text)
    g_variant_dict_insert_value (dict, key, g_variant_new_bytestring (text));
}

static void
insert_strings (GVariantDict *dict, const char *key, char **strings)
{
  g_variant_dict_insert_value (
      dict, key, g_variant_new_bytestring_array ((const char *const *) strings, -1));
}

/* The values for the builder, without its defaults. */
static GVariant *
to_variant (GbxPolicy *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "version", "s", GBX_VERSION);
  g_variant_dict_insert (&dict, "mode", "u", self->mode);
  insert_text (&dict, "name", self->name_is_fixed ? self->name : NULL);
  insert_text (&dict, "title", self->title);
  insert_text (&dict, "icon-name", self->icon_name);
  insert_text (&dict, "desktop-id", self->desktop_id);
  insert_text (&dict, "profile", self->profile);
  insert_strings (&dict, "command", self->command);
  insert_strings (&dict, "environment", self->environment);
  insert_text (&dict, "directory", self->directory);
  insert_text (&dict, "account", self->account);
  insert_text (&dict, "account-group", self->account_group);
  insert_text (&dict, "account-home", self->account_home);
  insert_text (&dict, "machine-id", self->machine_id);
  g_variant_dict_insert_value (&dict, "shares", list_shares (self));
  g_variant_dict_insert_value (&dict, "settings", gbx_values_to_variant (self->values));
  if (self->terminal)
    g_variant_dict_insert (&dict, "terminal", "(uub)", self->rows, self->columns,
                           self->separate_stderr);
  g_variant_dict_insert (&dict, "verbose", "b", self->verbose);
  return g_variant_dict_end (&dict);
}

static gboolean
write_all (int fd, const guint8 *bytes, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, bytes, size);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          bytes += n;
          size -= n;
        }
    }
  return TRUE;
}

int
gbx_policy_hand_over (GbxPolicy *self, GError **error)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (to_variant (self));
  int fd = memfd_create ("glovebox-policy", 0);

  if (fd >= 0 && write_all (fd, g_variant_get_data (variant), g_variant_get_size (variant)) &&
      lseek (fd, 0, SEEK_SET) == 0)
    return fd;
  g_set_error (error, GBX_ERROR, GBX_ERROR_STORAGE, _ ("Cannot pass the policy on: %s"),
               g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/* ----------------------------------------------------------------- read -- */

static GBytes *
read_all (int fd, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 buffer[16384];
  gssize n = 0;

  while (bytes->len <= BYTES_MAX &&
         ((n = read (fd, buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR)))
    if (n > 0)
      g_byte_array_append (bytes, buffer, (guint) n);
  if (n == 0 && bytes->len > 0)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  g_set_error (error, GBX_ERROR, GBX_ERROR_INVALID,
               _ ("The policy could not be read from descriptor %d: %s. Start sandboxes with "
                  "“glovebox run”."),
               fd, n < 0 ? g_strerror (errno) : _ ("it is empty or too long"));
  return NULL;
}

/* Fails unless all fields are present, each with its type. */
typedef struct
{
  GVariantDict dict;
  gboolean failed;
} Reader;

static void
take (Reader *reader, const char *key, const char *format, ...)
{
  va_list arguments;
  g_autoptr (GVariant) value = g_variant_dict_lookup_value (&reader->dict, key, NULL);

  if (!value || !g_variant_check_format_string (value, format, TRUE))
    {
      reader->failed = TRUE;
      return;
    }
  va_start (arguments, format);
  g_variant_get_va (value, format, NULL, &arguments);
  va_end (arguments);
  g_variant_dict_remove (&reader->dict, key);
}

/* (nullable) (transfer full) */
static char *
take_text (Reader *reader, const char *key)
{
  char *text = NULL;

  if (g_variant_dict_contains (&reader->dict, key))
    take (reader, key, "^ay", &text);
  return text;
}

static guint
take_choice (Reader *reader, const char *key, guint last)
{
  guint value = 0;

  take (reader, key, "u", &value);
  reader->failed |= value > last;
  return MIN (value, last);
}

static gboolean
take_flag (Reader *reader, const char *key)
{
  gboolean value = FALSE;

  take (reader, key, "b", &value);
  return value;
}

static void
read_application (Reader *reader, GbxPolicyBuilder *builder)
{
  g_autofree char *name = take_text (reader, "name");
  g_autofree char *title = take_text (reader, "title");
  g_autofree char *icon_name = take_text (reader, "icon-name");
  g_autofree char *desktop_id = take_text (reader, "desktop-id");
  g_autofree char *profile = take_text (reader, "profile");
  g_autofree char *directory = take_text (reader, "directory");

  gbx_policy_builder_set_name (builder, name);
  gbx_policy_builder_set_application (builder, desktop_id, title, icon_name);
  gbx_policy_builder_set_profile (builder, profile);
  gbx_policy_builder_set_directory (builder, directory);
}

static void
read_account (Reader *reader, GbxPolicyBuilder *builder)
{
  g_autofree char *account = take_text (reader, "account");
  g_autofree char *group = take_text (reader, "account-group");
  g_autofree char *home = take_text (reader, "account-home");
  g_autofree char *machine_id = take_text (reader, "machine-id");

  gbx_policy_builder_set_account (builder, account, group, home);
  gbx_policy_builder_set_machine_id (builder, machine_id);
}

static void
read_command (Reader *reader, GbxPolicyBuilder *builder)
{
  g_auto (GStrv) command = NULL;
  g_auto (GStrv) environment = NULL;

  take (reader, "command", "^aay", &command);
  take (reader, "environment", "^aay", &environment);
  if (reader->failed)
    return;
  gbx_policy_builder_set_command (builder, (const char *const *) command);
  for (guint i = 0; environment[i]; i++)
    {
      char *equals = strchr (environment[i], '=');

      reader->failed |= !equals;
      if (!equals)
        continue;
      *equals = '\0';
      gbx_policy_builder_set_environment (builder, environment[i], equals + 1);
    }
}

static void
read_terminal (Reader *reader, GbxPolicyBuilder *builder)
{
  guint rows = 0, columns = 0;
  gboolean separate_stderr = FALSE;

  gbx_policy_builder_set_verbose (builder, take_flag (reader, "verbose"));
  if (!g_variant_dict_contains (&reader->dict, "terminal"))
    return;
  take (reader, "terminal", "(uub)", &rows, &columns, &separate_stderr);
  gbx_policy_builder_set_terminal (builder, rows, columns, separate_stderr);
}

static gboolean
read_settings (Reader *reader, GbxPolicyBuilder *builder, GError **error)
{
  g_autoptr (GVariantIter) settings = NULL;
  const char *key;
  GVariant *value;
  gboolean good = TRUE;

  take (reader, "settings", "a{sv}", &settings);
  while (settings && good && g_variant_iter_next (settings, "{&sv}", &key, &value))
    {
      good = gbx_policy_builder_set_value (builder, key, value, key, error);
      g_variant_unref (value);
    }
  return good;
}

static gboolean
read_share (GbxPolicyBuilder *builder, const char *path, const char *guest_path, gboolean writable,
            gboolean is_directory, GError **error)
{
  g_autoptr (GbxShare) share = gbx_share_new (path, guest_path, writable, error);

  if (!share)
    return FALSE;
  /* It may be in a folder that another sandbox can write to. */
  if (!g_str_equal (gbx_share_get_path (share), path) ||
      gbx_share_is_directory (share) != is_directory)
    {
      g_autofree char *shown = gbx_path_show (path);

      g_set_error (error, GBX_ERROR, GBX_ERROR_SHARE,
                   _ ("Cannot share “%s”: another file has replaced it"), shown);
      return FALSE;
    }
  gbx_policy_builder_add_share (builder, share);
  return TRUE;
}

static gboolean
read_shares (Reader *reader, GbxPolicyBuilder *builder, GError **error)
{
  g_autoptr (GVariantIter) shares = NULL;
  const char *path, *guest_path;
  gboolean writable, is_directory;

  take (reader, "shares", "a(ayaybb)", &shares);
  while (shares &&
         g_variant_iter_next (shares, "(^&ay^&aybb)", &path, &guest_path, &writable, &is_directory))
    if (!read_share (builder, path, guest_path, writable, is_directory, error))
      return FALSE;
  return TRUE;
}

static void
set_malformed (GError **error)
{
  g_set_error_literal (error, GBX_ERROR, GBX_ERROR_INVALID,
                       _ ("The policy is from another version of Glovebox, or is malformed; "
                          "close all windows of Glovebox and try again"));
}

static GbxPolicyBuilder *
read_builder (GVariant *variant, GError **error)
{
  Reader reader = { 0 };
  g_autofree char *version = NULL;
  g_autoptr (GbxPolicyBuilder) builder = NULL;
  g_autoptr (GVariant) rest = NULL;
  gboolean good;

  g_variant_dict_init (&reader.dict, variant);
  take (&reader, "version", "s", &version);
  builder = gbx_policy_builder_new (take_choice (&reader, "mode", GBX_MODE_DESKTOP));
  read_application (&reader, builder);
  read_account (&reader, builder);
  read_command (&reader, builder);
  read_terminal (&reader, builder);
  good = read_settings (&reader, builder, error) && read_shares (&reader, builder, error);
  rest = g_variant_ref_sink (g_variant_dict_end (&reader.dict));
  if (!good)
    return NULL;
  if (!reader.failed && g_str_equal (version, GBX_VERSION) && g_variant_n_children (rest) == 0)
    return g_steal_pointer (&builder);
  set_malformed (error);
  return NULL;
}

GbxPolicy *
gbx_policy_take_over (int fd, GError **error)
{
  g_autoptr (GBytes) bytes = read_all (fd, error);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GbxPolicyBuilder) builder = NULL;

  close (fd);
  if (!bytes)
    return NULL;
  variant =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  if (!g_variant_is_normal_form (variant))
    {
      set_malformed (error);
      return NULL;
    }
  builder = read_builder (variant, error);
  return builder ? gbx_policy_builder_build (builder, error) : NULL;
}
